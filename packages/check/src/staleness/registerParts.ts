import { encodePlain, equalPlain, type Plain } from '@holdfast/plain';
import { NotRegisterError } from '../causal/errors.ts';
import type { Operation } from '../history/operation.ts';
import type { Model } from '../models/model.ts';

/** Reads and writes of one register. */
export interface RegisterPart {
  /** `ok` reads, as listed. */
  readonly reads: readonly Operation[];
  /** `ok` and unknown writes, as listed. */
  readonly writes: readonly Operation[];
  /** Writes by the text of their value. */
  readonly writersOf: ReadonlyMap<string, readonly Operation[]>;
}

/** What a read or write is about. */
export interface RegisterValues {
  /** The text of the value written or read. */
  textOf(operation: Operation): string;
  /** True for a read of the value before any write. */
  isInitial(read: Operation): boolean;
}

/** Splits reads and writes by register. Throws `NotRegisterError` (naming `promise`) for other operations. */
export function registerParts<S>(
  operations: readonly Operation[],
  model: Model<S>,
  promise: string,
): { parts: readonly RegisterPart[]; values: RegisterValues } {
  const view = model.register;
  if (view === undefined) throw new NotRegisterError(promise, model.name, undefined);
  const drafts = new Map<
    string,
    { reads: Operation[]; writes: Operation[]; writersOf: Map<string, Operation[]> }
  >();
  const textOf = (operation: Operation): string => encodePlain(view.valueOf(operation));
  for (const operation of operations) {
    const kind = view.kindOf(operation);
    if (kind === 'other') {
      if (operation.outcome !== 'fail' || model.failedIsObservation?.(operation) === true) {
        throw new NotRegisterError(promise, model.name, operation);
      }
      continue;
    }
    if (operation.outcome === 'fail' || (operation.outcome === 'unknown' && kind === 'read')) continue;
    const key = model.key?.(operation) ?? '';
    let draft = drafts.get(key);
    if (draft === undefined) {
      draft = { reads: [], writes: [], writersOf: new Map() };
      drafts.set(key, draft);
    }
    if (kind === 'read') {
      draft.reads.push(operation);
      continue;
    }
    draft.writes.push(operation);
    const text = textOf(operation);
    const writers = draft.writersOf.get(text);
    if (writers === undefined) draft.writersOf.set(text, [operation]);
    else writers.push(operation);
  }
  const initial: Plain = view.initial;
  const isInitial = (read: Operation): boolean => equalPlain(view.valueOf(read), initial);
  return { parts: [...drafts.values()], values: { textOf, isInitial } };
}
