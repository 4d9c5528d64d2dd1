import { encodePlain } from '@holdfast/plain';
import type { Operation } from '../history/operation.ts';
import type { Model, RegisterView } from '../models/model.ts';

/** How a violated history is made smaller. */
export interface ShrinkTask {
  /** Operations among which a violation is known to be. */
  readonly operations: readonly Operation[];
  /** Whether the history is violated when only these are insisted on; undefined when that could not be found out. */
  readonly isViolated: (kept: readonly Operation[]) => boolean | undefined;
  /** True when no more questions should be asked. */
  readonly isSpent: () => boolean;
}

/**
 * The operations a violation needs, in the order given; undefined when it is not known that none can be spared. As a rule sparing
 * an operation never makes a history worse, and the last pass over single operations changes nothing.
 */
export function shrink(task: ShrinkTask): readonly Operation[] | undefined {
  const { operations, isViolated } = task;
  if (isViolated(operations) !== true) return undefined;
  let kept = operations;
  for (let size = Math.max(1, kept.length >> 1); size > 1; size >>= 1)
    kept = spareRuns(kept, size, task).kept;
  for (;;) {
    const { kept: fewer, isSure } = spareRuns(kept, 1, task);
    if (fewer.length === kept.length) return isSure ? kept : undefined;
    kept = fewer;
  }
}

/** Spares each run of `size` operations that can be spared, one after the other. */
function spareRuns(
  operations: readonly Operation[],
  size: number,
  { isViolated, isSpent }: ShrinkTask,
): { kept: readonly Operation[]; isSure: boolean } {
  let kept = operations;
  let isSure = true;
  for (let from = 0; from < kept.length; ) {
    if (isSpent()) return { kept, isSure: false };
    const fewer = [...kept.slice(0, from), ...kept.slice(from + size)];
    const answer = fewer.length === 0 ? false : isViolated(fewer);
    if (answer === undefined) isSure = false;
    if (answer === true) kept = fewer;
    else from += size;
  }
  return { kept, isSure };
}

/**
 * The history in which only `kept` are insisted on: other operations that observe are left out, the rest may have happened at any
 * time, in a session of their own, or not at all. So no value goes missing that a kept operation saw.
 */
export function insistOnly<S>(
  operations: readonly Operation[],
  kept: ReadonlySet<Operation>,
  model: Model<S>,
): Operation[] {
  let process = 0;
  for (const operation of operations) if (operation.process < process) process = operation.process;
  const history: Operation[] = [];
  for (const operation of operations) {
    if (kept.has(operation)) history.push(operation);
    else if (model.observes?.(operation) !== true && operation.outcome !== 'fail') {
      history.push(freed(operation, model.usesProcess?.(operation) === true ? operation.process : --process));
    }
  }
  return history;
}

/** The operation with nothing known of it but what it would do. */
function freed(operation: Operation, process: number): Operation {
  return {
    ...operation,
    process,
    outcome: 'unknown',
    output: null,
    invokedAt: Number.NEGATIVE_INFINITY,
    completedAt: Number.POSITIVE_INFINITY,
  };
}

/** True for an operation made by `insistOnly`: it is bound to no process's order, even where the model asks for its process. */
export function isFree(operation: Operation): boolean {
  return operation.invokedAt === Number.NEGATIVE_INFINITY;
}

/**
 * The operations, and out of `all` every one that may matter to them: where the model's operations are reads and writes, the writes
 * of values that reads among them saw, else everything. In the order of `all`.
 */
export function withWriters<S>(
  operations: readonly Operation[],
  all: readonly Operation[],
  model: Model<S>,
): readonly Operation[] {
  const view = model.register;
  if (view === undefined || all.some((o) => o.outcome !== 'fail' && view.kindOf(o) === 'other')) return all;
  const chosen = new Set(operations);
  const wanted = new Set(
    operations.filter((o) => view.kindOf(o) === 'read').map((o) => placeOf(o, model, view)),
  );
  const isWanted = (o: Operation): boolean =>
    o.outcome !== 'fail' && view.kindOf(o) === 'write' && wanted.has(placeOf(o, model, view));
  return all.filter((o) => chosen.has(o) || isWanted(o));
}

function placeOf<S>(operation: Operation, model: Model<S>, view: RegisterView): string {
  return `${model.key?.(operation) ?? ''}\u0000${encodePlain(view.valueOf(operation))}`;
}
