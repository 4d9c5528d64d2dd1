import type { DetectorTruth, RecordedRun } from '../../src/detectors/index.ts';
import { Draws } from '../clocks/executions.ts';

/** How heartbeats reach an observer. */
export interface Link {
  readonly periodMs: number;
  /** The largest extra delay of a heartbeat sent at this time. */
  readonly jitterMs: (sentAtMs: number) => number;
  readonly lossPercent: number;
  /** Pauses of the sender: from, until. Nothing is sent meanwhile, and it goes on afterwards. */
  readonly pauses: readonly (readonly [number, number])[];
}

export const CALM: Link = { periodMs: 1_000, jitterMs: () => 50, lossPercent: 0, pauses: [] };

/** The arrivals of one peer's heartbeats over a link that keeps their order. */
export function record(seed: number, link: Link, truth: DetectorTruth): RecordedRun {
  const draws = new Draws(seed);
  const arrivals: number[] = [];
  const stop = truth.crashedAtMs ?? truth.untilMs;
  for (let at = truth.fromMs; at < stop; at += link.periodMs) {
    const paused = link.pauses.some(([from, until]) => at >= from && at < until);
    const delay = draws.below(link.jitterMs(at) + 1);
    if (draws.below(100) < link.lossPercent || paused) continue;
    arrivals.push(Math.max(arrivals.at(-1) ?? 0, at + delay));
  }
  return { arrivals, truth };
}
