import type { VerdictStatus } from '@holdfast/check';
import type { RehearsalName, ServiceDescription, Wanted } from './description.ts';
import { type Rehearsals, type Rehearsed, verdictOn } from './rehearsed.ts';

/** What a rule says of a service: `where` names the field of the description, or the run, that decided. */
export interface Finding {
  readonly status: VerdictStatus;
  readonly reason: string;
  readonly where: string;
}

/** Lists of rules. */
export const REVIEW_LISTS = ['design', 'readiness', 'operations', 'release', 'incident'] as const;

/** The name of a list. */
export type ReviewList = (typeof REVIEW_LISTS)[number];

/** One line of a checklist, as something that can be run. */
export interface Rule {
  readonly id: string;
  readonly list: ReviewList;
  readonly text: string;
  readonly judge: (service: ServiceDescription, runs: Rehearsals) => Finding;
}

/** A rule that is broken, said from within its parts. */
class Broken extends Error {
  readonly finding: Finding;
  constructor(finding: Finding) {
    super(finding.reason);
    this.finding = finding;
  }
}

/** Ends the rule: it is violated there, for this reason. */
export function violated(where: string, reason: string): never {
  throw new Broken({ status: 'violated', where, reason });
}

/** Ends the rule: nothing could be told. */
export function undecided(where: string, reason: string): never {
  throw new Broken({ status: 'undecided', where, reason });
}

/** A rule whose judge answers with what it saw, as one sentence and where, or ends by `violated` or `undecided`. */
export function rule(
  list: ReviewList,
  id: string,
  text: string,
  look: (service: ServiceDescription, runs: Rehearsals) => readonly [where: string, reason: string],
): Rule {
  return {
    id,
    list,
    text,
    judge: (service, runs) => {
      try {
        const [where, reason] = look(service, runs);
        return { status: 'holds', where, reason };
      } catch (error) {
        if (error instanceof Broken) return error.finding;
        throw error;
      }
    },
  };
}

/**
 * The run of a rehearsal: the rule is violated when there is none, when nothing of the kind wanted went wrong in it, or when a promise it is
 * to show did not hold; undecided when one met nothing.
 */
export function rehearsed(runs: Rehearsals, name: RehearsalName, wanted: Wanted = []): Rehearsed {
  const run = struck(runs, name, wanted);
  if (run.shows.length === 0) violated(placeOf(run), `rehearsal '${name}' is to show no promise`);
  for (const promise of run.shows) held(run, promise);
  return run;
}

/** The run of a rehearsal in which such faults strike; its promises are not looked at. */
export function struck(runs: Rehearsals, name: RehearsalName, wanted: Wanted): Rehearsed {
  const run = runs.of(name);
  if (run === undefined) return violated('rehearsals', `there is no rehearsal '${name}'`);
  for (const kinds of wanted) {
    if (run.plan.faults.some(({ kind }) => kinds.includes(kind))) continue;
    violated(placeOf(run), `rehearsal '${name}' holds no fault of kind ${kinds.join(' or ')}`);
  }
  return run;
}

/** Asserts that a promise met something in a run, and held; answers how much it met, and its reason. */
export function held(
  run: Rehearsed,
  promise: string,
): { readonly examined: number; readonly reason: string } {
  const verdict = verdictOn(run, promise);
  if (verdict === undefined) return violated(placeOf(run), `nobody judges "${promise}" there`);
  const { status, reason, evidence } = verdict;
  if (status === 'violated') return violated(placeOf(run), `"${promise}" is violated: ${reason}`);
  if (status === 'undecided' || evidence.examined === 0)
    return undecided(placeOf(run), `"${promise}" met nothing to judge: ${reason}`);
  return { examined: evidence.examined, reason };
}

/** A run, as findings name it. */
export function placeOf({ name, experiment, plan }: Rehearsed): string {
  return `rehearsal ${name} (${experiment.name}, seed ${plan.seed})`;
}

/** A measured quantity of a run; the rule is undecided when the run has none of that name. */
export function metric(run: Rehearsed, name: string): number {
  const value = run.metrics[name];
  return value ?? undecided(placeOf(run), `it has no metric '${name}'`);
}
