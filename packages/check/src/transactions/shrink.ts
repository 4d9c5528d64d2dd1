/** Checks a shrinking may make before it gives up being minimal. */
export const SHRINK_CHECK_LIMIT = 3000;

/**
 * The smallest part that delta debugging finds: the property holds of it, and of it without any one item it does not
 * (Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input, TSE 2002, by complements only). Undefined
 * when the property does not hold of the whole, or the limit of checks is spent first.
 */
export function shrinkToMinimal<T>(
  items: readonly T[],
  holds: (part: readonly T[]) => boolean,
  checkLimit: number = SHRINK_CHECK_LIMIT,
): readonly T[] | undefined {
  let checks = 1;
  if (!holds(items)) return undefined;
  let part = items;
  for (let size = Math.max(1, part.length >> 1); ; ) {
    let shrunk = false;
    for (let from = 0; from < part.length; ) {
      const rest = [...part.slice(0, from), ...part.slice(from + size)];
      if (++checks > checkLimit) return undefined;
      if (rest.length > 0 && holds(rest)) {
        part = rest;
        shrunk = true;
      } else from += size;
    }
    if (size === 1 && !shrunk) return part;
    if (size > 1) size >>= 1;
  }
}
