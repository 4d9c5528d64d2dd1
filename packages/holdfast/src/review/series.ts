import type { Trace } from '@holdfast/trace';
import type { Rehearsed } from './rehearsed.ts';

/** A value from an instant on, simulated microseconds. */
export interface Point {
  readonly atUs: number;
  readonly value: number;
}

/** What a dashboard draws of a run: points in order of time. Empty where the run has nothing of the kind. */
export type SeriesOf = (run: Rehearsed) => readonly Point[];

/** Series are counted over this long. */
const WINDOW_US = 500_000;

/** Operations that arrived, a second. */
export const requestRate: SeriesOf = (run) =>
  byWindow(
    run,
    ({ invokedAt }) => invokedAt,
    (all) => (all.length * 1_000_000) / WINDOW_US,
  );

/** Share of the operations that ended in a window without having been done for sure. */
export const errorShare: SeriesOf = (run) =>
  byWindow(
    run,
    ({ completedAt }) => completedAt,
    (all) => all.filter(({ outcome }) => outcome !== 'ok').length / Math.max(1, all.length),
  );

/** The time that 99 of 100 answers of a window took at most, ms. */
export const tailLatency: SeriesOf = (run) =>
  byWindow(
    run,
    ({ completedAt }) => completedAt,
    (all) => {
      const took = all
        .filter(({ outcome }) => outcome === 'ok')
        .map(({ invokedAt, completedAt }) => (completedAt - invokedAt) / 1_000)
        .toSorted((a, b) => a - b);
      return took[Math.min(took.length - 1, Math.floor(took.length * 0.99))] ?? 0;
    },
  );

/** Requests that wait at the tier where most do: what tiers show of their gates. */
export const waiting: SeriesOf = (run) => worstOver(run, ({ queue }) => queue);

/** Elections won so far, by what Raft nodes show. */
export const leaderChanges: SeriesOf = (run) => {
  const points: Point[] = [{ atUs: 0, value: 0 }];
  const leading = new Map<number, unknown>();
  for (const { node, atUs, view } of shownIn(run)) {
    if (view['role'] !== 'leader' || leading.get(node) === view['term']) continue;
    leading.set(node, view['term']);
    points.push({ atUs, value: (points.at(-1)?.value ?? 0) + 1 });
  }
  return points;
};

/** Servers that run, of those there are: what is left of redundancy. */
export const serversUp: SeriesOf = (run) => {
  const servers = run.trace.nodes.filter(({ role }) => role === 'server').length;
  const down = new Set<number>();
  const points: Point[] = [{ atUs: 0, value: servers }];
  for (const { kind, node, at } of run.trace.events) {
    if (node >= servers || node < 0) continue;
    if (kind === 'crash' || kind === 'pause') down.add(node);
    else if (kind === 'restart' || kind === 'resume') down.delete(node);
    else continue;
    points.push({ atUs: at, value: servers - down.size });
  }
  return points;
};

/** Entries by which the slowest Raft node is behind the longest log, as all nodes show themselves. */
export const replicationLag: SeriesOf = (run) => {
  const last = new Map<number, number>();
  const points: Point[] = [];
  for (const { node, atUs, view } of shownIn(run)) {
    if (typeof view['lastIndex'] !== 'number') continue;
    last.set(node, view['lastIndex']);
    const all = [...last.values()];
    points.push({ atUs, value: Math.max(...all) - Math.min(...all) });
  }
  return points;
};

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

/** Whether a series is ever another than at first. */
export function moves(points: readonly Point[]): boolean {
  return points.some(({ value }) => value !== points[0]?.value);
}

interface Shown {
  readonly node: number;
  readonly atUs: number;
  readonly view: Readonly<Record<string, unknown>>;
}

/** Several series look at the same trace. */
const shownBy = new WeakMap<Trace, Shown[]>();

function shownIn({ trace }: Rehearsed): readonly Shown[] {
  const known = shownBy.get(trace);
  if (known !== undefined) return known;
  const all = trace.events
    .filter(({ kind, data }) => kind === 'state' && typeof data === 'object' && data !== null)
    .map(({ node, at, data }) => ({ node, atUs: at, view: data as Shown['view'] }));
  shownBy.set(trace, all);
  return all;
}

function worstOver(run: Rehearsed, of: (view: Shown['view']) => unknown): Point[] {
  const latest = new Map<number, number>();
  return shownIn(run).flatMap(({ node, atUs, view }) => {
    const value = of(view);
    if (typeof value !== 'number') return [];
    latest.set(node, value);
    return [{ atUs, value: Math.max(...latest.values()) }];
  });
}

type Operations = Rehearsed['history']['operations'];

function byWindow(
  { history, plan }: Rehearsed,
  timeOf: (operation: Operations[number]) => number,
  value: (operations: Operations) => number,
): Point[] {
  const windows = Math.ceil(plan.endUs / WINDOW_US);
  const groups = Array.from({ length: windows }, (): Operations[number][] => []);
  for (const operation of history.operations)
    groups[Math.min(windows - 1, Math.floor(timeOf(operation) / WINDOW_US))]?.push(operation);
  return groups.flatMap((all, i) => (all.length === 0 ? [] : [{ atUs: i * WINDOW_US, value: value(all) }]));
}

/** By how much a wall clock was set since it was read before, ms, whichever way: what a wall clock and a monotonic one tell together. */
export const clockJumps: SeriesOf = ({ trace }) => {
  const last = new Map<number, number>();
  return (trace.clocks ?? []).map(({ node, at, skewUs }) => {
    const before = last.get(node) ?? 0;
    last.set(node, skewUs);
    return { atUs: at, value: Math.abs(skewUs - before) / 1_000 };
  });
};
