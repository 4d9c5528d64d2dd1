import type { Twin } from 'holdfast';

/** One line of the table of broken twins. */
export interface MutantRow {
  readonly twin: Twin;
  /** Undefined when the twin survived. */
  readonly found?: {
    readonly promise: string;
    readonly seed: number;
    readonly fromEvents: number;
    readonly toEvents: number;
    readonly reason: string;
  };
  /** Processor time of the search, the shrinking and the control's runs. */
  readonly seconds: number;
  /** What the control was accused of, if anything. */
  readonly accused: string | undefined;
}
