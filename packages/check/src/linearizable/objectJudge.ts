import type { Operation } from '../history/operation.ts';
import type { Model } from '../models/model.ts';
import type { Arena } from './ints.ts';
import { PartJudge } from './judge.ts';
import { ALL_REDUCTIONS } from './rules.ts';
import type { SearchStatus } from './search.ts';
import { judgeByZones, type ZoneVerdict } from './zones.ts';

/** The longest history searched again in full to explain what the zones found. */
const LONGEST_SEARCHED = 20_000;
const EXPLAIN_STEPS = 2_000_000;

/** How an object is judged. */
export interface ObjectJudgeOptions {
  /** All operations are about one object. */
  readonly isOne: boolean;
  /** `search` leaves the zones out. */
  readonly method: 'auto' | 'search';
  readonly arena: Arena;
}

/** Judges one object's history by the fastest means that applies: zones, else the search. */
export class ObjectJudge<S> {
  /** By invocation. */
  readonly operations: readonly Operation[];
  private readonly model: Model<S>;
  private readonly zones: ZoneVerdict | undefined;
  private readonly engine: PartJudge<S> | undefined;

  constructor(operations: readonly Operation[], model: Model<S>, options: ObjectJudgeOptions) {
    this.operations = operations;
    this.model = model;
    if (options.method === 'auto' && options.isOne && model.register !== undefined) {
      this.zones = judgeByZones(operations, model.register);
    }
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

  /** A search that ended in the violation, to explain it with; of a long history only the operations in conflict. */
  violatedSearch(): PartJudge<S> {
    if (this.engine !== undefined) return this.engine;
    if (this.operations.length <= LONGEST_SEARCHED) {
      const whole = new PartJudge(this.operations, this.model);
      if (whole.goOn(EXPLAIN_STEPS) === 'violated') return whole;
    }
    const conflict = this.zones?.status === 'violated' ? this.zones.conflict : [];
    const few = new PartJudge(
      conflict.map((i) => this.operations[i] as Operation),
      this.model,
    );
    few.goOn(EXPLAIN_STEPS);
    return few;
  }
}
