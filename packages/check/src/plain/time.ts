import type { History, Operation } from '../history/operation.ts';

/** Thrown when a checker must know which of two processes came first and the history does not say. */
export class TimesNotComparableError extends Error {
  readonly code = 'NO_REAL_TIME';
  constructor(checker: string) {
    super(
      `Cannot judge the history by '${checker}': its order is 'session', so the times of different processes say nothing ` +
        'of one another; record times, or choose a checker that asks for none',
    );
    this.name = 'TimesNotComparableError';
  }
}

/** Throws `TimesNotComparableError` for a history that gives only each process's own order. */
export function requireRealTime(history: History, checker: string): void {
  if (history.order === 'session') throw new TimesNotComparableError(checker);
}

/** True when one operation was certainly over before the other began: the definition of `History`. */
export function precedes(a: Operation, b: Operation): boolean {
  if (a.outcome === 'unknown') return false;
  if (a.completedAt < b.invokedAt) return true;
  return a.process === b.process && a.id < b.id && a.completedAt <= b.invokedAt;
}

/** The quantile `q` of values in ascending order, by nearest rank; 0 for none. */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return 0;
  const rank = Math.ceil(q * sorted.length - 1e-9);
  return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1] ?? 0;
}
