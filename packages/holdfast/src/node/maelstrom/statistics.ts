import type { History } from '@holdfast/check';

/** How long requests of one kind took until they were answered, milliseconds. */
export interface Latency {
  readonly f: string;
  readonly count: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly mostMs: number;
}

/** Of requests that succeeded, by their kind, in the order in which kinds were first asked. */
export function latencies({ operations }: History): Latency[] {
  const byKind = new Map<string, number[]>();
  for (const { f, outcome, invokedAt, completedAt } of operations) {
    if (outcome !== 'ok') continue;
    const times = byKind.get(f) ?? [];
    byKind.set(f, times);
    times.push((completedAt - invokedAt) / 1_000);
  }
  return [...byKind].map(([f, times]) => {
    times.sort((a, b) => a - b);
    const at = (share: number): number =>
      times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0;
    return { f, count: times.length, medianMs: at(0.5), p99Ms: at(0.99), mostMs: at(1) };
  });
}
