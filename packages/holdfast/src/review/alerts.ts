import type { Rehearsed } from './rehearsed.ts';
import type { Point, SeriesOf } from './series.ts';

/** Something that wakes somebody. */
export interface Alert {
  readonly name: string;
  /** Whether users feel it, or only something to fall back on is gone. */
  readonly means: 'user impact' | 'lost redundancy';
  readonly series: SeriesOf;
  /** Rings while the series is beyond this for so long. */
  readonly when: { readonly is: 'above' | 'below'; readonly bound: number; readonly forMs: number };
}

/** The first instant at which an alert rings in a run, simulated microseconds; undefined when it never does. */
export function rings({ series, when }: Alert, run: Rehearsed): number | undefined {
  const points = series(run);
  const isBeyond = ({ value }: Point): boolean =>
    when.is === 'above' ? value > when.bound : value < when.bound;
  let since: number | undefined;
  for (const [i, point] of points.entries()) {
    if (!isBeyond(point)) {
      since = undefined;
      continue;
    }
    since ??= point.atUs;
    // A value lasts until the next point, the last one to the end of the run.
    const until = points[i + 1]?.atUs ?? run.plan.endUs;
    const dueUs = since + when.forMs * 1_000;
    if (until >= dueUs) return Math.max(dueUs, point.atUs);
  }
  return undefined;
}
