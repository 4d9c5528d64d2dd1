const GONE = Number.NEGATIVE_INFINITY;

/** Numbers at fixed places, of which the greatest between two places is found in logarithmic time. */
export class MaxTree {
  private readonly size: number;
  private readonly nodes: Float64Array;

  constructor(values: ArrayLike<number>) {
    let size = 1;
    while (size < values.length) size *= 2;
    this.size = size;
    this.nodes = new Float64Array(2 * size).fill(GONE);
    this.nodes.set(values, size);
    for (let node = size - 1; node > 0; node--) this.pull(node);
  }

  /** Changes the number at a place. */
  set(place: number, value: number): void {
    let node = place + this.size;
    this.nodes[node] = value;
    for (node >>= 1; node > 0; node >>= 1) this.pull(node);
  }

  /** Takes the number at a place out. */
  remove(place: number): void {
    this.set(place, GONE);
  }

  /** The place of a greatest number among `from` (included) to `to` (excluded), or -1 when there is none. */
  best(from: number, to: number): number {
    let best = GONE;
    let at = -1;
    for (let low = from + this.size, high = to + this.size; low < high; low >>= 1, high >>= 1) {
      if (low & 1) {
        if ((this.nodes[low] as number) > best) best = this.nodes[(at = low)] as number;
        low++;
      }
      if (high & 1) {
        high--;
        if ((this.nodes[high] as number) > best) best = this.nodes[(at = high)] as number;
      }
    }
    if (at === -1) return -1;
    while (at < this.size) at = this.nodes[2 * at] === best ? 2 * at : 2 * at + 1;
    return at - this.size;
  }

  private pull(node: number): void {
    this.nodes[node] = Math.max(this.nodes[2 * node] as number, this.nodes[2 * node + 1] as number);
  }
}

/** How often each place is covered; the first place not covered is found in logarithmic time. */
export class CoverTree {
  private readonly size: number;
  /** Least cover below a node, without what covers the nodes above it. */
  private readonly least: Int32Array;
  private readonly added: Int32Array;

  /** `cover[i]` says how often place i is covered at first. */
  constructor(cover: Int32Array) {
    let size = 1;
    while (size < cover.length) size *= 2;
    this.size = size;
    this.least = new Int32Array(2 * size);
    this.added = new Int32Array(2 * size);
    this.least.set(cover, size);
    for (let i = cover.length; i < size; i++) this.least[size + i] = 1;
    for (let node = size - 1; node > 0; node--) {
      this.least[node] = Math.min(this.least[2 * node] as number, this.least[2 * node + 1] as number);
    }
  }

  /** Covers the places `from` (included) to `to` (excluded) once more, or once less for -1. */
  add(from: number, to: number, times: 1 | -1): void {
    if (from < to) this.addBelow(1, 0, this.size, from, to, times);
  }

  /** The first place among `from` (included) to `to` (excluded) that is not covered, or -1. */
  firstFree(from: number, to: number): number {
    return from < to ? this.findBelow(1, 0, this.size, from, to, 0) : -1;
  }

  private addBelow(node: number, low: number, high: number, from: number, to: number, times: number): void {
    if (from <= low && high <= to) {
      this.least[node] = (this.least[node] as number) + times;
      this.added[node] = (this.added[node] as number) + times;
      return;
    }
    const middle = (low + high) >> 1;
    if (from < middle) this.addBelow(2 * node, low, middle, from, to, times);
    if (to > middle) this.addBelow(2 * node + 1, middle, high, from, to, times);
    const below = Math.min(this.least[2 * node] as number, this.least[2 * node + 1] as number);
    this.least[node] = below + (this.added[node] as number);
  }

  private findBelow(
    node: number,
    low: number,
    high: number,
    from: number,
    to: number,
    above: number,
  ): number {
    if (to <= low || high <= from || (this.least[node] as number) + above > 0) return -1;
    if (high - low === 1) return low;
    const middle = (low + high) >> 1;
    const below = above + (this.added[node] as number);
    const left = this.findBelow(2 * node, low, middle, from, to, below);
    return left !== -1 ? left : this.findBelow(2 * node + 1, middle, high, from, to, below);
  }
}
