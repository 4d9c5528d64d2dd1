import { HistoryFormatError } from './error.ts';

interface Utf8Decoder {
  decode(bytes: Uint8Array): string;
}

// Part of every JavaScript platform, though not of the language's own library.
declare const TextDecoder: new (label: string, options: { readonly fatal: boolean }) => Utf8Decoder;

/** Text from bytes; throws `HistoryFormatError` when they are not UTF-8. */
export function decodeText(bytes: Uint8Array, format: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new HistoryFormatError('MALFORMED', format, 0, 'UTF-8 text', 'other bytes');
  }
}
