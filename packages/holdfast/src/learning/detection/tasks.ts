import { type FailureDetector, fixedTimeout } from '@holdfast/protocols';
import type { Plain } from '@holdfast/plain';
import type { CurveChart } from '../curves.ts';
import { Draws } from '../draws.ts';
import type { Mark } from '../marks.ts';
import type { HeartbeatLink } from './heartbeats.ts';
import {
  chosenDetector,
  gapsText,
  phiDetector,
  recordedRuns,
  type TunedQuality,
  tunedQuality,
} from './tuning.ts';

/** An observer, and what is wanted of its detector. */
export interface WatchedLink {
  readonly link: HeartbeatLink;
  /** Crashes must be seen within this, on average. */
  readonly detectionMs: number;
  readonly mistakesPerHour: number;
}

/** A tuning task: links, limits, runs to look at, and runs that are judged by. */
export interface TuningTask {
  readonly intro: string;
  readonly periodMs: number;
  readonly watched: readonly WatchedLink[];
  readonly visible: readonly number[];
  readonly hidden: readonly number[];
  /** The detector's part of the empty answers. */
  readonly blank: Readonly<Record<string, Plain>>;
}

const seeds = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i);
const BLANK = { detector: null, timeoutMs: null, threshold: null, minDeviationMs: null };

/** One node watched by near and by far peers: far ones go through a crowded hour every run. One setting serves all. */
export function asymmetricTask(seed: number): TuningTask {
  const draws = new Draws(seed, 'asymmetric');
  const from = draws.between(60, 120) * 1_000;
  const far = (observer: string): HeartbeatLink => ({
    observer,
    periodMs: 250,
    jitterMs: draws.between(120, 180),
    lateMs: 500,
    lossPercent: 2,
    crowded: [[from, from + 120_000]],
    crowdedMs: draws.between(1_600, 2_000),
  });
  const near = (observer: string): HeartbeatLink => {
    return { observer, periodMs: 250, jitterMs: 5, lateMs: 30, lossPercent: 0, crowded: [], crowdedMs: 0 };
  };
  return {
    intro: [
      'Node X is marked dead by some of its peers while others see it alive. P1 and P2 stand beside it; P3 and P4 are in another region, and in part of every run the',
      'way there is crowded. All four run one detector with one setting. Choose it so that the near ones see a crash soon and the far ones do not cry wolf.',
    ].join('\n'),
    periodMs: 250,
    watched: [
      ...[near('P1'), near('P2')].map((link) => ({ link, detectionMs: 1_000, mistakesPerHour: 2 })),
      ...[far('P3'), far('P4')].map((link) => ({ link, detectionMs: 12_000, mistakesPerHour: 50 })),
    ],
    visible: seeds(seed * 1_000, 1),
    hidden: seeds(seed * 1_000 + 500, 2),
    blank: BLANK,
  };
}

/** One node, one observer, and a workload that bears so much waiting and so many mistakes. */
export function workloadTask(seed: number): TuningTask {
  const draws = new Draws(seed, 'workload');
  const isEager = draws.below(2) === 0;
  const lossPercent = draws.between(1, 3);
  const jitterMs = draws.between(150, 250);
  const link: HeartbeatLink = {
    observer: 'the load balancer',
    periodMs: 500,
    jitterMs,
    lateMs: 1_200,
    lossPercent,
    crowded: [],
    crowdedMs: 0,
  };
  const limits = isEager
    ? { detectionMs: 1_400, mistakesPerHour: 60 }
    : { detectionMs: 3_000, mistakesPerHour: 6 };
  return {
    intro: isEager
      ? 'A stateless web tier: a node that is taken out wrongly costs next to nothing, one that is dead costs every request it is given.'
      : 'A database with a standby: each wrong suspicion is a failover that costs a minute, and a few seconds of silence can be borne.',
    periodMs: 500,
    watched: [{ link, ...limits }],
    visible: seeds(seed * 1_000, 2),
    hidden: seeds(seed * 1_000 + 500, 3),
    blank: { ...BLANK, detector: 'phi' },
  };
}

/** The task in words: the limits, and what the gaps between heartbeats look like in runs that may be seen. */
export function tuningText({ intro, periodMs, watched, visible }: TuningTask): string {
  const lines = watched.map(
    ({ link, detectionMs, mistakesPerHour }) =>
      `  ${link.observer}: sees a crash within ${detectionMs} ms on average, at most ${mistakesPerHour} mistakes an hour\n` +
      `      gaps between heartbeats: ${gapsText(recordedRuns(link, visible))}`,
  );
  return [
    intro,
    '',
    `A heartbeat is sent every ${periodMs} ms.`,
    ...lines,
    '',
    '"detector" is one of: "fixed" with timeoutMs; "adaptive" (mean and four deviations of the last gaps) with timeoutMs as its least; "phi" with threshold and minDeviationMs',
    '(phi 8: the silence is so long as to occur once in 1e8 heartbeats, if the gaps are like the last hundred). Leave null what does not belong to it.',
  ].join('\n');
}

/** Marks a setting on hidden runs: detection time and mistakes of every observer. */
export function markTuned(
  task: TuningTask,
  given: Readonly<Record<string, unknown>>,
): { readonly marks: readonly Mark[]; readonly told: readonly string[] } {
  const chosen = chosenDetector(given, task.periodMs);
  const marks = task.watched.flatMap((watched) => {
    const quality = chosen && qualityOf(chosen.detector, watched, task.hidden);
    return limitMarks(watched, quality, chosen?.kind === 'fixed');
  });
  const told = [
    'hidden runs:',
    ...(chosen === undefined ? [] : tableOf(chosen.detector, task)),
    ...tableOf(fixedTimeout({ timeoutMs: 500 }), task),
  ];
  return { marks, told };
}

function qualityOf(
  detector: FailureDetector<unknown>,
  { link }: WatchedLink,
  of: readonly number[],
): TunedQuality {
  return tunedQuality(detector, link.observer, recordedRuns(link, of));
}

function tableOf(detector: unknown, { watched, hidden }: TuningTask): string[] {
  const judged = detector as FailureDetector<unknown>;
  return watched.map((each) => {
    const { observer, detectionMs, mistakesPerHour } = qualityOf(judged, each, hidden);
    return `  ${judged.name} at ${observer}: a crash is seen after ${detectionMs} ms, ${mistakesPerHour} mistakes an hour`;
  });
}

const ONE_NUMBER = 'one fixed timeout fits all links: what is long for a near one is short for a far one';
const SHORT = 'a shorter timeout is a better one: it buys detection with mistakes';
const LONG = 'a long timeout is the safe choice: all the while the dead are waited for';

function limitMarks(
  { link, detectionMs, mistakesPerHour }: WatchedLink,
  quality: TunedQuality | undefined,
  isFixed: boolean,
): Mark[] {
  const mark = (
    item: string,
    value: number | undefined,
    limit: number,
    unit: string,
    belief: string,
  ): Mark => {
    const right = value !== undefined && value <= limit;
    const made = {
      item: `${item} at ${link.observer}`,
      right,
      given: value === undefined ? '' : `${value} ${unit}`,
      expected: `at most ${limit} ${unit}`,
      because: 'measured on hidden runs',
    };
    return right || value === undefined ? made : { ...made, belief: isFixed ? ONE_NUMBER : belief };
  };
  return [
    mark('detection time', quality?.detectionMs, detectionMs, 'ms', LONG),
    mark('mistakes', quality?.mistakesPerHour, mistakesPerHour, 'an hour', SHORT),
  ];
}

const THRESHOLDS = [1, 2, 3, 4, 6, 8, 12];
const DEVIATIONS = [100, 200];

/** Detection time against mistakes over thresholds of phi, on the runs of the first observer that may be seen. */
export function tradeOffCurves({ watched, visible, periodMs }: TuningTask): CurveChart {
  const [first] = watched;
  return {
    title: 'Detection time against mistakes',
    description: 'Each point is a threshold of phi accrual, on runs that may be seen: there is no best one.',
    x: 'ms until a crash is seen',
    y: 'mistakes an hour',
    curves: DEVIATIONS.map((minDeviationMs) => ({
      name: `least deviation ${minDeviationMs} ms`,
      points: THRESHOLDS.map((threshold) => {
        const detector = phiDetector({ threshold, minDeviationMs, periodMs });
        const quality =
          first === undefined ? { detectionMs: 0, mistakesPerHour: 0 } : qualityOf(detector, first, visible);
        return {
          x: quality.detectionMs,
          y: quality.mistakesPerHour,
          says: `phi ${threshold}: seen after ${quality.detectionMs} ms, ${quality.mistakesPerHour} mistakes an hour`,
        };
      }),
    })),
  };
}
