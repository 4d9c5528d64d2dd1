import type { VerdictStatus } from '@holdfast/check';
import type { ServiceDescription } from './description.ts';
import { Rehearsals, RunCache } from './rehearsed.ts';
import type { Finding, ReviewList, Rule } from './rule.ts';
import { DESIGN_RULES } from './rules/design.ts';
import { INCIDENT_RULES } from './rules/incident.ts';
import { OPERATION_RULES } from './rules/operations.ts';
import { READINESS_RULES } from './rules/readiness.ts';
import { RELEASE_RULES } from './rules/release.ts';

/** What a review found of one rule. */
export interface ReviewedRule extends Finding {
  readonly id: string;
  readonly list: ReviewList;
  readonly text: string;
}

/** A review: one finding for each rule, in order. */
export interface Review {
  readonly service: string;
  readonly status: VerdictStatus;
  readonly rules: readonly ReviewedRule[];
  /** Digests of the rehearsals that were run, by name. */
  readonly runs: Readonly<Record<string, string>>;
}

/** Every rule there is, in the order of the lists. */
export const REVIEW_RULES: readonly Rule[] = [
  ...DESIGN_RULES,
  ...READINESS_RULES,
  ...OPERATION_RULES,
  ...RELEASE_RULES,
  ...INCIDENT_RULES,
];

/** Asks the rules of some lists (all, unless told otherwise) of a service. Deterministic. Runs are shared with reviews that share the cache. */
export function review(
  service: ServiceDescription,
  options: { readonly lists?: readonly ReviewList[]; readonly cache?: RunCache } = {},
): Review {
  const { lists, cache = new RunCache() } = options;
  const runs = new Rehearsals(service, cache);
  const asked = REVIEW_RULES.filter(({ list }) => lists?.includes(list) ?? true);
  const rules = asked.map(({ id, list, text, judge }) => ({ id, list, text, ...judge(service, runs) }));
  return {
    service: service.name,
    status: worstOf(rules),
    rules,
    runs: Object.fromEntries(runs.made.map(({ name, digest }) => [name, digest])),
  };
}

function worstOf(findings: readonly Finding[]): VerdictStatus {
  for (const worst of ['violated', 'undecided'] as const) {
    if (findings.some(({ status }) => status === worst)) return worst;
  }
  return 'holds';
}
