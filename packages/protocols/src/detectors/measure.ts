import { checkTime, type FailureDetector } from './detector.ts';

/** What really happened to the watched peer. */
export interface DetectorTruth {
  /** When watching began and ended. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** When the peer crashed for good; absent when it lived to the end. */
  readonly crashedAtMs?: number;
}

/** A time during which the peer was suspected; the last one may still last at the end. */
export interface Suspicion {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** How well a detector did on one recorded run, in the measures of Chen, Toueg and Aguilera, 2002. */
export interface DetectorQuality {
  readonly detector: string;
  /** From the crash to the suspicion that lasts; null when the peer lived or was not suspected at the end. */
  readonly detectionMs: number | null;
  /** Suspicions that began while the peer was alive. */
  readonly mistakes: number;
  readonly mistakesPerHour: number;
  /** Mean length of a mistake (counted while the peer was alive); 0 when there was none. */
  readonly meanMistakeMs: number;
  /** The share of the peer's life during which it was not suspected. */
  readonly queryAccuracy: number;
  /** When the last mistake ended; null when there was none. */
  readonly lastMistakeMs: number | null;
  /** Completeness on this run: a crashed peer is suspected at the end; null when the peer lived. */
  readonly complete: boolean | null;
  readonly suspicions: readonly Suspicion[];
}

const HOUR_MS = 3_600_000;

/**
 * Runs a detector over the arrivals of one peer's heartbeats (ascending) and judges it by the truth. Nothing is
 * sampled: suspicions begin at the detector's own deadlines. Throws `DetectorTimeError` when the arrivals go back.
 */
export function measureDetector<S>(
  detector: FailureDetector<S>,
  arrivals: readonly number[],
  truth: DetectorTruth,
): DetectorQuality {
  checkTime(truth.untilMs, truth.fromMs);
  return measureSuspicions(detector.name, suspicionsOf(detector, arrivals, truth), truth);
}

/**
 * Judges by the truth what one observer suspected of one peer: stretches of suspicion, ascending, none overlapping, the last one up to `untilMs`
 * when it lasted. For detectors that are no function of heartbeats, such as a membership protocol.
 */
export function measureSuspicions(
  detector: string,
  suspicions: readonly Suspicion[],
  truth: DetectorTruth,
): DetectorQuality {
  const { crashedAtMs } = truth;
  const aliveUntil = Math.min(crashedAtMs ?? truth.untilMs, truth.untilMs);
  const mistaken = suspicions.filter(({ fromMs }) => fromMs < aliveUntil);
  const mistakenMs = mistaken.reduce((sum, s) => sum + Math.min(s.untilMs, aliveUntil) - s.fromMs, 0);
  const aliveMs = aliveUntil - truth.fromMs;
  const last = suspicions.at(-1);
  const complete = crashedAtMs === undefined ? null : last?.untilMs === truth.untilMs;
  return {
    detector,
    detectionMs: complete && last ? Math.max(0, last.fromMs - aliveUntil) : null,
    mistakes: mistaken.length,
    mistakesPerHour: aliveMs > 0 ? (mistaken.length * HOUR_MS) / aliveMs : 0,
    meanMistakeMs: mistaken.length > 0 ? mistakenMs / mistaken.length : 0,
    queryAccuracy: aliveMs > 0 ? 1 - mistakenMs / aliveMs : 1,
    lastMistakeMs: mistaken.length > 0 ? Math.min(mistaken.at(-1)?.untilMs ?? 0, aliveUntil) : null,
    complete,
    suspicions,
  };
}

function suspicionsOf<S>(
  detector: FailureDetector<S>,
  arrivals: readonly number[],
  truth: DetectorTruth,
): readonly Suspicion[] {
  const suspicions: Suspicion[] = [];
  const state = detector.start(truth.fromMs);
  for (const arrival of arrivals) {
    if (arrival > truth.untilMs) break;
    const fromMs = detector.deadlineMs(state);
    if (fromMs < arrival) suspicions.push({ fromMs, untilMs: arrival });
    detector.heartbeat(state, arrival);
  }
  const fromMs = detector.deadlineMs(state);
  if (fromMs < truth.untilMs) suspicions.push({ fromMs, untilMs: truth.untilMs });
  return suspicions;
}

/** A recorded run: when heartbeats arrived, and what happened. */
export interface RecordedRun {
  readonly arrivals: readonly number[];
  readonly truth: DetectorTruth;
}

/** One point of a trade-off curve: a parameter, and what it gave over all runs. */
export interface TradeOff {
  readonly parameter: number;
  /** Mean over the crashes that were detected; null when none was. */
  readonly meanDetectionMs: number | null;
  readonly missed: number;
  readonly mistakes: number;
}

/** Detection time against mistakes over the values of one parameter: there is no best, only a choice. */
export function detectorTradeOff<S>(
  detectorFor: (parameter: number) => FailureDetector<S>,
  parameters: readonly number[],
  runs: readonly RecordedRun[],
): readonly TradeOff[] {
  return parameters.map((parameter) => {
    const results = runs.map(({ arrivals, truth }) =>
      measureDetector(detectorFor(parameter), arrivals, truth),
    );
    const times = results.flatMap(({ detectionMs }) => (detectionMs === null ? [] : [detectionMs]));
    return {
      parameter,
      meanDetectionMs: times.length > 0 ? times.reduce((a, b) => a + b, 0) / times.length : null,
      missed: results.filter(({ complete }) => complete === false).length,
      mistakes: results.reduce((sum, { mistakes }) => sum + mistakes, 0),
    };
  });
}
