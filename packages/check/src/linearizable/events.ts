import type { Operation } from '../history/operation.ts';
import type { Arena } from './ints.ts';
import { sortByTime } from './order.ts';

/** Where the return of an operation that never returns is. */
export const NEVER = 0x7fff_ffff;

/**
 * Invocations and returns in one line. Two operations that touch at one instant overlap, unless one process did both.
 */
export interface EventLine {
  /** `2 * operation` for an invocation, `2 * operation + 1` for a return; operations by position in the part. */
  readonly events: Int32Array;
  /** Event position of each operation's invocation. */
  readonly invokeAt: Int32Array;
  /** Event position of each operation's return; `NEVER` for unknown ones. */
  readonly returnAt: Int32Array;
  /**
   * For the rare case that several processes go on at the same instant, where no single line says it all: the operation
   * that must come first, or -1. Undefined when there is no such case.
   */
  readonly after: Int32Array | undefined;
}

/** Lines up the events of operations sorted by invocation. */
export function lineUp(operations: readonly Operation[], arena: Arena): EventLine {
  const count = operations.length;
  const ends = new Float64Array(count);
  let known = 0;
  for (let i = 0; i < count; i++) {
    const operation = operations[i] as Operation;
    if (operation.outcome !== 'unknown') known++;
    ends[i] = operation.outcome === 'unknown' ? Number.POSITIVE_INFINITY : operation.completedAt;
  }
  const returns = arena.take(known);
  for (let i = 0, r = 0; i < count; i++)
    if ((operations[i] as Operation).outcome !== 'unknown') returns[r++] = i;
  sortByTime(returns, ends);
  return new Weaver(operations, ends, returns, arena, findChains(operations)).weave();
}

/** Merges invocations and returns, both in order of time. */
class Weaver {
  private readonly operations: readonly Operation[];
  private readonly ends: Float64Array;
  private readonly returns: Int32Array;
  private readonly events: Int32Array;
  private readonly invokeAt: Int32Array;
  private readonly returnAt: Int32Array;
  /** For each operation the one its process ended at the very instant it was invoked, or -1. */
  private readonly chained: Int32Array | undefined;
  private after: Int32Array | undefined;
  private at = 0;

  constructor(
    operations: readonly Operation[],
    ends: Float64Array,
    returns: Int32Array,
    arena: Arena,
    chained: Int32Array | undefined,
  ) {
    this.operations = operations;
    this.ends = ends;
    this.returns = returns;
    this.events = arena.take(operations.length + returns.length);
    this.invokeAt = arena.take(operations.length);
    this.returnAt = arena.take(operations.length).fill(NEVER);
    this.chained = chained;
  }

  weave(): EventLine {
    const { operations, ends, returns } = this;
    let i = 0;
    let r = 0;
    while (i < operations.length || r < returns.length) {
      const begin = i < operations.length ? (operations[i] as Operation).invokedAt : Number.POSITIVE_INFINITY;
      const end = r < returns.length ? (ends[returns[r] as number] as number) : Number.POSITIVE_INFINITY;
      if (begin < end) this.invoke(i++);
      else if (end < begin) this.return(returns[r++] as number);
      else {
        let lastBegin = i + 1;
        while (lastBegin < operations.length && (operations[lastBegin] as Operation).invokedAt === begin)
          lastBegin++;
        let lastEnd = r + 1;
        while (lastEnd < returns.length && ends[returns[lastEnd] as number] === end) lastEnd++;
        this.instant(i, lastBegin, r, lastEnd);
        i = lastBegin;
        r = lastEnd;
      }
    }
    const { events, invokeAt, returnAt, after } = this;
    return { events, invokeAt, returnAt, after };
  }

  private invoke(operation: number): void {
    this.invokeAt[operation] = this.at;
    this.events[this.at++] = operation * 2;
  }

  private return(operation: number): void {
    this.returnAt[operation] = this.at;
    this.events[this.at++] = operation * 2 + 1;
  }

  /** Invocations [i, iEnd) and returns [r, rEnd) of one instant, and those of operations that begin and end in it. */
  private instant(i: number, iEnd: number, r: number, rEnd: number): void {
    const { chained, returns, operations } = this;
    const ending: number[] = [];
    for (let k = r; k < rEnd; k++) ending.push(returns[k] as number);
    let process: number | undefined;
    let processes = 0;
    if (chained !== undefined) {
      for (let k = i; k < iEnd; k++) {
        if (chained[k] === -1 || (operations[k] as Operation).process === process) continue;
        process = (operations[k] as Operation).process;
        processes++;
      }
    }
    if (processes !== 1) {
      if (processes > 1) this.mustFollow(i, iEnd);
      for (let k = i; k < iEnd; k++) this.invoke(k);
      for (const operation of ending) this.return(operation);
      return;
    }
    const ofProcess = (k: number): boolean => (operations[k] as Operation).process === process;
    for (let k = i; k < iEnd; k++) if (!ofProcess(k)) this.invoke(k);
    this.alternate(ending.filter(ofProcess), i, iEnd, ofProcess);
    for (const operation of ending) if (!ofProcess(operation)) this.return(operation);
  }

  /** The events of the one process that goes on at this instant: each return ahead of the next invocation. */
  private alternate(
    ending: readonly number[],
    i: number,
    iEnd: number,
    ofProcess: (k: number) => boolean,
  ): void {
    const sorted = ending.toSorted((a, b) => a - b);
    let next = 0;
    for (let k = i; k < iEnd; k++) {
      if (!ofProcess(k)) continue;
      while (next < sorted.length && (sorted[next] as number) < k) this.return(sorted[next++] as number);
      this.invoke(k);
    }
    while (next < sorted.length) this.return(sorted[next++] as number);
  }

  private mustFollow(i: number, iEnd: number): void {
    const { chained } = this;
    this.after ??= new Int32Array(this.operations.length).fill(-1);
    for (let k = i; k < iEnd; k++) this.after[k] = chained?.[k] ?? -1;
  }
}

const SMALL_PROCESSES = 1024;

/** Of each operation the one that its process ended at the very instant it began. */
function findChains(operations: readonly Operation[]): Int32Array | undefined {
  // Small process numbers, the usual case, go by index.
  const recent: (number | undefined)[] = [];
  const lastOf = new Map<number, number>();
  let chained: Int32Array | undefined;
  for (let i = 0; i < operations.length; i++) {
    const { process, invokedAt, outcome } = operations[i] as Operation;
    const isSmall = process >= 0 && process < SMALL_PROCESSES;
    const last = isSmall ? recent[process] : lastOf.get(process);
    if (last !== undefined && (operations[last] as Operation).completedAt === invokedAt) {
      chained ??= new Int32Array(operations.length).fill(-1);
      chained[i] = last;
    }
    // An unknown operation comes before nothing, so what came before it still counts.
    if (outcome === 'unknown') continue;
    if (isSmall) recent[process] = i;
    else lastOf.set(process, i);
  }
  return chained;
}
