/** Reading values that came from elsewhere: every check here throws before anything is changed. */

/** Most actors a vector, version vector or causal context read from outside may name. */
export const VECTOR_ACTOR_LIMIT = 65_536;

/** Longest actor name, in UTF-16 code units. */
export const ACTOR_LENGTH_LIMIT = 256;

/** A clock, interval or event list from elsewhere that is not what it must be. Nothing was changed. */
export class MalformedClockError extends TypeError {
  readonly code = 'MALFORMED_CLOCK';
  /** Where in the value: `stamp.counter`. */
  readonly path: string;
  /** What was expected there: `a whole number of at least 0`. */
  readonly desired: string;
  readonly found: unknown;
  constructor(path: string, desired: string, found: unknown) {
    super(
      `Cannot read ${path} as ${desired}: found ${describeValue(found)}; drop it and ask the sender again`,
    );
    this.name = 'MalformedClockError';
    this.path = path;
    this.desired = desired;
    this.found = found;
  }
}

/** A counter that cannot grow further. Nothing was changed. */
export class ClockOverflowError extends RangeError {
  readonly code = 'CLOCK_OVERFLOW';
  /** The counter's value now. */
  readonly counter: number;
  readonly limit: number;
  constructor(action: string, counter: number, limit: number, advice: string) {
    super(`Cannot ${action}: the counter is ${counter} and its limit ${limit}; ${advice}`);
    this.name = 'ClockOverflowError';
    this.counter = counter;
    this.limit = limit;
  }
}

/** A short name of any value for error texts: `-1`, `"abc"`, `an array of 3`, `an object`. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string')
    return value.length > 40 ? `a string of ${value.length}` : JSON.stringify(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'function' || typeof value === 'symbol' ? `a ${typeof value}` : String(value);
}

/** A plain object's fields, or `MalformedClockError`. */
export function readFields(value: unknown, path: string, desired: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedClockError(path, desired, value);
  }
  return value as Record<string, unknown>;
}

/** True for a whole number in [least, most]. */
export function isWhole(
  value: unknown,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}

/** A whole number in [least, most], or `MalformedClockError`. */
export function readWhole(
  value: unknown,
  path: string,
  least = 0,
  most: number = Number.MAX_SAFE_INTEGER,
): number {
  if (!isWhole(value, least, most)) {
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new MalformedClockError(path, `a whole number ${range}`, value);
  }
  return value;
}

/** True for an actor's name: a string of 1 to `ACTOR_LENGTH_LIMIT` code units. */
export function isActor(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= ACTOR_LENGTH_LIMIT;
}

/** An actor's name, or `MalformedClockError`. */
export function readActor(value: unknown, path: string): string {
  if (!isActor(value)) {
    throw new MalformedClockError(path, `an actor's name of 1 to ${ACTOR_LENGTH_LIMIT} characters`, value);
  }
  return value;
}
