import { encodePlain, equalPlain, type Plain } from '@holdfast/plain';
import type { Operation } from '../history/operation.ts';
import type { Model, RegisterView } from '../models/model.ts';
import { NotRegisterError } from './errors.ts';

/** The source of a read of the initial value. */
export const INITIAL = -1;
/** What stands in `source` for a write. */
export const WRITE = -2;
/** What stands in `source` for a read that is not looked at. */
export const IGNORED = -3;

/**
 * The reads and writes of a history by session, ready for the judges of causality. Each is a node, numbered session by session
 * and, within one, in its order: the operation before node `v` of the same session is `v - 1`.
 */
export interface Registers {
  readonly count: number;
  readonly sessions: number;
  readonly keys: number;
  /** Session `s` has the nodes from `sessionStart[s]` up to, not including, `sessionStart[s + 1]`. */
  readonly sessionStart: Int32Array;
  readonly sessionOf: Int32Array;
  readonly keyOf: Int32Array;
  /** For a read the node of the write it read from, or `INITIAL`, or `IGNORED`; for a write `WRITE`. */
  readonly source: Int32Array;
  /** All nodes in the order of the history. */
  readonly inOrder: Int32Array;
  /** The operation of each node. */
  readonly operations: readonly Operation[];
}

/** What a history says of registers. */
export interface Reading {
  /** With the sources that are certain; the others are `IGNORED`. */
  readonly registers: Registers;
  /** Reads with several writes, or a write and the initial value, to have read from. */
  readonly ambiguous: readonly AmbiguousRead[];
  /** A read of a value that no write can have left: none wrote it, the one that did failed, or the reader itself wrote it only later. */
  readonly sourceless: SourcelessRead | undefined;
}

/** A read whose value was written more than once. */
export interface AmbiguousRead {
  readonly node: number;
  /** Nodes of writes, or `INITIAL`. */
  readonly sources: readonly number[];
}

/** A read of what nobody can have written before it ended. */
export interface SourcelessRead {
  readonly read: Operation;
  /** The write of that value that failed, if one did. */
  readonly failed: Operation | undefined;
  /** The writes of that value that its own session began only later; all there are when there are any. */
  readonly later: readonly Operation[];
}

/**
 * Reads a history as reads and writes of registers. Failed operations and reads of unknown outcome say nothing and are left out;
 * a write of unknown outcome is the last of its session and may have happened. Throws `NotRegisterError` (naming `promise`) when
 * the model's operations are not plain reads and writes.
 */
export function readRegisters<S>(
  operations: readonly Operation[],
  model: Model<S>,
  promise: string,
): Reading {
  const view = model.register;
  if (view === undefined) throw new NotRegisterError(promise, model.name, undefined);
  const chosen: Operation[] = [];
  const failedWrites: Operation[] = [];
  for (const operation of operations) {
    const kind = view.kindOf(operation);
    if (kind === 'other') {
      if (saysSomething(operation, model)) throw new NotRegisterError(promise, model.name, operation);
    } else if (operation.outcome === 'ok' || (operation.outcome === 'unknown' && kind === 'write')) {
      chosen.push(operation);
    } else if (kind === 'write') failedWrites.push(operation);
  }
  return new Reader(chosen, failedWrites, view, model).read();
}

function saysSomething<S>(operation: Operation, model: Model<S>): boolean {
  if (operation.outcome === 'ok') return true;
  if (operation.outcome === 'fail') return model.failedIsObservation?.(operation) === true;
  return model.observes?.(operation) !== true;
}

class Reader<S> {
  private readonly chosen: readonly Operation[];
  private readonly failedWrites: readonly Operation[];
  private readonly view: RegisterView;
  private readonly model: Model<S>;
  private readonly sessionOf: Int32Array;
  private readonly keyOf: Int32Array;
  private readonly source: Int32Array;
  private readonly inOrder: Int32Array;
  private readonly operations: Operation[];
  /** The last writer of each value by key, and for each write the one before it of the same value, or -1. */
  private readonly writers: Map<unknown, number>[] = [];
  private readonly twin: Int32Array;
  private readonly ambiguous: AmbiguousRead[] = [];
  private sourceless: SourcelessRead | undefined;

  constructor(
    chosen: readonly Operation[],
    failedWrites: readonly Operation[],
    view: RegisterView,
    model: Model<S>,
  ) {
    const count = chosen.length;
    this.chosen = chosen;
    this.failedWrites = failedWrites;
    this.view = view;
    this.model = model;
    this.sessionOf = new Int32Array(count);
    this.keyOf = new Int32Array(count);
    this.source = new Int32Array(count);
    this.inOrder = new Int32Array(count);
    this.twin = new Int32Array(count).fill(-1);
    this.operations = new Array<Operation>(count);
  }

  read(): Reading {
    const sessionStart = this.seat();
    this.noteWrites();
    this.findSources();
    const { chosen, writers, sessionOf, keyOf, source, inOrder, operations } = this;
    return {
      registers: {
        count: chosen.length,
        sessions: sessionStart.length - 1,
        keys: writers.length,
        sessionStart,
        sessionOf,
        keyOf,
        source,
        inOrder,
        operations,
      },
      ambiguous: this.ambiguous,
      sourceless: this.sourceless,
    };
  }

  /** Gives each operation its node; returns where the sessions begin. */
  private seat(): Int32Array {
    const { chosen, inOrder, sessionOf, operations } = this;
    const numbers = new Map<number, number>();
    const sizes: number[] = [];
    const session = new Int32Array(chosen.length);
    for (let i = 0; i < chosen.length; i++) {
      const { process } = chosen[i] as Operation;
      let s = numbers.get(process);
      if (s === undefined) {
        s = sizes.push(0) - 1;
        numbers.set(process, s);
      }
      session[i] = s;
      sizes[s] = (sizes[s] as number) + 1;
    }
    const sessionStart = new Int32Array(sizes.length + 1);
    for (let s = 0; s < sizes.length; s++) {
      sessionStart[s + 1] = (sessionStart[s] as number) + (sizes[s] as number);
    }
    const next = sessionStart.slice();
    for (let i = 0; i < chosen.length; i++) {
      const s = session[i] as number;
      const v = next[s] as number;
      next[s] = v + 1;
      inOrder[i] = v;
      sessionOf[v] = s;
      operations[v] = chosen[i] as Operation;
    }
    return sessionStart;
  }

  private noteWrites(): void {
    const { view, operations, keyOf, writers, twin, source } = this;
    const keys = new Map<string, number>();
    for (let v = 0; v < operations.length; v++) {
      const operation = operations[v] as Operation;
      const name = this.model.key?.(operation) ?? '';
      let key = keys.get(name);
      if (key === undefined) {
        key = writers.push(new Map()) - 1;
        keys.set(name, key);
      }
      keyOf[v] = key;
      if (view.kindOf(operation) === 'read') continue;
      source[v] = WRITE;
      const value = valueKey(view.valueOf(operation));
      const ofKey = writers[key] as Map<unknown, number>;
      twin[v] = ofKey.get(value) ?? -1;
      ofKey.set(value, v);
    }
  }

  private findSources(): void {
    const { view, operations, keyOf, writers, twin, source, ambiguous } = this;
    for (let v = 0; v < operations.length; v++) {
      if (source[v] === WRITE) continue;
      const operation = operations[v] as Operation;
      const value = view.valueOf(operation);
      const writer = (writers[keyOf[v] as number] as Map<unknown, number>).get(valueKey(value)) ?? -1;
      const isInitial = equalPlain(value, view.initial);
      if (writer !== -1 && twin[writer] === -1 && !isInitial && !this.isOwnLater(writer, v)) {
        source[v] = writer;
        continue;
      }
      const sources = isInitial ? [INITIAL] : [];
      for (let w = writer; w !== -1; w = twin[w] as number) if (!this.isOwnLater(w, v)) sources.push(w);
      source[v] = sources.length === 1 ? (sources[0] as number) : IGNORED;
      if (sources.length > 1) ambiguous.push({ node: v, sources });
      else if (sources.length === 0) this.sourceless ??= this.withoutSource(operation, writer);
    }
  }

  /** True for a write that the reader's own session began after the read: nobody reads what they have yet to write. */
  private isOwnLater(write: number, read: number): boolean {
    return write > read && this.sessionOf[write] === this.sessionOf[read];
  }

  private withoutSource(read: Operation, writer: number): SourcelessRead {
    const later: Operation[] = [];
    for (let w = writer; w !== -1; w = this.twin[w] as number) later.unshift(this.operations[w] as Operation);
    return { read, failed: this.failedWriteOf(read), later };
  }

  private failedWriteOf(read: Operation): Operation | undefined {
    const { view, model } = this;
    const value = view.valueOf(read);
    return this.failedWrites.find(
      (write) => model.key?.(write) === model.key?.(read) && equalPlain(view.valueOf(write), value),
    );
  }
}

/** A value as a map finds it; structures by their text, marked so that no text is taken for one. */
function valueKey(value: Plain): unknown {
  return typeof value === 'object' && value !== null ? `\u0000${encodePlain(value)}` : value;
}
