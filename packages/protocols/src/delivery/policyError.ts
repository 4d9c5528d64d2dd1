/** Thrown for settings no mechanism can run with; nothing was changed. */
export class PolicyError extends RangeError {
  readonly code = 'BAD_POLICY';
  /** The setting, by its own name. */
  readonly field: string;
  readonly value: unknown;
  constructor(field: string, must: string, value: unknown, mend: string) {
    const shown = typeof value === 'string' ? `'${value}'` : String(value);
    super(`Cannot use the policy as ${field} must be ${must}: current value is ${shown}; ${mend}`);
    this.name = 'PolicyError';
    this.field = field;
    this.value = value;
  }
}

/** A whole number in [least, most], or `PolicyError`. */
export function requireWhole(
  field: string,
  value: number,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new PolicyError(field, `a whole number ${range}`, value, 'give one in range');
}

/** A finite number in [least, most], or `PolicyError`. */
export function requireNumber(field: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most && Number.isFinite(value)) return value;
  const range = Number.isFinite(most) ? `from ${least} to ${most}` : `of at least ${least}`;
  throw new PolicyError(field, `a number ${range}`, value, 'give one in range');
}
