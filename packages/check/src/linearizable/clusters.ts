import { encodePlain, equalPlain, type Plain } from '@holdfast/plain';
import type { Operation } from '../history/operation.ts';
import type { RegisterView } from '../models/model.ts';
import { IntervalReader, type Intervals } from './intervals.ts';

/** The cluster of an operation that need not have happened: a write of unknown outcome whose value nobody read. */
export const NO_CLUSTER = -1;

const NOT_READ = -1;
/** A value that does not go by index. */
const LARGE = -2;

/** Each write with the reads of its value. Operations and clusters go by position; the initial value's cluster is the last. */
export interface Clusters {
  /** The cluster of each operation: the position of its write, or the number of operations for the initial value. */
  readonly clusterOf: Int32Array;
  /** A read whose value nobody wrote, or -1. */
  readonly sourceless: number;
  /** When the operations begin and end; undefined where no intervals can say so. */
  readonly intervals: Intervals | undefined;
}

/**
 * Finds out which write each read saw. Undefined when that is not clear: other operations than reads and writes, a value
 * written twice, or the initial value written. Looks at each operation once, which is what takes time in long histories.
 */
export function readClusters(operations: readonly Operation[], view: RegisterView): Clusters | undefined {
  const count = operations.length;
  const writers = new Writers(2 * count);
  const clusterOf = new Int32Array(count).fill(NO_CLUSTER);
  const readValues = new Int32Array(count).fill(NOT_READ);
  const intervals = new IntervalReader(count);
  for (let i = 0; i < count; i++) {
    const operation = operations[i] as Operation;
    const kind = view.kindOf(operation);
    if (kind === 'other') return undefined;
    const value = view.valueOf(operation);
    if (kind === 'read') readValues[i] = writers.isSmall(value) ? value : LARGE;
    else if (!writers.add(value, i)) return undefined;
    else if (operation.outcome !== 'unknown') clusterOf[i] = i;
    intervals.add(i, operation);
  }
  if (writers.of(view.initial) !== NO_CLUSTER) return undefined;
  let sourceless = NO_CLUSTER;
  for (let i = 0; i < count; i++) {
    const small = readValues[i] as number;
    if (small === NOT_READ) continue;
    const writer =
      small === LARGE ? writers.of(view.valueOf(operations[i] as Operation)) : writers.ofSmall(small);
    if (writer !== NO_CLUSTER) {
      clusterOf[i] = writer;
      clusterOf[writer] = writer;
    } else if (equalPlain(view.valueOf(operations[i] as Operation), view.initial)) clusterOf[i] = count;
    else if (sourceless === NO_CLUSTER) sourceless = i;
  }
  return { clusterOf, sourceless, intervals: intervals.finish(operations) };
}

/** Who wrote which value. Small whole numbers, the usual case, go by index. */
export class Writers {
  private readonly small: Int32Array;
  private readonly others = new Map<unknown, number>();

  constructor(limit: number) {
    this.small = new Int32Array(limit);
  }

  /** False when the value has a writer already. */
  add(value: Plain, writer: number): boolean {
    if (this.of(value) !== -1) return false;
    if (this.isSmall(value)) this.small[value] = writer + 1;
    else this.others.set(valueName(value), writer);
    return true;
  }

  /** The writer of the value, or -1. */
  of(value: Plain): number {
    if (this.isSmall(value)) return this.ofSmall(value);
    return this.others.get(valueName(value)) ?? -1;
  }

  /** The writer of a small whole number, or -1. */
  ofSmall(value: number): number {
    return (this.small[value] as number) - 1;
  }

  /** True for values that go by index. */
  isSmall(value: Plain): value is number {
    return typeof value === 'number' && value >= 0 && value < this.small.length && Number.isInteger(value);
  }
}

/** What a value goes by in maps and sets: structures by their text, marked so that no text value is taken for one. */
export function valueName(value: Plain): unknown {
  return typeof value === 'object' && value !== null
    ? `plain ${encodePlain(value)}`
    : typeof value === 'string'
      ? `text ${value}`
      : value;
}
