import type { Operation } from '../history/operation.ts';
import { illegal, type Model } from '../models/model.ts';
import { Interner } from './intern.ts';
import { grown } from './ints.ts';
import type { Rules } from './search.ts';

const UNASKED = 0;
const ILLEGAL_CELL = 1;
const DENSE_CELLS = 1 << 20;

/**
 * The table state x class -> state, filled as the search asks: the model's `step` runs once per pair. Small tables are
 * dense; large ones hash only the pairs that were asked.
 */
export class Transitions<S> implements Rules {
  /** How often the model's `step` ran. */
  modelCalls = 0;
  readonly initial: number;
  readonly observes: Uint8Array;
  readonly overwrites: Uint8Array;
  private readonly model: Model<S>;
  private readonly representatives: readonly Operation[];
  private readonly states = new Interner();
  private readonly stride: number;
  private dense: Int32Array | undefined;
  private sparse: PairMap | undefined;

  constructor(model: Model<S>, representatives: readonly Operation[]) {
    this.model = model;
    this.representatives = representatives;
    this.stride = representatives.length;
    if (this.stride <= DENSE_CELLS >> 4) this.dense = new Int32Array(this.stride * 16);
    else this.sparse = new PairMap();
    this.observes = new Uint8Array(this.stride);
    this.overwrites = new Uint8Array(this.stride);
    for (let c = 0; c < this.stride; c++) {
      const operation = representatives[c] as Operation;
      if (model.observes?.(operation) === true) this.observes[c] = 1;
      if (model.overwrites?.(operation) === true) this.overwrites[c] = 1;
    }
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
    const after = this.model.step(this.stateOf(s), this.representatives[c] as Operation);
    const cell = after === illegal ? ILLEGAL_CELL : this.states.idOf(after) + 2;
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
      this.sparse = PairMap.fromDense(this.dense, this.stride);
      this.dense = undefined;
    }
    this.sparse?.set(s, c, cell);
  }
}

/** Open addressing from pairs of small numbers to a positive number; 0 means absent. */
export class PairMap {
  private keys: Int32Array = new Int32Array(2 * 1024);
  private cells: Int32Array = new Int32Array(1024);
  private used = 0;

  static fromDense(dense: Int32Array, stride: number): PairMap {
    const map = new PairMap();
    for (let at = 0; at < dense.length; at++) {
      const cell = dense[at] as number;
      if (cell !== 0) map.set(Math.floor(at / stride), at % stride, cell);
    }
    return map;
  }

  get(a: number, b: number): number {
    return this.cells[this.find(a, b)] as number;
  }

  set(a: number, b: number, cell: number): void {
    let at = this.find(a, b);
    if (this.cells[at] === 0) {
      if (this.used * 2 >= this.cells.length) {
        this.grow();
        at = this.find(a, b);
      }
      this.used++;
    }
    this.keys[2 * at] = a;
    this.keys[2 * at + 1] = b;
    this.cells[at] = cell;
  }

  private find(a: number, b: number): number {
    const last = this.cells.length - 1;
    let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77);
    h ^= h >>> 15;
    let at = h & last;
    while (this.cells[at] !== 0 && (this.keys[2 * at] !== a || this.keys[2 * at + 1] !== b))
      at = (at + 1) & last;
    return at;
  }

  private grow(): void {
    const { keys, cells } = this;
    this.keys = new Int32Array(keys.length * 2);
    this.cells = new Int32Array(cells.length * 2);
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i] as number;
      if (cell === 0) continue;
      const at = this.find(keys[2 * i] as number, keys[2 * i + 1] as number);
      this.keys[2 * at] = keys[2 * i] as number;
      this.keys[2 * at + 1] = keys[2 * i + 1] as number;
      this.cells[at] = cell;
    }
  }
}
