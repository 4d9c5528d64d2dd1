/** What a search for one order of all operations found. */
export interface SequentialFinding {
  readonly status: 'holds' | 'violated' | 'undecided';
  /** The order found, or the longest one that breaks nothing: operations by position. */
  readonly order: Int32Array;
  readonly steps: number;
  /** With the longest order: the operations none of which can come next. */
  readonly stuck?: readonly number[];
}

/** Remembers the branch that placed most. */
export class Deepest {
  private order: Int32Array = new Int32Array(0);
  private stuck: readonly number[] = [];

  /** A branch has placed `order` up to `placed`; the next operations of the processes are `heads`. */
  note(order: Int32Array, placed: number, heads: () => readonly number[]): void {
    if (placed <= this.order.length && this.stuck.length > 0) return;
    this.order = order.slice(0, placed);
    this.stuck = heads();
  }

  finding(status: 'violated' | 'undecided', steps: number): SequentialFinding {
    return { status, order: this.order, steps, stuck: this.stuck };
  }
}
