import {
  type DocumentRecipe,
  type FieldSource,
  measureDetector,
  PHI_THRESHOLDS,
  phiAccrual,
  phiTuningNote,
  type RunResult,
} from 'holdfast';
import { NOISE } from './experiment.ts';
import { TIMES } from './model.ts';

const SEEDS = [1, 2, 3];
const EXPERIMENT = 'heartbeats';
/** Before this the window of the detector holds what it was told, not what it has seen. */
const WARM_MS = 2_000;

/** Fills a phi-accrual tuning note (S4.35) from the heartbeats that the authority hears of the east, over links that lose and delay. */
export const tuning: DocumentRecipe = {
  form: phiTuningNote,
  fill: (runs) => {
    const heard = SEEDS.map((seed) => heartbeats(runs.run(EXPERIMENT, seed)));
    const quality = PHI_THRESHOLDS.map((phi) => ({ phi, ...qualityOf(phi, heard) }));
    const chosen = quality.find(({ perMinute }) => perMinute === 0) ?? quality.at(-1);
    const next = quality.find(({ phi }) => phi > (chosen?.phi ?? 0));
    const cite = (text: string): FieldSource['evidence'] =>
      SEEDS.map((seed) => ({ text, experiment: EXPERIMENT, seed }));
    const numbers = (name: string, of: 'ms' | 'perMinute'): FieldSource['facts'] =>
      Object.fromEntries(quality.map((each) => [`${name}${each.phi}`, each[of]]));
    return {
      Workload: {
        facts: {
          everyMs: TIMES.beat,
          lossPercent: NOISE.lossPercent,
          heldMs: NOISE.heldMs,
          heartbeats: heard.reduce((sum, { arrivals }) => sum + arrivals.length, 0),
        },
        evidence: cite('beats of N1 as N3 heard them'),
      },
      'Detection time': {
        facts: numbers('ms', 'ms'),
        evidence: cite('from the cut on N3 hears nothing of N1'),
      },
      'False suspicions': {
        facts: numbers('perMinute', 'perMinute'),
        evidence: cite('until the cut N1 lives'),
      },
      Threshold: { facts: { chosen: chosen?.phi ?? 0 }, evidence: cite('the two tables') },
      Why: {
        facts: {
          lowIsWrong: quality.some(({ phi, perMinute }) => phi < (chosen?.phi ?? 0) && perMinute > 0),
          modelFits: modelFits(quality.find(({ phi }) => phi === 3)?.perMinute ?? 0),
          highIsSlow: (next?.ms ?? 0) > (chosen?.ms ?? 0),
        },
        evidence: cite('the two tables'),
      },
    };
  },
};

/** Whether phi 3 is wrong once in a thousand heartbeats, or at most three times as often. */
function modelFits(perMinute: number): boolean {
  return perMinute / (60_000 / TIMES.beat) <= 3 * 10 ** -3;
}

interface Heard {
  readonly arrivals: readonly number[];
  readonly cutMs: number;
  readonly untilMs: number;
}

function heartbeats({ trace, plan }: RunResult): Heard {
  const cut = plan.faults.find(({ kind }) => kind === 'partition');
  const cutMs = (cut?.atUs ?? 0) / 1_000;
  const arrivals = (trace?.events ?? [])
    .filter(
      ({ kind, node, peer, label }) => kind === 'deliver' && node === 2 && peer === 0 && label === 'beat',
    )
    .map(({ at }) => at / 1_000);
  const untilMs = cutMs + (cut?.forUs ?? 0) / 1_000;
  return { arrivals: arrivals.filter((at) => at < cutMs + TIMES.beat), cutMs, untilMs };
}

function qualityOf(
  threshold: number,
  heard: readonly Heard[],
): { readonly ms: number; readonly perMinute: number } {
  const detector = phiAccrual({
    model: 'normal',
    threshold,
    firstIntervalMs: TIMES.beat,
    minDeviationMs: TIMES.beat / 5,
  });
  const found = heard.map(({ arrivals, cutMs, untilMs }) => {
    const { detectionMs, suspicions } = measureDetector(detector, arrivals, {
      fromMs: arrivals[0] ?? 0,
      untilMs,
      crashedAtMs: cutMs,
    });
    return {
      detectionMs: detectionMs ?? untilMs - cutMs,
      wrong: suspicions.filter(({ fromMs }) => fromMs > WARM_MS && fromMs < cutMs).length,
      minutes: (cutMs - WARM_MS) / 60_000,
    };
  });
  const sum = (of: (each: (typeof found)[number]) => number): number =>
    found.reduce((total, each) => total + of(each), 0);
  return {
    ms: Math.round(sum(({ detectionMs }) => detectionMs) / found.length),
    perMinute: Math.round((10 * sum(({ wrong }) => wrong)) / sum(({ minutes }) => minutes)) / 10,
  };
}
