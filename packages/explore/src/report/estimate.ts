/**
 * How many states there may be in all, from the new states of each level so far: once levels shrink they are taken to go on shrinking as
 * they last did. Undefined while they grow.
 */
export function estimatedStates(levels: readonly number[]): number | undefined {
  const [before, last] = levels.slice(-2);
  if (before === undefined || last === undefined || last >= before) return undefined;
  const ratio = last / before;
  const found = levels.reduce((sum, count) => sum + count, 0);
  return Math.round(found + (last * ratio) / (1 - ratio));
}
