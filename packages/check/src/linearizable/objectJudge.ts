import type { Operation } from '../history/operation.ts';
import type { Model } from '../models/model.ts';
import { judgeFast } from './fast.ts';
import type { Arena } from './ints.ts';
import { PartJudge } from './judge.ts';
import { ALL_REDUCTIONS } from './rules.ts';
import type { SearchStatus } from './search.ts';
import type { ObjectViolation } from './violation.ts';
import type { ZoneVerdict } from './zones.ts';

/** The longest history looked at in full to explain what was found without search; of longer ones only the operations in conflict. */
const LONGEST_EXPLAINED = 20_000;

/** How an object is judged. */
export interface ObjectJudgeOptions {
  /** All operations are about one object. */
  readonly isOne: boolean;
  /** `search` leaves zones and chains out. */
  readonly method: 'auto' | 'search';
  readonly arena: Arena;
}

/** Judges one object's history by the fastest means that applies: zones, chains, else the search. */
export class ObjectJudge<S> {
  /** By invocation. */
  readonly operations: readonly Operation[];
  private readonly model: Model<S>;
  private readonly zones: ZoneVerdict | undefined;
  private readonly engine: PartJudge<S> | undefined;

  constructor(operations: readonly Operation[], model: Model<S>, options: ObjectJudgeOptions) {
    this.operations = operations;
    this.model = model;
    if (options.method === 'auto' && options.isOne) this.zones = judgeFast(operations, model);
    if (this.zones === undefined)
      this.engine = new PartJudge(operations, model, ALL_REDUCTIONS, options.arena);
  }

  get status(): SearchStatus {
    return this.engine?.status ?? this.zones?.status ?? 'paused';
  }

  /** Steps taken so far; for zones one an operation. */
  get steps(): number {
    return this.engine === undefined ? this.operations.length : this.engine.steps;
  }

  /** Goes on for at most about `steps` steps; returns how many it took. */
  goOn(steps: number): number {
    if (this.engine === undefined) return this.operations.length;
    const before = this.engine.steps;
    this.engine.goOn(steps);
    return this.engine.steps - before;
  }

  /** Positions of the operations in the order found, once the object's history holds. */
  order(): Int32Array {
    if (this.zones?.status === 'holds') return this.zones.order;
    return this.engine?.order() ?? new Int32Array(0);
  }

  /** What the violation is explained with. */
  violation(): ObjectViolation {
    const { operations, engine, zones } = this;
    if (engine !== undefined) {
      return { operations, reachedEvent: engine.reachedEvent(), stoppedAt: engine.stoppedAt() };
    }
    const positions = zones?.status === 'violated' ? zones.conflict : [];
    const conflict = positions.map((i) => operations[i] as Operation);
    const stoppedAt = conflict.reduce((a, b) => (endOf(b) > endOf(a) ? b : a));
    const isLong = operations.length > LONGEST_EXPLAINED;
    return { operations: isLong ? conflict : operations, reachedEvent: 0, stoppedAt, conflict };
  }
}

function endOf({ outcome, completedAt }: Operation): number {
  return outcome === 'unknown' ? Number.NEGATIVE_INFINITY : completedAt;
}
