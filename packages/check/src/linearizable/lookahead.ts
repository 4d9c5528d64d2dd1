import type { Operation } from '../history/operation.ts';
import type { Model } from '../models/model.ts';
import { NEVER } from './events.ts';
import type { Arena } from './ints.ts';
import type { Problem } from './problem.ts';
import { PairMap } from './pairMap.ts';
import type { Transitions } from './transitions.ts';

const CACHED_LISTS = 64;
const DEAD = 1;
const ALIVE = 2;

/**
 * Asks the model's `canReach` whether the observer that returns next can still see what it saw. The changes it is told of
 * are a superset of those that can come in between, so a "no" is final.
 */
export class Lookahead<S> {
  private readonly problem: Problem;
  private readonly model: Model<S>;
  private readonly transitions: Transitions<S>;
  /** Known observers in order of return. */
  private readonly observers: Int32Array;
  /** For each event the rank of the first observer that returns there or later. */
  private readonly rankAt: Int32Array;
  private readonly answers: PairMap;
  private readonly changes = new Map<number, readonly Operation[]>();

  constructor(problem: Problem, model: Model<S>, transitions: Transitions<S>, arena: Arena) {
    this.answers = new PairMap(arena);
    this.problem = problem;
    this.model = model;
    this.transitions = transitions;
    const { events, classOf } = problem;
    const observers = arena.take(problem.operations.length);
    let found = 0;
    this.rankAt = arena.take(events.length + 1);
    for (let e = 0; e < events.length; e++) {
      const event = events[e] as number;
      this.rankAt[e] = found;
      const i = event >> 1;
      const isReturn = (event & 1) === 1;
      if (isReturn && transitions.observes[classOf[i] as number] === 1) observers[found++] = i;
    }
    this.rankAt[events.length] = found;
    this.observers = observers.subarray(0, found);
  }

  nextObserver(event: number): number {
    const rank = this.rankAt[event] as number;
    return rank < this.observers.length ? (this.observers[rank] as number) : -1;
  }

  /** False when observer `i` can no longer be legal, from the present state. `holders` are the operations by slot. */
  canReach(state: number, i: number, event: number, holders: Int32Array): boolean {
    const known = this.answers.get(state, i);
    if (known !== 0) return known === ALIVE;
    const observation = this.problem.operations[i] as Operation;
    const isAlive =
      this.model.canReach?.(
        this.transitions.stateOf(state),
        observation,
        this.changesFor(i, event, holders),
      ) !== false;
    this.answers.set(state, i, isAlive ? ALIVE : DEAD);
    return isAlive;
  }

  /** Everything that may change the state while observer `i` is the next to return. */
  private changesFor(i: number, event: number, holders: Int32Array): readonly Operation[] {
    const known = this.changes.get(i);
    if (known !== undefined) return known;
    const { events, returnAt, operations } = this.problem;
    const found = new Set<number>();
    // Those open all that while are open now.
    for (const holder of holders)
      if (holder !== -1 && (returnAt[holder] as number) >= event) found.add(holder);
    const end = returnAt[i] as number;
    for (let e = this.windowBegin(end); e < end; e++) found.add((events[e] as number) >> 1);
    const list: Operation[] = [];
    for (const j of found) {
      if (returnAt[j] !== NEVER && !this.observes(j)) list.push(operations[j] as Operation);
    }
    const lastInvoked = this.lastInvokedBefore(end);
    for (const kind of this.problem.unknownKinds) {
      const first = kind.operations[0] as number;
      if (first <= lastInvoked && !this.observes(first)) list.push(operations[first] as Operation);
    }
    if (this.changes.size >= CACHED_LISTS) this.changes.clear();
    this.changes.set(i, list);
    return list;
  }

  /** The first event from which the observer returning at `end` is the next one to return. */
  private windowBegin(end: number): number {
    const before = (this.rankAt[end] as number) - 1;
    return before < 0 ? 0 : (this.problem.returnAt[this.observers[before] as number] as number) + 1;
  }

  private lastInvokedBefore(end: number): number {
    let last = -1;
    for (let e = end - 1; e >= 0; e--) {
      const event = this.problem.events[e] as number;
      if ((event & 1) === 1) continue;
      last = Math.max(last, event >> 1);
      break;
    }
    return last;
  }

  private observes(i: number): boolean {
    return this.transitions.observes[this.problem.classOf[i] as number] === 1;
  }
}
