import type { TransactionColumns } from './columns.ts';
import { ListJudge } from './listJudge.ts';
import { strongerThan, TRANSACTION_MODEL_NAMES, type TransactionModel, weakerThan } from './models.ts';
import { type Decision, RegisterJudge } from './registerJudge.ts';

/** Decides models for either workload. */
export function judgeOf(columns: TransactionColumns, stepLimit: number): ListJudge | RegisterJudge {
  return columns.workload === 'list-append'
    ? new ListJudge(columns, stepLimit)
    : new RegisterJudge(columns, stepLimit);
}

/** What is known of every model. */
export interface Standing {
  readonly violated: ReadonlySet<TransactionModel>;
  readonly holds: ReadonlySet<TransactionModel>;
}

/**
 * Decides every model, the strongest first, leaving out those that another's answer implies: what holds of one holds
 * of the weaker ones, what is violated is violated of the stronger ones.
 */
export function decideAll(judge: { decide(model: TransactionModel): Decision }): Standing {
  const violated = new Set<TransactionModel>();
  const holds = new Set<TransactionModel>();
  for (const model of TRANSACTION_MODEL_NAMES.toReversed()) {
    if (holds.has(model) || violated.has(model)) continue;
    const { status } = judge.decide(model);
    if (status === 'holds') for (const name of weakerThan(model)) holds.add(name);
    if (status === 'violated') for (const name of strongerThan([model])) violated.add(name);
  }
  return { violated, holds };
}

/** The violated models none of whose weaker models is violated: each needs an explanation of its own. */
export function weakestOf(violated: ReadonlySet<TransactionModel>): readonly TransactionModel[] {
  return [...violated].filter(
    (model) =>
      !weakerThan(model).some((weaker) => violated.has(weaker) && !strongerThan([model]).includes(weaker)) &&
      // Of models that imply one another the first in the table speaks for all.
      TRANSACTION_MODEL_NAMES.find(
        (name) => weakerThan(model).includes(name) && strongerThan([model]).includes(name),
      ) === model,
  );
}
