/**
 * Makes a failing list one-minimal: the result fails, and taking away any one item of it does not, unless the budget ran out
 * before that was known. Tries big pieces first (delta debugging: Zeller and Hildebrandt, "Simplifying and isolating
 * failure-inducing input", 2002). Deterministic.
 */
export function minimise<T>(
  items: readonly T[],
  fails: (candidate: readonly T[]) => boolean,
  budget: { runs: number } = { runs: Number.POSITIVE_INFINITY },
): readonly T[] {
  let current = items;
  let size = current.length;
  while (size >= 1 && current.length > 0) {
    size = Math.min(size, current.length);
    let removed = false;
    // From the end: what came last is most often what is not needed.
    for (let end = current.length; end > 0; end -= size) {
      if (budget.runs <= 0) return current;
      const start = Math.max(0, end - size);
      const candidate = [...current.slice(0, start), ...current.slice(end)];
      budget.runs--;
      if (!fails(candidate)) continue;
      current = candidate;
      removed = true;
    }
    if (size === 1 && !removed) break;
    if (size > 1) size = Math.floor(size / 2);
  }
  return current;
}
