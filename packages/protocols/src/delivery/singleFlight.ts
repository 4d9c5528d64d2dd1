import { PolicyError, requireWhole } from './policyError.ts';

/** Computations under way by key, each with those who wait for it: plain data if the waiters are, changed in place by the functions here only. */
export interface SingleFlight<W> {
  readonly flights: Record<string, W[]>;
  /** Computations begun, and callers that shared one. */
  readonly counts: { led: number; shared: number };
}

/** Nothing under way. */
export function startSingleFlight<W>(): SingleFlight<W> {
  return { flights: {}, counts: { led: 0, shared: 0 } };
}

/** A caller wants the value of a key: `lead` computes it and then calls `land`, `follow` waits for whoever leads. */
export function joinFlight<W>(single: SingleFlight<W>, key: string, waiter: W): 'lead' | 'follow' {
  const flight = Object.hasOwn(single.flights, key) ? single.flights[key] : undefined;
  if (flight === undefined) {
    single.flights[key] = [waiter];
    single.counts.led++;
    return 'lead';
  }
  flight.push(waiter);
  single.counts.shared++;
  return 'follow';
}

/** The computation has ended, well or not: all who wait for it, the leader first. The next caller leads again. */
export function landFlight<W>(single: SingleFlight<W>, key: string): readonly W[] {
  const waiters = Object.hasOwn(single.flights, key) ? (single.flights[key] ?? []) : [];
  delete single.flights[key];
  return waiters;
}

/** How long a cached value may be served. Milliseconds, whole numbers. */
export interface Freshness {
  /** Up to this age it is fresh. */
  readonly softMs: number;
  /** Up to this age it is served while one caller refreshes it; not below `softMs`. Equal to it: no soft expiry. */
  readonly hardMs: number;
}

/** Checked freshness. Throws `PolicyError`. */
export function freshness(options: Freshness): Freshness {
  const softMs = requireWhole('softMs', options.softMs, 1);
  if (!(options.hardMs >= softMs)) {
    throw new PolicyError('hardMs', `at least softMs (${softMs})`, options.hardMs, 'raise it');
  }
  return { softMs, hardMs: options.hardMs };
}

/** What to do with a cached value: serve it, serve it and have one caller refresh it, or compute before answering. */
export function readCached(
  options: Freshness,
  storedAtMs: number | undefined,
  nowMs: number,
): 'serve' | 'serve-and-refresh' | 'compute' {
  if (storedAtMs === undefined || nowMs - storedAtMs >= options.hardMs) return 'compute';
  return nowMs - storedAtMs < options.softMs ? 'serve' : 'serve-and-refresh';
}
