import { readRegisters, type Registers, type SourcelessRead } from '../causal/registers.ts';
import type { Operation } from '../history/operation.ts';
import type { Model } from '../models/model.ts';
import { searchFrontiers } from './frontier.ts';
import { interleave } from './interleave.ts';
import { type Conflict, saturate } from './saturate.ts';

/** What came of looking for one order of all operations. */
export type OrderResult = FoundOrder | NoOrder | NoSource;

/** An order of all operations; or, when the steps were spent, the longest that breaks nothing. */
export interface FoundOrder {
  readonly status: 'holds' | 'undecided';
  readonly order: readonly Operation[];
  readonly steps: number;
}

/** There is no order. */
export interface NoOrder {
  readonly status: 'violated';
  /** The longest order that breaks nothing; empty when a contradiction was found without a search. */
  readonly order: readonly Operation[];
  /** The operation that no order explains, or one of them. */
  readonly blocking: Operation | undefined;
  readonly conflict: OperationConflict | undefined;
  readonly steps: number;
}

/** A contradiction found without a search. */
export interface OperationConflict extends Conflict {
  readonly registers: Registers;
}

/** A read saw what nobody wrote. */
export interface NoSource {
  readonly status: 'sourceless';
  readonly sourceless: SourcelessRead;
  readonly steps: number;
}

const PROMISE = 'sequential consistency';

/** Looks for one order of the operations that keeps the order of each process and that the model allows. */
export function findOrder<S>(
  operations: readonly Operation[],
  model: Model<S>,
  stepBudget: number,
): OrderResult {
  const { register } = model;
  if (register !== undefined && operations.every((operation) => register.kindOf(operation) !== 'other')) {
    const { registers, ambiguous, sourceless } = readRegisters(operations, model, PROMISE);
    if (sourceless !== undefined) return { status: 'sourceless', sourceless, steps: operations.length };
    if (ambiguous.length === 0) return orderRegisters(registers, stepBudget);
  }
  const { status, order, steps, stuck } = interleave(operations, model, stepBudget);
  const named = Array.from(order, (i) => operations[i] as Operation);
  if (status !== 'violated') return { status, order: named, steps };
  const heads = (stuck ?? []).map((i) => operations[i] as Operation);
  return { status, order: named, blocking: earliest(heads), conflict: undefined, steps };
}

function orderRegisters(registers: Registers, stepBudget: number): OrderResult {
  const { operations, source } = registers;
  const saturation = saturate(registers);
  const { conflict } = saturation;
  if (conflict !== undefined) {
    const reads = conflict.core.filter((v) => (source[v] as number) >= -1);
    const shown = (reads.length > 0 ? reads : conflict.core).map((v) => operations[v] as Operation);
    return {
      status: 'violated',
      order: [],
      blocking: shown.toSorted((a, b) => b.id - a.id)[0],
      conflict: { ...conflict, registers },
      steps: saturation.steps,
    };
  }
  const found = searchFrontiers(registers, saturation.past, Math.max(1, stepBudget - saturation.steps));
  const order = Array.from(found.order, (v) => operations[v] as Operation);
  const steps = saturation.steps + found.steps;
  if (found.status !== 'violated') return { status: found.status, order, steps };
  const heads = (found.stuck ?? []).map((v) => operations[v] as Operation);
  return { status: 'violated', order, blocking: earliest(heads), conflict: undefined, steps };
}

function earliest(operations: readonly Operation[]): Operation | undefined {
  return operations.toSorted((a, b) => a.id - b.id)[0];
}
