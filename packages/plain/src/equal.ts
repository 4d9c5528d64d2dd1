/** Structural equality of plain data. Key order does not matter; absent and `undefined` are the same. */
export function equalPlain(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!equalPlain(a[i], b[i])) return false;
    return true;
  }
  if (Array.isArray(b)) return false;
  return equalObjects(a as Record<string, unknown>, b as Record<string, unknown>);
}

function equalObjects(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  for (const key in a) if (!equalPlain(a[key], b[key])) return false;
  for (const key in b) if (b[key] !== undefined && a[key] === undefined) return false;
  return true;
}

/** Where two plain values first differ (`log[3].term`), in key order; undefined when they are equal. */
export function firstDifference(a: unknown, b: unknown, path = ''): string | undefined {
  if (equalPlain(a, b)) return undefined;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return path;
  if (Array.isArray(a) !== Array.isArray(b)) return path;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const numeric = Array.isArray(a);
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  if (!numeric) keys.sort();
  for (const key of keys) {
    const below = firstDifference(
      left[key],
      right[key],
      numeric ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`,
    );
    if (below !== undefined) return below;
  }
  return path;
}
