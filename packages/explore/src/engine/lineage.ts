import { Column } from './column.ts';

/** Between states whose parent is kept as it is. */
const EVERY = 1024;

/** Lineages as they are saved. */
export interface SavedLineage {
  readonly length: number;
  /** Chunks of the steps from one state's parent to the next one's, and of which step of its parent led to a state. */
  readonly strides: readonly Int32Array[];
  readonly vias: readonly Int32Array[];
}

/**
 * How each state was found first: from which state, by which of its steps. States are expanded in the order of their numbers, so parents
 * hardly ever are far apart from one state to the next, and two bytes a state suffice.
 */
export class Lineage {
  private readonly strides: Column;
  private readonly vias: Column;
  /** The parent of the state before each `EVERY`th. */
  private readonly marks: number[] = [];
  private last = -1;

  constructor(saved?: SavedLineage) {
    const { length = 0, strides = [], vias = [] } = saved ?? {};
    this.strides = Column.restored(strides, length);
    this.vias = Column.restored(vias, length);
    for (let state = 0; state < length; state++) {
      if (state % EVERY === 0) this.marks.push(this.last);
      this.last += this.strides.at(state);
    }
  }

  get length(): number {
    return this.strides.length;
  }

  get bytes(): number {
    return this.strides.bytes + this.vias.bytes + 8 * this.marks.length;
  }

  /** Adds the next state, found from `parent`, or -1 for an initial one, and answers its number. */
  push(parent: number, via: number): number {
    const state = this.strides.length;
    if (state % EVERY === 0) this.marks.push(this.last);
    this.strides.push(parent - this.last);
    this.vias.push(via);
    this.last = parent;
    return state;
  }

  private parent(state: number): number {
    const mark = Math.floor(state / EVERY);
    let parent = this.marks[mark] as number;
    for (let at = mark * EVERY; at <= state; at++) parent += this.strides.at(at);
    return parent;
  }

  /** Which initial state, and then which step of each state in turn, leads to a state. */
  pathTo(state: number): readonly number[] {
    const path: number[] = [];
    for (let n = state; n >= 0; n = this.parent(n)) path.push(this.vias.at(n));
    return path.reverse();
  }

  save(): SavedLineage {
    return { length: this.length, strides: this.strides.words, vias: this.vias.words };
  }
}
