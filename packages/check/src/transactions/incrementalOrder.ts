import { Int32Column } from './growable.ts';

/** Belongs to no choice: the edge is certain. */
export const CERTAIN = -1;

/**
 * A directed graph that stays acyclic while edges come and, last in first out, go; every node has a place such that
 * edges lead forward (Pearce and Kelly, A Dynamic Topological Sort Algorithm for Directed Acyclic Graphs, JEA 2006).
 */
export class IncrementalOrder {
  /** Edges looked at so far. */
  steps = 0;
  /** `place[node]`: edges lead to greater places. */
  readonly place: Int32Array;
  private readonly nodes: number;
  private readonly from = new Int32Column();
  private readonly to = new Int32Column();
  private readonly label = new Int32Column();
  private readonly nextOut = new Int32Column();
  private readonly nextIn = new Int32Column();
  private readonly firstOut: Int32Array;
  private readonly firstIn: Int32Array;
  private readonly mark: Int32Array;
  private readonly reachedBy: Int32Array;
  private round = 0;
  /** The nodes by their turns. */
  private sequence: Int32Array | undefined;
  private readonly forward = new Int32Column();
  private readonly backward = new Int32Column();

  constructor(nodes: number) {
    this.nodes = nodes;
    this.place = new Int32Array(nodes);
    this.firstOut = new Int32Array(nodes).fill(-1);
    this.firstIn = new Int32Array(nodes).fill(-1);
    this.mark = new Int32Array(nodes);
    this.reachedBy = new Int32Array(nodes);
    for (let node = 0; node < nodes; node++) this.place[node] = node;
  }

  get edges(): number {
    return this.from.length;
  }

  /** Adds a certain edge without looking; `settle` must follow before any other call. */
  addBlindly(from: number, to: number, label: number): void {
    this.link(from, to, label);
  }

  /**
   * Gives every node a place, after `addBlindly` or afresh, as near to the order of `turns` as the edges allow: a node held up
   * comes right after the last that it waited for. False when the edges form a cycle.
   */
  settle(turns: Float64Array): boolean {
    const waiting = new Int32Array(this.nodes);
    for (let edge = 0; edge < this.to.length; edge++) {
      const to = this.to.data[edge] as number;
      waiting[to] = (waiting[to] as number) + 1;
    }
    this.sequence ??= Int32Array.from({ length: this.nodes }, (_, node) => node).sort(
      (a, b) => (turns[a] as number) - (turns[b] as number) || a - b,
    );
    const called = new Uint8Array(this.nodes);
    const order = new Int32Array(this.nodes);
    let placed = 0;
    let next = 0;
    for (const candidate of this.sequence) {
      called[candidate] = 1;
      if (waiting[candidate] === 0) order[placed++] = candidate;
      for (; next < placed; next++) {
        const node = order[next] as number;
        this.place[node] = next;
        for (let edge = this.firstOut[node] as number; edge >= 0; edge = this.nextOut.data[edge] as number) {
          const to = this.to.data[edge] as number;
          const left = (waiting[to] as number) - 1;
          waiting[to] = left;
          if (left === 0 && called[to] === 1) order[placed++] = to;
        }
      }
    }
    this.steps += this.from.length;
    return placed === this.nodes;
  }

  /**
   * Adds an edge. Returns undefined when the graph stays acyclic; else the labels of the edges that would close a
   * cycle with it (without its own), and the edge is not added.
   */
  add(from: number, to: number, label: number): readonly number[] | undefined {
    if (from === to) return [];
    if ((this.place[from] as number) > (this.place[to] as number)) {
      const cycle = this.makeRoom(from, to);
      if (cycle !== undefined) return cycle;
    }
    this.link(from, to, label);
    return undefined;
  }

  /** Takes back the last edges until `edges` are left; places stay as they are, which is still right. */
  shrink(edges: number): void {
    while (this.from.length > edges) {
      const edge = this.from.length - 1;
      const from = this.from.data[edge] as number;
      const to = this.to.data[edge] as number;
      this.firstOut[from] = this.nextOut.data[edge] as number;
      this.firstIn[to] = this.nextIn.data[edge] as number;
      this.from.length = edge;
      this.to.length = edge;
      this.label.length = edge;
      this.nextOut.length = edge;
      this.nextIn.length = edge;
    }
  }

  private link(from: number, to: number, label: number): void {
    const edge = this.from.length;
    this.from.push(from);
    this.to.push(to);
    this.label.push(label);
    this.nextOut.push(this.firstOut[from] as number);
    this.nextIn.push(this.firstIn[to] as number);
    this.firstOut[from] = edge;
    this.firstIn[to] = edge;
  }

  /** Moves what `to` leads to behind what leads to `from`, within the window between them. */
  private makeRoom(from: number, to: number): readonly number[] | undefined {
    const { place, mark } = this;
    const upper = place[from] as number;
    const lower = place[to] as number;
    this.round++;
    this.forward.length = 0;
    this.backward.length = 0;
    this.forward.push(to);
    mark[to] = this.round;
    for (let i = 0; i < this.forward.length; i++) {
      const node = this.forward.data[i] as number;
      for (let edge = this.firstOut[node] as number; edge >= 0; edge = this.nextOut.data[edge] as number) {
        const next = this.to.data[edge] as number;
        this.steps++;
        if (mark[next] === this.round || (place[next] as number) > upper) continue;
        mark[next] = this.round;
        this.reachedBy[next] = edge;
        if (next === from) return this.labelsBack(from, to);
        this.forward.push(next);
      }
    }
    this.backward.push(from);
    mark[from] = this.round;
    for (let i = 0; i < this.backward.length; i++) {
      const node = this.backward.data[i] as number;
      for (let edge = this.firstIn[node] as number; edge >= 0; edge = this.nextIn.data[edge] as number) {
        const before = this.from.data[edge] as number;
        this.steps++;
        if (mark[before] === this.round || (place[before] as number) < lower) continue;
        mark[before] = this.round;
        this.backward.push(before);
      }
    }
    this.reorder();
    return undefined;
  }

  private labelsBack(node: number, stop: number): readonly number[] {
    const labels: number[] = [];
    for (let at = node; at !== stop; ) {
      const edge = this.reachedBy[at] as number;
      labels.push(this.label.data[edge] as number);
      at = this.from.data[edge] as number;
    }
    return labels;
  }

  private reorder(): void {
    const { place } = this;
    const byPlace = (a: number, b: number): number => (place[a] as number) - (place[b] as number);
    const before = this.backward.values().slice().sort(byPlace);
    const after = this.forward.values().slice().sort(byPlace);
    const moved = new Int32Array(before.length + after.length);
    moved.set(before);
    moved.set(after, before.length);
    const free = Int32Array.from(moved, (node) => place[node] as number).sort();
    moved.forEach((node, i) => {
      place[node] = free[i] as number;
    });
  }
}
