import type { History, Operation } from '../history/operation.ts';
import { count, Teller } from '../linearizable/words.ts';
import type { Model } from '../models/model.ts';
import type { Evidence, Verdict } from '../verdict.ts';
import { type AssignedJudgement, judgeReading, type RegisterJudge } from './assign.ts';
import { type Reading, readRegisters, type SourcelessRead } from './registers.ts';
import { insistOnly, shrink, withWriters } from './shrink.ts';

/** How the judges of reads and writes go about it. */
export interface RegisterCheckOptions {
  /**
   * Steps after which the verdict is `undecided`; 20 million unless told otherwise. Only histories in which values repeat can
   * need that many: there, every write a read may have come from is tried.
   */
  readonly stepBudget?: number;
  /** False leaves out the minimal sub-history of a violation. True unless told otherwise. */
  readonly explain?: boolean;
}

/** A promise about reads and writes. */
export interface RegisterPromise {
  /** As verdicts name it. */
  readonly name: string;
  /** What is true when it holds. */
  readonly meaning: string;
  readonly judge: RegisterJudge;
}

/** Steps spent when the caller names no budget. */
export const DEFAULT_REGISTER_BUDGET = 20_000_000;

const SHRINK_STEPS = 4_000_000;
/** A history up to this size is shrunk as a whole when the operations named by the judge do not suffice. */
const SHRINK_WHOLE = 2_000;

/**
 * Judges a history of plain reads and writes. Throws `NotRegisterError` when it has other operations. `undecided` only when
 * values repeat and the budget is spent.
 */
export function checkRegisters<S>(
  history: History,
  model: Model<S>,
  promise: RegisterPromise,
  options: RegisterCheckOptions = {},
): Verdict {
  const { stepBudget = DEFAULT_REGISTER_BUDGET, explain = true } = options;
  const reading = readRegisters(history.operations, model, promise.name);
  const teller = new Teller(model, history.timeUnit);
  const examined = reading.registers.count;
  if (reading.sourceless !== undefined) {
    return sourcelessVerdict(promise.name, reading.sourceless, examined, teller);
  }
  const found = judgeReading(reading, promise.judge, stepBudget);
  const work = { examined, steps: found.steps };
  if (!found.decided) return undecided(promise.name, reading, stepBudget, work);
  if (found.breach !== undefined) {
    return new Explainer(history, model, promise, reading, teller).verdict(found, explain);
  }
  const { operations, sessions } = reading.registers;
  const order =
    found.order === undefined ? {} : { order: Array.from(found.order, (v) => operations[v]?.id ?? -1) };
  return {
    promise: promise.name,
    status: 'holds',
    reason: `${examined} reads and writes by ${count(sessions, 'session')}: ${promise.meaning}`,
    evidence: { ...work, ...order },
  };
}

function undecided(name: string, reading: Reading, stepBudget: number, work: Evidence): Verdict {
  return {
    promise: name,
    status: 'undecided',
    reason:
      `Values repeat, so that ${count(reading.ambiguous.length, 'read')} may have come from several writes, and the budget of ` +
      `${stepBudget} steps was spent before every way was tried; write each value once to have it decided`,
    evidence: work,
  };
}

/** The verdict on a read of what nobody can have written before it. */
export function sourcelessVerdict<S>(
  name: string,
  { read, failed, later }: SourcelessRead,
  examined: number,
  teller: Teller<S>,
): Verdict {
  const why =
    later.length > 0
      ? `which only its own process wrote, and only afterwards: ${teller.list(later)}`
      : failed === undefined
        ? 'a value that nobody wrote'
        : `although ${teller.tell(failed)} failed and so had no effect`;
  return {
    promise: name,
    status: 'violated',
    reason: `${teller.tell(read)}, ${why}`,
    evidence: { examined, steps: examined, blocking: read, minimal: [read, ...later] },
  };
}

/** Puts a violation into words and makes it small. */
class Explainer<S> {
  private readonly history: History;
  private readonly model: Model<S>;
  private readonly promise: RegisterPromise;
  private readonly reading: Reading;
  private readonly teller: Teller<S>;
  private stepsLeft = SHRINK_STEPS;

  constructor(
    history: History,
    model: Model<S>,
    promise: RegisterPromise,
    reading: Reading,
    teller: Teller<S>,
  ) {
    this.history = history;
    this.model = model;
    this.promise = promise;
    this.reading = reading;
    this.teller = teller;
  }

  verdict(found: AssignedJudgement, explain: boolean): Verdict {
    const { registers } = this.reading;
    const named = found.breach;
    const core = (named?.core ?? []).map((v) => registers.operations[v] as Operation);
    const minimal = explain ? this.minimal(core) : undefined;
    const small =
      minimal && this.judgeOnly(minimal, withWriters(minimal, this.history.operations, this.model));
    const judgement = small?.found.breach === undefined ? { found, registers } : small;
    const { breach } = judgement.found;
    const originals = new Map(this.history.operations.map((operation) => [operation.id, operation]));
    const original = (v: number): Operation => {
      const operation = judgement.registers.operations[v] as Operation;
      return originals.get(operation.id) ?? operation;
    };
    const reason = breach?.tell((v) => this.teller.tell(original(v))) ?? '';
    const spent =
      explain && minimal === undefined
        ? ' (fewer operations may suffice: the budget for sparing them was spent)'
        : '';
    return {
      promise: this.promise.name,
      status: 'violated',
      reason: `${reason}${this.ambiguity()}${spent}`,
      evidence: {
        examined: registers.count,
        steps: found.steps,
        ...(breach === undefined ? {} : { blocking: original(breach.blocking) }),
        ...(minimal === undefined ? {} : { minimal }),
      },
    };
  }

  private ambiguity(): string {
    const { length } = this.reading.ambiguous;
    return length === 0
      ? ''
      : `; the same or worse whichever writes of equal value ${count(length, 'read')} came from`;
  }

  private minimal(core: readonly Operation[]): readonly Operation[] | undefined {
    const found = this.shrinkAmong(inOrder(core));
    const { operations } = this.reading.registers;
    return found ?? (operations.length > SHRINK_WHOLE ? undefined : this.shrinkAmong(inOrder(operations)));
  }

  private shrinkAmong(operations: readonly Operation[]): readonly Operation[] | undefined {
    const pool = withWriters(operations, this.history.operations, this.model);
    return shrink({
      operations,
      isSpent: () => this.stepsLeft <= 0,
      isViolated: (kept) => {
        const { found } = this.judgeOnly(kept, pool);
        this.stepsLeft -= found.steps + pool.length;
        return found.decided ? found.breach !== undefined : undefined;
      },
    });
  }

  private judgeOnly(
    kept: readonly Operation[],
    pool: readonly Operation[],
  ): { found: AssignedJudgement; registers: Reading['registers'] } {
    const freed = insistOnly(pool, new Set(kept), this.model);
    const reading = readRegisters(freed, this.model, this.promise.name);
    const found = judgeReading(reading, this.promise.judge, Math.max(1, this.stepsLeft));
    return { found, registers: reading.registers };
  }
}

function inOrder(operations: readonly Operation[]): Operation[] {
  return operations.toSorted((a, b) => a.id - b.id);
}
