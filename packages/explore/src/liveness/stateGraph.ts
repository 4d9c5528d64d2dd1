import { IntLists } from '../engine/intLists.ts';
import { Ints } from '../engine/ints.ts';
import { type Space, type StepText, Successors } from '../engine/space.ts';

/**
 * Every state of a space with every step between them, for questions about runs without end. States are numbered breadth first, so that
 * following parents back gives a shortest way. Keeps whole states and all steps.
 */
export class StateGraph {
  /** All states were visited. */
  readonly complete: boolean;
  private readonly space: Space;
  private readonly vectors = new IntLists();
  private readonly parents = new Ints(1024);
  private readonly parentVias = new Ints(1024);
  /** Per state, where its steps begin. */
  private readonly first = new Ints(1024);
  private readonly targets = new Ints(4096);
  private readonly fair = new Ints(4096);
  private readonly vias = new Ints(4096);
  private readonly out = new Successors();

  constructor(space: Space, maxStates: number) {
    this.space = space;
    // The empty list has number 0 in `vectors`; states come after it.
    space.initial().forEach((words, index) => this.number(words, words.length, -1, index));
    let state = 0;
    for (; state < this.states && this.states <= maxStates; state++) this.expand(state);
    this.complete = state === this.states;
  }

  get states(): number {
    return this.parents.length;
  }

  /** Where the steps of a state begin and end among all steps; empty for one that was not expanded. */
  range(state: number): readonly [number, number] {
    if (state >= this.first.length) return [0, 0];
    const end = state + 1 < this.first.length ? this.first.at(state + 1) : this.targets.length;
    return [this.first.at(state), end];
  }

  target(step: number): number {
    return this.targets.at(step);
  }

  /** The class of a step, -1 for one that nobody promises to take. */
  fairClass(step: number): number {
    return this.fair.at(step);
  }

  /** The state's vector. */
  vector(state: number): Int32Array {
    return Int32Array.from(this.vectors.toArray(state + 1));
  }

  /** A step of a state for readers. */
  describe(state: number, step: number): StepText {
    const words = this.vector(state);
    this.successors(words);
    return this.space.describe(words, 0, words.length, this.out, this.vias.at(step));
  }

  /** A shortest way from an initial state, as (state, step) pairs; the initial state's number is the first state. */
  wayTo(state: number): { readonly start: number; readonly steps: readonly (readonly [number, number])[] } {
    const steps: (readonly [number, number])[] = [];
    let at = state;
    while (this.parents.at(at) >= 0) {
      const parent = this.parents.at(at);
      steps.push([parent, this.first.at(parent) + this.parentVias.at(at)]);
      at = parent;
    }
    return { start: at, steps: steps.reverse() };
  }

  private successors(words: Int32Array): void {
    const { space, out } = this;
    space.hash(words, 0, words.length);
    out.clear();
    space.expand(words, 0, words.length, space.low, space.high, out);
  }

  private expand(state: number): void {
    const { space, out } = this;
    const words = this.vector(state);
    this.first.push(this.targets.length);
    this.successors(words);
    const target = new Int32Array(space.roomAfter(words.length));
    for (let via = 0; via < out.count; via++) {
      const length = space.write(words, 0, words.length, out, via, target, 0);
      const position = this.targets.length - this.first.at(state);
      const next = this.number(target, length, state, position);
      // A step back to the same state is no step.
      if (next === state) continue;
      this.targets.push(next);
      this.fair.push(space.fairClass(out, via));
      this.vias.push(via);
    }
  }

  /** The number of a state, a new one if it was never seen. */
  private number(words: Int32Array, length: number, parent: number, via: number): number {
    const number = this.vectors.intern(words, 0, length) - 1;
    if (number === this.states) {
      this.parents.push(parent);
      this.parentVias.push(via);
    }
    return number;
  }
}
