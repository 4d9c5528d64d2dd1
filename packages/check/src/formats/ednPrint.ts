import type { Plain } from '@holdfast/plain';

const KEYWORD = /^[A-Za-z*!_?$%&=<>+.-][\w*!?$%&=<>+.#'/-]*$/;

/** A name as an EDN keyword, or as a string where it cannot be one. */
export function ednKeyword(name: string): string {
  return KEYWORD.test(name) && !name.includes('//') && !name.endsWith('/')
    ? `:${name}`
    : JSON.stringify(name);
}

/** Plain data as EDN: objects as maps with string keys, arrays as vectors. `EdnReader` reads back an equal value. */
export function printEdn(value: Plain): string {
  if (value === null) return 'nil';
  if (typeof value === 'string') return ednString(value);
  if (typeof value === 'number') return ednNumber(value);
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[${(value as readonly Plain[]).map(printEdn).join(' ')}]`;
  const entries = Object.entries(value as { readonly [key: string]: Plain | undefined });
  const parts: string[] = [];
  for (const [key, item] of entries)
    if (item !== undefined) parts.push(`${ednString(key)} ${printEdn(item)}`);
  return `{${parts.join(', ')}}`;
}

/** The value of an operation: as `printEdn`, with the names of micro-operations as keywords. */
export function printEdnValue(value: Plain, isTransaction: boolean): string {
  if (!isTransaction || !Array.isArray(value)) return printEdn(value);
  const micros = (value as readonly Plain[]).map((micro) => {
    if (!Array.isArray(micro)) return printEdn(micro);
    const [f, ...rest] = micro as readonly Plain[];
    if (typeof f !== 'string') return printEdn(micro);
    return `[${[ednKeyword(f), ...rest.map(printEdn)].join(' ')}]`;
  });
  return `[${micros.join(' ')}]`;
}

function ednString(text: string): string {
  // JSON's escapes are those of EDN, but for the solidus, which JSON.stringify leaves alone.
  return JSON.stringify(text);
}

function ednNumber(value: number): string {
  if (Number.isSafeInteger(value)) return String(value === 0 ? 0 : value);
  const text = String(value);
  if (Number.isInteger(value) && !/[.e]/.test(text)) return `${text}.0`;
  return text.replace('e+', 'e');
}
