import type { Evidence } from '../evidence/evidence.ts';
import type { PromiseOutcome } from '../node/seedOutcome.ts';

/** What a violation carries. */
export interface ViolationDetails {
  readonly experiment: string;
  readonly seed: number;
  readonly evidence: Evidence;
  readonly evidencePath: string | undefined;
  readonly verdicts: readonly PromiseOutcome[];
  readonly command: string;
  readonly timeline: string;
}

/** Thrown by `assertHolds` when a promise does not hold: the reason in a sentence, the seed, and the command that shows it again. */
export class HoldfastViolation extends Error {
  readonly code = 'VIOLATED';
  readonly experiment: string;
  /** The smallest violating seed of those run. */
  readonly seed: number;
  /** The (shrunk) run as data: `printEvidence` writes it, `holdfast replay` runs it. */
  readonly evidence: Evidence;
  /** Where the evidence was written; undefined when it was not. */
  readonly evidencePath: string | undefined;
  /** One verdict per promise of the run that is shown. */
  readonly verdicts: readonly PromiseOutcome[];
  /** The command that shows it again. */
  readonly command: string;

  constructor(promise: string, reason: string, details: ViolationDetails) {
    super(
      `${details.experiment}, seed ${details.seed}: ${promise} is violated: ${reason}\n` +
        `\nshow it again: ${details.command}\n\n${details.timeline}`,
    );
    this.name = 'HoldfastViolation';
    this.experiment = details.experiment;
    this.seed = details.seed;
    this.evidence = details.evidence;
    this.evidencePath = details.evidencePath;
    this.verdicts = details.verdicts;
    this.command = details.command;
  }
}

/** Thrown by `assertHolds` when nothing is violated, and yet it cannot be said that everything holds. */
export class HoldfastUndecided extends Error {
  readonly code = 'UNDECIDED';
  /** The seed that could not be decided; undefined when no run examined anything. */
  readonly seed: number | undefined;
  constructor(experiment: string, reason: string, seed: number | undefined) {
    super(`${experiment}: undecided: ${reason}`);
    this.name = 'HoldfastUndecided';
    this.seed = seed;
  }
}

/** Thrown by `assertHolds` when a run throws: there is no verdict then. */
export class HoldfastRunError extends Error {
  readonly code = 'RUN_THREW';
  readonly seed: number;
  /** The command that shows it again. */
  readonly command: string;
  constructor(
    experiment: string,
    seed: number,
    thrown: { readonly message: string; readonly stack: string },
    command: string,
  ) {
    super(
      `${experiment}, seed ${seed} threw: ${thrown.message}\n\nshow it again: ${command}\n\n${thrown.stack}`,
    );
    this.name = 'HoldfastRunError';
    this.seed = seed;
    this.command = command;
  }
}
