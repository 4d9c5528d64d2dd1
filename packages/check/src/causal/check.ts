import type { History } from '../history/operation.ts';
import type { Model } from '../models/model.ts';
import type { Verdict } from '../verdict.ts';
import { judgeCausal, judgeConverging } from './causality.ts';
import { checkRegisters, type RegisterCheckOptions, type RegisterPromise } from './judge.ts';
import { judgeViews } from './view.ts';

/** The models of the causal family, for plain reads and writes. */
export type CausalModel = 'causal' | 'causal-memory' | 'causal-convergence' | 'pram';

const PROMISES: Readonly<Record<CausalModel, RegisterPromise>> = {
  causal: {
    name: 'causal consistency',
    meaning: 'every read returns a value that nothing before it in causal order had replaced',
    judge: (registers) => judgeCausal(registers),
  },
  'causal-memory': {
    name: 'causal memory',
    meaning: 'each session has an order of all writes, true to causal order, that explains all it read',
    judge: (registers) => judgeViews(registers, 'causal-memory'),
  },
  'causal-convergence': {
    name: 'causal convergence',
    meaning: 'one order of the writes, true to causal order, explains every read by what came before it',
    judge: (registers) => judgeConverging(registers),
  },
  pram: {
    name: 'PRAM consistency',
    meaning:
      "each session has an order of all writes, true to every session's own, that explains all it read",
    judge: (registers) => judgeViews(registers, 'pram'),
  },
};

/**
 * Judges a history of plain reads and writes (any model with a `register` view) for causal consistency (CC), causal memory (CM),
 * causal convergence (CCv) or PRAM. Sessions are processes; real time plays no part. Near linear in operations times sessions
 * when each value is written once per key. When values repeat, every source a read may have is tried within the step
 * budget, and `undecided` says that it did not suffice.
 *
 * Throws `NotRegisterError` for a history with other operations than reads and writes.
 */
export function checkCausal<S>(
  history: History,
  model: Model<S>,
  variant: CausalModel,
  options: RegisterCheckOptions = {},
): Verdict {
  return checkRegisters(history, model, PROMISES[variant], options);
}
