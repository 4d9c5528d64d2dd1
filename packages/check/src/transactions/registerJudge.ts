import { causalOrder } from './causal.ts';
import { type CertainOrder, certainOrder, type CertainPlacement, placeCertain } from './certain.ts';
import type { TransactionColumns } from './columns.ts';
import { forcedBySources, type ForcedOrders } from './forced.ts';
import { registerMethod, type RegisterMethod } from './goals.ts';
import { PROCESS, WR } from './graph.ts';
import { modelsForbidding, TRANSACTION_MODELS, type OrderLevel, type TransactionModel } from './models.ts';
import { type OrderProblem, registerProblem } from './orderProblem.ts';
import { type OrderGoal, searchOrders } from './orderSearch.ts';
import type { DirectAnomalyName } from './anomalies.ts';
import { readRegisters, type RegisterReads } from './registerReads.ts';
import { suspectsOf } from './suspects.ts';

/** What a judge says of one model, before words and evidence. */
export interface Decision {
  readonly status: 'holds' | 'violated' | 'undecided';
  /** Transactions in an order that shows that the model holds, where the method finds one. */
  readonly order?: readonly number[] | Int32Array;
  /** Begins and commits in an order that shows it; see `replaySnapshots`. */
  readonly events?: readonly number[];
  /** Transactions among which the reason for a violation is likely to be found. */
  readonly suspects?: readonly number[];
}

/** Decides models for registers. What several models share is computed once. */
export class RegisterJudge {
  readonly reads: RegisterReads;
  steps = 0;
  private readonly columns: TransactionColumns;
  private readonly certain: CertainOrder;
  private readonly stepLimit: number;
  private readonly direct = new Set<TransactionModel>();
  private readonly decided = new Map<string, Decision>();
  private problem: OrderProblem | undefined;

  constructor(columns: TransactionColumns, stepLimit: number) {
    this.columns = columns;
    this.stepLimit = stepLimit;
    this.reads = readRegisters(columns);
    this.certain = certainOrder(this.reads);
    for (const finding of this.reads.findings.list) {
      for (const name of modelsForbidding(finding.name as DirectAnomalyName)) this.direct.add(name);
    }
  }

  decide(model: TransactionModel): Decision {
    if (this.direct.has(model)) return { status: 'violated' };
    const { order } = TRANSACTION_MODELS[model];
    const method = registerMethod(model);
    const name = `${order} ${JSON.stringify(method)}`;
    const known = this.decided.get(name) ?? this.byMethod(method, order);
    this.decided.set(name, known);
    return known;
  }

  /** Where to look for the reason of a violation. */
  suspects(model: TransactionModel): readonly number[] {
    return this.decide(model).suspects ?? [];
  }

  private byMethod(method: RegisterMethod, level: OrderLevel): Decision {
    switch (method.by) {
      case 'nothing':
        return { status: 'holds' };
      case 'certain':
        return this.ofPlacement(this.place(level), level);
      case 'sources': {
        const forced = forcedBySources(this.certain, method.visibility, level !== 'none');
        this.steps += forced.from.length;
        const placement = placeCertain(this.certain, kindsOf(level), false, forced);
        return this.ofPlacement(placement, level, forced);
      }
      case 'causal past': {
        const { placement, forced, steps } = causalOrder(this.certain);
        this.steps += steps;
        return this.ofPlacement(placement, level, forced);
      }
      case 'search':
        return this.search(method.goal, level);
    }
  }

  private place(level: OrderLevel): CertainPlacement {
    this.steps += this.certain.sources.length + this.columns.count;
    return placeCertain(this.certain, kindsOf(level), level === 'realtime');
  }

  private ofPlacement(placement: CertainPlacement, level: OrderLevel, forced?: ForcedOrders): Decision {
    if (placement.complete && forced?.stale === undefined) return { status: 'holds', order: placement.order };
    const suspects = suspectsOf(this.certain, kindsOf(level), level === 'realtime', placement, forced);
    return { status: 'violated', suspects };
  }

  private search(goal: OrderGoal, level: OrderLevel): Decision {
    const placement = this.place(level);
    if (!placement.complete) return this.ofPlacement(placement, level);
    this.problem ??= registerProblem(this.certain);
    const { result, found, core, steps } = searchOrders(this.problem, goal, this.stepLimit);
    this.steps += steps;
    if (result === 'none') return { status: 'violated', suspects: core };
    if (result === 'spent' || found === undefined) return { status: 'undecided' };
    return { status: 'holds', order: found.order, ...(found.events && { events: found.events }) };
  }
}

function kindsOf(level: OrderLevel): number {
  return level === 'none' ? WR : WR | PROCESS;
}
