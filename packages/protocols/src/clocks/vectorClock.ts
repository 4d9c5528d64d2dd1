import { advanceVector, mergeVectors, parseVector, type Vector } from './vector.ts';

/*
 * Vector clocks count events: every local event, send and receive of an actor counts. Comparing the vectors of two
 * events gives happens-before exactly. Source: Fidge 1988; Mattern 1989. For versions of data use a version vector.
 */

/** The vector of the actor's next local event or send; a message carries its send's vector. */
export function tickVectorClock(clock: Vector, actor: string): Vector {
  return advanceVector(clock, actor);
}

/**
 * The vector of receiving a message that carries `remote`: the larger counters of both, and one more for the receive
 * itself. `remote` is checked: `MalformedClockError` when it is no vector.
 */
export function receiveVectorClock(clock: Vector, actor: string, remote: unknown): Vector {
  return advanceVector(mergeVectors(clock, parseVector(remote, 'remote')), actor);
}
