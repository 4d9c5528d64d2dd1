import { type CallRecord, type ServiceObserver, WINDOW_US } from './observer.ts';
import type { ServiceOptions } from './options.ts';

/** Share of the first seconds' goodput at which a service has recovered. */
export const RECOVERED = 0.95;

/** How many first seconds with calls say what goodput and load are when nothing is wrong. */
const BASELINE_WINDOWS = 3;

/** What a run says of a service. Times in milliseconds, shares from 0 to 1. */
export interface ServiceFigures {
  readonly calls: number;
  /** Of the first seconds: calls answered well and in time, of all. */
  readonly baseline: number;
  /** Of calls issued from the heal on. */
  readonly goodputAfter: number;
  /** Of calls issued once the time for recovery is over, and how many there were. */
  readonly goodputLate: number;
  readonly lateCalls: number;
  /** From the heal until goodput is back for good; undefined: it never was. */
  readonly recoveryMs: number | undefined;
  /** Requests at the tier with most of them, for each call that needs it; and in its worst second, for each of a second at first. */
  readonly amplification: number;
  readonly amplifiedTier: string;
  readonly peakLoad: number;
  readonly userFailures: number;
  /** Of the operations that a failure elsewhere must not touch: calls answered well, of all; 1 where there are none. */
  readonly untouched: number;
  readonly untouchedCalls: number;
  /** The time requests are held by the slowest host of a tier, for each of its middle one: 1 where no tier has several. */
  readonly slowestReplica: number;
  readonly degraded: number;
  readonly p99Ms: number;
  readonly longestQueue: number;
  /** Requests a second at the last tier from the heal on, for each of a second at first. */
  readonly offeredAfter: number;
}

/** Whether the user had what was asked for, while still waiting for it. */
function isGood({ end, endedUs, issuedUs }: CallRecord, patienceMs: number): boolean {
  return end?.answer === 'ok' && endedUs - issuedUs <= patienceMs * 1_000;
}

/** Everything measured of a run. Calls issued less than the users' patience before the end are not counted: nobody knows of them. */
export function figuresOf(
  observer: ServiceObserver,
  options: ServiceOptions,
  when: { readonly healAtUs: number; readonly endUs: number },
): ServiceFigures {
  const { patienceMs } = options;
  const known = observer.calls.filter(({ issuedUs }) => issuedUs <= when.endUs - patienceMs * 1_000);
  const good = known.filter((call) => isGood(call, patienceMs));
  const windows = goodputByWindow(known, patienceMs);
  const before = [...windows].filter(([window]) => (window + 1) * WINDOW_US <= when.healAtUs);
  const baseline = meanOf(before.slice(0, BASELINE_WINDOWS).map(([, share]) => share));
  const goodFrom = (fromUs: number): { good: number; all: number } => {
    const issued = known.filter(({ issuedUs }) => issuedUs >= fromUs);
    return { good: issued.filter((call) => isGood(call, patienceMs)).length, all: issued.length };
  };
  const after = goodFrom(when.healAtUs);
  const late = goodFrom(when.healAtUs + (options.bounds.recoverWithinMs ?? 0) * 1_000);
  const took = good.map(({ endedUs, issuedUs }) => (endedUs - issuedUs) / 1_000).sort((a, b) => a - b);
  return {
    calls: known.length,
    baseline,
    goodputAfter: after.good / Math.max(1, after.all),
    goodputLate: late.good / Math.max(1, late.all),
    lateCalls: late.all,
    recoveryMs: recoveryOf(windows, baseline, when.healAtUs),
    ...amplificationOf(observer, options),
    ...untouchedOf(known, options),
    slowestReplica: slowestReplica(observer, options),
    userFailures: 1 - good.length / Math.max(1, known.length),
    degraded: known.filter(({ end }) => end?.answer === 'degraded').length / Math.max(1, known.length),
    p99Ms: took[Math.min(took.length - 1, Math.floor(took.length * 0.99))] ?? 0,
    longestQueue: Math.max(...observer.longestQueue),
    offeredAfter: offeredAfter(observer.arrivals.at(-1) ?? [], when.healAtUs, known.at(-1)?.issuedUs ?? 0),
  };
}

/** A second with fewer calls says nothing of goodput, nor a run with fewer of amplification. */
export const FEWEST_CALLS = 10;

/** The share of good calls among those issued in each second that had enough of them, in order. */
function goodputByWindow(calls: readonly CallRecord[], patienceMs: number): Map<number, number> {
  const counts = new Map<number, { good: number; all: number }>();
  for (const call of calls) {
    const window = Math.floor(call.issuedUs / WINDOW_US);
    const count = counts.get(window) ?? { good: 0, all: 0 };
    counts.set(window, count);
    count.all++;
    if (isGood(call, patienceMs)) count.good++;
  }
  const enough = [...counts].filter(([, { all }]) => all >= FEWEST_CALLS);
  return new Map(enough.map(([window, { good, all }]) => [window, good / all]));
}

/** The end of the last second that was not good enough, after the heal. */
function recoveryOf(
  windows: ReadonlyMap<number, number>,
  baseline: number,
  healAtUs: number,
): number | undefined {
  let recoveredUs: number | undefined = healAtUs;
  for (const [window, share] of windows) {
    const endUs = (window + 1) * WINDOW_US;
    if (endUs <= healAtUs) continue;
    if (share < RECOVERED * baseline) recoveredUs = undefined;
    else recoveredUs ??= window * WINDOW_US;
  }
  return recoveredUs === undefined ? undefined : Math.max(0, recoveredUs - healAtUs) / 1_000;
}

function amplificationOf(
  { arrivals, calls }: ServiceObserver,
  { tiers }: ServiceOptions,
): Pick<ServiceFigures, 'amplification' | 'amplifiedTier' | 'peakLoad'> {
  let worst = { amplification: 0, amplifiedTier: '', peakLoad: 0 };
  for (const [i, counts] of arrivals.entries()) {
    const needing = calls.filter(({ f }) => needs(tiers, f, i)).length;
    const amplification = counts.reduce((sum, count) => sum + count, 0) / Math.max(1, needing);
    const busy = counts.filter((count) => count > 0);
    // The first second with requests is not a whole one.
    const peakLoad = Math.max(0, ...busy) / Math.max(1, meanOf(busy.slice(1, 1 + BASELINE_WINDOWS)));
    if (amplification > worst.amplification) {
      worst = { amplification, amplifiedTier: tiers[i]?.name ?? '', peakLoad };
    }
  }
  return worst;
}

/** Arrivals a second between the heal and the last call, for each of a second at first. */
function offeredAfter(counts: readonly number[], healAtUs: number, untilUs: number): number {
  const first = counts.findIndex((count) => count > 0) + 1;
  const after = counts.slice(Math.ceil(healAtUs / WINDOW_US), Math.floor(untilUs / WINDOW_US));
  return meanOf(after) / Math.max(1, meanOf(counts.slice(first, first + BASELINE_WINDOWS)));
}

/** Whether an operation comes to a tier at all: from the first one along the calls made for it. */
function needs(tiers: ServiceOptions['tiers'], f: string, tier: number): boolean {
  const reached = new Set<string>([tiers[0]?.name ?? '']);
  for (const name of reached) {
    const calls = tiers.find((one) => one.name === name)?.calls ?? [];
    for (const { to, operations } of calls) if (operations?.includes(f) ?? true) reached.add(to);
  }
  return reached.has(tiers[tier]?.name ?? '');
}

function untouchedOf(
  known: readonly CallRecord[],
  { bounds, patienceMs }: ServiceOptions,
): Pick<ServiceFigures, 'untouched' | 'untouchedCalls'> {
  const watched = known.filter(({ f }) => bounds.untouched?.operations.includes(f) === true);
  const good = watched.filter((call) => isGood(call, patienceMs)).length;
  return { untouched: watched.length === 0 ? 1 : good / watched.length, untouchedCalls: watched.length };
}

/** Segmentation by host: what an average over all of them hides. */
function slowestReplica({ held }: ServiceObserver, { tiers }: ServiceOptions): number {
  let first = 0;
  let worst = 1;
  for (const { replicas = 1 } of tiers) {
    const means = Array.from({ length: replicas }, (_, i) => held.get(first + i))
      .map((one) => (one === undefined ? 0 : one.ms / one.count))
      .toSorted((a, b) => a - b);
    first += replicas;
    if (replicas < 3) continue;
    worst = Math.max(worst, (means.at(-1) ?? 0) / Math.max(1, means[Math.floor(replicas / 2)] ?? 0));
  }
  return worst;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
