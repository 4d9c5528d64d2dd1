import { encodePlain, type Plain } from '@holdfast/plain';

/** Thrown when an option of a checker makes no sense; names the option and the value. */
export class PlainOptionsError extends RangeError {
  readonly code = 'CHECKER_OPTIONS';
  readonly option: string;
  readonly value: unknown;
  constructor(option: string, value: Plain | undefined, advice: string) {
    const shown = typeof value === 'number' || value === undefined ? String(value) : encodePlain(value);
    super(`Cannot check with ${option} as ${shown}: ${advice}`);
    this.name = 'PlainOptionsError';
    this.option = option;
    this.value = value;
  }
}
