import { looksLikeCobra } from './cobra.ts';
import { type FormatName, recogniseText, type TextFormatName } from './registry.ts';

/** How many characters of a text are looked at. */
export const LOOK_LIMIT = 4096;

const BY_ENDING: ReadonlyMap<string, TextFormatName> = new Map([
  ['.jsonl', 'jsonl'],
  ['.ndjson', 'jsonl'],
  ['.json', 'elle-json'],
  ['.edn', 'jepsen-edn'],
  ['.hist', 'dbcop-hist'],
]);

/** The format of a text by how it begins, else by the ending of its file's name, else undefined. */
export function detectTextFormat(text: string, fileName = ''): TextFormatName | undefined {
  const look = text.slice(0, LOOK_LIMIT).replace(/^\ufeff/, '');
  const lines = look.split('\n').map((line) => line.trim());
  const line = lines.find((candidate) => candidate !== '') ?? '';
  const head = { line, lines, compact: look.replace(/\s+/g, '') };
  const ending = /\.\w+$/.exec(fileName)?.[0] ?? '';
  return (line === '' ? undefined : recogniseText(head)) ?? BY_ENDING.get(ending);
}

/** The format of a file's content, or undefined when it fits none; the file's name decides only where the content does not. */
export function detectFormat(content: string | Uint8Array, fileName?: string): FormatName | undefined {
  if (typeof content === 'string') return detectTextFormat(content, fileName);
  if (looksLikeCobra(content)) return 'cobra';
  // Every sign of a text format is in ASCII, so the look needs no full decoding.
  const look = Array.from(content.subarray(0, LOOK_LIMIT), (byte) => String.fromCharCode(byte)).join('');
  return detectTextFormat(look.replace(/^\u00ef\u00bb\u00bf/, ''), fileName);
}
