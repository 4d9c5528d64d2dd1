import type { Layout } from './layout.ts';
import { type PeerSymmetry, SpecError } from './spec.ts';

/** Turns a state into the one representative of its orbit under all permutations of the peers: the peers' tuples, sorted. */
export class PeerSorter {
  /** Per field indexed by peer, its first part. */
  private readonly firsts: readonly number[];
  private readonly peers: number;
  private readonly order: number[];
  private readonly copy: Int32Array;

  constructor(spec: string, layout: Layout, symmetry: PeerSymmetry) {
    const fields = symmetry.peers.map((name) => layout.field(name));
    const [first] = fields;
    if (first === undefined) throw new SpecError(spec, 'a symmetry needs at least one variable');
    for (const { kind, keys, name } of fields) {
      if (kind !== 'list' || keys.length !== first.keys.length)
        throw new SpecError(spec, `'${name}' must be an array with one element per peer`);
    }
    this.firsts = fields.map((field) => field.first);
    this.peers = first.keys.length;
    this.order = first.keys.map((_, i) => i);
    this.copy = new Int32Array(fields.length * this.peers);
  }

  sort(words: Int32Array, from: number): void {
    const { firsts, peers, order, copy } = this;
    for (let i = 0; i < peers; i++) order[i] = i;
    // Few peers, often nearly in order: insertion.
    for (let i = 1; i < peers; i++) {
      const peer = order[i] as number;
      let j = i - 1;
      while (j >= 0 && this.compare(words, from, order[j] as number, peer) > 0) {
        order[j + 1] = order[j] as number;
        j--;
      }
      order[j + 1] = peer;
    }
    for (let f = 0; f < firsts.length; f++) {
      const first = from + (firsts[f] as number);
      for (let i = 0; i < peers; i++) copy[i] = words[first + (order[i] as number)] as number;
      for (let i = 0; i < peers; i++) words[first + i] = copy[i] as number;
    }
  }

  private compare(words: Int32Array, from: number, a: number, b: number): number {
    for (const first of this.firsts) {
      const difference = (words[from + first + a] as number) - (words[from + first + b] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  }
}
