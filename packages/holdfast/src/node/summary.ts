import { createHash } from 'node:crypto';
import type { VerdictStatus } from '@holdfast/check';
import type { PromiseOutcome, SeedOutcome } from './seedOutcome.ts';

/** One promise over all seeds. */
export interface PromiseSummary {
  readonly promise: string;
  /** The worst of all seeds. */
  readonly status: VerdictStatus;
  /** The judge's sentence for `seed`. */
  readonly reason: string;
  /** The first seed with that status. */
  readonly seed: number;
  /** Summed over the seeds: elections, entries, operations, whatever the judge counts. 0: it met nothing to judge. */
  readonly examined: number;
}

/** `error`: some seed threw, and none is violated. */
export type Conclusion = VerdictStatus | 'error';

/** What a set of seeds says together. */
export interface Summary {
  /**
   * Violated when any seed is; else `error` when any seed threw; else undecided when any seed is, or when nothing was examined at
   * all (no operation was issued, or no promise met anything to judge); else holds.
   */
  readonly conclusion: Conclusion;
  readonly checks: readonly PromiseSummary[];
  /** Sixteen hexadecimal digits over every (seed, digest), in seed order; empty when no seed was run. */
  readonly digest: string;
  readonly seeds: number;
  readonly events: number;
  readonly operations: number;
  readonly faults: number;
  /** The first `KEPT_OUTCOMES` seeds of each kind, in seed order. */
  readonly violated: readonly SeedOutcome[];
  readonly undecided: readonly SeedOutcome[];
  readonly errors: readonly SeedOutcome[];
  /** The first seed of all. */
  readonly first: SeedOutcome | undefined;
}

/** Seeds of each kind that a summary keeps whole; all of them are counted and judged. */
export const KEPT_OUTCOMES = 1_000;

const SEVERITY: Readonly<Record<VerdictStatus, number>> = { holds: 0, undecided: 1, violated: 2 };

/** Puts the outcomes of seeds together one by one, in little memory however many there are. */
export class SummaryBuilder {
  private readonly hash = createHash('sha256');
  private readonly checks = new Map<string, PromiseSummary>();
  private readonly kept = {
    violated: new Array<SeedOutcome>(),
    undecided: new Array<SeedOutcome>(),
    errors: new Array<SeedOutcome>(),
  };
  private first: SeedOutcome | undefined;
  private seeds = 0;
  private events = 0;
  private operations = 0;
  private faults = 0;

  /** Outcomes come in seed order. */
  add(outcome: SeedOutcome): void {
    const { seed, digest, status, metrics } = outcome;
    this.first ??= outcome;
    this.hash.update(`${seed}:${digest}\n`);
    this.seeds++;
    this.events += outcome.events;
    this.operations += metrics.operations ?? 0;
    this.faults += metrics.faults_struck ?? 0;
    for (const verdict of outcome.verdicts) this.judge(seed, verdict);
    if (status === 'holds') return;
    const list = this.kept[status === 'error' ? 'errors' : status];
    if (list.length < KEPT_OUTCOMES) list.push(outcome);
  }

  finish(): Summary {
    const { kept, seeds, events, operations, faults, first } = this;
    const checks = [...this.checks.values()];
    const nothing = operations === 0 || checks.every((check) => check.examined === 0);
    return {
      conclusion: conclude(kept.violated.length, kept.errors.length, kept.undecided.length, nothing),
      checks,
      // Equal sets of seeds with equal runs have equal digests, in any process, for any number of jobs.
      digest: seeds === 0 ? '' : this.hash.copy().digest('hex').slice(0, 16),
      seeds,
      events,
      operations,
      faults,
      ...kept,
      first,
    };
  }

  /** Promises stay in the order in which runs name them. */
  private judge(seed: number, { promise, status, reason, examined }: PromiseOutcome): void {
    const before = this.checks.get(promise);
    const sum = (before?.examined ?? 0) + examined;
    const worse = before === undefined || SEVERITY[status] > SEVERITY[before.status];
    // A sentence about nothing says less than any other of the same status.
    const better = before !== undefined && before.status === status && before.examined === 0 && examined > 0;
    this.checks.set(
      promise,
      worse || better ? { promise, status, reason, seed, examined: sum } : { ...before, examined: sum },
    );
  }
}

function conclude(violated: number, errors: number, undecided: number, nothing: boolean): Conclusion {
  if (violated > 0) return 'violated';
  if (errors > 0) return 'error';
  return undecided > 0 || nothing ? 'undecided' : 'holds';
}

/** Puts outcomes together; `outcomes` in seed order. */
export function summarise(outcomes: Iterable<SeedOutcome>): Summary {
  const builder = new SummaryBuilder();
  for (const outcome of outcomes) builder.add(outcome);
  return builder.finish();
}
