import type { History, Operation } from '../../src/history/operation.ts';
import type { Random } from './random.ts';

/** What random register histories look like. */
export interface WeakShape {
  readonly operations: number;
  readonly processes: number;
  readonly keys: number;
  /** Percent of operations that write: in the first, the second and the last third. */
  readonly writes: readonly [number, number, number];
  /** The first operations, such as `0wx` for a write of x by process 0; the others are drawn. */
  readonly plan: readonly string[];
  /** Percent of reads answered with any value whatever. */
  readonly wrong: number;
  /** Percent of writes that repeat a value. */
  readonly repeated: number;
  /** Percent of operations of unknown outcome, which end their process. */
  readonly unknown: number;
  /** Percent of reads that ask a replica of another process. */
  readonly roaming: number;
  /** Percent of writes that reach each replica at each later step. */
  readonly delivery: number;
  /** The shortest pause of a process between operations; with 0 it may go on at the very instant it ended. */
  readonly pause: number;
  /** Deliver in order of the writes seen, or one by one. */
  readonly causal: boolean;
}

interface Write {
  readonly key: number;
  readonly value: number;
  readonly at: number;
}

/** Replicas of a few registers, one a process, to which writes come late. */
class Store {
  private readonly replicas: Map<number, Write>[];
  private readonly waiting: Write[][];
  private readonly shape: WeakShape;
  private readonly writes: Write[] = [];
  private count = 0;

  constructor(shape: WeakShape) {
    this.shape = shape;
    this.replicas = Array.from({ length: Math.max(shape.processes, 4) }, () => new Map<number, Write>());
    this.waiting = Array.from({ length: Math.max(shape.processes, 4) }, () => []);
  }

  write(p: number, key: number, value: number, isLost: boolean): void {
    const write = { key, value, at: this.count++ };
    this.writes.push(write);
    this.waiting.forEach((queue, q) => {
      if (q !== p && !isLost) queue.push(write);
    });
    if (!isLost) this.replicas[p]?.set(key, write);
  }

  /** Every value the key ever had, and one that nobody wrote now and then. */
  written(key: number): readonly (number | null)[] {
    return [
      null,
      ...this.writes.filter((w) => w.key === key).map((w) => w.value),
      ...(this.count % 8 === 7 ? [99] : []),
    ];
  }

  read(p: number, key: number): number | null {
    return this.replicas[p]?.get(key)?.value ?? null;
  }

  deliver(random: Random): void {
    this.waiting.forEach((queue, q) => {
      for (let i = 0; i < queue.length; ) {
        const write = queue[i] as Write;
        const arrives = random.chance(this.shape.delivery);
        if (arrives) {
          queue.splice(i, 1);
          const old = this.replicas[q]?.get(write.key);
          if (!this.shape.causal || old === undefined || random.chance(50) || old.at < write.at)
            this.replicas[q]?.set(write.key, write);
        } else if (this.shape.causal) break;
        else i++;
      }
    });
  }
}

/** A random history of reads and writes, answered by a store of slow replicas and at times by chance. */
export function weakHistory(random: Random, shape: WeakShape): History {
  const store = new Store(shape);
  const names = Array.from({ length: Math.max(shape.processes, 4) }, (_, p) => p);
  const ends = names.map(() => 0);
  const drafts: Operation[] = [];
  let nextName = names.length;
  let nextValue = 0;
  let clock = 5;
  for (let i = 0; i < shape.operations; i++) {
    const planned = shape.plan[i];
    const p = planned === undefined ? random.below(shape.processes) : Number(planned[0]);
    const key = planned === undefined ? random.below(shape.keys) : 'xyz'.indexOf(planned[2] ?? 'x');
    const isWrite =
      planned === undefined
        ? random.chance(shape.writes[Math.floor((3 * i) / shape.operations)] ?? 0)
        : planned[1] === 'w';
    const isUnknown = random.chance(shape.unknown);
    clock += random.below(4);
    const invokedAt = Math.max((ends[p] ?? 0) + shape.pause, clock - random.below(5));
    const completedAt = Math.max(invokedAt, clock) + random.below(4);
    const value = isWrite && random.chance(shape.repeated) ? 1 + random.below(nextValue + 1) : ++nextValue;
    if (isWrite) store.write(p, key, value, isUnknown && random.chance(50));
    const asked = random.chance(shape.roaming) ? random.below(shape.processes) : p;
    const seen = random.chance(shape.wrong) ? random.pick(store.written(key)) : store.read(asked, key);
    drafts.push({
      id: i,
      process: names[p] ?? p,
      f: isWrite ? 'write' : 'read',
      key: 'xyz'[key],
      input: isWrite ? value : null,
      outcome: isUnknown ? 'unknown' : 'ok',
      output: isWrite || isUnknown ? null : seen,
      invokedAt,
      completedAt: isUnknown ? Number.POSITIVE_INFINITY : completedAt,
    });
    ends[p] = completedAt;
    if (isUnknown) names[p] = nextName++;
    if (!isWrite) nextValue--;
    store.deliver(random);
  }
  drafts.sort((a, b) => a.invokedAt - b.invokedAt || a.id - b.id);
  return { operations: drafts.map((operation, id) => ({ ...operation, id })), timeUnit: 'us' };
}

/** Beginnings that the models tell apart, given the right answers. */
const PLANS: readonly (readonly string[])[] = [
  ['0wx', '0wy', '1ry', '1rx'],
  ['0wx', '1rx', '1wy', '2ry', '2rx'],
  ['0wx', '0wx', '0wy', '1ry', '1rx'],
  ['0wx', '1rx', '1wx', '2rx', '2rx'],
  ['0wx', '1wx', '2rx', '2rx', '3rx', '3rx'],
  ['0wx', '1wx', '2rx', '2rx', '2rx'],
  ['0wx', '0ry', '1wy', '1rx'],
  ['0wx', '1rx', '1wx', '1wy', '2ry', '2rx'],
];

/** Shapes small enough for brute force. */
export function smallWeakShape(random: Random): WeakShape {
  return {
    operations: 4 + random.below(7),
    processes: random.pick([2, 3, 4]),
    keys: 1 + random.below(2),
    plan: random.chance(60) ? random.pick(PLANS) : [],
    writes: random.pick([
      [45, 45, 45],
      [90, 50, 5],
      [95, 60, 0],
    ]),
    wrong: random.pick([0, 20, 60, 100, 100]),
    repeated: random.chance(25) ? 40 : 0,
    unknown: random.chance(30) ? 15 : 0,
    roaming: random.chance(40) ? 40 : 0,
    delivery: random.pick([5, 20, 50, 90]),
    pause: random.below(2),
    causal: random.chance(50),
  };
}
