import type { History } from '../history/operation.ts';
import type { Model } from '../models/model.ts';
import type { Verdict } from '../verdict.ts';
import { Arena } from './ints.ts';
import { mergeOrders, type Merged, type Placed } from './merge.ts';
import { ObjectJudge } from './objectJudge.ts';
import { joinParts, type Part, splitParts } from './parts.ts';
import { replayOrder } from './replay.ts';
import { briefViolation, type Examined, fullViolation, PROMISE } from './violation.ts';
import { count } from './words.ts';

/** How `checkLinearizable` goes about it. */
export interface LinearizableOptions {
  /** Search steps (transitions looked up) after which the verdict is `undecided`; 50 million unless told otherwise. */
  readonly stepBudget?: number;
  /** False judges all keys as one object: the same verdict, much slower. True unless told otherwise. */
  readonly partition?: boolean;
  /** `search` uses the general search even where something faster applies; for comparing. `auto` unless told otherwise. */
  readonly method?: 'auto' | 'search';
  /** False leaves out of a violation what takes further work: minimal sub-history, prefixes, reason. True unless told otherwise. */
  readonly explain?: boolean;
}

/** Steps spent when the caller names no budget. */
export const DEFAULT_STEP_BUDGET = 50_000_000;

const FIRST_SLICE = 4_000;

/** Thrown when a history does not say what linearizability asks about. */
export class NoRealTimeError extends Error {
  readonly code = 'NO_REAL_TIME';
  constructor() {
    super(
      "Cannot judge the history as linearizable or not: its order is 'session', so it does not say which operation came " +
        'first in real time; judge it for sequential consistency instead',
    );
    this.name = 'NoRealTimeError';
  }
}

/**
 * Judges whether a history is linearizable: whether all its operations, and some of those of unknown outcome, can be
 * put in one order that keeps real time and that the model allows. Operations that touch at one instant count as overlapping,
 * unless one process did both. Objects (by the model's `key`) are judged one by one, in slices; the first one that is
 * violated ends it. Only where processes went on from object to object at one instant, and the orders found cannot be merged for it,
 * the objects concerned are judged as one. The order behind `holds` has been validated by `replayOrder`, which shares no code with
 * the search.
 *
 * `undecided` only when the step budget is spent. Throws `NoRealTimeError` for a history without real time and
 * `UnsupportedOperationError` for an operation the model does not know.
 */
export function checkLinearizable<S>(
  history: History,
  model: Model<S>,
  options: LinearizableOptions = {},
): Verdict {
  if (history.order === 'session') throw new NoRealTimeError();
  const { stepBudget = DEFAULT_STEP_BUDGET, partition = true, method = 'auto', explain = true } = options;
  const isKeyed = partition || model.key === undefined;
  const parts = splitParts(history, model, isKeyed);
  const arena = new Arena();
  const judges = new Judges(parts, stepBudget, (part, isOne) => {
    return new ObjectJudge(part.operations, model, { isOne: isKeyed && isOne, method, arena });
  });
  const verdict = judgeAll(judges, history, model, { stepBudget, explain });
  arena.giveBack();
  return verdict;
}

function judgeAll<S>(
  judges: Judges<S>,
  { timeUnit }: History,
  model: Model<S>,
  { stepBudget, explain }: { readonly stepBudget: number; readonly explain: boolean },
): Verdict {
  for (;;) {
    const violated = judges.run();
    if (violated !== undefined) {
      const verdictOn = explain ? fullViolation : briefViolation;
      return verdictOn(violated.violation(), model, timeUnit, judges.work());
    }
    if (judges.open > 0) return undecided(judges, stepBudget);
    const merged = mergeOrders(judges.placed());
    if (merged.status === 'merged') return holds(judges, merged, model);
    judges.join(merged.objects);
  }
}

/** Judges parts in turn, in slices that double, so that an easy violation is not kept waiting by a hard part. */
class Judges<S> {
  parts: readonly Part[];
  judges: ObjectJudge<S>[] = [];
  /** Parts not decided yet. */
  open: number;
  private readonly decided = new Set<ObjectJudge<S>>();
  private readonly judgeFor: (part: Part, isOne: boolean) => ObjectJudge<S>;
  private readonly stepBudget: number;
  private readonly objects: number;
  private steps = 0;

  constructor(
    parts: readonly Part[],
    stepBudget: number,
    judgeFor: (part: Part, isOne: boolean) => ObjectJudge<S>,
  ) {
    this.parts = parts;
    this.objects = parts.length;
    this.open = parts.length;
    this.judgeFor = judgeFor;
    this.stepBudget = stepBudget;
  }

  /** Goes on until all parts hold or the budget is spent (undefined), or one is violated. */
  run(): ObjectJudge<S> | undefined {
    for (let slice = FIRST_SLICE; this.open > 0 && this.steps < this.stepBudget; slice *= 2) {
      for (let p = 0; p < this.parts.length && this.steps < this.stepBudget; p++) {
        const judge = (this.judges[p] ??= this.judgeFor(this.parts[p] as Part, true));
        if (this.decided.has(judge)) continue;
        this.steps += judge.goOn(Math.min(slice, this.stepBudget - this.steps));
        if (judge.status === 'violated') return judge;
        if (judge.status !== 'holds') continue;
        this.decided.add(judge);
        this.open--;
      }
    }
    return undefined;
  }

  /** Has the objects of these parts judged as one. */
  join(ranks: readonly number[]): void {
    const joined = joinParts(ranks.map((p) => this.parts[p] as Part));
    const rest = (_: unknown, p: number): boolean => !ranks.includes(p);
    this.parts = [...this.parts.filter(rest), joined];
    this.judges = [...this.judges.filter(rest), this.judgeFor(joined, false)];
    this.open++;
  }

  /** The orders found, once all parts hold. */
  placed(): Placed[] {
    return this.judges.map((judge) => ({ operations: judge.operations, order: judge.order() }));
  }

  /** Says how many objects there are. */
  tellObjects(): string {
    return count(this.objects, 'object');
  }

  work(): Examined {
    const examined = this.parts.reduce((sum, part) => sum + part.operations.length, 0);
    return { examined, steps: this.steps };
  }
}

function holds<S>(judges: Judges<S>, { operations, order }: Merged, model: Model<S>): Verdict {
  const { ids, unknown } = replayOrder(operations, order, model);
  const some = unknown === 0 ? '' : `, ${unknown} of unknown outcome among them,`;
  return {
    promise: PROMISE,
    status: 'holds',
    reason:
      `${count(ids.length, 'operation')} on ${judges.tellObjects()}${some} fit one order that keeps real time ` +
      `and that ${model.name} allows`,
    evidence: { ...judges.work(), order: ids },
  };
}

function undecided<S>(judges: Judges<S>, stepBudget: number): Verdict {
  const { open, parts } = judges;
  const keys = parts
    .filter((part, p) => part.key !== '' && judges.judges[p]?.status !== 'holds')
    .map((part) => part.key);
  const which = keys.length === 0 ? '' : ` (${keys.slice(0, 5).join(', ')}${keys.length > 5 ? ', ...' : ''})`;
  return {
    promise: PROMISE,
    status: 'undecided',
    reason: `The budget of ${stepBudget} steps was spent with ${open} of ${count(parts.length, 'object')}${which} undecided`,
    evidence: judges.work(),
  };
}
