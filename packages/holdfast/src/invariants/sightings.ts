import type { PatternVerdict } from '../subjects/patterns/running.ts';
import { isState, leadsTo, type StateMachine } from './stateMachine.ts';

/** A state that somebody was shown or that something was in, at some time between two instants. */
export interface Sighting {
  /** What has the state: an order. */
  readonly id: string;
  readonly state: string;
  /** True time, microseconds. */
  readonly fromUs: number;
  readonly untilUs: number;
  /** Who showed it: a replica, an event. */
  readonly where: string;
}

/**
 * Monotonicity: of two sightings of one thing, one over before the other began, the later state is one that the earlier leads to.
 * Sightings that overlap are in no order. What is no state of the machine breaks it, too.
 */
export function neverGoesBack<S extends string>(
  promise: string,
  machine: StateMachine<S>,
  sightings: readonly Sighting[],
): PatternVerdict {
  const byId = new Map<string, Sighting[]>();
  for (const sighting of sightings) {
    const all = byId.get(sighting.id) ?? [];
    byId.set(sighting.id, all);
    all.push(sighting);
  }
  const examined = sightings.length;
  for (const [id, all] of byId) {
    const reason = firstStepBack(machine, all);
    if (reason !== undefined) return { promise, kept: false, reason: `${id} ${reason}`, examined };
  }
  return { promise, kept: true, reason: `${examined} sightings of ${byId.size} never go back`, examined };
}

function firstStepBack<S extends string>(
  machine: StateMachine<S>,
  all: readonly Sighting[],
): string | undefined {
  const sorted = all.toSorted((a, b) => a.untilUs - b.untilUs);
  for (const [i, later] of sorted.entries()) {
    const { state } = later;
    if (!isState(machine, state)) return `was seen ${state}, which is no state (${told(later)})`;
    for (const earlier of sorted.slice(0, i)) {
      const before = earlier.state;
      if (earlier.untilUs >= later.fromUs || !isState(machine, before)) continue;
      if (!leadsTo(machine, before, state))
        return `was seen ${before} (${told(earlier)}), and later ${state} (${told(later)})`;
    }
  }
  return undefined;
}

const told = ({ where, untilUs }: Sighting): string => `${where}, ${(untilUs / 1_000_000).toFixed(3)} s`;
