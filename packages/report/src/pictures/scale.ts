import { formatTime, type TimeUnit } from '../text/format.ts';

/** A stretch of the axis where nothing happens, drawn shorter than it is. */
export interface AxisBreak {
  readonly from: number;
  readonly until: number;
}

/** One labelled instant of the axis. */
export interface AxisTick {
  readonly at: number;
  readonly x: number;
  readonly label: string;
}

/** The time axis all pictures of a view share: increasing, linear between breaks. */
export interface TimeScale {
  readonly from: number;
  readonly until: number;
  readonly left: number;
  readonly right: number;
  readonly unit: TimeUnit;
  readonly breaks: readonly AxisBreak[];
  readonly ticks: readonly AxisTick[];
  /** Pixel of an instant; instants outside the window lie outside [left, right], in order. */
  x(at: number): number;
  /** Instant of a pixel, the inverse of `x` inside the window. */
  time(x: number): number;
}

/** What a scale is made for. */
export interface ScaleOptions {
  readonly from: number;
  readonly until: number;
  readonly left: number;
  readonly right: number;
  readonly unit: TimeUnit;
  /** Draw idle stretches short. Needs `instants`. */
  readonly squeeze: boolean;
  /** Instants at which something happens, ascending. */
  readonly instants: readonly number[];
}

interface Knot {
  readonly at: number;
  readonly x: number;
}

const BREAK_WIDTH = 44;
/** Pixels of true time kept next to a break. */
const BREAK_AIR = 10;
const TICK_ROOM = 96;
/** No tick stands this near to the label of a break. */
const BREAK_LABEL = 56;
const MAX_PASSES = 4;

/** Builds the axis of a window. Idle stretches are squeezed only where that gives the rest clearly more room. */
export function buildScale(options: ScaleOptions): TimeScale {
  const { from, left, right, unit } = options;
  const until = Math.max(options.until, from + 1);
  const breaks = options.squeeze ? findBreaks({ ...options, until }) : [];
  const knots = knotsOf(from, until, left, right, breaks);
  const x = (at: number): number => interpolate(knots, at, 'at', 'x');
  const time = (px: number): number => interpolate(knots, px, 'x', 'at');
  return { from, until, left, right, unit, breaks, ticks: ticksOf(from, until, unit, breaks, x), x, time };
}

/** Gaps that take over a tenth of the window and dwarf the usual gap; repeated, because squeezing one uncovers others. */
function findBreaks(options: ScaleOptions): readonly AxisBreak[] {
  const { from, until, left, right } = options;
  const width = right - left;
  const { instants } = options;
  const inside = instants.slice(
    placeOf(instants, (at) => at > from),
    placeOf(instants, (at) => at >= until),
  );
  const points = [from, ...inside, until];
  const gaps: AxisBreak[] = [];
  for (let i = 1; i < points.length; i++) {
    const gap = { from: points[i - 1] ?? from, until: points[i] ?? until };
    if (gap.until > gap.from) gaps.push(gap);
  }
  const sizes = gaps.map((gap) => gap.until - gap.from).toSorted((a, b) => a - b);
  const usual = sizes[Math.floor(sizes.length / 2)] ?? 0;
  const chosen = new Set<AxisBreak>();
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    let live = 0;
    for (const gap of gaps) if (!chosen.has(gap)) live += gap.until - gap.from;
    const room = width - chosen.size * BREAK_WIDTH;
    const found = gaps.filter((gap) => {
      const size = gap.until - gap.from;
      return (
        !chosen.has(gap) && size > live / 10 && size > 8 * usual && (size / live) * room > 2 * BREAK_WIDTH
      );
    });
    if (found.length === 0 || (chosen.size + found.length) * BREAK_WIDTH > width / 2) break;
    for (const gap of found) chosen.add(gap);
  }
  let live = 0;
  for (const gap of gaps) if (!chosen.has(gap)) live += gap.until - gap.from;
  const perPixel = live / Math.max(1, width - chosen.size * BREAK_WIDTH);
  return gaps.filter((gap) => chosen.has(gap)).map((gap) => inset(gap, from, until, perPixel * BREAK_AIR));
}

/** Index of the first of things in order of time that is late enough. */
export function placeOf<T>(instants: readonly T[], late: (at: T) => boolean): number {
  let low = 0;
  let high = instants.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = instants[middle];
    if (item === undefined || late(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Leaves some air on either side of a break, so that what happens at its edges is not pressed against it. */
function inset(gap: AxisBreak, from: number, until: number, atMost: number): AxisBreak {
  const air = Math.min(atMost, (gap.until - gap.from) / 4);
  return {
    from: gap.from === from ? from : gap.from + air,
    until: gap.until === until ? until : gap.until - air,
  };
}

function knotsOf(
  from: number,
  until: number,
  left: number,
  right: number,
  breaks: readonly AxisBreak[],
): Knot[] {
  let skipped = 0;
  for (const gap of breaks) skipped += gap.until - gap.from;
  const perUnit = (right - left - breaks.length * BREAK_WIDTH) / (until - from - skipped);
  const knots: Knot[] = [{ at: from, x: left }];
  let at = from;
  let x = left;
  for (const gap of breaks) {
    if (gap.from > at) {
      x += (gap.from - at) * perUnit;
      knots.push({ at: gap.from, x });
    }
    x += BREAK_WIDTH;
    at = gap.until;
    knots.push({ at, x });
  }
  if (until > at) knots.push({ at: until, x: right });
  return knots;
}

function interpolate(knots: readonly Knot[], value: number, by: 'at' | 'x', to: 'at' | 'x'): number {
  let low = 1;
  let high = knots.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((knots[middle]?.[by] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  const before = knots[low - 1] ?? { at: 0, x: 0 };
  const after = knots[low] ?? before;
  const span = after[by] - before[by];
  return span === 0 ? before[to] : before[to] + ((value - before[by]) / span) * (after[to] - before[to]);
}

function ticksOf(
  from: number,
  until: number,
  unit: TimeUnit,
  breaks: readonly AxisBreak[],
  x: (at: number) => number,
): readonly AxisTick[] {
  let skipped = 0;
  for (const gap of breaks) skipped += gap.until - gap.from;
  const room = x(until) - x(from) - breaks.length * BREAK_WIDTH;
  const step = niceStep(((until - from - skipped) * TICK_ROOM) / Math.max(room, TICK_ROOM));
  const ticks: AxisTick[] = [];
  let at = Math.ceil(from / step) * step;
  while (at <= until) {
    const gap = breaks.find((candidate) => candidate.from < at && at < candidate.until);
    if (gap !== undefined) {
      at = Math.ceil(gap.until / step) * step;
      continue;
    }
    const px = x(at);
    const besideBreak = breaks.some((gap) => Math.abs((x(gap.from) + x(gap.until)) / 2 - px) < BREAK_LABEL);
    if (!besideBreak && px - (ticks.at(-1)?.x ?? Number.NEGATIVE_INFINITY) >= TICK_ROOM * 0.7) {
      ticks.push({ at, x: px, label: formatTime(at, unit) });
    }
    at += step;
  }
  return ticks;
}

/** The smallest of 1, 2 or 5 times a power of ten that is at least `atLeast`; whole. */
function niceStep(atLeast: number): number {
  let power = 1;
  while (power * 10 <= atLeast) power *= 10;
  for (const factor of [1, 2, 5, 10]) if (power * factor >= atLeast) return power * factor;
  return power * 10;
}
