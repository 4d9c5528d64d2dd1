import type { Operation } from '../history/operation.ts';

/** True when `a` was over before `b` began: equal times are concurrent, but for the operations of one process. */
export function precedes(a: Operation, b: Operation): boolean {
  if (a.completedAt < b.invokedAt) return true;
  return a.completedAt === b.invokedAt && a.process === b.process && a.id < b.id;
}

/** Answers, for one register, which writes stand between others in real time. */
export class WriteTimes {
  /** Writes by completion, and the latest invocation among those up to each. */
  private readonly byEnd: readonly Operation[];
  private readonly latest: Operation[] = [];
  private readonly begins: Float64Array;
  /** Writes of each process, as listed. */
  private readonly ofProcess = new Map<number, Operation[]>();

  constructor(writes: readonly Operation[]) {
    this.byEnd = writes
      .filter((w) => w.outcome === 'ok')
      .sort((a, b) => a.completedAt - b.completedAt || a.id - b.id);
    for (const write of this.byEnd) {
      const last = this.latest.at(-1);
      this.latest.push(last === undefined || write.invokedAt > last.invokedAt ? write : last);
    }
    this.begins = Float64Array.from(writes, (w) => w.invokedAt).sort();
    for (const write of writes) {
      const own = this.ofProcess.get(write.process);
      if (own === undefined) this.ofProcess.set(write.process, [write]);
      else own.push(write);
    }
  }

  /** A write that `read` began after, the last to begin of those; undefined when there is none. */
  lastBefore(read: Operation): Operation | undefined {
    const own = this.touching(read)[0];
    const strict = this.latest[this.endedBefore(read.invokedAt) - 1];
    if (strict === undefined || own === undefined) return strict ?? own;
    return own.invokedAt >= strict.invokedAt ? own : strict;
  }

  /** A write that came after `write` was over and was itself over when `read` began. */
  between(write: Operation, read: Operation): Operation | undefined {
    const strict = this.latest[this.endedBefore(read.invokedAt) - 1];
    if (strict !== undefined && precedes(write, strict)) return strict;
    // One process may go on at the very instant at which it ended.
    const own = this.touching(read).find((w) => precedes(write, w));
    return (
      own ?? this.from(write.process, write.completedAt).find((w) => precedes(write, w) && precedes(w, read))
    );
  }

  /** True when some write overlaps the read. */
  overlaps(read: Operation): boolean {
    const after = this.from(read.process, read.completedAt).filter((w) => w.id > read.id).length;
    const before = this.endedBefore(read.invokedAt) + this.touching(read).length;
    return this.begunBy(read.completedAt) - after > before;
  }

  /** Writes of the read's own process that ended at the instant it began. */
  private touching(read: Operation): Operation[] {
    const own = this.ofProcess.get(read.process) ?? [];
    const found: Operation[] = [];
    for (let i = countBelow(own, (w) => w.completedAt < read.invokedAt); i < own.length; i++) {
      const write = own[i] as Operation;
      if (write.completedAt !== read.invokedAt) break;
      if (write.id < read.id) found.push(write);
    }
    return found;
  }

  /** Writes of a process that begin at an instant. */
  private from(process: number, at: number): Operation[] {
    const own = this.ofProcess.get(process) ?? [];
    const found: Operation[] = [];
    for (let i = countBelow(own, (w) => w.invokedAt < at); i < own.length; i++) {
      const write = own[i] as Operation;
      if (write.invokedAt !== at) break;
      found.push(write);
    }
    return found;
  }

  /** How many writes were over before a time. */
  private endedBefore(at: number): number {
    return countBelow(this.byEnd, (w) => w.completedAt < at);
  }

  /** How many writes had begun by a time. */
  private begunBy(at: number): number {
    return countBelow(this.begins, (begin) => begin <= at);
  }
}

/** How many items, the first ones of a list, are below; all others are not. */
function countBelow<T>(items: ArrayLike<T>, isBelow: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBelow(items[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
}
