import type { History, Operation } from '../history/operation.ts';
import { checkLinearizable, DEFAULT_STEP_BUDGET, NoRealTimeError } from '../linearizable/check.ts';
import { mergeOrders, type Placed } from '../linearizable/merge.ts';
import { type Part, splitParts } from '../linearizable/parts.ts';
import { replayOrder } from '../linearizable/replay.ts';
import { count, Teller } from '../linearizable/words.ts';
import { judgeByZones } from '../linearizable/zones.ts';
import type { Model } from '../models/model.ts';
import { type ModelName, modelNamed } from '../models/named.ts';
import type { Verdict } from '../verdict.ts';
import { judgeCounter } from './counter.ts';
import { elementModel, isAboutOneElement } from './elements.ts';
import type { Contradiction, Monitor } from './monitor.ts';
import { judgePriorityQueue } from './priorityQueue.ts';
import { judgeQueue } from './queue.ts';
import { judgeSetChain } from './setChain.ts';
import { judgeStack } from './stack.ts';
import {
  growingSetRunner,
  priorityRunner,
  queueRunner,
  type Runner,
  stackRunner,
  validateOrder,
} from './validate.ts';

const PROMISE = 'linearizability';

/**
 * What judged an object: `zones` a register with unique values, `queue`, `stack`, `priority-queue` one into which no value is put twice,
 * `set-chain` a growing set read as a whole, `set-elements` the general search on each element of a set by itself, `counter` one
 * with increments of one size, `search` the general search.
 */
export type ObjectAlgorithm =
  | 'zones'
  | 'queue'
  | 'stack'
  | 'priority-queue'
  | 'set-chain'
  | 'set-elements'
  | 'counter'
  | 'search';

/** How many objects and operations one algorithm judged. */
export interface JudgedBy {
  readonly algorithm: ObjectAlgorithm;
  readonly objects: number;
  readonly operations: number;
}

/** A verdict on objects that says which algorithms judged them; when violated, only those that were reached. */
export interface ObjectVerdict extends Verdict {
  readonly judgedBy: readonly JudgedBy[];
}

/** How `checkObject` goes about it. */
export interface ObjectOptions {
  /** Steps the general search may take before the verdict is `undecided`. */
  readonly stepBudget?: number;
  /** `search` leaves every object to the general search. `auto` unless told otherwise. */
  readonly method?: 'auto' | 'search';
}

/** Thrown for a model name that is none. */
export class UnknownModelError extends RangeError {
  readonly code = 'UNKNOWN_MODEL';
  constructor(name: string) {
    super(`Cannot judge by model '${name}': there is none of that name; modelNames lists them`);
    this.name = 'UnknownModelError';
  }
}

interface Specialist {
  readonly algorithm: ObjectAlgorithm;
  readonly monitor: Monitor;
  /** Runs the object to validate an order; absent where the model itself does so in constant time a step. */
  readonly runner?: () => Runner;
}

const SPECIALISTS: Readonly<Partial<Record<ModelName, Specialist>>> = {
  'fifo-queue': { algorithm: 'queue', monitor: judgeQueue, runner: queueRunner },
  stack: { algorithm: 'stack', monitor: judgeStack, runner: stackRunner },
  'priority-queue': { algorithm: 'priority-queue', monitor: judgePriorityQueue, runner: priorityRunner },
  set: { algorithm: 'set-chain', monitor: judgeSetChain, runner: growingSetRunner },
  counter: { algorithm: 'counter', monitor: judgeCounter },
};

/**
 * Judges whether a history of objects is linearizable by the model of that name, each object by the fastest means that
 * applies: near linear time where no value is put in twice, the general search elsewhere. The same verdict as `checkLinearizable`. An order
 * found is validated by code of its own. A contradiction found by a specialist names all operations on the values it needs.
 *
 * `undecided` only when the step budget of the general search is spent. Throws `UnknownModelError`, and what `checkLinearizable` throws.
 */
export function checkObject(
  history: History,
  modelName: ModelName,
  options: ObjectOptions = {},
): ObjectVerdict {
  if (history.order === 'session') throw new NoRealTimeError();
  const model = modelNamed(modelName);
  if (model === undefined) throw new UnknownModelError(modelName);
  return new ObjectRouter(history, model, options).judge(modelName);
}

class ObjectRouter {
  private readonly history: History;
  private readonly model: Model;
  private readonly options: ObjectOptions;
  private readonly tally = new Map<ObjectAlgorithm, { objects: number; operations: number }>();
  private readonly placed: Placed[] = [];
  private readonly left: Part[] = [];
  private examined = 0;
  private steps = 0;

  constructor(history: History, model: Model, options: ObjectOptions) {
    this.history = history;
    this.model = model;
    this.options = options;
  }

  judge(name: ModelName): ObjectVerdict {
    const parts = splitParts(this.history, this.model, true);
    this.examined = parts.reduce((sum, { operations }) => sum + operations.length, 0);
    const specialist = SPECIALISTS[name];
    for (const part of parts) {
      const wrong = this.options.method === 'search' ? undefined : this.judgePart(part, specialist);
      if (wrong !== undefined) return wrong;
    }
    const bySearch = this.left.length === 0 ? undefined : this.search(name);
    if (bySearch !== undefined && bySearch.status !== 'holds') return bySearch;
    return this.holds();
  }

  /** Judges an object by a specialist, or leaves it to the search. A verdict only when it is violated. */
  private judgePart(part: Part, specialist: Specialist | undefined): ObjectVerdict | undefined {
    const { operations } = part;
    if (this.model.register !== undefined) {
      const zones = judgeByZones(operations, this.model.register);
      if (zones === undefined) this.left.push(part);
      else if (zones.status === 'violated') return this.explained(part);
      else {
        replayOrder(operations, zones.order, this.model);
        this.place(operations, zones.order, 'zones');
      }
      return undefined;
    }
    const found = specialist?.monitor(operations);
    if (specialist === undefined || found === undefined) {
      this.left.push(part);
      return undefined;
    }
    const { algorithm, runner } = specialist;
    if (found.status === 'violated') return this.contradicted(operations, found, algorithm);
    if (runner === undefined) replayOrder(operations, found.order, this.model);
    else validateOrder(operations, found.order, runner());
    this.place(operations, found.order, algorithm);
    return undefined;
  }

  private place(operations: readonly Operation[], order: Int32Array, algorithm: ObjectAlgorithm): void {
    this.placed.push({ operations, order });
    this.count(algorithm, 1, operations.length);
    this.steps += operations.length;
  }

  private count(algorithm: ObjectAlgorithm, objects: number, operations: number): void {
    const known = this.tally.get(algorithm) ?? { objects: 0, operations: 0 };
    this.tally.set(algorithm, {
      objects: known.objects + objects,
      operations: known.operations + operations,
    });
  }

  private judgedBy(): JudgedBy[] {
    return [...this.tally].map(([algorithm, work]) => ({ algorithm, ...work }));
  }

  /** A register that the zones found violated, explained by the general checker. */
  private explained({ operations }: Part): ObjectVerdict {
    this.count('zones', 1, operations.length);
    const verdict = checkLinearizable({ ...this.history, operations }, this.model);
    const evidence = {
      ...verdict.evidence,
      examined: this.examined,
      steps: this.steps + verdict.evidence.steps,
    };
    return { ...verdict, evidence, judgedBy: this.judgedBy() };
  }

  private contradicted(
    operations: readonly Operation[],
    found: Contradiction,
    algorithm: ObjectAlgorithm,
  ): ObjectVerdict {
    const teller = new Teller(this.model, this.history.timeUnit);
    this.count(algorithm, 1, operations.length);
    return {
      promise: PROMISE,
      status: 'violated',
      reason: found.why((position) => teller.tell(operations[position] as Operation)),
      evidence: {
        examined: this.examined,
        steps: this.steps + operations.length,
        blocking: operations[found.blocking] as Operation,
        minimal: found.conflict.map((position) => operations[position] as Operation),
      },
      judgedBy: this.judgedBy(),
    };
  }

  /** The objects no specialist took, by the general search; sets of which nobody reads the whole element by element. */
  private search(name: ModelName): ObjectVerdict {
    const operations = this.left.flatMap((part) => part.operations).sort((a, b) => a.id - b.id);
    const isByElement =
      name === 'set' && this.options.method !== 'search' && operations.every(isAboutOneElement);
    const model: Model = isByElement ? elementModel() : this.model;
    const verdict = checkLinearizable({ ...this.history, operations }, model, {
      stepBudget: this.options.stepBudget ?? DEFAULT_STEP_BUDGET,
      method: this.options.method ?? 'auto',
    });
    this.count(isByElement ? 'set-elements' : 'search', this.left.length, operations.length);
    this.steps += verdict.evidence.steps;
    if (verdict.evidence.order !== undefined) {
      const positionOf = new Map(operations.map(({ id }, position) => [id, position]));
      const order = Int32Array.from(verdict.evidence.order, (id) => positionOf.get(id) ?? 0);
      this.placed.push({ operations, order });
    }
    const evidence = { ...verdict.evidence, examined: this.examined, steps: this.steps };
    return { ...verdict, evidence, judgedBy: this.judgedBy() };
  }

  /** Processes went on from object to object at one instant in a way that the orders found contradict: judged again, together. */
  private whole(): ObjectVerdict {
    const verdict = checkLinearizable(this.history, this.model, {
      stepBudget: this.options.stepBudget ?? DEFAULT_STEP_BUDGET,
    });
    const steps = this.steps + verdict.evidence.steps;
    return { ...verdict, evidence: { ...verdict.evidence, steps }, judgedBy: this.judgedBy() };
  }

  private holds(): ObjectVerdict {
    const merged = mergeOrders(this.placed);
    if (merged.status === 'contradicted') return this.whole();
    const { operations } = merged;
    const order = Array.from(merged.order, (i) => (operations[i] as Operation).id);
    const objects = [...this.tally.values()].reduce((sum, work) => sum + work.objects, 0);
    const how = [...this.tally].map(([algorithm, work]) => `${work.objects} by ${algorithm}`).join(', ');
    return {
      promise: PROMISE,
      status: 'holds',
      reason:
        this.examined === 0
          ? `nothing was examined: the history has no operation that says anything about ${this.model.name}`
          : `${count(order.length, 'operation')} on ${count(objects, 'object')} (${how}) fit one order that keeps real time and that ${this.model.name} allows`,
      evidence: { examined: this.examined, steps: this.steps, order },
      judgedBy: this.judgedBy(),
    };
  }
}
