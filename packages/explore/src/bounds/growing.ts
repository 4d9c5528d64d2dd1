import type { Bounds } from './bounds.ts';

/** A bound that is raised step by step. */
export interface GrowingBound {
  /** As in `Bounds`; `timers.<name>` for one of those. */
  readonly name: string;
  readonly from: number;
  /** The greatest value; Infinity for none. */
  readonly to: number;
}

/**
 * Bounds that are raised until something is found: the smallest first, those whose values add up to less before those that add up to more, so
 * that what is found is found within bounds none of which can be smaller alone. What a search says did not matter is not raised: a bound
 * that kept no step from being taken changes nothing when it is larger.
 */
export class GrowingBounds {
  private readonly base: Bounds;
  private readonly growing: readonly GrowingBound[];
  private sum = 0;
  /** Points of the current sum that are still to be looked at, last first; how far each bound is above its least value. */
  private waiting: number[][];
  private current: readonly number[] | undefined;
  private readonly done: { readonly point: readonly number[]; readonly cut: readonly boolean[] }[] = [];
  /** Sums all of whose points say nothing new. */
  private idle = 0;
  private readonly most: number;

  /** At least one bound grows; the others are those of `base`. */
  constructor(base: Bounds, growing: readonly GrowingBound[]) {
    this.base = base;
    this.growing = growing;
    this.most = growing.reduce((sum, { from, to }) => sum + (to === Infinity ? 0 : to - from), 0);
    this.waiting = this.pointsOf(0, 0);
  }

  /** The bounds to search next; undefined when larger ones are not asked for, or change nothing. */
  next(): Bounds | undefined {
    const endless = this.growing.some(({ to }) => to === Infinity);
    while (endless ? this.idle <= this.most : this.sum <= this.most) {
      const point = this.waiting.pop();
      if (point === undefined) {
        this.idle++;
        this.waiting = this.pointsOf(++this.sum, 0);
      } else if (!this.done.some((known) => covers(known, point))) {
        this.idle = -1;
        this.current = point;
        return this.boundsAt(point);
      }
    }
    return undefined;
  }

  /** Says which bounds kept steps from being taken in the search within the bounds that `next` gave; of those that grow these are answered. */
  tell(cuts: readonly string[]): readonly string[] {
    const cut = this.growing.map(({ name }) => cuts.includes(name));
    if (this.current !== undefined) this.done.push({ point: this.current, cut });
    return this.growing.filter((_, i) => cut[i] === true).map(({ name }) => name);
  }

  /** Whether raising any of the bounds that grow changes nothing: the last search was not held back by them. */
  get isExhausted(): boolean {
    return this.done.some(({ point, cut }) => cut.every((is) => !is) && point === this.current);
  }

  /** Every way in which the bounds from position `at` on may add up to so much, the first to be taken last. */
  private pointsOf(sum: number, at: number): number[][] {
    const bound = this.growing[at];
    if (bound === undefined) return sum === 0 ? [[]] : [];
    const points: number[][] = [];
    const most = Math.min(sum, bound.to - bound.from);
    for (let above = 0; above <= most; above++)
      for (const rest of this.pointsOf(sum - above, at + 1)) points.push([above, ...rest]);
    return points;
  }

  private boundsAt(point: readonly number[]): Bounds {
    let bounds = this.base;
    this.growing.forEach(({ name, from }, i) => {
      bounds = withBound(bounds, name, from + (point[i] as number));
    });
    return bounds;
  }
}

/** Whether a search at one point says what one at another would: it only raises what did not matter. */
function covers(
  { point, cut }: { readonly point: readonly number[]; readonly cut: readonly boolean[] },
  other: readonly number[],
): boolean {
  return point.every((value, i) => {
    const there = other[i] as number;
    return there === value || (there > value && cut[i] === false);
  });
}

/** Bounds with one of them replaced. */
function withBound(bounds: Bounds, name: string, value: number): Bounds {
  const [, timer] = /^timers\.(.*)$/.exec(name) ?? [];
  return timer === undefined
    ? { ...bounds, [name]: value }
    : { ...bounds, timers: { ...bounds.timers, [timer]: value } };
}
