import {
  type Allocation,
  BoundedCounter,
  neverOversold,
  oversold,
  type PatternVerdict,
  type SketchRun,
} from 'holdfast';
import { countersOf, type Quota, quotaOf, SHARE } from './designs/ledgers.ts';
import { GOODS, REGIONS, STOCK } from './market.ts';

export const NEVER = 'no more is reserved than there is';
export const REPAIRED = 'in the end what is reserved is there';
export const CONSERVED = 'rebalancing conserves the total';
export const PROMISES = [NEVER, REPAIRED, CONSERVED] as const;

const capacity = (): number => STOCK;

function allocations({ effects }: SketchRun): Allocation[] {
  return effects.map(({ atUs, what, key, data }) => ({
    atUs,
    of: key,
    by: data as string,
    change: what === 'taken' ? 'taken' : 'given back',
  }));
}

/** Goods of which more is reserved in the end than there is, in words. */
function tooMany(run: SketchRun): string[] {
  return GOODS.flatMap((good) => {
    const left = new Set<string>();
    for (const { of, by, change } of allocations(run).toSorted((a, b) => a.atUs - b.atUs)) {
      if (of !== good) continue;
      if (change === 'taken') left.add(by);
      else left.delete(by);
    }
    return left.size > STOCK ? [`${left.size} of ${STOCK} ${good} are reserved in the end`] : [];
  });
}

/** Rights that were lost or made on their way between regions, good by good, in words; and how many transfers there were. */
function notConserved(run: SketchRun): { readonly breaches: string[]; readonly transfers: number } {
  const { kept } = run;
  const quotas = kept.map(quotaOf).filter((quota) => quota !== undefined);
  const counters = kept.map(countersOf);
  const transfers = kept.reduce(
    (sum, node) => sum + (countersOf(node) === undefined ? 0 : Number(node['transfers'] ?? 0)),
    0,
  );
  const breaches = GOODS.flatMap((good) => {
    const isCounted = counters.some((each) => Object.keys(each).length > 0);
    const total =
      !isCounted && quotas.length === 0
        ? STOCK
        : quotas.length > 0
          ? totalOf(quotas, good)
          : totalCounted(counters, good) + soldOf(run, good);
    if (total === STOCK) return [];
    return [`of ${good} there were ${STOCK}, and rights and sales make ${total}`];
  });
  return { breaches, transfers };
}

/** Rights, sales, and what is on its way: given, and not taken by anybody. */
function totalOf(quotas: readonly Quota[], good: string): number {
  const taken = new Set(quotas.flatMap((quota) => Object.keys(quota.taken)));
  return quotas.reduce((sum, { rights, used, given }) => {
    const way = Object.entries(given)
      .filter(([name, transfer]) => transfer.good === good && !taken.has(name))
      .reduce((amount, [, transfer]) => amount + transfer.amount, 0);
    return sum + (rights[good] ?? SHARE) + (used[good] ?? 0) + way;
  }, 0);
}

/** What all regions may still sell, once each has heard of everything; no number when one of them may sell less than nothing. */
function totalCounted(counters: readonly Record<string, BoundedCounter>[], good: string): number {
  const states = counters.flatMap((each) => (each[good] === undefined ? [] : [each[good]]));
  if (states.length === 0) return STOCK;
  const all = states.reduce((a, b) => BoundedCounter.join(a, b));
  const rights = REGIONS.map((region) => BoundedCounter.rights(all, region));
  return rights.some((each) => each < 0) ? Number.NaN : rights.reduce((sum, each) => sum + each, 0);
}

function soldOf({ effects }: SketchRun, good: string): number {
  return effects.filter(({ what, key }) => what === 'taken' && key === good).length;
}

function none(promise: string, breaches: readonly string[], examined: number, what: string): PatternVerdict {
  const [first] = breaches;
  if (first === undefined) return { promise, kept: true, reason: `${examined} ${what}`, examined };
  return { promise, kept: false, reason: `${first}; ${breaches.length} goods in all`, examined };
}

export function judge(run: SketchRun): PatternVerdict[] {
  const { breaches, transfers } = notConserved(run);
  return [
    neverOversold(NEVER, allocations(run), capacity),
    none(REPAIRED, tooMany(run), allocations(run).length, 'allocations'),
    none(CONSERVED, breaches, transfers, 'transfers'),
  ];
}

export function measures(run: SketchRun): Record<string, number> {
  const all = allocations(run);
  const over = [...oversold(all, capacity).values()].reduce((sum, count) => sum + count, 0);
  return {
    oversold: over,
    compensated: all.filter(({ change }) => change === 'given back').length,
    transfers: notConserved(run).transfers,
    sold: all.filter(({ change }) => change === 'taken').length,
  };
}
