/** A figure of the live part: what was measured, and what it must be. */
export interface FigureRow {
  readonly what: string;
  readonly measured: string;
  readonly floor: string;
  readonly kept: boolean;
}

/** Measures one or several rows. */
export interface Figure {
  readonly name: string;
  /** Why it cannot be measured here; undefined when it can. */
  skip(): string | undefined;
  run(rounds: number | undefined): Promise<readonly FigureRow[]>;
}

/** The value in the middle, and the one nine tenths lie below. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

/** Milliseconds something takes. */
export async function timed(run: () => unknown): Promise<number> {
  const started = performance.now();
  await run();
  return performance.now() - started;
}

/** `12.3 ms`, `4.5 s`. */
export function shownMs(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(1)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
