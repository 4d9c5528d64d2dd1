/**
 * Canonical text of plain data: JSON with keys sorted and absent values left out, so that equal values have
 * equal text in every process. Used for golden files, evidence, and exact comparison.
 */
export function encodePlain(value: unknown): string {
  if (typeof value !== 'object' || value === null) {
    return value === undefined ? 'null' : JSON.stringify(Object.is(value, -0) ? 0 : value);
  }
  if (Array.isArray(value)) return `[${value.map(encodePlain).join(',')}]`;
  const source = value as Record<string, unknown>;
  const parts: string[] = [];
  for (const key of Object.keys(source).sort()) {
    if (source[key] !== undefined) parts.push(`${JSON.stringify(key)}:${encodePlain(source[key])}`);
  }
  return `{${parts.join(',')}}`;
}
