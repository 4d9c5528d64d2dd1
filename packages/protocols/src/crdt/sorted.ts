/** Two ascending lists as one, without repetition; returns `a` or `b` itself where it can. */
export function unionSorted<T>(
  a: readonly T[],
  b: readonly T[],
  compare: (x: T, y: T) => number,
): readonly T[] {
  if (b.length === 0 || a === b) return a;
  if (a.length === 0) return b;
  const all: T[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const order = compare(a[i] as T, b[j] as T);
    all.push(order <= 0 ? (a[i] as T) : (b[j] as T));
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
  while (i < a.length) all.push(a[i++] as T);
  while (j < b.length) all.push(b[j++] as T);
  return all.length === a.length ? a : all;
}

/** Where `item` stands in an ascending list, or -1. */
export function indexSorted<T>(items: readonly T[], order: (item: T) => number): number {
  let low = 0;
  let high = items.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = order(items[middle] as T);
    if (found === 0) return middle;
    if (found < 0) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
