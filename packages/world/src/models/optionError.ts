/** Thrown when an option of the world is outside its stated range. `option` names it, `value` is what was given. */
export class BadOptionError extends RangeError {
  readonly code = 'BAD_OPTION';
  readonly option: string;
  readonly value: unknown;
  constructor(option: string, value: unknown, wanted: string) {
    super(`Cannot use ${option} as ${wanted}: it is ${String(value)}; give ${wanted}`);
    this.name = 'BadOptionError';
    this.option = option;
    this.value = value;
  }
}

/** Throws `BadOptionError` unless `value` is a whole number in [min, max]. */
export function assertWhole(option: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new BadOptionError(option, value, `a whole number from ${min} to ${max}`);
  }
}

/** Throws `BadOptionError` unless `value` is a probability in [0, 1]. */
export function assertProbability(option: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw new BadOptionError(option, value, 'a probability from 0 to 1');
}

/** Throws `BadOptionError` unless `value` is a finite number in [min, max]. */
export function assertInRange(option: string, value: number, min: number, max: number): void {
  if (!(value >= min && value <= max)) {
    throw new BadOptionError(option, value, `a number from ${min} to ${max}`);
  }
}
