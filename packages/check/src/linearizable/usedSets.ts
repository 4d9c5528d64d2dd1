import { type Arena, grown } from './ints.ts';

const FIRST_NODES = 16;

/**
 * Which unknown operations the present branch of the search assumes to have happened: a multiset of classes, kept as a tree
 * of additions so that the memo can refer to any set seen before at the price of one number. Node 0 is the empty set.
 */
export class UsedSets {
  /** How many of each unknown class are assumed to have happened, on the present branch. */
  readonly counts: Int32Array;
  /** The node of the present set. */
  node = 0;
  private parents: Int32Array;
  private classes: Int32Array;
  private ranks: Int32Array;
  private depths: Int32Array;
  private path: Int32Array;
  private size = 1;
  private remembered = 0;
  private depth = 0;

  constructor(classes: number, arena: Arena) {
    this.counts = arena.take(classes);
    const nodes = classes === 0 ? 0 : FIRST_NODES;
    this.parents = arena.take(nodes);
    this.classes = arena.take(nodes);
    this.ranks = arena.take(nodes);
    this.depths = arena.take(nodes);
    this.path = arena.take(nodes);
  }

  /** One more of class `u`. */
  add(u: number): void {
    if (this.size === this.parents.length) this.growNodes();
    const node = this.size++;
    const rank = (this.counts[u] as number) + 1;
    this.counts[u] = rank;
    this.parents[node] = this.node;
    this.classes[node] = u;
    this.ranks[node] = rank;
    this.depths[node] = ++this.depth;
    if (this.depth === this.path.length) this.path = grown(this.path, this.depth * 2);
    this.path[this.depth] = node;
    this.node = node;
  }

  /** Takes back the last addition; returns its class. */
  removeLast(): number {
    const { node } = this;
    const u = this.classes[node] as number;
    this.counts[u] = (this.counts[u] as number) - 1;
    this.node = this.parents[node] as number;
    this.depth--;
    if (node > this.remembered) this.size = node;
    return u;
  }

  /** Keeps the present node alive: the memo refers to it. */
  remember(): number {
    if (this.node > this.remembered) this.remembered = this.node;
    return this.node;
  }

  /** True when the set of `node` is contained in the present one. Costs the way to a common ancestor. */
  within(node: number): boolean {
    let at = node;
    while (at !== 0) {
      const depth = this.depths[at] as number;
      if (depth <= this.depth && this.path[depth] === at) return true;
      if ((this.ranks[at] as number) > (this.counts[this.classes[at] as number] as number)) return false;
      at = this.parents[at] as number;
    }
    return true;
  }

  /** True when the set of `node` is the present one. */
  same(node: number): boolean {
    // Without unknown operations there is the empty set alone.
    return (this.depths[node] ?? 0) === this.depth && this.within(node);
  }

  private growNodes(): void {
    const capacity = this.parents.length * 2;
    this.parents = grown(this.parents, capacity);
    this.classes = grown(this.classes, capacity);
    this.ranks = grown(this.ranks, capacity);
    this.depths = grown(this.depths, capacity);
  }
}
