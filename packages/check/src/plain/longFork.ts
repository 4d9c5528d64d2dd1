import type { Plain } from '@holdfast/plain';
import type { History, Operation } from '../history/operation.ts';
import { isMicroOperations, type MicroOperation } from '../history/transaction.ts';
import { UnsupportedOperationError } from '../models/model.ts';
import type { Checker, CheckerVerdict } from './checker.ts';
import { count, FindingLog, verdictOf } from './findings.ts';
import { listed, Narrator, show, valueKey } from './words.ts';

const PROMISE = 'all readers see writes in one order';
const NAME = 'long-fork';
const EXPECTED =
  "use f 'txn', 'read' or 'write' with micro-operations: one ['w', key, value], or ['r', key, value] for several keys";

type Kind = 'long-fork' | 'unexpected';

/**
 * Keys are written once each, one key to a transaction; readers look at several keys at once. Reads that see writes in
 * orders that contradict one another are a long fork: one sees x and not yet y, another y and not yet x (or longer chains of
 * such reads). Parallel snapshot isolation allows it, snapshot isolation and everything stronger does not.
 *
 * - `long-fork`: the shortest chain of reads and writes that contradicts itself. `unexpected`: a read of what no write that may
 *   have taken effect wrote.
 *
 * Operations: `txn` (or `read`, `write`) with micro-operations: exactly one `['w', key, value]`, or any number of
 * `['r', key, value]` with null for a key not yet written. No real time needed. Time linear in what was read. Throws
 * `UnsupportedOperationError` for other transactions and for a second write of a key: there the transaction checker
 * (`checkTransactions`, `snapshot-isolation`) judges. After Jepsen's `long-fork`.
 */
export const longForkChecker: Checker = { name: NAME, promise: PROMISE, check: checkLongFork };

/** Judges a history by `longForkChecker`. */
export function checkLongFork(history: History): CheckerVerdict {
  const log = new FindingLog<Kind>({ 'long-fork': 'violation', unexpected: 'violation' });
  const graph = new ReadOrder(log, new Narrator(history));
  for (const operation of history.operations) {
    const { f } = operation;
    if (f === 'txn' || f === 'read' || f === 'write') graph.take(operation);
    else log.ignored++;
  }
  graph.judge();
  return verdictOf(log, {
    promise: PROMISE,
    holds: `${count(graph.reads.length, 'read')} of ${count(graph.writes.size, 'written key')} agree on one order of the writes`,
    nothing: graph.reads.length === 0 ? 'no keys were read' : undefined,
    counts: { reads: graph.reads.length, writes: graph.writes.size },
  });
}

interface Write {
  readonly operation: Operation;
  readonly key: Plain;
  readonly value: Plain;
}

/** Writes and reads with what must come before what: a write before the reads that saw it, a read before writes it did not. */
class ReadOrder {
  readonly reads: Operation[] = [];
  readonly writes: Map<unknown, Write> = new Map();
  private readonly failed = new Map<unknown, Write>();
  private readonly log: FindingLog<Kind>;
  private readonly narrator: Narrator;
  private readonly after = new Map<Operation, Operation[]>();

  constructor(log: FindingLog<Kind>, narrator: Narrator) {
    this.log = log;
    this.narrator = narrator;
  }

  take(operation: Operation): void {
    const steps = stepsOf(operation);
    const [first] = steps;
    this.log.examined++;
    if (first === undefined) return;
    if (first[0] !== 'w') {
      if (operation.outcome === 'ok') this.reads.push(operation);
      return;
    }
    const write = { operation, key: first[1], value: first[2] };
    const key = valueKey(write.key);
    if (operation.outcome === 'fail') this.failed.set(key, write);
    else if (this.writes.has(key)) {
      throw new UnsupportedOperationError(
        NAME,
        operation,
        `key ${show(write.key)} is written twice; write each key once`,
      );
    } else this.writes.set(key, write);
  }

  judge(): void {
    for (const read of this.reads) for (const step of stepsOf(read)) this.relate(read, step);
    const left = this.leftOver();
    if (left.size > 0) this.longFork(this.shortestCycle(left));
  }

  private relate(read: Operation, [, key, value]: MicroOperation): void {
    this.log.steps++;
    const write = this.writes.get(valueKey(key));
    if (value === null) {
      if (write !== undefined) this.add(read, write.operation);
    } else if (write !== undefined && valueKey(write.value) === valueKey(value))
      this.add(write.operation, read);
    else this.unexpected(read, key, value);
  }

  private add(from: Operation, to: Operation): void {
    const list = this.after.get(from);
    if (list === undefined) this.after.set(from, [to]);
    else list.push(to);
  }

  /** The operations that no order takes in: those on cycles, and behind them. */
  private leftOver(): Set<Operation> {
    const before = new Map<Operation, number>();
    for (const list of this.after.values()) for (const to of list) before.set(to, (before.get(to) ?? 0) + 1);
    const free = [...this.after.keys()].filter((operation) => !before.has(operation));
    for (let operation = free.pop(); operation !== undefined; operation = free.pop()) {
      for (const to of this.after.get(operation) ?? []) {
        const left = (before.get(to) ?? 0) - 1;
        if (left > 0) before.set(to, left);
        else {
          before.delete(to);
          free.push(to);
        }
      }
    }
    return new Set(before.keys());
  }

  /** The shortest cycle through a read, looking from each read in turn until a shortest possible one (four operations) is found. */
  private shortestCycle(left: ReadonlySet<Operation>): Operation[] {
    let best: Operation[] = [];
    let looked = 0;
    for (const read of this.reads) {
      if (!left.has(read)) continue;
      const cycle = this.cycleThrough(read, left);
      if (cycle.length > 0 && (best.length === 0 || cycle.length < best.length)) best = cycle;
      if (best.length > 0 && (best.length <= 4 || ++looked >= MOST_STARTS)) break;
    }
    return this.tightened(best);
  }

  /** The shortest cycle among the operations of a cycle. */
  private tightened(cycle: readonly Operation[]): Operation[] {
    let best = [...cycle];
    for (let shorter = true; shorter; ) {
      shorter = false;
      for (const read of best.filter((operation) => this.reads.includes(operation))) {
        const found = this.cycleThrough(read, new Set(best));
        if (found.length === 0 || found.length >= best.length) continue;
        best = found;
        shorter = true;
        break;
      }
    }
    return best;
  }

  private cycleThrough(start: Operation, left: ReadonlySet<Operation>): Operation[] {
    const cameFrom = new Map<Operation, Operation>();
    let front = [start];
    while (front.length > 0) {
      const next: Operation[] = [];
      for (const operation of front) {
        for (const to of this.after.get(operation) ?? []) {
          this.log.steps++;
          if (to === start) return pathTo(operation, cameFrom);
          if (cameFrom.has(to) || !left.has(to)) continue;
          cameFrom.set(to, operation);
          next.push(to);
        }
      }
      front = next;
    }
    return [];
  }

  private longFork(cycle: readonly Operation[]): void {
    this.log.add('long-fork', () => {
      const reads = cycle.filter((operation) => stepsOf(operation)[0]?.[0] !== 'w');
      const told = reads.map((read) => {
        const at = cycle.indexOf(read);
        const earlier = cycle[(at + cycle.length - 1) % cycle.length] as Operation;
        const later = cycle[(at + 1) % cycle.length] as Operation;
        return this.narrator.tell(read, `saw ${writtenBy(earlier)} and not yet ${writtenBy(later)}`);
      });
      const writes = cycle.filter((operation) => !reads.includes(operation));
      const written = writes.map((write) => this.narrator.tell(write, `wrote ${writtenBy(write)}`));
      return {
        sentence: `no one order of the writes explains these reads: ${listed(told)}; ${listed(written)}`,
        operations: cycle,
      };
    });
  }

  private unexpected(read: Operation, key: Plain, value: Plain): void {
    this.log.add('unexpected', () => {
      const failed = this.failed.get(valueKey(key));
      const isFailed = failed !== undefined && valueKey(failed.value) === valueKey(value);
      const why = isFailed
        ? `although ${this.narrator.tell(failed.operation, 'had failed to write it')}`
        : 'which nobody wrote';
      return {
        sentence: `${this.narrator.tell(read, `read ${show(value)} from ${show(key)}`)}, ${why}`,
        operations: [read],
      };
    });
  }
}

/** Reads from which the shortest cycle is looked for when none is as short as can be. */
const MOST_STARTS = 1000;

function pathTo(end: Operation, cameFrom: ReadonlyMap<Operation, Operation>): Operation[] {
  const path: Operation[] = [];
  for (let at: Operation | undefined = end; at !== undefined; at = cameFrom.get(at)) path.push(at);
  return path.reverse();
}

function writtenBy(write: Operation): string {
  const [step] = stepsOf(write);
  return step === undefined ? 'nothing' : `${step[1]} = ${show(step[2])}`;
}

function stepsOf(operation: Operation): readonly MicroOperation[] {
  const steps =
    operation.outcome === 'ok' && isMicroOperations(operation.output) ? operation.output : operation.input;
  if (!isMicroOperations(steps)) throw new UnsupportedOperationError(NAME, operation, EXPECTED);
  const writes = steps.filter(([f]) => f === 'w').length;
  const isSound = writes === 0 ? steps.every(([f]) => f === 'r') : steps.length === 1;
  if (!isSound) throw new UnsupportedOperationError(NAME, operation, EXPECTED);
  return steps;
}
