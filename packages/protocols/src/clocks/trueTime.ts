import { MalformedClockError, readActor, readFields, readWhole } from './boundary.ts';

/** An interval that contains true time, in microseconds. Source: Corbett et al., "Spanner", OSDI 2012, section 3. */
export interface TimeInterval {
  readonly earliest: number;
  readonly latest: number;
}

/**
 * A time master. GPS masters keep a constant uncertainty; atomic ones ("Armageddon masters") grow theirs by their
 * drift since they were last set.
 */
export interface TimeMaster {
  readonly name: string;
  readonly kind: 'gps' | 'atomic';
  readonly baseUncertaintyUs: number;
  /** Parts per million; 0 for a master whose uncertainty does not grow. */
  readonly driftPpm: number;
}

/** What a master's half-width of uncertainty is, this long after it was last set, in microseconds (rounded up). */
export function masterUncertaintyUs(master: TimeMaster, sinceSetUs: number): number {
  return master.baseUncertaintyUs + Math.ceil((sinceSetUs * master.driftPpm) / 1_000_000);
}

/** One answer of a master: its time, give or take `uncertaintyUs`, read at some instant of the round trip. */
export interface MasterReading {
  readonly master: string;
  readonly timeUs: number;
  readonly uncertaintyUs: number;
  /** The round trip by the asking node's clock, in microseconds. */
  readonly roundTripUs: number;
}

/** A node's view of true time: the interval agreed at its last synchronisation. Immutable plain data. */
export interface TrueTime {
  /** The node's own (monotonic) clock at the synchronisation, in microseconds. */
  readonly syncedAtUs: number;
  readonly interval: TimeInterval;
  /** How far the node's own clock may run fast or slow: an assumption, and the slope of the sawtooth. */
  readonly maxDriftPpm: number;
  /** Masters whose answers no majority shares: they were left out. */
  readonly rejected: readonly string[];
}

/** Most masters asked in one synchronisation. */
export const MASTER_LIMIT = 64;

/** No majority of the masters' intervals has an instant in common: none can be believed. Nothing was changed. */
export class TimeMastersError extends Error {
  readonly code = 'TIME_MASTERS_DISAGREE';
  readonly agreeing: number;
  readonly asked: number;
  constructor(agreeing: number, asked: number) {
    super(
      `Cannot synchronise as agreed by a majority: ${agreeing} of ${asked} masters agree; keep the earlier ` +
        'synchronisation, whose interval goes on growing, and ask again',
    );
    this.name = 'TimeMastersError';
    this.agreeing = agreeing;
    this.asked = asked;
  }
}

/**
 * Synchronises at the node's own time `localUs` with the masters' answers (checked): the smallest interval that the
 * largest number of them share, which must be a majority (Marzullo and Owicki 1983). Throws `TimeMastersError`,
 * `MalformedClockError`.
 */
export function synchroniseTrueTime(
  localUs: number,
  readings: readonly unknown[],
  maxDriftPpm: number,
): TrueTime {
  readWhole(localUs, 'localUs');
  readWhole(maxDriftPpm, 'maxDriftPpm', 0, 999_999);
  if (readings.length === 0 || readings.length > MASTER_LIMIT) {
    throw new MalformedClockError('readings', `1 to ${MASTER_LIMIT} answers`, readings);
  }
  const answers = readings.map((reading, i) => parseReading(reading, `readings[${i}]`));
  const spans = answers.map((answer) => ({ master: answer.master, ...spanOf(answer, maxDriftPpm) }));
  const best = marzullo(spans);
  if (best.agreeing * 2 <= spans.length) throw new TimeMastersError(best.agreeing, spans.length);
  const { earliest, latest } = best;
  const rejected = spans.filter((s) => s.earliest > latest || s.latest < earliest).map((s) => s.master);
  return { syncedAtUs: localUs, interval: { earliest, latest }, maxDriftPpm, rejected };
}

/**
 * `TT.now()`: the interval that contains true time at the node's own time `localUs`, if every majority master was
 * right and the node's clock drifted no more than assumed. Throws `MalformedClockError` for a time before the
 * synchronisation.
 */
export function trueTimeNow(state: TrueTime, localUs: number): TimeInterval {
  const elapsed = readWhole(localUs, 'localUs', state.syncedAtUs) - state.syncedAtUs;
  const drift = state.maxDriftPpm / 1_000_000;
  return {
    earliest: state.interval.earliest + Math.floor(elapsed / (1 + drift)),
    latest: state.interval.latest + Math.ceil(elapsed / (1 - drift)),
  };
}

/** `TT.after(t)`: true when `t` has certainly passed. */
export function trueTimeAfter(now: TimeInterval, t: number): boolean {
  return now.earliest > t;
}

/** `TT.before(t)`: true when `t` has certainly not arrived. */
export function trueTimeBefore(now: TimeInterval, t: number): boolean {
  return now.latest < t;
}

/** Half the width of the interval, in microseconds: Spanner's epsilon. */
export function uncertaintyUs(now: TimeInterval): number {
  return (now.latest - now.earliest) / 2;
}

/** Reads an interval that came from elsewhere, or throws `MalformedClockError`. */
export function parseInterval(value: unknown, path = 'interval'): TimeInterval {
  const fields = readFields(value, path, 'an interval {earliest, latest}');
  const earliest = readWhole(fields.earliest, `${path}.earliest`, Number.MIN_SAFE_INTEGER);
  return { earliest, latest: readWhole(fields.latest, `${path}.latest`, earliest) };
}

function parseReading(value: unknown, path: string): MasterReading {
  const fields = readFields(value, path, "a master's answer");
  return {
    master: readActor(fields.master, `${path}.master`),
    timeUs: readWhole(fields.timeUs, `${path}.timeUs`),
    uncertaintyUs: readWhole(fields.uncertaintyUs, `${path}.uncertaintyUs`),
    roundTripUs: readWhole(fields.roundTripUs, `${path}.roundTripUs`),
  };
}

/** Where true time is when the answer arrives: the master may have read its clock at either end of the round trip. */
function spanOf(reading: MasterReading, maxDriftPpm: number): TimeInterval {
  const roundTrip = Math.ceil(reading.roundTripUs / (1 - maxDriftPpm / 1_000_000));
  return {
    earliest: reading.timeUs - reading.uncertaintyUs,
    latest: reading.timeUs + reading.uncertaintyUs + roundTrip,
  };
}

/** The first smallest interval covered by the largest number of spans. */
function marzullo(spans: readonly TimeInterval[]): TimeInterval & { readonly agreeing: number } {
  const edges = spans
    .flatMap(({ earliest, latest }) => [
      { at: earliest, opens: 1 },
      { at: latest, opens: 0 },
    ])
    .sort((a, b) => a.at - b.at || b.opens - a.opens);
  let open = 0;
  let best = { agreeing: 0, earliest: 0, latest: 0 };
  edges.forEach((edge, i) => {
    if (edge.opens === 0) {
      open--;
      return;
    }
    open++;
    const next = edges[i + 1];
    if (open > best.agreeing && next) best = { agreeing: open, earliest: edge.at, latest: next.at };
  });
  return best;
}
