import { causalOrder } from './causal.ts';
import { type CertainOrder, certainOrder, type CertainPlacement, placeCertain } from './certain.ts';
import type { TransactionColumns } from './columns.ts';
import { forceBySources, type ForcedOrders, type ForcedPlacement, placeForced } from './forced.ts';
import { registerMethod, type RegisterMethod } from './goals.ts';
import { PROCESS, WR } from './graph.ts';
import { greedySerialOrder } from './greedySerial.ts';
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
  /** True when the order is a serial one whatever the model asks. */
  readonly serial?: boolean;
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
  private readonly searched = new Map<string, Decision>();
  private readonly greedy = new Map<OrderLevel, Int32Array | undefined>();
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
        const { visibility } = method;
        const sessions = level !== 'none';
        return this.ofForced(
          level,
          placeForced(this.certain, kindsOf(level), (_, __, forced) =>
            forceBySources(this.certain, visibility, sessions, forced),
          ),
        );
      }
      case 'causal past':
        return this.ofForced(level, causalOrder(this.certain));
      case 'search':
        return this.search(method.goal, level);
    }
  }

  private place(level: OrderLevel): CertainPlacement {
    this.steps += this.certain.sources.length + this.columns.count;
    return placeCertain(this.certain, kindsOf(level), level === 'realtime');
  }

  private ofForced(level: OrderLevel, { placement, forced, steps }: ForcedPlacement): Decision {
    this.steps += steps;
    return this.ofPlacement(placement, level, forced);
  }

  private ofPlacement(placement: CertainPlacement, level: OrderLevel, forced?: ForcedOrders): Decision {
    if (placement.complete && forced?.stale === undefined) return { status: 'holds', order: placement.order };
    const suspects = suspectsOf(this.certain, kindsOf(level), level === 'realtime', placement, forced);
    return { status: 'violated', suspects };
  }

  private search(goal: OrderGoal, level: OrderLevel): Decision {
    const placement = this.place(level);
    if (!placement.complete) return this.ofPlacement(placement, level);
    for (const stricter of this.fromStrictest(level)) {
      const serial = this.inSerialOrder(stricter);
      if (serial !== undefined) return serial;
    }
    return this.byStronger(goal, level) ?? this.amongOrders(goal);
  }

  /** The level and those that ask for more, the strictest first: real systems mostly keep more order than is asked. */
  private fromStrictest(level: OrderLevel): readonly OrderLevel[] {
    const levels: OrderLevel[] = this.columns.realtime
      ? ['realtime', 'process', 'none']
      : ['process', 'none'];
    return levels.slice(0, levels.indexOf(level) + 1);
  }

  /** A serial order, where one is found without searching, satisfies every model of the level. */
  private inSerialOrder(level: OrderLevel): Decision | undefined {
    if (!this.greedy.has(level)) {
      this.greedy.set(level, greedySerialOrder(this.certain, level));
      this.steps += this.columns.target.length;
    }
    const order = this.greedy.get(level);
    return order && { status: 'holds', order, serial: true };
  }

  /** What only looking can exclude is left to a stronger model that edges express, where that one holds. */
  private byStronger(goal: OrderGoal, level: OrderLevel): Decision | undefined {
    if (goal.patterns.length === 0) return undefined;
    const layout = goal.layout === 'updates' ? 'serial' : 'snapshot';
    const stronger = this.amongOrders({ layout, level, patterns: [] });
    return stronger.status === 'holds' ? stronger : undefined;
  }

  private amongOrders(goal: OrderGoal): Decision {
    const name = JSON.stringify(goal);
    const known = this.searched.get(name);
    if (known !== undefined) return known;
    this.problem ??= registerProblem(this.certain);
    const { result, found, core, steps } = searchOrders(this.problem, goal, this.stepLimit);
    this.steps += steps;
    let decision: Decision = { status: 'undecided' };
    if (result === 'none') decision = { status: 'violated', suspects: core };
    else if (result === 'found' && found !== undefined) {
      decision = { status: 'holds', order: found.order, ...(found.events && { events: found.events }) };
    }
    this.searched.set(name, decision);
    return decision;
  }
}

function kindsOf(level: OrderLevel): number {
  return level === 'none' ? WR : WR | PROCESS;
}
