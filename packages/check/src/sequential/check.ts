import { sourcelessVerdict } from '../causal/judge.ts';
import type { History, Operation } from '../history/operation.ts';
import { splitParts } from '../linearizable/parts.ts';
import { count, Teller } from '../linearizable/words.ts';
import type { Model } from '../models/model.ts';
import type { Verdict } from '../verdict.ts';
import { findOrder } from './order.ts';
import { replaySequential } from './replay.ts';
import { explainViolation } from './violation.ts';

/** How `checkSequential` goes about it. */
export interface SequentialOptions {
  /** Steps (transitions looked up, operations tried) after which the verdict is `undecided`; 20 million unless told otherwise. */
  readonly stepBudget?: number;
  /** False leaves out the minimal sub-history of a violation. True unless told otherwise. */
  readonly explain?: boolean;
}

const PROMISE = 'sequential consistency';
const DEFAULT_BUDGET = 20_000_000;

/**
 * Judges whether a history is sequentially consistent (Lamport 1979): whether all its operations, and some of those of unknown
 * outcome, can be put in one order that keeps the order of each process and that the model allows. Real time plays no part, so
 * all objects are judged together. Reads and writes of registers with each value written once are first searched for
 * contradictions; what remains, and every other model, is a search.
 *
 * The order behind `holds` has been validated by `replaySequential`, which shares no code with the search. `undecided` only when
 * the step budget is spent. Throws `UnsupportedOperationError` for an operation the model does not know.
 */
export function checkSequential<S>(
  history: History,
  model: Model<S>,
  options: SequentialOptions = {},
): Verdict {
  const { stepBudget = DEFAULT_BUDGET, explain = true } = options;
  const operations = splitParts(history, model, false)[0]?.operations ?? [];
  const teller = new Teller(model, history.timeUnit);
  const found = findOrder(operations, model, stepBudget);
  const work = { examined: operations.length, steps: found.steps };
  switch (found.status) {
    case 'sourceless':
      return sourcelessVerdict(PROMISE, found.sourceless, operations.length, teller);
    case 'violated': {
      const { reason, evidence } = explainViolation(operations, model, found, teller, explain);
      return { promise: PROMISE, status: 'violated', reason, evidence: { ...work, ...evidence } };
    }
    case 'undecided':
      return {
        promise: PROMISE,
        status: 'undecided',
        reason:
          `The budget of ${stepBudget} steps was spent; the longest order found so far has ${found.order.length} of ` +
          count(operations.length, 'operation'),
        evidence: { ...work, prefixes: [idsOf(found.order)] },
      };
    case 'holds':
      replaySequential(operations, found.order, model);
      return {
        promise: PROMISE,
        status: 'holds',
        reason:
          `${count(found.order.length, 'operation')} fit one order that keeps the order of each process and that ` +
          `${model.name} allows`,
        evidence: { ...work, order: idsOf(found.order) },
      };
  }
}

function idsOf(operations: readonly Operation[]): number[] {
  return operations.map((operation) => operation.id);
}
