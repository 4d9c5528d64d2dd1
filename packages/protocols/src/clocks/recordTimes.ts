import { MalformedClockError, readFields, readWhole } from './boundary.ts';

/**
 * The two times every record carries: when its author says it happened, by the author's wall clock, and when it was
 * taken in, by ours. Neither decides a conflict alone; their difference shows skew and delay.
 */
export interface RecordTimes {
  /** Milliseconds since the epoch, by the author's clock. */
  readonly eventMs: number;
  /** Milliseconds since the epoch, by the clock of whoever took it in. */
  readonly ingestedMs: number;
}

/** Reads a record's two times, or throws `MalformedClockError` naming the one that is missing. */
export function parseRecordTimes(value: unknown, path = 'record'): RecordTimes {
  const fields = readFields(value, path, 'a record with eventMs and ingestedMs');
  return {
    eventMs: readWhole(fields.eventMs, `${path}.eventMs`),
    ingestedMs: readWhole(fields.ingestedMs, `${path}.ingestedMs`),
  };
}

/** What a record's times say about its author's clock. */
export interface RecordLag {
  /** Ingestion minus event time, in milliseconds; negative when the author's clock is ahead of ours. */
  readonly lagMs: number;
  /** True when the event claims to be later than its ingestion by more than the bound: the author's clock is off. */
  readonly fromTheFuture: boolean;
}

/** The lag of a record, judged with the skew bound the deployment claims. */
export function recordLag(times: RecordTimes, skewBoundMs: number): RecordLag {
  if (!Number.isFinite(skewBoundMs) || skewBoundMs < 0) {
    throw new MalformedClockError('skewBoundMs', 'a bound of at least 0', skewBoundMs);
  }
  const lagMs = times.ingestedMs - times.eventMs;
  return { lagMs, fromTheFuture: lagMs < -skewBoundMs };
}
