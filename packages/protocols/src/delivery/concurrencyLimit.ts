import { requireNumber, requireWhole } from './policyError.ts';

/** How a limit on calls under way follows what is measured. */
export type LimitOptions =
  | {
      /** One more after each round of good calls that used the limit, times `backoff` after a bad one (TCP's rule). */
      readonly kind: 'aimd';
      readonly least: number;
      readonly most: number;
      /** Above 0, below 1; 0.9 is usual. */
      readonly backoff: number;
      /** A call that took longer is a bad one. */
      readonly timeoutMs: number;
    }
  | {
      /** Follows the ratio of the usual time of calls to the latest (Netflix concurrency-limits, Gradient2). */
      readonly kind: 'gradient';
      readonly least: number;
      readonly most: number;
      /** How many times the usual time is still well: 1.5. */
      readonly tolerance: number;
      /** Calls that may always wait: 4. */
      readonly queue: number;
      /** How far one step goes towards the new limit: 0.2. */
      readonly smoothing: number;
      /** How many calls the usual time remembers: 600. */
      readonly window: number;
    };

/** A limit: immutable plain data. `limit` is fractional inside; `Math.floor` of it is what may be under way. */
export interface ConcurrencyLimit {
  readonly options: LimitOptions;
  readonly limit: number;
  /** The usual time of a call, milliseconds; 0 before the first. `gradient` only. */
  readonly usualMs: number;
}

/** How a call went: what it took, how many were under way when it began, and whether it was dropped or timed out. */
export interface LimitSample {
  readonly tookMs: number;
  readonly inFlight: number;
  readonly dropped: boolean;
}

/** A limit at its least. Throws `PolicyError`. Source: Netflix concurrency-limits, `AIMDLimit` and `Gradient2Limit`. */
export function startLimit(options: LimitOptions): ConcurrencyLimit {
  const least = requireWhole('least', options.least, 1);
  requireWhole('most', options.most, least);
  if (options.kind === 'aimd') {
    requireNumber('backoff', options.backoff, 0.01, 0.99);
    requireNumber('timeoutMs', options.timeoutMs, 0.001, Number.POSITIVE_INFINITY);
  } else {
    requireNumber('tolerance', options.tolerance, 1, 10);
    requireNumber('queue', options.queue, 0, options.most);
    requireNumber('smoothing', options.smoothing, 0.001, 1);
    requireWhole('window', options.window, 1);
  }
  return { options: { ...options }, limit: least, usualMs: 0 };
}

/** The limit after a call. It does not grow when less than half of it was in use: nothing was learnt of more. */
export function sampleLimit(state: ConcurrencyLimit, sample: LimitSample): ConcurrencyLimit {
  return state.options.kind === 'aimd'
    ? additive(state, state.options, sample)
    : gradient(state, state.options, sample);
}

function additive(
  state: ConcurrencyLimit,
  options: Extract<LimitOptions, { kind: 'aimd' }>,
  { tookMs, inFlight, dropped }: LimitSample,
): ConcurrencyLimit {
  const { limit } = state;
  const isBad = dropped || tookMs > options.timeoutMs;
  if (!isBad && inFlight * 2 < limit) return state;
  return { ...state, limit: within(options, isBad ? limit * options.backoff : limit + 1 / limit) };
}

function gradient(
  state: ConcurrencyLimit,
  options: Extract<LimitOptions, { kind: 'gradient' }>,
  { tookMs, inFlight, dropped }: LimitSample,
): ConcurrencyLimit {
  const { limit } = state;
  const took = Math.max(tookMs, 0.001);
  let usualMs =
    state.usualMs === 0 ? took : state.usualMs + (2 * (took - state.usualMs)) / (options.window + 1);
  // After an overload the usual time would take long to come down by itself.
  if (usualMs > 2 * took) usualMs *= 0.95;
  if (!dropped && inFlight * 2 < limit) return { ...state, usualMs };
  const ratio = dropped ? 0.5 : Math.max(0.5, Math.min(1, (options.tolerance * usualMs) / took));
  const wanted = limit * ratio + (dropped ? 0 : options.queue);
  return { ...state, usualMs, limit: within(options, limit + options.smoothing * (wanted - limit)) };
}

function within({ least, most }: LimitOptions, limit: number): number {
  return Math.max(least, Math.min(most, limit));
}
