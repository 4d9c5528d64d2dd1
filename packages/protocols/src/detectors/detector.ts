/**
 * A failure detector for one peer: a policy over plain-data state, which `heartbeat` changes in place and nothing else
 * does. Times are milliseconds (fractions allowed) of one monotonic clock, given as arguments; wall clocks jump and
 * would convict or absolve by themselves. A suspicion is an opinion: the peer may be alive.
 */
export interface FailureDetector<S> {
  /** For tables: `fixed 5000 ms`, `phi normal 8`. */
  readonly name: string;
  /** The state of watching a peer from `nowMs` on; a peer that never speaks is suspected in the end. */
  start(nowMs: number): S;
  /** Notes that a heartbeat arrived. Throws `DetectorTimeError` when time went back; the state is then unchanged. */
  heartbeat(state: S, nowMs: number): void;
  /** How strongly the peer is suspected; never falls until the next heartbeat. The scale is the detector's own. */
  suspicion(state: S, nowMs: number): number;
  /** Whether the peer is suspected now. */
  suspects(state: S, nowMs: number): boolean;
  /** The instant from which it will be suspected if nothing more arrives: for one timer instead of polling. */
  deadlineMs(state: S): number;
}

/** An option of a detector that cannot be. */
export class DetectorOptionsError extends RangeError {
  readonly code = 'DETECTOR_OPTIONS';
  readonly option: string;
  readonly found: unknown;
  constructor(option: string, desired: string, found: unknown) {
    super(`Cannot use ${option} as ${desired}: it is ${String(found)}; correct the configuration`);
    this.name = 'DetectorOptionsError';
    this.option = option;
    this.found = found;
  }
}

/** A time that is none, or is before the last one. Nothing was changed. */
export class DetectorTimeError extends RangeError {
  readonly code = 'DETECTOR_TIME';
  readonly nowMs: number;
  readonly lastMs: number;
  constructor(nowMs: number, lastMs: number) {
    super(
      `Cannot note a heartbeat at ${nowMs} ms as later than the last: that was at ${lastMs} ms; use a monotonic clock`,
    );
    this.name = 'DetectorTimeError';
    this.nowMs = nowMs;
    this.lastMs = lastMs;
  }
}

/** A finite number in [least, most], or `DetectorOptionsError`. */
export function checkOption(
  option: string,
  value: number,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): number {
  if (!Number.isFinite(value) || value < least || value > most) {
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new DetectorOptionsError(option, `a number ${range}`, value);
  }
  return value;
}

/** A finite time not before `lastMs`, or `DetectorTimeError`. */
export function checkTime(nowMs: number, lastMs: number = Number.NEGATIVE_INFINITY): number {
  if (!Number.isFinite(nowMs) || nowMs < lastMs) throw new DetectorTimeError(nowMs, lastMs);
  return nowMs;
}
