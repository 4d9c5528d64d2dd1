import { HistoryFormatError } from './error.ts';

interface Utf8Decoder {
  decode(bytes?: Uint8Array, options?: { readonly stream: boolean }): string;
}

/** Bytes decoded at a time: a text of all of a large file would be longer than a text can be. */
const PIECE = 1 << 20;

// Part of every JavaScript platform, though not of the language's own library.
declare const TextDecoder: new (label: string, options: { readonly fatal: boolean }) => Utf8Decoder;

/** Text from bytes, in pieces. Throws `HistoryFormatError` where they are not UTF-8. */
export function* decodePieces(bytes: Uint8Array, format: string): Iterable<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for (let from = 0; from < bytes.length; from += PIECE) {
      yield decoder.decode(bytes.subarray(from, from + PIECE), { stream: true });
    }
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new HistoryFormatError('MALFORMED', format, 0, 'UTF-8 text', 'other bytes');
  }
}
