import { encodePlain, type Plain } from '@holdfast/plain';

/** Long enough to be an integer that a double may not hold exactly. */
export const LONG_DIGITS: RegExp = /\d{16}/;

/**
 * Plain data as JSON, with integers beyond 2^53 in exponent form: their digits would look exact and are not, which is
 * why readers refuse them as digits.
 */
export function encodeValue(value: Plain): string {
  const text = encodePlain(value);
  return LONG_DIGITS.test(text) ? encodeSlowly(value) : text;
}

function encodeSlowly(value: Plain | undefined): string {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
    return value.toExponential();
  if (typeof value !== 'object' || value === null) return encodePlain(value);
  if (Array.isArray(value)) return `[${(value as readonly Plain[]).map(encodeSlowly).join(',')}]`;
  const entries = Object.entries(value as { readonly [key: string]: Plain | undefined });
  const kept = entries.filter(([, item]) => item !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${kept.map(([key, item]) => `${JSON.stringify(key)}:${encodeSlowly(item)}`).join(',')}}`;
}
