import { NotPlainError } from '@holdfast/plain';
import { describeValue, MalformedClockError } from '../clocks/boundary.ts';

/**
 * A state-based replicated data type: plain immutable states under a join that is associative, commutative and
 * idempotent, so replicas that got the same updates are equal whatever the order, duplicates and batching. A mutator
 * returns a delta, itself a state: join it into your own and ship it, alone or joined with others. Sources: Shapiro,
 * Preguica, Baquero and Zawirski, "Conflict-free Replicated Data Types", 2011; Almeida, Shoker and Baquero, "Delta
 * State Replicated Data Types", 2018.
 */
export interface StateCrdt<S> {
  readonly name: string;
  /** The state of no update: joining it changes nothing. */
  readonly empty: S;
  /** The least state that contains both. */
  readonly join: (a: S, b: S) => S;
  /** Reads a state or delta that came from elsewhere (sharing nothing with it), or throws `MalformedDeltaError`. */
  readonly parse: (value: unknown) => S;
}

/** A state or delta from elsewhere that is not what it must be. Nothing was changed. */
export class MalformedDeltaError extends TypeError {
  readonly code = 'MALFORMED_DELTA';
  /** Where in the value: `delta.entries[3][0]`. */
  readonly path: string;
  readonly found: unknown;
  constructor(path: string, desired: string, found: unknown) {
    super(
      `Cannot read ${path} as ${desired}: found ${describeValue(found)}; drop it and ask the sender again`,
    );
    this.name = 'MalformedDeltaError';
    this.path = path;
    this.found = found;
  }
}

/** Runs a reader, turning what clocks and plain data refuse into `MalformedDeltaError`. */
export function readingDelta<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedClockError) {
      throw new MalformedDeltaError(error.path, error.desired, error.found);
    }
    if (error instanceof NotPlainError)
      throw new MalformedDeltaError(error.path, 'plain data', error.message);
    throw error;
  }
}

/** Most elements, keys or dots a state read from outside may hold. */
export const DELTA_ITEM_LIMIT = 4_194_304;

/** An array of at most `DELTA_ITEM_LIMIT` items, or `MalformedDeltaError`. */
export function readItems(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value) || value.length > DELTA_ITEM_LIMIT) {
    throw new MalformedDeltaError(path, `a list of at most ${DELTA_ITEM_LIMIT} items`, value);
  }
  return value;
}

/** A pair, or `MalformedDeltaError`. */
export function readPair(value: unknown, path: string): readonly [unknown, unknown] {
  if (!Array.isArray(value) || value.length !== 2) throw new MalformedDeltaError(path, 'a pair', value);
  return [value[0], value[1]];
}

/** A plain object's fields, or `MalformedDeltaError`. */
export function readObject(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedDeltaError(path, 'an object', value);
  }
  return value as Record<string, unknown>;
}

/** A string, or `MalformedDeltaError`. */
export function readText(value: unknown, path: string): string {
  if (typeof value !== 'string') throw new MalformedDeltaError(path, 'a string', value);
  return value;
}

/** Refuses an item that does not stand after the one before it: states are canonical, so equal ones look equal. */
export function readAscending<T>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
  path: string,
): readonly T[] {
  for (let i = 1; i < items.length; i++) {
    if (compare(items[i - 1] as T, items[i] as T) >= 0) {
      throw new MalformedDeltaError(`${path}[${i}]`, 'an item after the one before it', items[i]);
    }
  }
  return items;
}
