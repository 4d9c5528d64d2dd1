import { encodePlain, equalPlain, type Plain } from '@holdfast/plain';
import type { History, Operation, Outcome } from './operation.ts';
import type { OperationSink, Place } from './sink.ts';

/** Outcomes as they stand in `HistoryColumns.outcome`. */
export const OUTCOMES: readonly Outcome[] = ['ok', 'fail', 'unknown'];

const FAIL = 1;
const UNKNOWN = 2;

/** The class of null among values, and of "none" among keys and nodes. */
export const NO_CLASS = -1;

/** The class of a value that no operation has. */
export const UNUSED_CLASS = -2;

/** Whole numbers below this are their own value class; all other values are interned from here on. */
const FIRST_INTERNED = 2 ** 30;

/**
 * A history in columns: about 45 bytes an operation, plus each distinct name, key and value once (whole numbers below 2^30
 * cost nothing, and transactions are not compared with one another). Index i is the operation with id i.
 */
export interface HistoryColumns {
  readonly length: number;
  readonly process: Float64Array;
  /** Index into `names`. */
  readonly f: Uint16Array;
  readonly names: readonly string[];
  /** Index into `keys`, or `NO_CLASS`. */
  readonly key: Int32Array;
  readonly keys: readonly string[];
  /** Index into `OUTCOMES`. */
  readonly outcome: Uint8Array;
  /** Value class of the argument and of the result; see `valueOfClass`. */
  readonly input: Int32Array;
  readonly output: Int32Array;
  /** The interned values. */
  readonly values: readonly Plain[];
  readonly invokedAt: Float64Array;
  /** `Infinity` where the outcome is unknown. */
  readonly completedAt: Float64Array;
  /** The node asked, or `NO_CLASS`. */
  readonly node: Int32Array;
  readonly timeUnit: History['timeUnit'];
  readonly order?: History['order'];
  readonly endedAt?: number | undefined;
}

/** What a history says of its times. */
export type ColumnsShape = Pick<History, 'timeUnit' | 'order' | 'endedAt'>;

/** The value a class of `input` or `output` stands for. Equal classes mean equal values, but for lists that are not interned. */
export function valueOfClass(columns: Pick<HistoryColumns, 'values'>, valueClass: number): Plain {
  if (valueClass < 0) return null;
  return valueClass < FIRST_INTERNED ? valueClass : (columns.values[valueClass - FIRST_INTERNED] ?? null);
}

/** The class of a value in columns; `UNUSED_CLASS`, which no operation has, when none of the interned ones is equal. */
export function classIn(columns: Pick<HistoryColumns, 'values'>, value: Plain): number {
  if (value === null) return NO_CLASS;
  if (isItsOwnClass(value)) return value;
  const rank = columns.values.findIndex((interned) => equalPlain(interned, value));
  return rank === -1 ? UNUSED_CLASS : FIRST_INTERNED + rank;
}

function isItsOwnClass(value: Plain): value is number {
  return typeof value === 'number' && value >= 0 && value < FIRST_INTERNED && (value | 0) === value;
}

/** Gives values their classes. Scalars and small structures are interned; long lists are kept as they are. */
export class ValueClasses {
  readonly values: Plain[] = [];
  private readonly classes = new Map<unknown, number>();

  classOf(value: Plain): number {
    if (value === null) return NO_CLASS;
    if (isItsOwnClass(value)) return value;
    if (typeof value === 'object') {
      // Transactions differ from one another: comparing them would cost more than it saves.
      if (Array.isArray(value) && typeof value[0] === 'object') return this.add(value);
      const text = `\u0000${encodePlain(value)}`;
      return this.classes.get(text) ?? this.intern(text, value);
    }
    return this.classes.get(value) ?? this.intern(value, value);
  }

  private intern(name: unknown, value: Plain): number {
    const valueClass = this.add(value);
    this.classes.set(name, valueClass);
    return valueClass;
  }

  private add(value: Plain): number {
    return FIRST_INTERNED + this.values.push(value) - 1;
  }
}

class Names {
  readonly names: string[] = [];
  private readonly indexes = new Map<string, number>();

  indexOf(name: string): number {
    let index = this.indexes.get(name);
    if (index === undefined) {
      index = this.names.push(name) - 1;
      this.indexes.set(name, index);
    }
    return index;
  }
}

const FIRST_CAPACITY = 1024;
const NAME_LIMIT = 2 ** 16;

/** Collects a history in columns, in the manner of `HistoryBuilder` and with the same trust in its caller. */
export class ColumnsBuilder implements OperationSink {
  private length = 0;
  private capacity = FIRST_CAPACITY;
  private process = new Float64Array(FIRST_CAPACITY);
  private f = new Uint16Array(FIRST_CAPACITY);
  private key = new Int32Array(FIRST_CAPACITY);
  private outcome = new Uint8Array(FIRST_CAPACITY);
  private input = new Int32Array(FIRST_CAPACITY);
  private output = new Int32Array(FIRST_CAPACITY);
  private invokedAt = new Float64Array(FIRST_CAPACITY);
  private completedAt = new Float64Array(FIRST_CAPACITY);
  private node = new Int32Array(FIRST_CAPACITY);
  private readonly names = new Names();
  private readonly keys = new Names();
  private readonly values = new ValueClasses();

  /** See `OperationSink`. Throws `RangeError` at the 65,537th distinct operation name. */
  invoke(process: number, f: string, input: Plain, at: number, place?: Place): number {
    const id = this.length++;
    if (id === this.capacity) this.grow();
    const name = this.names.indexOf(f);
    if (name >= NAME_LIMIT)
      throw new RangeError(`Cannot count operation ${id} as another kind: ${NAME_LIMIT} are known`);
    this.process[id] = process;
    this.f[id] = name;
    this.key[id] = place?.key === undefined ? NO_CLASS : this.keys.indexOf(place.key);
    this.outcome[id] = UNKNOWN;
    this.input[id] = this.values.classOf(input);
    this.output[id] = NO_CLASS;
    this.invokedAt[id] = at;
    this.completedAt[id] = Number.POSITIVE_INFINITY;
    this.node[id] = place?.node ?? NO_CLASS;
    return id;
  }

  /** See `OperationSink`. Throws `RangeError` for an id that `invoke` did not return. */
  complete(id: number, outcome: Outcome, output: Plain, at: number): void {
    if (!(id >= 0 && id < this.length)) {
      throw new RangeError(`Cannot complete operation ${id} as ${outcome}: it was never invoked`);
    }
    this.outcome[id] = outcome === 'ok' ? 0 : outcome === 'fail' ? FAIL : UNKNOWN;
    this.output[id] = this.values.classOf(output);
    if (outcome !== 'unknown') this.completedAt[id] = at;
  }

  /** The columns, cut to length. */
  finish(shape: ColumnsShape): HistoryColumns {
    const { length } = this;
    return {
      length,
      process: this.process.slice(0, length),
      f: this.f.slice(0, length),
      names: this.names.names,
      key: this.key.slice(0, length),
      keys: this.keys.names,
      outcome: this.outcome.slice(0, length),
      input: this.input.slice(0, length),
      output: this.output.slice(0, length),
      values: this.values.values,
      invokedAt: this.invokedAt.slice(0, length),
      completedAt: this.completedAt.slice(0, length),
      node: this.node.slice(0, length),
      ...shape,
    };
  }

  private grow(): void {
    this.capacity *= 2;
    this.process = grown(this.process, new Float64Array(this.capacity));
    this.f = grown(this.f, new Uint16Array(this.capacity));
    this.key = grown(this.key, new Int32Array(this.capacity));
    this.outcome = grown(this.outcome, new Uint8Array(this.capacity));
    this.input = grown(this.input, new Int32Array(this.capacity));
    this.output = grown(this.output, new Int32Array(this.capacity));
    this.invokedAt = grown(this.invokedAt, new Float64Array(this.capacity));
    this.completedAt = grown(this.completedAt, new Float64Array(this.capacity));
    this.node = grown(this.node, new Int32Array(this.capacity));
  }
}

function grown<A extends { set(from: A): void }>(from: A, to: A): A {
  to.set(from);
  return to;
}

/** A history's columns. */
export function toColumns(history: History): HistoryColumns {
  const builder = new ColumnsBuilder();
  for (const operation of history.operations) {
    const { process, f, input, outcome, output, invokedAt, completedAt } = operation;
    builder.complete(builder.invoke(process, f, input, invokedAt, operation), outcome, output, completedAt);
  }
  const { timeUnit, order, endedAt } = history;
  return builder.finish({ timeUnit, order, endedAt });
}

/** One operation out of columns. Throws `RangeError` when there is none with this id. */
export function operationAt(columns: HistoryColumns, id: number): Operation {
  if (!(id >= 0 && id < columns.length)) {
    throw new RangeError(
      `Cannot take operation ${id} out of columns as one of ${columns.length}: there is none`,
    );
  }
  const key = columns.key[id] as number;
  const node = columns.node[id] as number;
  return {
    id,
    process: columns.process[id] as number,
    f: columns.names[columns.f[id] as number] as string,
    key: key === NO_CLASS ? undefined : columns.keys[key],
    input: valueOfClass(columns, columns.input[id] as number),
    outcome: OUTCOMES[columns.outcome[id] as number] as Outcome,
    output: valueOfClass(columns, columns.output[id] as number),
    invokedAt: columns.invokedAt[id] as number,
    completedAt: columns.completedAt[id] as number,
    node: node === NO_CLASS ? undefined : node,
  };
}

/** The history that columns hold; `toColumns` undone. */
export function fromColumns(columns: HistoryColumns): History {
  const operations: Operation[] = [];
  for (let id = 0; id < columns.length; id++) operations.push(operationAt(columns, id));
  const { timeUnit, order, endedAt } = columns;
  return { operations, timeUnit, order, endedAt };
}
