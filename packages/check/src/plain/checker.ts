import type { History, Operation } from '../history/operation.ts';
import type { Verdict } from '../verdict.ts';

/** Something that judges a history by one promise, whatever else is in the history. */
export interface Checker {
  /** For the command line and for reports: `set-full`. */
  readonly name: string;
  /** What is promised, as verdicts name it. */
  readonly promise: string;
  /** Judges the operations it understands and leaves the others out, saying how many. */
  readonly check: (history: History) => CheckerVerdict;
}

/** One thing found, with the operations that show it. */
export interface Finding {
  /** `lost`, `duplicate`, `unexpected`: which kinds there are stands with each checker. */
  readonly kind: string;
  /** False for what is worth knowing but breaks no promise. */
  readonly violates: boolean;
  /** One sentence with the operations named. */
  readonly sentence: string;
  /**
   * A part of the history, by invocation, in which the same checker finds the same kind. Where every value is put in once, and
   * told at most once by an operation, none of them can be left out.
   */
  readonly operations: readonly Operation[];
}

/** A verdict with everything a checker counted on its way. */
export interface CheckerVerdict extends Verdict {
  /** A few findings of each kind, the gravest kinds first. */
  readonly findings: readonly Finding[];
  /** How many there are of each kind, and of what was examined. */
  readonly counts: Readonly<Record<string, number>>;
  /** Measured values, the unit in the name: `staleUsP99`. Times have the unit of the history. */
  readonly measures?: Readonly<Record<string, number>>;
  /** The verdicts a composed checker puts together. */
  readonly parts?: readonly Verdict[];
}
