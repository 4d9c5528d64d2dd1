import type { RecordedRun } from '@holdfast/protocols';
import { Draws } from '../draws.ts';

/** How the heartbeats of one node reach one observer. Times in milliseconds. */
export interface HeartbeatLink {
  readonly observer: string;
  readonly periodMs: number;
  /** Delay of most heartbeats: up to this, evenly. */
  readonly jitterMs: number;
  /** One heartbeat in a hundred is late by up to this. */
  readonly lateMs: number;
  readonly lossPercent: number;
  /** Stretches during which every heartbeat is late by up to `crowdedMs`: from, until. */
  readonly crowded: readonly (readonly [number, number])[];
  readonly crowdedMs: number;
}

const LATE_ONE_IN = 100;

/** What an observer hears of a node that crashes at an instant, over a link that keeps the order of messages. */
export function heartbeats(
  link: HeartbeatLink,
  seed: number,
  { untilMs, crashedAtMs }: { readonly untilMs: number; readonly crashedAtMs: number },
): RecordedRun {
  const draws = new Draws(seed, `heartbeats to ${link.observer}`);
  const arrivals: number[] = [];
  for (let at = 0; at < crashedAtMs; at += link.periodMs) {
    const isCrowded = link.crowded.some(([from, until]) => at >= from && at < until);
    const jitter = draws.below(link.jitterMs + 1);
    const late = draws.below(LATE_ONE_IN) === 0 ? draws.below(link.lateMs + 1) : 0;
    const crowd = isCrowded ? draws.below(link.crowdedMs + 1) : 0;
    if (draws.below(100) < link.lossPercent) continue;
    arrivals.push(Math.max(arrivals.at(-1) ?? 0, at + jitter + late + crowd));
  }
  return { arrivals: arrivals.filter((at) => at < untilMs), truth: { fromMs: 0, untilMs, crashedAtMs } };
}
