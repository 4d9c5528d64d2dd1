/**
 * Structural 32-bit hashes of plain data, key order ignored. Two independent seeds give 64 bits.
 * Not cryptographic. The same in every process and on every platform: only integer arithmetic and UTF-16 code units.
 */

/** Mixes one 32-bit word into a hash (the murmur3 round). */
export function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  k = Math.imul(k, 0x1b873593);
  const h = hash ^ k;
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

/** Spreads every input bit over the whole word (the murmur3 finaliser). */
export function finish(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** A signed 32-bit hash of a string's UTF-16 code units. */
export function hashString(text: string, seed = 0): number {
  let h = mix(seed, text.length);
  for (let i = 0; i < text.length; i++) h = mix(h, text.charCodeAt(i));
  return finish(h);
}

const doubles = new Float64Array(1);
const words = new Int32Array(doubles.buffer);

function hashNumber(value: number, seed: number): number {
  if ((value | 0) === value) {
    const h = Math.imul(value ^ seed, 0x9e3779b1) ^ 0x3c6ef372;
    return Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  }
  doubles[0] = value;
  return finish(mix(mix(mix(seed, 3), words[0] as number), words[1] as number));
}

/** A signed 32-bit hash of plain data; equal values (by `equalPlain`) have equal hashes. */
export function hashPlain(value: unknown, seed = 0): number {
  switch (typeof value) {
    case 'number':
      return hashNumber(value, seed);
    case 'string':
      return textHash(value, seed) ^ 0x51ed270b;
    case 'boolean':
      return Math.imul(seed ^ (value ? 0x2545f491 : 0x6c62272e), 0xc2b2ae35);
    case 'object':
      return value === null ? Math.imul(seed ^ 0x1b873593, 0xc2b2ae35) : hashObject(value, seed);
    default:
      return Math.imul(seed ^ 0x27d4eb2f, 0xc2b2ae35);
  }
}

function hashObject(value: object, seed: number): number {
  if (Array.isArray(value)) {
    let h = Math.imul(seed ^ (value.length + 17), 0x9e3779b1);
    for (let i = 0; i < value.length; i++) h = mix(h, hashPlain(value[i], seed));
    return finish(h);
  }
  // A sum commutes, so keys need no sorting; each field is spread before it is added.
  const source = value as Record<string, unknown>;
  let sum = seed ^ 19;
  let last = 0;
  for (const key in source) {
    const item = source[key];
    if (item === undefined) continue;
    // Messages of one kind have the same keys in the same order: which key follows another is remembered.
    const slot = last & (NEXT - 1);
    last = seed === 0 && nextKey[slot] === key ? (nextHash[slot] as number) : keyHash(key, seed, slot);
    const h = Math.imul(Math.imul(last, 31) ^ fieldHash(item, seed), 0xcc9e2d51);
    sum = (sum + Math.imul(h ^ (h >>> 15), 0x1b873593)) | 0;
  }
  return finish(sum);
}

/** `hashPlain`: most fields are numbers and short words, which it would find only behind a call. */
function fieldHash(item: unknown, seed: number): number {
  if (typeof item === 'number') return hashNumber(item, seed);
  return typeof item === 'string' ? textHash(item, seed) ^ 0x51ed270b : hashPlain(item, seed);
}

const NEXT = 512;
const nextKey: string[] = new Array<string>(NEXT).fill('');
const nextHash: Int32Array = new Int32Array(NEXT);

/** The hash of a key, remembered as what follows the key whose slot this is. */
function keyHash(key: string, seed: number, slot: number): number {
  const hash = textHash(key, seed);
  if (seed === 0) {
    nextKey[slot] = key;
    nextHash[slot] = hash;
  }
  return hash;
}

// Keys and short words are few and repeat in every message: the hash of each is remembered in a table that forgets what collides.
const SLOTS = 1024;
const LONGEST = 32;
const known: string[] = new Array<string>(SLOTS).fill('');
const knownHash: Int32Array = new Int32Array(SLOTS);

function textHash(text: string, seed: number): number {
  const { length } = text;
  if (seed !== 0 || length === 0 || length > LONGEST) return hashString(text, seed);
  const middle = text.charCodeAt(length >> 1);
  const slot =
    (Math.imul(text.charCodeAt(0), 37) +
      Math.imul(text.charCodeAt(length - 1), 101) +
      middle +
      (length << 5)) &
    (SLOTS - 1);
  if (known[slot] === text) return knownHash[slot] as number;
  const h = hashString(text);
  known[slot] = text;
  knownHash[slot] = h;
  return h;
}
