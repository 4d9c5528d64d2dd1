import {
  ClockOverflowError,
  isActor,
  isWhole,
  MalformedClockError,
  readActor,
  readFields,
  readWhole,
  VECTOR_ACTOR_LIMIT,
} from './boundary.ts';

/**
 * Counters by actor: the plain immutable data of vector clocks, version vectors, causal contexts and G-counters.
 * `actors` is strictly ascending by code unit, `counters[i]` (1 or more) belongs to `actors[i]`, and an absent actor
 * counts 0; so equal vectors have equal fields. Grows with the number of actors, never with the number of events.
 */
export interface Vector {
  readonly actors: readonly string[];
  readonly counters: readonly number[];
}

/** How two histories stand: `before` means the first is contained in the second and is not equal to it. */
export type CausalRelation = 'before' | 'after' | 'concurrent' | 'equal';

/** The vector of no event. */
export const EMPTY_VECTOR: Vector = Object.freeze({
  actors: Object.freeze<string[]>([]),
  counters: Object.freeze<number[]>([]),
});

/** How `a` stands to `b`: exactly one of four answers for any two vectors. O(actors). */
export function compareVectors(a: Vector, b: Vector): CausalRelation {
  if (a === b) return 'equal';
  return a.actors === b.actors ? compareAligned(a.counters, b.counters) : compareMixed(a, b);
}

/** The same actors in the same places: only the counters differ. */
function compareAligned(a: readonly number[], b: readonly number[]): CausalRelation {
  let less = false;
  let more = false;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] as number;
    const y = b[i] as number;
    if (x < y) less = true;
    else if (x > y) more = true;
    if (less && more) return 'concurrent';
  }
  return relation(less, more);
}

function compareMixed(a: Vector, b: Vector): CausalRelation {
  let less = false;
  let more = false;
  let i = 0;
  let j = 0;
  while (i < a.actors.length && j < b.actors.length) {
    const x = a.actors[i] as string;
    const y = b.actors[j] as string;
    if (x === y) {
      const m = a.counters[i++] as number;
      const n = b.counters[j++] as number;
      if (m < n) less = true;
      else if (m > n) more = true;
    } else if (x < y) {
      more = true;
      i++;
    } else {
      less = true;
      j++;
    }
    if (less && more) return 'concurrent';
  }
  return relation(less || j < b.actors.length, more || i < a.actors.length);
}

function relation(less: boolean, more: boolean): CausalRelation {
  if (less) return more ? 'concurrent' : 'before';
  return more ? 'after' : 'equal';
}

/** True when every event of `a` is among those of `b`. */
export function descends(b: Vector, a: Vector): boolean {
  const found = compareVectors(a, b);
  return found === 'before' || found === 'equal';
}

/** The least vector that contains both: the larger counter of each actor. Returns `a` or `b` itself where it can. */
export function mergeVectors(a: Vector, b: Vector): Vector {
  if (a === b || b.actors.length === 0) return a;
  if (a.actors.length === 0) return b;
  return a.actors === b.actors ? mergeAligned(a, b) : mergeMixed(a, b);
}

function mergeAligned(a: Vector, b: Vector): Vector {
  const length = a.counters.length;
  const counters: number[] = new Array(length);
  let fromA = true;
  for (let i = 0; i < length; i++) {
    const x = a.counters[i] as number;
    const y = b.counters[i] as number;
    if (y > x) fromA = false;
    counters[i] = x > y ? x : y;
  }
  return fromA ? a : { actors: a.actors, counters };
}

function mergeMixed(a: Vector, b: Vector): Vector {
  const actors: string[] = [];
  const counters: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.actors.length || j < b.actors.length) {
    const x = a.actors[i];
    const y = b.actors[j];
    if (x === y) {
      actors.push(x as string);
      counters.push(Math.max(a.counters[i++] as number, b.counters[j++] as number));
    } else if (y === undefined || (x !== undefined && x < y)) {
      actors.push(x as string);
      counters.push(a.counters[i++] as number);
    } else {
      actors.push(y);
      counters.push(b.counters[j++] as number);
    }
  }
  // Sharing the list of actors lets later comparisons skip the names.
  if (actors.length === a.actors.length) return { actors: a.actors, counters };
  return actors.length === b.actors.length ? { actors: b.actors, counters } : { actors, counters };
}

/** The greatest vector contained in both: the smaller counter of each actor. */
export function meetVectors(a: Vector, b: Vector): Vector {
  const actors: string[] = [];
  const counters: number[] = [];
  for (let i = 0; i < a.actors.length; i++) {
    const actor = a.actors[i] as string;
    const least = Math.min(a.counters[i] as number, counterOf(b, actor));
    if (least === 0) continue;
    actors.push(actor);
    counters.push(least);
  }
  return { actors, counters };
}

/** The counter of an actor; 0 when absent. O(log actors). */
export function counterOf(vector: Vector, actor: string): number {
  const at = place(vector.actors, actor);
  return vector.actors[at] === actor ? (vector.counters[at] as number) : 0;
}

/** The vector with one actor's counter raised by `by` (1 or more). Throws `ClockOverflowError` past 2^53 - 1. */
export function advanceVector(vector: Vector, actor: string, by = 1): Vector {
  readWhole(by, 'by', 1);
  const at = place(vector.actors, actor);
  if (vector.actors[at] !== actor) {
    readActor(actor, 'actor');
    return {
      actors: [...vector.actors.slice(0, at), actor, ...vector.actors.slice(at)],
      counters: [...vector.counters.slice(0, at), by, ...vector.counters.slice(at)],
    };
  }
  const counter = vector.counters[at] as number;
  if (counter > Number.MAX_SAFE_INTEGER - by) {
    throw new ClockOverflowError(
      `advance the counter of '${actor}'`,
      counter,
      Number.MAX_SAFE_INTEGER,
      'go on under a new actor name',
    );
  }
  const counters = vector.counters.slice();
  counters[at] = counter + by;
  return { actors: vector.actors, counters };
}

/** A vector from counters by name; zeros are left out. Throws `MalformedClockError` on anything else than counters. */
export function vectorFrom(counters: Readonly<Record<string, number>>): Vector {
  const actors = Object.keys(counters)
    .filter((actor) => counters[actor] !== 0)
    .sort(byCodeUnit);
  return parseVector({ actors, counters: actors.map((actor) => counters[actor]) }, 'counters');
}

/** Counters by name, for reading and printing. */
export function vectorToRecord(vector: Vector): Readonly<Record<string, number>> {
  return Object.fromEntries(vector.actors.map((actor, i) => [actor, vector.counters[i] as number]));
}

/** The sum of all counters. */
export function vectorSum(vector: Vector): number {
  let sum = 0;
  for (const counter of vector.counters) sum += counter;
  return sum;
}

/** Reads a vector that came from elsewhere (copying it), or throws `MalformedClockError`. */
export function parseVector(value: unknown, path = 'vector'): Vector {
  const fields = readFields(value, path, 'a vector {actors, counters}');
  const { actors, counters } = fields;
  if (!Array.isArray(actors) || actors.length > VECTOR_ACTOR_LIMIT) {
    throw new MalformedClockError(`${path}.actors`, `at most ${VECTOR_ACTOR_LIMIT} actors`, actors);
  }
  if (!Array.isArray(counters) || counters.length !== actors.length) {
    throw new MalformedClockError(`${path}.counters`, `${actors.length} counters, one per actor`, counters);
  }
  const names: string[] = [];
  const counts: number[] = [];
  for (let i = 0; i < actors.length; i++) {
    const name: unknown = actors[i];
    const count: unknown = counters[i];
    // Paths are only spelled out for what is refused: a large vector is read far more often than it is wrong.
    if (!isActor(name)) throw new MalformedClockError(`${path}.actors[${i}]`, "an actor's name", name);
    if (!isWhole(count, 1))
      throw new MalformedClockError(`${path}.counters[${i}]`, 'a count of at least 1', count);
    const previous = names[i - 1];
    if (previous !== undefined && previous >= name) {
      throw new MalformedClockError(`${path}.actors[${i}]`, `a name after '${previous}'`, name);
    }
    names.push(name);
    counts.push(count);
  }
  return { actors: names, counters: counts };
}

/** Compares strings by UTF-16 code unit: the same order in every process and locale. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The index of `actor`, or where it would stand. */
function place(actors: readonly string[], actor: string): number {
  let low = 0;
  let high = actors.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((actors[middle] as string) < actor) low = middle + 1;
    else high = middle;
  }
  return low;
}
