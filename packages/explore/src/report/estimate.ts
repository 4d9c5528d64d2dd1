/** Levels whose shrinking tells how it goes on. */
const LOOK_BACK = 3;
/** Levels looked ahead at most: shrinking ever faster, or at least evenly, they end long before. */
const MOST_LEVELS = 10_000;

/**
 * How many states there may be in all, from the new states of each level so far. Levels mostly grow and shrink like a bell: what each is to
 * the one before falls by an even factor. Once they shrink, that factor is taken to stay what it was of late; where there is none, the last
 * share is. Undefined while they grow.
 */
export function estimatedStates(levels: readonly number[]): number | undefined {
  const [before, last] = levels.slice(-2);
  if (before === undefined || last === undefined || last >= before) return undefined;
  const growth = (level: number): number => Math.log((levels[level] ?? 1) / (levels[level - 1] ?? 1));
  const end = levels.length - 1;
  const span = Math.min(LOOK_BACK, end - 1);
  let share = growth(end);
  const bend = span < 1 ? 0 : Math.min(0, (share - growth(end - span)) / span);
  let all = levels.reduce((sum, count) => sum + count, 0);
  for (let ahead = 0, level = last; ahead < MOST_LEVELS && level >= 0.5; ahead++) {
    share += bend;
    level *= Math.exp(share);
    all += level;
  }
  return Math.round(all);
}
