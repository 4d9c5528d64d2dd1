import type { Operation } from '../history/operation.ts';
import type { Model } from '../models/model.ts';
import { NEVER } from './events.ts';
import type { Arena } from './ints.ts';
import type { Objects } from './objects.ts';
import type { LiveOperations } from './live.ts';
import { PairMap } from './pairMap.ts';
import type { Problem } from './problem.ts';
import type { Foresight } from './rules.ts';

const CACHED_LISTS = 512;
const DEAD = 1;
const ALIVE = 2;

/**
 * Asks the model's `canReach` whether the observer that returns next, on the object last changed, can still see what it saw.
 * The changes it is told of are a superset of those that can come in between, so a "no" is final.
 */
export class Lookahead<S> implements Foresight {
  private readonly problem: Problem;
  private readonly model: Model<S>;
  private readonly objects: Objects<S>;
  /** Of each object the known observers, in order of return. */
  private readonly observers: readonly number[][];
  private readonly answers: PairMap;
  private readonly changes = new Map<number, readonly Operation[]>();

  constructor(problem: Problem, model: Model<S>, objects: Objects<S>, arena: Arena) {
    this.problem = problem;
    this.model = model;
    this.objects = objects;
    this.answers = new PairMap(arena, 2 * problem.operations.length);
    const observers: number[][] = Array.from({ length: objects.count }, () => []);
    for (const event of problem.events) {
      const i = event >> 1;
      if ((event & 1) === 1 && this.observes(i)) observers[this.objectOf(i)]?.push(i);
    }
    this.observers = observers;
  }

  nextObserver(event: number, placed: number): number {
    const list = this.observers[placed === -1 ? 0 : this.objectOf(placed)] ?? [];
    return list[this.rankAt(list, event)] ?? -1;
  }

  isSameObject(i: number, placed: number): boolean {
    return this.objects.count === 1 || (placed !== -1 && this.objectOf(i) === this.objectOf(placed));
  }

  canReach(state: number, i: number, isNext: boolean, open: LiveOperations): boolean {
    const single = this.objects.stateOf(state, this.objectOf(i));
    const question = i * 2 + (isNext ? 1 : 0);
    const known = this.answers.get(single, question);
    if (known !== 0) return known === ALIVE;
    const observation = this.problem.operations[i] as Operation;
    const changes = this.changesFor(question, open);
    const isAlive =
      this.model.canReach?.(this.objects.transitions.stateOf(single), observation, changes) !== false;
    this.answers.set(single, question, isAlive ? ALIVE : DEAD);
    return isAlive;
  }

  /** The rank of the first observer of the list that returns at `event` or later. */
  private rankAt(list: readonly number[], event: number): number {
    const { returnAt } = this.problem;
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((returnAt[list[middle] as number] as number) < event) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Everything that may change the object while the question can be asked. */
  private changesFor(question: number, open: LiveOperations): readonly Operation[] {
    const i = question >> 1;
    const known = this.changes.get(question);
    if (known !== undefined) return known;
    const { events, invokeAt, returnAt, operations } = this.problem;
    const object = this.objectOf(i);
    const list: Operation[] = [];
    const add = (j: number): void => {
      if (returnAt[j] === NEVER || this.observes(j) || this.objectOf(j) !== object) return;
      list.push(operations[j] as Operation);
    };
    const end = returnAt[i] as number;
    const begin = (question & 1) === 1 ? this.nextFrom(i, end) : (invokeAt[i] as number);
    for (let e = begin; e < end; e++) {
      const event = events[e] as number;
      const j = event >> 1;
      if ((event & 1) === 1 || (returnAt[j] as number) >= end) add(j);
    }
    // Those open all that while are open now.
    for (const j of open.list())
      if ((invokeAt[j] as number) < begin && (returnAt[j] as number) >= end) add(j);
    const completedAt = (operations[i] as Operation).completedAt;
    for (const kind of this.problem.unknownKinds) {
      const first = operations[kind.operations[0] as number] as Operation;
      if (first.invokedAt > completedAt) break;
      if (this.objectOf(kind.operations[0] as number) === object) list.push(first);
    }
    if (this.changes.size >= CACHED_LISTS) this.changes.clear();
    this.changes.set(question, list);
    return list;
  }

  /** The first event from which the observer returning at `end` is the next one of its object to return. */
  private nextFrom(i: number, end: number): number {
    const list = this.observers[this.objectOf(i)] ?? [];
    const before = list[this.rankAt(list, end) - 1];
    return before === undefined ? 0 : (this.problem.returnAt[before] as number) + 1;
  }

  private objectOf(i: number): number {
    return this.objects.objectOf[this.problem.classOf[i] as number] as number;
  }

  private observes(i: number): boolean {
    return this.objects.transitions.observes[this.problem.classOf[i] as number] === 1;
  }
}
