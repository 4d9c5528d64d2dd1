import {
  type AnomalyName,
  anomalyTitle,
  type DirectAnomalyName,
  type TransactionAnomaly,
} from './anomalies.ts';
import { certainOrder } from './certain.ts';
import type { TransactionColumns } from './columns.ts';
import { explainCycle, explainFinding, transactionLabel } from './explain.ts';
import { decideAll, judgeOf } from './judge.ts';
import { ListJudge } from './listJudge.ts';
import { modelsForbidding, type TransactionModel } from './models.ts';
import { mildestCycle } from './nameByOrders.ts';
import { type OrderProblem, registerProblem, tailProblem } from './orderProblem.ts';
import { shrinkToMinimal } from './shrink.ts';
import { HistoryParts } from './subset.ts';
import type { Operation } from '../history/operation.ts';

/** Steps one check of a part may take; parts are small. */
const PART_STEP_LIMIT = 20_000_000;
/** Micro-operations of the largest history that is shrunk without knowing where to look. */
export const SHRINK_SIZE_LIMIT = 20_000;

/** A smallest part of a history that violates a model, and what is wrong with it. */
export interface MinimalPart {
  readonly operations: readonly Operation[];
  readonly anomaly: TransactionAnomaly;
}

/**
 * Shrinks a history to a smallest part that violates the model. `suspects` are transactions among which it is likely to
 * be found; without a violation there the whole history is taken when it is not too large. Undefined when none was found.
 */
export function minimalPart(
  columns: TransactionColumns,
  model: TransactionModel,
  suspects: readonly number[],
): MinimalPart | undefined {
  return shrinkAmong(columns, model, suspects) ?? shrinkWhole(columns, model);
}

function shrinkWhole(columns: TransactionColumns, model: TransactionModel): MinimalPart | undefined {
  if (columns.target.length > SHRINK_SIZE_LIMIT) return undefined;
  return shrinkAmong(
    columns,
    model,
    Array.from({ length: columns.count }, (_, t) => t),
  );
}

function shrinkAmong(
  columns: TransactionColumns,
  model: TransactionModel,
  suspects: readonly number[],
): MinimalPart | undefined {
  if (suspects.length === 0) return undefined;
  const parts = new HistoryParts(columns, suspects);
  const violates = (part: readonly number[]): boolean =>
    judgeOf(parts.columnsOf(part), PART_STEP_LIMIT).decide(model).status === 'violated';
  const minimal = shrinkToMinimal(
    [...new Set(suspects)].sort((a, b) => a - b),
    violates,
  );
  if (minimal === undefined) return undefined;
  return { operations: parts.operationsOf(minimal), anomaly: nameAnomaly(parts.columnsOf(minimal), model) };
}

/** Names what is wrong with a small history that violates the model. */
function nameAnomaly(columns: TransactionColumns, model: TransactionModel): TransactionAnomaly {
  const judge = judgeOf(columns, PART_STEP_LIMIT);
  const found = judge instanceof ListJudge ? judge.inference.findings : judge.reads.findings;
  const finding = found.list.find((each) => modelsForbidding(each.name as DirectAnomalyName).includes(model));
  if (finding !== undefined) return explainFinding(columns, finding);
  const { violated } = decideAll(judge);
  if (judge instanceof ListJudge) {
    const known = judge.analysis.anomalies.find((anomaly) => anomaly.rulesOut.includes(model));
    if (known !== undefined) return known;
  }
  const problem = problemOf(columns, judge);
  const named = problem && mildestCycle(problem, model);
  if (named === undefined) return unnamed(columns, model, violated);
  const anomaly = explainCycle(columns, named.cycle, violated);
  if (named.orders === 1) return anomaly;
  return {
    ...anomaly,
    sentence: `${anomaly.sentence}; each other order of the versions closes another cycle`,
  };
}

function problemOf(
  columns: TransactionColumns,
  judge: ListJudge | { reads: Parameters<typeof certainOrder>[0] },
): OrderProblem | undefined {
  if (!(judge instanceof ListJudge)) return registerProblem(certainOrder(judge.reads));
  return tailProblem(
    judge.inference.history,
    Int32Array.from({ length: columns.count }, (_, t) => t),
  );
}

/** Too many orders to name one cycle: what is left is that none of them will do. */
function unnamed(
  columns: TransactionColumns,
  model: TransactionModel,
  violated: Iterable<TransactionModel>,
): TransactionAnomaly {
  const name: AnomalyName = 'cyclic-version-order';
  const all = Array.from({ length: columns.count }, (_, t) => t);
  const title = anomalyTitle(name, all.length);
  const sentence = `${title} (${name}): no order of the versions that ${all
    .map((t) => transactionLabel(columns, t))
    .join(', ')} wrote makes them ${model}, and without any one of them some order does`;
  return { name, title, sentence, transactions: [...columns.id], cycle: [], rulesOut: [...violated] };
}
