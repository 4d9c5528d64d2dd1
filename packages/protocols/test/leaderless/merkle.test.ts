import { describe, expect, it } from 'vitest';
import {
  changeMerkle,
  compareMerkle,
  emptyMerkle,
  merkleBucket,
  type MerkleHash,
  merkleRoot,
  type MerkleTree,
} from '../../src/merkle/index.ts';
import { Draws } from '../clocks/executions.ts';

/** Exchanges hashes until nothing is left to compare: the buckets that differ, messages and hashes sent. */
function exchange(a: MerkleTree, b: MerkleTree): { buckets: number[]; messages: number; hashes: number } {
  const buckets: number[] = [];
  let flying: readonly MerkleHash[] = [merkleRoot(a)];
  let messages = 0;
  let hashes = 0;
  for (let turn = 0; flying.length > 0; turn++) {
    messages++;
    hashes += flying.length;
    const found = compareMerkle(turn % 2 === 0 ? b : a, flying);
    buckets.push(...found.buckets);
    flying = found.deeper;
  }
  return { buckets, messages, hashes };
}

describe('Merkle trees', () => {
  it('S1.81 equal sets have equal trees, whatever the order of changes, and every difference is found', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const draws = new Draws(seed);
      const [a, b] = [emptyMerkle({ fanout: 4, depth: 3 }), emptyMerkle({ fanout: 4, depth: 3 })];
      const keys = Array.from({ length: 80 }, (_, i) => `key ${i}`);
      for (const key of draws.shuffle(keys)) changeMerkle(a, key, undefined, 1);
      for (const key of draws.shuffle(keys)) changeMerkle(b, key, undefined, 1);
      expect(exchange(a, b)).toEqual({ buckets: [], messages: 1, hashes: 1 });
      const changed = draws.shuffle(keys).slice(0, 1 + draws.below(5));
      for (const key of changed) changeMerkle(a, key, 1, draws.below(2) === 0 ? undefined : 2);
      const expected = [...new Set(changed.map((key) => merkleBucket(a, key)))].sort((x, y) => x - y);
      expect(exchange(a, b).buckets.sort((x, y) => x - y)).toEqual(expected);
      expect(a.first[0] === b.first[0] && a.second[0] === b.second[0]).toBe(false);
    }
  });

  it('S1.81 one difference takes depth + 1 comparisons of at most fanout hashes', () => {
    const [a, b] = [emptyMerkle(), emptyMerkle()];
    for (let i = 0; i < 5_000; i++) for (const tree of [a, b]) changeMerkle(tree, `key ${i}`, undefined, i);
    changeMerkle(b, 'key 77', 77, 78);
    const found = exchange(a, b);
    expect(found).toEqual({ buckets: [merkleBucket(a, 'key 77')], messages: 5, hashes: 1 + 4 * 16 });
  });

  it('sizes no tree can have are refused, and nodes that do not exist are ignored', () => {
    expect(() => emptyMerkle({ fanout: 1 })).toThrow(/fanout must be a whole number from 2 to 256/);
    expect(() => emptyMerkle({ fanout: 256, depth: 4 })).toThrow(/at most 16777216 nodes together/);
    expect(compareMerkle(emptyMerkle(), [[10 ** 9, 1, 1]])).toEqual({ deeper: [], buckets: [] });
  });
});
