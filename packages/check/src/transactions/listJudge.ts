import { analyseVersions, type Analysis } from './analysis.ts';
import type { TransactionColumns } from './columns.ts';
import { searchGoal } from './goals.ts';
import { inferListVersions, type ListInference } from './listVersions.ts';
import {
  strongerThan,
  TRANSACTION_MODEL_NAMES,
  TRANSACTION_MODELS,
  type TransactionModel,
} from './models.ts';
import { tailProblem } from './orderProblem.ts';
import { searchOrders } from './orderSearch.ts';
import type { Decision } from './registerJudge.ts';

/** Decides models for lists, whose order of versions the reads show but for what nobody saw. */
export class ListJudge {
  readonly inference: ListInference;
  readonly analysis: Analysis;
  steps: number;
  /** Models that a contradiction among unseen writes rules out, beyond those of the analysis. */
  private readonly unseen = new Map<TransactionModel, Decision>();
  private readonly columns: TransactionColumns;
  private readonly stepLimit: number;

  constructor(columns: TransactionColumns, stepLimit: number) {
    this.columns = columns;
    this.stepLimit = stepLimit;
    this.inference = inferListVersions(columns);
    this.analysis = analyseVersions(this.inference.history, this.inference.findings, stepLimit);
    this.steps = this.analysis.steps;
    this.judgeUnseen();
  }

  decide(model: TransactionModel): Decision {
    if (this.analysis.ruledOut.has(model)) return { status: 'violated' };
    const unseen = this.unseen.get(model);
    if (unseen !== undefined) return unseen;
    if (this.analysis.undecided.has(model)) return { status: 'undecided' };
    const { serial } = this.analysis;
    // What a single read or write shows, such as an aborted read, no serial order explains; weak models put up with it.
    const isSerial = serial.complete && this.inference.findings.list.length === 0;
    return isSerial ? { status: 'holds', order: serial.order, serial: true } : { status: 'holds' };
  }

  /**
   * Where several transactions of one cycle wrote what nobody saw, the order of those writes is open: a model is
   * ruled out if no order of them satisfies it.
   */
  private judgeUnseen(): void {
    for (const transactions of this.analysis.components) {
      const problem = tailProblem(this.inference.history, transactions);
      if (problem === undefined) continue;
      const tried = new Set<string>();
      for (const model of TRANSACTION_MODEL_NAMES) {
        const goal = searchGoal(TRANSACTION_MODELS[model]);
        if (
          goal === undefined ||
          this.analysis.ruledOut.has(model) ||
          this.unseen.get(model)?.status === 'violated'
        )
          continue;
        if (tried.has(JSON.stringify(goal))) continue;
        tried.add(JSON.stringify(goal));
        const { result, steps } = searchOrders(problem, goal, this.stepLimit);
        this.steps += steps;
        if (result === 'none')
          for (const name of strongerThan([model])) this.unseen.set(name, { status: 'violated' });
        if (result === 'spent') {
          for (const name of strongerThan([model])) {
            if (!this.unseen.has(name)) this.unseen.set(name, { status: 'undecided' });
          }
        }
      }
    }
  }
}
