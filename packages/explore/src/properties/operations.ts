import { checkLinearizable, type History, type Model, type Operation } from '@holdfast/check';
import type { Plain } from '@holdfast/plain';
import { type HistoryProperty, ofHistory } from './property.ts';
import type { Observation, Recorder } from './recorder.ts';

/** What a client does, as a recorder of operations sees it. `process` counts from 0. */
export type OperationEvent =
  | { readonly kind: 'invoke'; readonly process: number; readonly f: string; readonly input: Plain }
  | { readonly kind: 'return'; readonly process: number; readonly output: Plain }
  /** It certainly had no effect. */
  | { readonly kind: 'fail'; readonly process: number }
  /** Whether it took effect, or will, is not known. */
  | { readonly kind: 'lost'; readonly process: number };

/** The operation event that a recorder kept, by itself or beside something else (`paired`); undefined for anything else. */
export function operationIn(seen: unknown): OperationEvent | undefined {
  if (typeof seen !== 'object' || seen === null) return undefined;
  if ('operation' in seen) return operationIn(seen.operation);
  return 'process' in seen && 'kind' in seen ? (seen as OperationEvent) : undefined;
}

/** An operation invoked; `before` counts the operations of each process that had been completed by then. */
interface Invoked {
  readonly f: string;
  readonly input: Plain;
  readonly before: readonly number[];
}

interface Completed extends Invoked {
  readonly output: Plain;
}

/**
 * A history of operations that keeps their real-time order and nothing more: two runs in which the same operations precede each
 * other have equal histories, whatever else happened in between.
 */
export interface OperationHistory {
  readonly done: readonly (readonly Completed[])[];
  readonly open: readonly (Invoked | null)[];
  readonly lost: readonly (Invoked & { readonly process: number })[];
}

/** Records the operations of `processes` clients; `read` says which observations are their invocations and completions. */
export function operationRecorder<M, C, R>(
  processes: number,
  read: (observation: Observation<M, C, R>) => OperationEvent | undefined,
): Recorder<M, C, R> {
  const each = Array.from({ length: processes }, (_, i) => i);
  const initial: OperationHistory = { done: each.map(() => []), open: each.map(() => null), lost: [] };
  return {
    initial,
    observe: read,
    next: (history, seen) => nextHistory(history as OperationHistory, seen as OperationEvent),
  };
}

/** A client's second invocation before its first completed makes no history: the first then counts as lost. */
function nextHistory(history: OperationHistory, event: OperationEvent): OperationHistory {
  const { done, open, lost } = history;
  const { process } = event;
  const current = open[process] ?? null;
  const withOpen = (now: Invoked | null): (Invoked | null)[] => open.map((o, i) => (i === process ? now : o));
  // Under a process of its own it comes after what its client completed before it.
  const lose = (): OperationHistory['lost'] => {
    if (current === null) return lost;
    const own = (done[process] ?? []).length;
    const before = current.before.map((count, i) => (i === process ? own : count));
    return [...lost, { ...current, before, process }];
  };
  switch (event.kind) {
    case 'invoke': {
      const { f, input } = event;
      const before = done.map((operations, i) => (i === process ? 0 : operations.length));
      return { done, open: withOpen({ f, input, before }), lost: lose() };
    }
    case 'return': {
      if (current === null) return history;
      const completed = { ...current, output: event.output };
      return {
        done: done.map((operations, i) => (i === process ? [...operations, completed] : operations)),
        open: withOpen(null),
        lost,
      };
    }
    case 'fail':
      return { done, open: withOpen(null), lost };
    case 'lost':
      return { done, open: withOpen(null), lost: lose() };
  }
}

/**
 * The history as operations with times. Those that precede an operation are those completed when it was invoked; of two operations these
 * sets always contain one another, so the size of the set serves as a clock.
 */
export function historyOf(recorded: OperationHistory): History {
  const { done, open, lost } = recorded;
  const all: { process: number; at: number; before: readonly number[]; invoked: Invoked; output?: Plain }[] =
    [];
  const place = (process: number, own: number, invoked: Invoked, output?: Plain): void => {
    const before = invoked.before.map((count, i) => (i === process ? own : count));
    const at = before.reduce((sum, count) => sum + count, 0);
    all.push({ process, at, before, invoked, ...(output === undefined ? {} : { output }) });
  };
  done.forEach((operations, process) => {
    operations.forEach((operation, i) => place(process, i, operation, operation.output));
    const waiting = open[process] ?? null;
    if (waiting !== null) place(process, operations.length, waiting);
  });
  lost.forEach((operation, i) => place(done.length + i, 0, operation));
  all.sort((a, b) => a.at - b.at || a.process - b.process);
  const positions = done.map(() => 0);
  const operations = all.map(({ process, at, invoked: { f, input }, output }, id): Operation => {
    const base = { id, process, f, input, invokedAt: 2 * at };
    if (output === undefined) return { ...base, outcome: 'unknown', output: null, completedAt: Infinity };
    const position = (positions[process] as number)++;
    const later = all.filter(({ before }) => (before[process] ?? 0) > position).map((o) => o.at);
    const completedAt = later.length === 0 ? 2 * all.length + 1 : 2 * Math.min(...later) - 1;
    return { ...base, outcome: 'ok', output, completedAt };
  });
  return { operations, timeUnit: 'index' };
}

/** That what clients saw so far can be explained by one object working on one operation at a time, in real-time order. */
export function linearizable<S>(model: Model<S>): HistoryProperty {
  const property = ofHistory('linearizable', (recorded: OperationHistory) => {
    const { status } = checkLinearizable(historyOf(recorded), model, { explain: false });
    if (status === 'undecided')
      throw new RangeError('Cannot judge a state as its history took the linearizability checker too long');
    return status === 'holds';
  });
  return {
    ...property,
    says: (recorded) => checkLinearizable(historyOf(recorded as OperationHistory), model).reason,
  };
}
