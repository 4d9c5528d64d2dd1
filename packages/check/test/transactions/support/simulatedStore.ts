import type {
  CommitLog,
  History,
  MicroOperation,
  Operation,
  TransactionWorkload,
} from '../../../src/index.ts';
import type { TestRandom } from './random.ts';

/** How a simulated store isolates its transactions, and what is broken about it. */
export interface StoreShape {
  readonly workload: TransactionWorkload;
  readonly isolation: 'serial' | 'snapshot';
  /** `stale` reads now and then from an older snapshot than the log says; `unchecked` commits over concurrent commits. */
  readonly defect: 'none' | 'stale' | 'unchecked';
}

/** A history and the order of commits behind it. */
export interface SimulatedRun {
  readonly history: History;
  readonly log: CommitLog;
}

interface Open {
  readonly id: number;
  readonly process: number;
  readonly invokedAt: number;
  readonly snapshot: number;
  readonly seen: number;
  readonly done: MicroOperation[];
  stepsLeft: number;
}

const KEYS = ['x', 'y', 'z'] as const;

/** Runs a few processes whose transactions interleave step by step on versions kept by commit. */
export function simulateStore(random: TestRandom, shape: StoreShape, transactions: number): SimulatedRun {
  return new Store(random, shape).run(transactions);
}

class Store {
  private readonly random: TestRandom;
  private readonly shape: StoreShape;
  /** Of each commit what it wrote. */
  private readonly writes: (readonly MicroOperation[])[] = [];
  private readonly commits: number[] = [];
  private readonly snapshots = new Map<number, number>();
  private readonly operations: Operation[] = [];
  private readonly open = new Map<number, Open>();
  private nextId = 0;
  private nextValue = 1;
  private now = 0;

  constructor(random: TestRandom, shape: StoreShape) {
    this.random = random;
    this.shape = shape;
  }

  run(transactions: number): SimulatedRun {
    while (this.nextId < transactions || this.open.size > 0) {
      this.now += 2;
      const process = this.random.below(3);
      const open = this.open.get(process);
      if (open !== undefined) this.step(open);
      else if (this.nextId < transactions) this.begin(process);
    }
    this.operations.sort((a, b) => a.id - b.id);
    return {
      history: { operations: this.operations, timeUnit: 'us' },
      log: { commits: this.commits, snapshots: this.snapshots },
    };
  }

  private begin(process: number): void {
    // One transaction at a time, where isolation is serial.
    if (this.shape.isolation === 'serial' && this.open.size > 0) return;
    const snapshot = this.commits.length;
    const isStale = this.shape.defect === 'stale' && this.random.chance(15);
    const seen = isStale ? Math.max(0, snapshot - 1 - this.random.below(3)) : snapshot;
    const stepsLeft = 1 + this.random.below(3);
    this.open.set(process, {
      id: this.nextId++,
      process,
      invokedAt: this.now,
      snapshot,
      seen,
      done: [],
      stepsLeft,
    });
  }

  private step(open: Open): void {
    const key = KEYS[this.random.below(KEYS.length)] as string;
    if (this.random.chance(50)) open.done.push([this.writeName(), key, this.nextValue++]);
    else open.done.push(['r', key, this.read(open, key)]);
    if (--open.stepsLeft === 0) this.end(open);
  }

  private writeName(): string {
    return this.shape.workload === 'list-append' ? 'append' : 'w';
  }

  private read(open: Open, key: string): MicroOperation[2] {
    const values = [...this.writes.slice(0, open.seen).flat(), ...open.done]
      .filter(([f, k]) => f !== 'r' && k === key)
      .map(([, , value]) => value);
    return this.shape.workload === 'list-append' ? values : (values.at(-1) ?? null);
  }

  private end(open: Open): void {
    const { id, process, invokedAt, snapshot, done } = open;
    this.open.delete(process);
    const written = done.filter(([f]) => f !== 'r');
    const since = this.writes.slice(snapshot).flat();
    const conflicts = written.some(([, key]) => since.some(([, other]) => other === key));
    const isCommitted = !conflicts || this.shape.defect === 'unchecked';
    if (isCommitted) {
      this.snapshots.set(id, snapshot);
      this.commits.push(id);
      this.writes.push(written);
    }
    this.operations.push({
      id,
      process,
      f: 'txn',
      input: done.map(([f, key, value]) => [f, key, f === 'r' ? null : value]),
      outcome: isCommitted ? 'ok' : 'fail',
      output: isCommitted ? done : null,
      invokedAt,
      completedAt: this.now + 1,
    });
  }
}
