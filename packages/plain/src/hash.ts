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
  if ((value | 0) === value) return finish(mix(mix(seed, 2), value));
  doubles[0] = value;
  return finish(mix(mix(mix(seed, 3), words[0] as number), words[1] as number));
}

/** A signed 32-bit hash of plain data; equal values (by `equalPlain`) have equal hashes. */
export function hashPlain(value: unknown, seed = 0): number {
  switch (typeof value) {
    case 'number':
      return hashNumber(value, seed);
    case 'string':
      return hashString(value, seed ^ 0x51ed270b);
    case 'boolean':
      return finish(mix(seed, value ? 5 : 7));
    case 'object':
      return value === null ? finish(mix(seed, 11)) : hashObject(value, seed);
    default:
      return finish(mix(seed, 13));
  }
}

function hashObject(value: object, seed: number): number {
  if (Array.isArray(value)) {
    let h = mix(seed, value.length + 17);
    for (let i = 0; i < value.length; i++) h = mix(h, hashPlain(value[i], seed));
    return finish(h);
  }
  // A sum commutes, so keys need no sorting.
  const source = value as Record<string, unknown>;
  let sum = 0;
  for (const key in source) {
    const item = source[key];
    if (item !== undefined) sum = (sum + finish(mix(keyHash(key, seed), hashPlain(item, seed)))) | 0;
  }
  return finish(mix(mix(seed, 19), sum));
}

// Object keys are few and repeat for every message: remember their hashes for the usual seed.
const KEY_CACHE_LIMIT = 4096;
const keyHashes = new Map<string, number>();

function keyHash(key: string, seed: number): number {
  if (seed !== 0) return hashString(key, seed);
  let h = keyHashes.get(key);
  if (h === undefined) {
    h = hashString(key, 0);
    if (keyHashes.size < KEY_CACHE_LIMIT) keyHashes.set(key, h);
  }
  return h;
}
