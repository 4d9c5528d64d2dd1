import {
  adaptiveTimeout,
  type FailureDetector,
  fixedTimeout,
  measureDetector,
  phiAccrual,
  type RecordedRun,
} from '@holdfast/protocols';
import { AnswerError } from '../errors.ts';
import { numberIn, textIn } from '../marks.ts';
import { type HeartbeatLink, heartbeats } from './heartbeats.ts';

/** The detectors a learner may choose. */
export const DETECTOR_KINDS = ['fixed', 'adaptive', 'phi'] as const;
/** One of them. */
export type DetectorKind = (typeof DETECTOR_KINDS)[number];

/** What a learner set. */
export interface ChosenDetector {
  readonly kind: DetectorKind;
  readonly detector: FailureDetector<unknown>;
  readonly timeoutMs: number;
}

/** Before this much of a run a detector has not seen enough to be judged. */
const WARM_MS = 10_000;
const RUN_MS = 300_000;
const AFTER_MS = 60_000;
const HOUR_MS = 3_600_000;

/** How a detector did over some runs, as one observer saw them. */
export interface TunedQuality {
  readonly observer: string;
  /** Mean; crashes that were missed count as the whole time left. */
  readonly detectionMs: number;
  readonly mistakesPerHour: number;
}

/** Reads the detector that answers set: `detector`, and `timeoutMs`, or `threshold` and `minDeviationMs`. Undefined where none is chosen. Throws `AnswerError`. */
export function chosenDetector(
  answers: Readonly<Record<string, unknown>>,
  periodMs: number,
): ChosenDetector | undefined {
  const word = textIn(answers, 'detector').toLowerCase();
  if (word === '') return undefined;
  const kind = DETECTOR_KINDS.find((each) => each === word);
  if (kind === undefined) throw new AnswerError("'detector'", DETECTOR_KINDS.join(', '), word);
  const timeoutMs = positive(answers, 'timeoutMs', 1);
  return { kind, timeoutMs, detector: made(kind, answers, periodMs) as FailureDetector<unknown> };
}

function made(kind: DetectorKind, answers: Readonly<Record<string, unknown>>, periodMs: number): unknown {
  if (kind === 'fixed') return fixedTimeout({ timeoutMs: positive(answers, 'timeoutMs') });
  if (kind === 'adaptive') {
    const minTimeoutMs = positive(answers, 'timeoutMs', periodMs * 1.2);
    return adaptiveTimeout({
      firstIntervalMs: periodMs,
      minTimeoutMs,
      maxTimeoutMs: Math.max(minTimeoutMs, 60_000),
    });
  }
  return phiDetector({
    threshold: positive(answers, 'threshold'),
    minDeviationMs: positive(answers, 'minDeviationMs', 100),
    periodMs,
  });
}

/** Phi accrual over the last hundred gaps. */
export function phiDetector(options: {
  readonly threshold: number;
  readonly minDeviationMs: number;
  readonly periodMs: number;
}): FailureDetector<unknown> {
  const { threshold, minDeviationMs, periodMs } = options;
  return phiAccrual({
    model: 'normal',
    firstIntervalMs: periodMs,
    threshold,
    minDeviationMs,
    windowSize: 100,
  }) as FailureDetector<unknown>;
}

const MOST = 1e6;

function positive(answers: Readonly<Record<string, unknown>>, key: string, otherwise?: number): number {
  const value = numberIn(answers, key) ?? otherwise;
  if (value !== undefined && value >= 0.001 && value <= MOST) return value;
  throw new AnswerError(`'${key}'`, `a number above 0, at most ${MOST}`, answers[key]);
}

/** Runs of a link for some seeds; each ends with a crash, at an instant of its own. */
export function recordedRuns(link: HeartbeatLink, seeds: readonly number[]): readonly RecordedRun[] {
  return seeds.map((seed) => {
    const crashedAtMs = RUN_MS + (seed % 97) * 13;
    return heartbeats(link, seed, { untilMs: crashedAtMs + AFTER_MS, crashedAtMs });
  });
}

/** Measures a detector over runs of one observer. */
export function tunedQuality(
  detector: FailureDetector<unknown>,
  observer: string,
  runs: readonly RecordedRun[],
): TunedQuality {
  const found = runs.map(({ arrivals, truth }) => measureDetector(detector, arrivals, truth));
  const wrong = found.flatMap(({ suspicions }, i) => {
    const crash = runs[i]?.truth.crashedAtMs ?? 0;
    return suspicions.filter(({ fromMs }) => fromMs >= WARM_MS && fromMs < crash);
  });
  const hours = runs.reduce((sum, { truth }) => sum + (truth.crashedAtMs ?? 0) - WARM_MS, 0) / HOUR_MS;
  const detection = found.map(({ detectionMs }) => detectionMs ?? AFTER_MS);
  return {
    observer,
    detectionMs: Math.round(detection.reduce((sum, ms) => sum + ms, 0) / detection.length),
    mistakesPerHour: Math.round((10 * wrong.length) / hours) / 10,
  };
}

/** The gaps between arrivals, as quantiles: what can be seen of a link without knowing it. */
export function gapsText(runs: readonly RecordedRun[]): string {
  const gaps = runs
    .flatMap(({ arrivals }) => arrivals.map((at, i) => at - (arrivals[i - 1] ?? 0)).slice(1))
    .toSorted((a, b) => a - b);
  const at = (share: number): number => gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * share))] ?? 0;
  return `half below ${at(0.5)} ms, 99 % below ${at(0.99)} ms, 99.9 % below ${at(0.999)} ms, longest ${at(1)} ms`;
}
