import type { Operation } from '../history/operation.ts';
import { illegal, type Model, type Plan } from '../models/model.ts';
import { Interner } from './intern.ts';
import { type Arena, grown } from './ints.ts';
import { PairMap } from './pairMap.ts';
import type { Rules } from './rules.ts';

const UNASKED = 0;
const ILLEGAL_CELL = 1;
const DENSE_CLASSES = 64;
const DENSE_CELLS = 1 << 14;
const FIRST_STATES = 24;

/**
 * The table state x class -> state, filled as the search asks: the model's `step` runs once per pair. Small tables are
 * dense; large ones hash only the pairs that were asked. What the model's plan rules out counts as illegal.
 */
export class Transitions<S> implements Rules {
  /** How often the model's `step` ran. */
  modelCalls = 0;
  readonly initial: number;
  readonly observes: Int32Array;
  readonly overwrites: Int32Array;
  private readonly model: Model<S>;
  private readonly representatives: readonly Operation[];
  private readonly states: Interner;
  private readonly arena: Arena;
  private readonly plan: Plan<S> | undefined;
  private readonly stride: number;
  private dense: Int32Array | undefined;
  private sparse: PairMap | undefined;

  constructor(model: Model<S>, representatives: readonly Operation[], arena: Arena, plan?: Plan<S>) {
    this.model = model;
    this.plan = plan;
    this.arena = arena;
    this.representatives = representatives;
    this.stride = representatives.length;
    if (this.stride <= DENSE_CLASSES) this.dense = arena.take(this.stride * FIRST_STATES);
    else this.sparse = new PairMap(arena, 4 * this.stride);
    this.observes = arena.take(this.stride);
    this.overwrites = arena.take(this.stride);
    for (let c = 0; c < this.stride; c++) {
      const operation = representatives[c] as Operation;
      if (model.observes?.(operation) === true) this.observes[c] = 1;
      if (model.overwrites?.(operation) === true) this.overwrites[c] = 1;
    }
    this.states = new Interner(arena);
    this.initial = this.states.idOf(model.init());
  }

  /** The state with that number. */
  stateOf(s: number): S {
    return this.states.values[s] as S;
  }

  next(s: number, c: number): number {
    if (this.dense !== undefined) {
      const at = s * this.stride + c;
      const cell = at < this.dense.length ? (this.dense[at] as number) : UNASKED;
      return cell === UNASKED ? this.ask(s, c) : cell - 2;
    }
    const cell = this.sparse === undefined ? UNASKED : this.sparse.get(s, c);
    return cell === UNASKED ? this.ask(s, c) : cell - 2;
  }

  private ask(s: number, c: number): number {
    this.modelCalls++;
    const operation = this.representatives[c] as Operation;
    const state = this.stateOf(s);
    const after = this.model.step(state, operation);
    const isOut = after === illegal || (this.plan !== undefined && !this.plan.allows(state, operation));
    const cell = isOut ? ILLEGAL_CELL : this.states.idOf(after) + 2;
    this.store(s, c, cell);
    return cell - 2;
  }

  private store(s: number, c: number, cell: number): void {
    if (this.dense !== undefined) {
      const at = s * this.stride + c;
      if (at < this.dense.length) {
        this.dense[at] = cell;
        return;
      }
      const needed = Math.max(this.dense.length * 2, (s + 1) * this.stride);
      if (needed <= DENSE_CELLS) {
        this.dense = grown(this.dense, needed);
        this.dense[at] = cell;
        return;
      }
      this.sparse = this.thinOut(this.dense);
      this.dense = undefined;
    }
    this.sparse?.set(s, c, cell);
  }

  private thinOut(dense: Int32Array): PairMap {
    const map = new PairMap(this.arena, dense.length);
    for (let at = 0; at < dense.length; at++) {
      const cell = dense[at] as number;
      if (cell !== UNASKED) map.set(Math.floor(at / this.stride), at % this.stride, cell);
    }
    return map;
  }
}
