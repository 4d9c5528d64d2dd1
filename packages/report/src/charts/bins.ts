import type { History, Operation } from '@holdfast/check';

/** One slice of a run's time and the operations asked in it. */
export interface Bin {
  readonly from: number;
  readonly until: number;
  readonly ok: number;
  readonly fail: number;
  readonly unknown: number;
  /** Of those that succeeded, in microseconds, ascending. */
  readonly latencies: readonly number[];
}

/** Lengths of slices people read easily, in microseconds, are 1, 2 or 5 times a power of ten. */
function niceLength(atLeast: number): number {
  let power = 1;
  while (power * 10 <= atLeast) power *= 10;
  for (const factor of [1, 2, 5]) if (power * factor >= atLeast) return power * factor;
  return power * 10;
}

/** The operations of a run in at most `most` slices of equal length, from 0 to `end`. */
export function binned(history: History, end: number, most: number): readonly Bin[] {
  const length = niceLength(Math.max(1, end / most));
  const groups: Operation[][] = Array.from({ length: Math.max(1, Math.ceil(end / length)) }, () => []);
  for (const operation of history.operations) {
    const place = Math.min(groups.length - 1, Math.floor(operation.invokedAt / length));
    groups[place]?.push(operation);
  }
  return groups.map((group, i): Bin => {
    const count = (outcome: Operation['outcome']): number =>
      group.filter((o) => o.outcome === outcome).length;
    const latencies = group
      .filter((o) => o.outcome === 'ok')
      .map((o) => o.completedAt - o.invokedAt)
      .sort((a, b) => a - b);
    return {
      from: i * length,
      until: Math.min(end, (i + 1) * length),
      ok: count('ok'),
      fail: count('fail'),
      unknown: count('unknown'),
      latencies,
    };
  });
}

/** The value that a share of all values, 0 to 1, does not exceed (nearest rank); undefined of none. `sorted` ascends. */
export function quantile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}
