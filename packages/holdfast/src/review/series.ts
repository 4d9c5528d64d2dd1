import type { Rehearsed } from './rehearsed.ts';

/** A value from an instant on, simulated microseconds. */
export interface Point {
  readonly atUs: number;
  readonly value: number;
}

/** What a dashboard draws of a run: points in order of time. Empty where the run has nothing of the kind. */
export type SeriesOf = (run: Rehearsed) => readonly Point[];

/** A number that one server shows of itself, whenever it shows it. */
export function shown(server: string, field: string): SeriesOf {
  return (run) =>
    shownIn(run).flatMap(({ node, atUs, view }) => {
      const value = view[field];
      return run.trace.nodes[node]?.name === server && typeof value === 'number' ? [{ atUs, value }] : [];
    });
}

/** One series less another: at every instant at which either changes, from when both have begun. */
export function difference(minuend: SeriesOf, subtrahend: SeriesOf): SeriesOf {
  return (run) => {
    const [a, b] = [minuend(run), subtrahend(run)];
    const times = [...new Set([...a, ...b].map(({ atUs }) => atUs))].toSorted((x, y) => x - y);
    return times.flatMap((atUs) => {
      const [x, y] = [valueAt(a, atUs), valueAt(b, atUs)];
      return x === undefined || y === undefined ? [] : [{ atUs, value: x - y }];
    });
  };
}

/** What a series is at an instant; undefined before it has begun. */
export function valueAt(points: readonly Point[], atUs: number): number | undefined {
  return points.findLast((point) => point.atUs <= atUs)?.value;
}

interface Shown {
  readonly node: number;
  readonly atUs: number;
  readonly view: Readonly<Record<string, unknown>>;
}

function shownIn({ trace }: Rehearsed): Shown[] {
  return trace.events
    .filter(({ kind, data }) => kind === 'state' && typeof data === 'object' && data !== null)
    .map(({ node, at, data }) => ({ node, atUs: at, view: data as Shown['view'] }));
}
