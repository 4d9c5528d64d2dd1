import { MalformedClockError, readActor } from '../clocks/boundary.ts';
import type { Dot } from '../clocks/dot.ts';
import {
  counterOf,
  EMPTY_VECTOR,
  meetVectors,
  mergeVectors,
  parseVector,
  type Vector,
} from '../clocks/vector.ts';

/**
 * What every member of a fixed group is known to have seen. An update all members have seen is causally stable: no
 * update concurrent with it can still arrive, so what was kept only for such updates (a tombstone, an operation in a
 * log) may be dropped. Time proves nothing here: a member away for a day returns with yesterday's updates. Immutable
 * plain data. Sources: Wuu and Bernstein 1984; Baquero, Almeida and Shoker, "Pure Operation-Based Replicated Data
 * Types", 2017.
 */
export interface CausalStability {
  /** By member, ascending. A member that has said nothing has seen nothing. */
  readonly seen: readonly (readonly [member: string, vector: Vector])[];
}

/** The knowledge at the start. Every member counts, also one that is down: leaving takes a change of membership. */
export function startStability(members: readonly string[]): CausalStability {
  const names = [...new Set(members)].sort();
  if (names.length === 0 || names.length !== members.length) {
    throw new MalformedClockError('members', 'a list of at least one, all different', members);
  }
  return { seen: names.map((member) => [readActor(member, 'member'), EMPTY_VECTOR]) };
}

/**
 * Learns what a member says it has seen: all updates of each actor up to a counter (checked). Throws
 * `MalformedClockError` for a malformed vector or a stranger.
 */
export function learnSeen(state: CausalStability, member: string, seen: unknown): CausalStability {
  const vector = parseVector(seen, 'seen');
  if (!state.seen.some(([name]) => name === member)) {
    throw new MalformedClockError('member', 'a member of the group', member);
  }
  return {
    seen: state.seen.map(([name, known]) => [name, name === member ? mergeVectors(known, vector) : known]),
  };
}

/** Per actor, up to which counter every member has seen its updates. */
export function stableVector(state: CausalStability): Vector {
  return state.seen.map(([, vector]) => vector).reduce(meetVectors);
}

/** Whether every member has seen this update. */
export function isStable(state: CausalStability, dot: Dot): boolean {
  return state.seen.every(([, vector]) => counterOf(vector, dot[0]) >= dot[1]);
}
