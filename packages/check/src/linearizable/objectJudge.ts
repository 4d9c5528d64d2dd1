import type { Operation } from '../history/operation.ts';
import type { Model } from '../models/model.ts';
import { judgeDrawn, judgeFast } from './fast.ts';
import type { Arena } from './ints.ts';
import { judgeGreedily } from './greedy.ts';
import { PartJudge } from './judge.ts';
import { ALL_REDUCTIONS } from './rules.ts';
import type { SearchStatus } from './search.ts';
import type { ObjectViolation } from './violation.ts';
import type { ZoneVerdict } from './zones.ts';

/** The longest history looked at in full to explain what was found without search; of longer ones only the operations in conflict. */
const LONGEST_EXPLAINED = 20_000;
/** The longest history for which the order that suggests itself is tried: in longer ones it rarely holds, and the search costs little beside. */
const LONGEST_GREEDY = 1_000;
/** Histories so short are faster tried than drawn up as those of a register. */
const SHORT = 64;

/** How an object is judged. */
export interface ObjectJudgeOptions {
  /** All operations are about one object. */
  readonly isOne: boolean;
  /** `search` leaves all else out. */
  readonly method: 'auto' | 'search';
  readonly arena: Arena;
}

/** Judges one object's history by the fastest means that applies: zones, chains, the order that suggests itself, else the search. */
export class ObjectJudge<S> {
  /** By invocation. */
  readonly operations: readonly Operation[];
  private readonly model: Model<S>;
  /** What was found without search. */
  private readonly found: ZoneVerdict | undefined;
  private readonly engine: PartJudge<S> | undefined;
  /** Steps taken without the search, and not told yet. */
  private untold = 0;

  constructor(operations: readonly Operation[], model: Model<S>, options: ObjectJudgeOptions) {
    this.operations = operations;
    this.model = model;
    if (options.method === 'auto') this.found = this.judgeAtOnce(options.isOne);
    if (this.found === undefined)
      this.engine = new PartJudge(operations, model, ALL_REDUCTIONS, options.arena);
  }

  private judgeAtOnce(isOne: boolean): ZoneVerdict | undefined {
    const { operations, model } = this;
    const fast = isOne ? judgeFast(operations, model) : undefined;
    if (fast !== undefined) return this.tell(operations.length, fast);
    const isShort = operations.length <= SHORT;
    const drawn = isOne && !isShort ? judgeDrawn(operations, model) : undefined;
    if (drawn !== undefined) return this.tell(operations.length, drawn);
    if (operations.length > LONGEST_GREEDY) return undefined;
    const { verdict, steps } = judgeGreedily(operations, model, isOne);
    if (verdict !== undefined || !isOne || !isShort) return this.tell(steps, verdict);
    return this.tell(steps + operations.length, judgeDrawn(operations, model));
  }

  private tell(steps: number, found: ZoneVerdict | undefined): ZoneVerdict | undefined {
    this.untold = steps;
    return found;
  }

  get status(): SearchStatus {
    return this.engine?.status ?? this.found?.status ?? 'paused';
  }

  /** Goes on for at most about `steps` steps; returns how many it took since it was asked last, for zones and chains one an operation. */
  goOn(steps: number): number {
    const { engine, untold } = this;
    this.untold = 0;
    if (engine === undefined) return untold;
    const before = engine.steps;
    engine.goOn(steps);
    return engine.steps - before + untold;
  }

  /** Positions of the operations in the order found, once the object's history holds. */
  order(): Int32Array {
    if (this.found?.status === 'holds') return this.found.order;
    return this.engine?.order() ?? new Int32Array(0);
  }

  /** What the violation is explained with. */
  violation(): ObjectViolation {
    const { operations, engine, found } = this;
    if (engine !== undefined) {
      return { operations, reachedEvent: engine.reachedEvent(), stoppedAt: engine.stoppedAt() };
    }
    const positions = found?.status === 'violated' ? found.conflict : [];
    const conflict = positions.map((i) => operations[i] as Operation);
    const stoppedAt = conflict.reduce((a, b) => (endOf(b) > endOf(a) ? b : a));
    const isLong = operations.length > LONGEST_EXPLAINED;
    return { operations: isLong ? conflict : operations, reachedEvent: 0, stoppedAt, conflict };
  }
}

function endOf({ outcome, completedAt }: Operation): number {
  return outcome === 'unknown' ? Number.NEGATIVE_INFINITY : completedAt;
}
