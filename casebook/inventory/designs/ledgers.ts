import { BoundedCounter, type Plain, type SketchNode } from 'holdfast';
import { REGIONS, STOCK } from '../market.ts';

/** What one region may still sell of each good, and how rights move between regions. It is all kept on the region's disk. */
export interface Ledger {
  rights(good: string): number;
  /** Uses one right. */
  use(good: string): void;
  /** Hands rights of a good to another region; what is to be said to it, again and again until it has said that it heard. */
  give(good: string, to: number, amount: number): Plain;
  /** What another region handed over. */
  take(from: number, good: string, transfer: Plain): void;
}

/** The share of each region at the start. */
export const SHARE: number = STOCK / REGIONS.length;

/** Numbers that are kept, and transfers that have a number of their own: `numbered` remembers which it has had. */
export interface Quota {
  readonly rights: Record<string, number>;
  readonly used: Record<string, number>;
  /** Transfers given, and those taken, by their names. */
  readonly given: Record<string, { readonly good: string; readonly amount: number }>;
  readonly taken: Record<string, true>;
}

export function quotaOf(kept: Readonly<Record<string, unknown>>): Quota | undefined {
  return kept['quota'] as Quota | undefined;
}

/** Rights as bare numbers. Each transfer has a name; whoever does not remember the names takes a copy for another one. */
export function quota(node: SketchNode, remembers: boolean): Ledger {
  const kept = (node.kept['quota'] ??= { rights: {}, used: {}, given: {}, taken: {} }) as Quota;
  const { rights, used, given, taken } = kept;
  const has = (good: string): number => (rights[good] ??= SHARE);
  return {
    rights: has,
    use: (good) => {
      rights[good] = has(good) - 1;
      used[good] = (used[good] ?? 0) + 1;
    },
    give: (good, _to, amount) => {
      const name = `${node.name}-${Object.keys(given).length + 1}`;
      rights[good] = has(good) - amount;
      given[name] = { good, amount };
      return { name, amount };
    },
    take: (_from, good, transfer) => {
      const { name, amount } = transfer as { readonly name: string; readonly amount: number };
      if (remembers && taken[name] === true) return;
      taken[name] = true;
      rights[good] = has(good) + amount;
    },
  };
}

/** The bounded counters of a region's disk. */
export function countersOf(kept: Readonly<Record<string, unknown>>): Record<string, BoundedCounter> {
  return (kept['counters'] ?? {}) as Record<string, BoundedCounter>;
}

/** Every region starts from the same state, so each must make it alike. */
const FIRST: BoundedCounter = REGIONS.reduce(
  (state, region) => BoundedCounter.join(state, BoundedCounter.increment(state, region, SHARE)),
  BoundedCounter.empty,
);

/** The bounded counter: whatever copies of its state are joined in whatever order, no right is lost or made. */
export function bounded(node: SketchNode): Ledger {
  const counters = (node.kept['counters'] ??= {}) as Record<string, BoundedCounter>;
  const of = (good: string): BoundedCounter => (counters[good] ??= FIRST);
  const join = (good: string, delta: BoundedCounter): void => {
    counters[good] = BoundedCounter.join(of(good), delta);
  };
  return {
    rights: (good) => BoundedCounter.rights(of(good), node.name),
    use: (good) => join(good, BoundedCounter.decrement(of(good), node.name)),
    give: (good, to, amount) => {
      join(good, BoundedCounter.transfer(of(good), node.name, REGIONS[to] ?? '', amount));
      return of(good) as unknown as Plain;
    },
    take: (_from, good, state) => join(good, BoundedCounter.parse(state)),
  };
}
