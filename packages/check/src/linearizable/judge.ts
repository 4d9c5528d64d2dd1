import type { Operation } from '../history/operation.ts';
import type { Model } from '../models/model.ts';
import { ClassTable } from './classes.ts';
import type { Part } from './parts.ts';
import { layOut, type Problem } from './problem.ts';
import { ALL_REDUCTIONS, type Reductions, Search, type SearchStatus } from './search.ts';
import { Transitions } from './transitions.ts';

/** One object's history under judgement; can be paused and resumed. */
export class PartJudge<S> {
  readonly part: Part;
  readonly problem: Problem;
  readonly transitions: Transitions<S>;
  readonly search: Search;
  status: SearchStatus = 'paused';

  constructor(part: Part, model: Model<S>, reductions: Reductions = ALL_REDUCTIONS) {
    const classes = new ClassTable(model);
    this.part = part;
    this.problem = layOut(part.operations, classes);
    this.transitions = new Transitions(model, classes.representatives);
    this.search = new Search(this.problem, this.transitions, reductions);
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.search.steps;
  }

  /** Goes on for at most about `steps` steps. */
  goOn(steps: number): SearchStatus {
    if (this.status === 'paused') this.status = this.search.run(this.search.steps + steps);
    return this.status;
  }

  /** The order found, once the part holds. */
  order(): Operation[] {
    const order: Operation[] = [];
    for (const i of this.search.linearization()) order.push(this.part.operations[i] as Operation);
    return order;
  }

  /** The operation whose return no branch could get past, once the part is violated. */
  blocking(): Operation {
    const event = this.problem.events[this.search.furthest] as number;
    return this.part.operations[event >> 1] as Operation;
  }
}
