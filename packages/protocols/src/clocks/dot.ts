import { ClockOverflowError, MalformedClockError, readActor, readWhole } from './boundary.ts';
import { byCodeUnit } from './vector.ts';

/**
 * One event of one actor, by name: the actor's `counter`-th update, from 1. The pair never names two events, so an
 * actor that lost its state must go on under a new name (`incarnation`).
 */
export type Dot = readonly [actor: string, counter: number];

/** The counter after this one. Throws `ClockOverflowError` at 2^53 - 1: somebody inflated it. */
export function nextCounter(actor: string, counter: number): number {
  if (counter >= Number.MAX_SAFE_INTEGER) {
    throw new ClockOverflowError(
      `make another update of '${actor}'`,
      counter,
      Number.MAX_SAFE_INTEGER,
      'go on under a new actor name',
    );
  }
  return counter + 1;
}

/** Dots by actor, then counter: the order they are stored in. */
export function compareDots(a: Dot, b: Dot): number {
  return a[0] === b[0] ? a[1] - b[1] : byCodeUnit(a[0], b[0]);
}

/** Reads a dot that came from elsewhere, or throws `MalformedClockError`. */
export function parseDot(value: unknown, path = 'dot'): Dot {
  if (!Array.isArray(value) || value.length !== 2) {
    throw new MalformedClockError(path, 'a dot [actor, counter]', value);
  }
  return [readActor(value[0], `${path}[0]`), readWhole(value[1], `${path}[1]`, 1)];
}

/**
 * The actor name of an incarnation, `n` from 1, to be raised durably whenever the actor may have lost counters it
 * had used (an empty disk, a restored backup). Reusing counters makes new writes look old, and peers drop them.
 */
export function incarnation(actor: string, n: number): string {
  return readActor(`${actor}#${readWhole(n, 'incarnation', 1)}`, 'incarnation');
}
