import type { Operation } from '../history/operation.ts';
import { illegal, type Model } from '../models/model.ts';
import { sortByTime } from './order.ts';
import type { ZoneVerdict } from './zones.ts';

/** Among more open operations the search, which has indexes for them, is faster. */
const MOST_OPEN = 64;
const NONE = -1;
const OBSERVES = 1;
const PLACED = 2;

/** How far it came. Without a verdict nothing is known. */
export interface Greedy {
  readonly verdict: ZoneVerdict | undefined;
  /** How often the model was asked. */
  readonly steps: number;
}

/**
 * Tries the one order that suggests itself: operations take effect when they complete, what only observes as soon as it is legal; another
 * open one comes first where that makes the completing one legal, or keeps the next observer reachable. What touches at one
 * instant counts as one after the other, which is stricter than need be, and histories with unknown outcomes are left to the
 * search. Short histories of systems that work are mostly explained by it, and those of a single client all judged, at a small part of what a search costs to set up.
 * `operations` by invocation, of one object if `isOne`.
 */
export function judgeGreedily<S>(operations: readonly Operation[], model: Model<S>, isOne: boolean): Greedy {
  // Somebody may have noticed what is unknown, and then this will not do.
  if (operations.some(({ outcome }) => outcome === 'unknown')) return { verdict: undefined, steps: 0 };
  return new GreedyOrder(operations, model, isOne).run();
}

class GreedyOrder<S> {
  private readonly operations: readonly Operation[];
  private readonly model: Model<S>;
  private readonly order: Int32Array;
  private placed = 0;
  /** Two operations were open at once. */
  private hadChoice = false;
  /** Of each operation `OBSERVES` and `PLACED`, if it is so. */
  private readonly marks: Uint8Array;
  private readonly isOne: boolean;
  private key = '';
  private state: S;
  /** The states of the other objects. */
  private states: Map<string, S> | undefined;
  private steps = 0;
  /** Operations invoked and not placed yet, by invocation, and their positions. */
  private readonly open: Operation[] = [];
  private readonly positions: number[] = [];
  /** Observers in order of completion, and how many of them are placed. */
  private observers: Int32Array | undefined;
  private seen = 0;

  constructor(operations: readonly Operation[], model: Model<S>, isOne: boolean) {
    const count = operations.length;
    this.operations = operations;
    this.model = model;
    this.isOne = isOne || model.key === undefined;
    this.order = new Int32Array(count);
    this.marks = new Uint8Array(count);
    this.state = model.init();
  }

  run(): Greedy {
    const { operations, open, model } = this;
    for (let i = 0; i < operations.length; i++) {
      if (model.observes?.(operations[i] as Operation) === true) this.marks[i] = OBSERVES;
    }
    for (let i = 0; i < operations.length; i++) {
      const operation = operations[i] as Operation;
      if (!this.completeUpTo(operation.invokedAt) || open.length === MOST_OPEN) return this.gaveUp();
      this.positions.push(i);
      open.push(operation);
      if (open.length > 1) this.hadChoice = true;
      if (this.marks[i] === OBSERVES) this.placeIfLegal(open.length - 1);
    }
    if (!this.completeUpTo(Number.POSITIVE_INFINITY)) return this.gaveUp();
    return { verdict: { status: 'holds', order: this.order.subarray(0, this.placed) }, steps: this.steps };
  }

  /** Where there never was a choice, what was placed and what could not be contradict each other. */
  private gaveUp(): Greedy {
    const stuck = this.positions[0];
    if (this.hadChoice || stuck === undefined) return { verdict: undefined, steps: this.steps };
    const conflict = [...this.order.subarray(0, this.placed), stuck];
    return { verdict: { status: 'violated', conflict }, steps: this.steps };
  }

  /** Places what completes by that time, the earliest first; false when there is no way. */
  private completeUpTo(time: number): boolean {
    const { open } = this;
    while (open.length > 0) {
      let first = 0;
      let end = Number.POSITIVE_INFINITY;
      for (let k = 0; k < open.length; k++) {
        const { completedAt } = open[k] as Operation;
        if (completedAt >= end) continue;
        end = completedAt;
        first = k;
      }
      if (end > time) return true;
      // They overlap, if only for an instant.
      if (end === time) this.hadChoice = true;
      if (!this.placeNext(first)) return false;
    }
    return true;
  }

  /** Places the operation at `k`, which completes, or one that had better come first; false when nothing will do. */
  private placeNext(k: number): boolean {
    const { open, positions, marks } = this;
    if (open.length === 1) return this.placeIfLegal(k);
    const awaited = this.nextObserver();
    const changes = awaited === undefined ? [] : this.openChanges();
    const own = this.after(k);
    if (own !== illegal && this.leavesHope(own, k, awaited, changes)) {
      this.place(k, own);
      return true;
    }
    for (let other = 0; other < open.length; other++) {
      if (other === k || marks[positions[other] as number] === OBSERVES) continue;
      const after = this.after(other);
      if (after === illegal || !this.leavesHope(after, other, awaited, changes)) continue;
      const isBlind = own === illegal && this.model.canReach === undefined;
      if (isBlind && !this.allows(after, open[k] as Operation)) continue;
      this.place(other, after);
      return true;
    }
    if (own === illegal) return false;
    this.place(k, own);
    return true;
  }

  /** True when the observer to complete next may still be legal. */
  private leavesHope(
    state: S,
    k: number,
    awaited: Operation | undefined,
    changes: readonly Operation[],
  ): boolean {
    const { model, open } = this;
    const operation = open[k] as Operation;
    if (model.canReach === undefined || awaited === undefined || awaited === operation) return true;
    if (!this.isOne && model.key?.(awaited) !== model.key?.(operation)) return true;
    this.steps++;
    return model.canReach(state, awaited, changes);
  }

  private openChanges(): readonly Operation[] {
    return this.open.filter((_, k) => this.marks[this.positions[k] as number] === 0);
  }

  private nextObserver(): Operation | undefined {
    if (this.model.canReach === undefined) return undefined;
    const observers = (this.observers ??= this.findObservers());
    while (this.seen < observers.length && (this.marks[observers[this.seen] as number] as number) >= PLACED)
      this.seen++;
    return this.operations[observers[this.seen] ?? NONE];
  }

  private findObservers(): Int32Array {
    const { operations, marks } = this;
    const ends = new Float64Array(operations.length);
    const found = new Int32Array(operations.length);
    let count = 0;
    for (let i = 0; i < ends.length; i++) {
      ends[i] = (operations[i] as Operation).completedAt;
      if (((marks[i] as number) & OBSERVES) !== 0) found[count++] = i;
    }
    const list = found.subarray(0, count);
    sortByTime(list, ends);
    return list;
  }

  private placeIfLegal(k: number): boolean {
    const after = this.after(k);
    if (after === illegal) return false;
    this.place(k, after);
    return true;
  }

  private after(k: number): S | typeof illegal {
    const operation = this.open[k] as Operation;
    if (!this.isOne) this.turnTo(operation);
    this.steps++;
    return this.model.step(this.state, operation);
  }

  private allows(state: S, operation: Operation): boolean {
    this.steps++;
    return this.model.step(state, operation) !== illegal;
  }

  /** Makes the operation's object the present one. */
  private turnTo(operation: Operation): void {
    const { model } = this;
    const key = model.key?.(operation) ?? '';
    if (key === this.key) return;
    const states = (this.states ??= new Map<string, S>());
    states.set(this.key, this.state);
    this.key = key;
    this.state = states.has(key) ? (states.get(key) as S) : model.init();
  }

  private place(k: number, after: S): void {
    const i = this.positions[k] as number;
    if (!this.isOne) this.turnTo(this.open[k] as Operation);
    for (let next = k + 1; next < this.open.length; next++) {
      this.open[next - 1] = this.open[next] as Operation;
      this.positions[next - 1] = this.positions[next] as number;
    }
    this.open.pop();
    this.positions.pop();
    this.order[this.placed++] = i;
    this.marks[i] = (this.marks[i] as number) | PLACED;
    if (after === this.state) return;
    this.state = after;
    this.placeObservers();
  }

  private placeObservers(): void {
    const { open, key, model, isOne, marks, positions } = this;
    for (let k = 0; k < open.length; k++) {
      if (marks[positions[k] as number] === 0) continue;
      if (!isOne && model.key?.(open[k] as Operation) !== key) continue;
      // It changes nothing, so nothing but itself leaves the list.
      if (this.placeIfLegal(k)) k--;
    }
  }
}
