/*
 * Hash trees of packages/protocols: changes a second, and what it takes to find one difference in a million keys.
 * Run: npx tsx --conditions=holdfast:source bench/merkle.ts
 */
import { changeMerkle, compareMerkle, emptyMerkle, type MerkleHash, merkleRoot } from '@holdfast/protocols';

const KEYS = 1_000_000;
/** A node's number and two 32-bit sums. */
const HASH_BYTES = 12;

const [a, b] = [emptyMerkle(), emptyMerkle()];
const started = process.cpuUsage();
for (let i = 0; i < KEYS; i++) for (const tree of [a, b]) changeMerkle(tree, `key ${i}`, undefined, i);
const { user, system } = process.cpuUsage(started);
changeMerkle(b, 'key 77', 77, 78);

let flying: readonly MerkleHash[] = [merkleRoot(a)];
let messages = 0;
let hashes = 0;
let buckets = 0;
for (let turn = 0; flying.length > 0; turn++) {
  messages++;
  hashes += flying.length;
  const found = compareMerkle(turn % 2 === 0 ? b : a, flying);
  buckets += found.buckets.length;
  flying = found.deeper;
}
const perSecond = (2 * KEYS) / ((user + system) / 1e6);
console.log(`changes                      ${(perSecond / 1e6).toFixed(2)} M/s of processor time`);
console.log(
  `one difference in ${KEYS} keys: ${messages} messages, ${hashes} hashes, ${hashes * HASH_BYTES} bytes`,
);
console.log(`then ${buckets} bucket of about ${Math.round(KEYS / a.fanout ** a.depth)} keys is exchanged`);
