import { createHash } from 'node:crypto';
import type { VerdictStatus } from '@holdfast/check';
import type { SeedOutcome } from './seedOutcome.ts';

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
  /** In seed order. */
  readonly violated: readonly SeedOutcome[];
  readonly undecided: readonly SeedOutcome[];
  readonly errors: readonly SeedOutcome[];
}

/** Puts the outcomes of seeds together; `outcomes` in seed order. */
export function summarise(outcomes: readonly SeedOutcome[]): Summary {
  const of = (status: SeedOutcome['status']): SeedOutcome[] =>
    outcomes.filter((outcome) => outcome.status === status);
  const metric = (name: string): number =>
    outcomes.reduce((sum, { metrics }) => sum + (metrics[name] ?? 0), 0);
  const checks = checksOf(outcomes);
  const [violated, undecided, errors] = [of('violated'), of('undecided'), of('error')];
  const operations = metric('operations');
  const nothing = operations === 0 || checks.every((check) => check.examined === 0);
  return {
    conclusion: conclude(violated.length, errors.length, undecided.length, nothing),
    checks,
    digest: campaignDigest(outcomes),
    seeds: outcomes.length,
    events: outcomes.reduce((sum, outcome) => sum + outcome.events, 0),
    operations,
    faults: metric('faults_struck'),
    violated,
    undecided,
    errors,
  };
}

function conclude(violated: number, errors: number, undecided: number, nothing: boolean): Conclusion {
  if (violated > 0) return 'violated';
  if (errors > 0) return 'error';
  return undecided > 0 || nothing ? 'undecided' : 'holds';
}

const SEVERITY: Readonly<Record<VerdictStatus, number>> = { holds: 0, undecided: 1, violated: 2 };

/** Promises in the order in which runs name them. */
function checksOf(outcomes: readonly SeedOutcome[]): PromiseSummary[] {
  const checks = new Map<string, PromiseSummary>();
  for (const { seed, verdicts } of outcomes) {
    for (const { promise, status, reason, examined } of verdicts) {
      const before = checks.get(promise);
      const sum = (before?.examined ?? 0) + examined;
      const worse = before === undefined || SEVERITY[status] > SEVERITY[before.status];
      // A sentence about nothing says less than any other of the same status.
      const better =
        before !== undefined && before.status === status && before.examined === 0 && examined > 0;
      checks.set(
        promise,
        worse || better ? { promise, status, reason, seed, examined: sum } : { ...before, examined: sum },
      );
    }
  }
  return [...checks.values()];
}

/** Equal sets of seeds with equal runs have equal campaign digests, in any process, for any number of jobs. */
export function campaignDigest(outcomes: readonly SeedOutcome[]): string {
  if (outcomes.length === 0) return '';
  const hash = createHash('sha256');
  for (const { seed, digest } of outcomes) hash.update(`${seed}:${digest}\n`);
  return hash.digest('hex').slice(0, 16);
}
