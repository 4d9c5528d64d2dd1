import type { Operation } from '../history/operation.ts';
import type { Model, Plan } from '../models/model.ts';
import type { Arena } from './ints.ts';
import type { Rules } from './rules.ts';
import { Transitions } from './transitions.ts';
import { WholeRules } from './whole.ts';

/** The rules of the objects a history is about: of one, or of several judged as one. */
export class Objects<S> {
  readonly transitions: Transitions<S>;
  readonly rules: Rules;
  /** How many objects there are. */
  readonly count: number;
  /** The object of each class. */
  readonly objectOf: Int32Array;
  private readonly whole: WholeRules | undefined;

  constructor(model: Model<S>, representatives: readonly Operation[], arena: Arena, plan?: Plan<S>) {
    this.transitions = new Transitions(model, representatives, arena, plan);
    this.objectOf = arena.take(representatives.length);
    const keys: string[] = [];
    if (model.key !== undefined) {
      const numbers = new Map<string, number>();
      for (let c = 0; c < representatives.length; c++) {
        const key = model.key(representatives[c] as Operation);
        let object = numbers.get(key);
        if (object === undefined) {
          object = keys.push(key) - 1;
          numbers.set(key, object);
        }
        this.objectOf[c] = object;
      }
    }
    this.count = Math.max(1, keys.length);
    if (this.count > 1) this.whole = new WholeRules(this.transitions, this.objectOf, this.count, arena);
    this.rules = this.whole ?? this.transitions;
  }

  /** The state of one object within a state of all; a number for `transitions.stateOf`. */
  stateOf(state: number, object: number): number {
    return this.whole === undefined ? state : this.whole.stateOf(state, object);
  }
}
