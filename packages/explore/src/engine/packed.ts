import { STATE_HEAD as HEAD } from './stateHead.ts';

/** Bytes a word may take at most. */
const MOST = 5;

/**
 * States as they wait in a file: hashes as they are, lengths and vectors seven bits a byte, the last byte of each word below 128. Words are
 * small numbers mostly, so a state takes a third of what it takes in memory.
 */
export function pack(words: Int32Array, length: number): Int32Array {
  const bytes = new Uint8Array(MOST * length + 4);
  let end = 0;
  let hashes = 0;
  for (let at = 0, next = 0; at < length; at++) {
    let word = words[at] as number;
    if (at === next) {
      next = at + HEAD + word;
      hashes = HEAD - 1;
    } else if (hashes > 0) {
      hashes--;
      bytes[end] = word;
      bytes[end + 1] = word >> 8;
      bytes[end + 2] = word >> 16;
      bytes[end + 3] = word >> 24;
      end += 4;
      continue;
    }
    while ((word & ~127) !== 0) {
      bytes[end++] = (word & 127) | 128;
      word >>>= 7;
    }
    bytes[end++] = word;
  }
  return new Int32Array(bytes.buffer.slice(0, (end + 3) & ~3));
}

/** Writes the first `length` words that were packed into `words`. */
export function unpack(packed: Int32Array, words: Int32Array, length: number): void {
  const bytes = new Uint8Array(packed.buffer, packed.byteOffset, packed.byteLength);
  let from = 0;
  let hashes = 0;
  for (let at = 0, next = 0; at < length; at++) {
    if (hashes > 0) {
      hashes--;
      const low = (bytes[from] as number) | ((bytes[from + 1] as number) << 8);
      words[at] = low | ((bytes[from + 2] as number) << 16) | ((bytes[from + 3] as number) << 24);
      from += 4;
      continue;
    }
    let word = 0;
    let shift = 0;
    let byte = bytes[from++] as number;
    while (byte >= 128) {
      word |= (byte & 127) << shift;
      shift += 7;
      byte = bytes[from++] as number;
    }
    words[at] = word | (byte << shift);
    if (at !== next) continue;
    next = at + HEAD + (words[at] as number);
    hashes = HEAD - 1;
  }
}
