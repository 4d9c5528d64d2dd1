import { PolicyError, requireNumber, requireWhole } from './policyError.ts';

/** How long calls took, counted in buckets of about 3 % width: plain data, changed in place by `recordLatency` only. */
export interface LatencyHistogram {
  /** Calls by bucket; buckets without calls may be missing. */
  readonly counts: number[];
  total: number;
}

/** Buckets for each doubling of the time: a bucket's upper edge is at most 1/32 above its lower one. */
const PER_DOUBLING = 32;

/** The longest time told apart: 2^31 ms. */
const MAX_MS = 2_147_483_648;

/** An empty histogram. */
export function startHistogram(): LatencyHistogram {
  return { counts: [], total: 0 };
}

/** Counts a call that took `tookMs`. Throws `PolicyError` for a time that is none. */
export function recordLatency(histogram: LatencyHistogram, tookMs: number): void {
  const bucket = bucketOf(requireNumber('tookMs', tookMs, 0, MAX_MS));
  histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1;
  histogram.total++;
}

/**
 * Counts a call of a caller who makes the next one only when this one is over, though it means to make one every `intervalMs`: the calls that it did not
 * make meanwhile are counted as well, with the time they would have waited. Source: Tene, "How NOT to Measure Latency", 2013; HdrHistogram's
 * correction for coordinated omission.
 */
export function recordCorrected(histogram: LatencyHistogram, tookMs: number, intervalMs: number): void {
  const stepMs = requireNumber('intervalMs', intervalMs, 0.001, MAX_MS);
  recordLatency(histogram, tookMs);
  for (let missedMs = tookMs - stepMs; missedMs >= stepMs; missedMs -= stepMs)
    recordLatency(histogram, missedMs);
}

/** The upper edge, in milliseconds, of the bucket in which the quantile (0 to 1) lies; 0 without calls. */
export function latencyQuantile(histogram: LatencyHistogram, quantile: number): number {
  return edgeAfter(histogram, Math.floor((1 - requireNumber('quantile', quantile, 0, 1)) * histogram.total));
}

/** Calls needed to speak of a rate: ten of them must be expected to be that slow. */
const SLOW_CALLS_NEEDED = 10;

/**
 * A timeout, in whole milliseconds, that gives up at most `falseTimeoutRate` (above 0, below 1) of calls that would have been answered, as far as
 * the recorded ones tell; never more than `remainingMs`, the caller's own remaining time. Allowed slow calls are counted two standard deviations
 * low, so that new samples of the same service keep the rate. Throws `PolicyError` when too few calls were recorded to speak of such a rate.
 * Source: Brooker, "Timeouts, retries, and backoff with jitter", Amazon Builders' Library.
 */
export function timeoutFrom(
  histogram: LatencyHistogram,
  options: { readonly falseTimeoutRate: number; readonly remainingMs: number },
): number {
  const { falseTimeoutRate } = options;
  if (!(falseTimeoutRate > 0 && falseTimeoutRate < 1)) {
    throw new PolicyError(
      'falseTimeoutRate',
      'above 0 and below 1',
      falseTimeoutRate,
      'give a share of all calls',
    );
  }
  const left = requireWhole('remainingMs', options.remainingMs, 0);
  const expected = histogram.total * falseTimeoutRate;
  if (expected < SLOW_CALLS_NEEDED) {
    throw new PolicyError(
      'falseTimeoutRate',
      `at least ${SLOW_CALLS_NEEDED} of the ${histogram.total} recorded calls`,
      falseTimeoutRate,
      'record more calls or allow more false timeouts',
    );
  }
  const allowed = Math.floor(expected - 2 * Math.sqrt(expected));
  return Math.min(left, Math.ceil(edgeAfter(histogram, allowed)));
}

/** The lowest bucket edge that at most `slower` recorded calls are above. */
function edgeAfter({ counts }: LatencyHistogram, slower: number): number {
  let above = 0;
  for (let bucket = counts.length - 1; bucket >= 0; bucket--) {
    above += counts[bucket] ?? 0;
    if (above > slower) return upperEdge(bucket);
  }
  return 0;
}

/** Whole milliseconds up to 32 have a bucket each; above that each doubling has 32. */
function bucketOf(ms: number): number {
  if (ms <= PER_DOUBLING) return Math.ceil(ms);
  const doublings = Math.floor(Math.log2(ms / PER_DOUBLING));
  const width = 2 ** doublings;
  // A time on an edge belongs below it: an upper edge is never exceeded by what its bucket counts.
  return PER_DOUBLING * (doublings + 1) + Math.ceil(ms / width - PER_DOUBLING);
}

function upperEdge(bucket: number): number {
  if (bucket <= PER_DOUBLING) return bucket;
  const doublings = Math.floor((bucket - 1) / PER_DOUBLING) - 1;
  return (bucket - PER_DOUBLING * doublings) * 2 ** doublings;
}
