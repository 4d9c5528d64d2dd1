import type { NodeId } from '@holdfast/protocols';
import { CoreModelError, type CoreModel } from '../engine/cores/model.ts';
import type { VectorParts } from '../engine/cores/parts.ts';
import { HELD_SEND, settled } from '../engine/cores/held.ts';
import type { NodeSymmetry, Renaming } from './nodeSymmetry.ts';

/** More permutations than this are not worth trying for every state. */
const MOST_PERMUTATIONS = 5040;

/** One permutation of the nodes, with the images it has worked out so far. */
interface Permutation {
  readonly rename: Renaming;
  /** Per position, the position its node goes to. */
  readonly slots: readonly number[];
  /** Per position, the position its new node comes from. */
  readonly sources: readonly number[];
  readonly situations: (number | undefined)[];
  readonly envelopes: (number | undefined)[];
  readonly histories: (number | undefined)[];
}

/**
 * Turns states into the least of their orbit under all permutations of the interchangeable nodes. Exact: every permutation is tried;
 * images of parts are worked out once.
 */
export class Orbits<M, C, R> {
  private readonly symmetry: NodeSymmetry<M>;
  private readonly parts: VectorParts<M, C, R>;
  private readonly permutations: readonly Permutation[];
  private readonly nodes: number;
  private least = new Int32Array(64);
  private image = new Int32Array(64);

  constructor(model: CoreModel<M, C, R>, symmetry: NodeSymmetry<M>, parts: VectorParts<M, C, R>) {
    this.symmetry = symmetry;
    this.parts = parts;
    this.nodes = parts.catalogue.nodes.length;
    for (const { requests } of model.clients ?? [])
      if (requests.some(({ to }) => to !== undefined))
        throw new CoreModelError(model.name, 'its clients tell nodes apart that symmetry takes for alike');
    for (const node of symmetry.nodes)
      if (parts.catalogue.slot(node) === undefined)
        throw new CoreModelError(model.name, `symmetry names node ${node}, which it does not have`);
    const orders = permutationsOf(symmetry.nodes, model.name);
    this.permutations = orders.slice(1).map((order) => this.permutation(order));
  }

  /** Replaces a vector by the least image of it. */
  canonicalise(words: Int32Array, from: number, to: number): void {
    const length = to - from;
    if (this.least.length < length || this.image.length < length) {
      this.least = new Int32Array(2 * length);
      this.image = new Int32Array(2 * length);
    }
    const { least } = this;
    for (let i = 0; i < length; i++) least[i] = words[from + i] as number;
    for (const permutation of this.permutations) {
      if (!this.isLess(permutation, words, from, length)) continue;
      const swap = this.least;
      this.least = this.image;
      this.image = swap;
    }
    words.set(this.least.subarray(0, length), from);
  }

  /** Images of a vector under all permutations but the one that changes nothing. */
  images(words: Int32Array, from: number, to: number): Int32Array[] {
    const length = to - from;
    if (this.image.length < length) this.image = new Int32Array(2 * length);
    return this.permutations.map((permutation) => {
      for (let i = 0; i < this.parts.shape.fixed; i++)
        this.image[i] = this.imageOf(permutation, words, from, i);
      this.imageOfBag(permutation, words, from, length);
      return this.image.slice(0, length);
    });
  }

  /** Builds the image of a vector, as far as it may be less than the least so far; true when it is. */
  private isLess(permutation: Permutation, words: Int32Array, from: number, length: number): boolean {
    const { shape } = this.parts;
    const { image, least } = this;
    let less = false;
    for (let i = 0; i < shape.fixed; i++) {
      const word = this.imageOf(permutation, words, from, i);
      image[i] = word;
      if (less) continue;
      if (word > (least[i] as number)) return false;
      less = word < (least[i] as number);
    }
    this.imageOfBag(permutation, words, from, length);
    for (let i = shape.fixed; !less && i < length; i++) {
      if ((image[i] as number) > (least[i] as number)) return false;
      less = (image[i] as number) < (least[i] as number);
    }
    return less;
  }

  /** Word `at` of a vector's image. */
  private imageOf(permutation: Permutation, words: Int32Array, from: number, at: number): number {
    const { shape, clients } = this.parts;
    if (at >= shape.channels) return this.channel(permutation, words, from, at - shape.channels);
    if (at >= shape.nodes) {
      const source = permutation.sources[at - shape.nodes] as number;
      return this.situation(permutation, words[from + shape.nodes + source] as number);
    }
    const word = words[from + at] as number;
    if (at >= shape.clients) return clients.renamed(word, permutation.slots);
    return at === shape.history ? this.history(permutation, word) : word;
  }

  private channel(permutation: Permutation, words: Int32Array, from: number, at: number): number {
    const { shape, queues } = this.parts;
    const { sources } = permutation;
    const a = sources[Math.floor(at / this.nodes)] as number;
    const b = sources[at % this.nodes] as number;
    const queue = words[from + shape.channels + a * this.nodes + b] as number;
    return queues.of(queues.items(queue).map((envelope) => this.envelope(permutation, envelope)));
  }

  /** The envelopes in flight, each renamed, sorted. */
  private imageOfBag(permutation: Permutation, words: Int32Array, from: number, length: number): void {
    const { image } = this;
    const { fixed } = this.parts.shape;
    for (let i = fixed; i < length; i++) {
      const envelope = this.envelope(permutation, words[from + i] as number);
      let place = i;
      while (place > fixed && (image[place - 1] as number) > envelope) {
        image[place] = image[place - 1] as number;
        place--;
      }
      image[place] = envelope;
    }
  }

  private permutation(order: readonly NodeId[]): Permutation {
    const { catalogue } = this.parts;
    const { nodes } = this.symmetry;
    const names = new Map(nodes.map((node, i) => [node, order[i] as NodeId]));
    const rename: Renaming = (node) => names.get(node) ?? node;
    const slots = catalogue.nodes.map(({ id }) => catalogue.slot(rename(id)) as number);
    const sources = slots.map((_, slot) => slots.indexOf(slot));
    return { rename, slots, sources, situations: [], envelopes: [], histories: [] };
  }

  private history({ rename, histories }: Permutation, history: number): number {
    const { pasts } = this.parts;
    const { symmetry } = this;
    if (pasts === undefined || symmetry.history === undefined) return history;
    return (histories[history] ??= pasts.values.intern(
      symmetry.history(pasts.values.value(history), rename),
    ));
  }

  private envelope({ rename, slots, envelopes }: Permutation, envelope: number): number {
    const known = envelopes[envelope];
    if (known !== undefined) return known;
    const { catalogue } = this.parts;
    const message = this.symmetry.message(catalogue.messages.value(catalogue.message(envelope)), rename);
    const from = slots[catalogue.sender(envelope)] as number;
    const to = slots[catalogue.recipient(envelope)] as number;
    return (envelopes[envelope] = catalogue.envelope(from, to, catalogue.messages.intern(message)));
  }

  private situation(permutation: Permutation, situation: number): number {
    const known = permutation.situations[situation];
    if (known !== undefined) return known;
    const { catalogue } = this.parts;
    const { symmetry } = this;
    const { rename, slots } = permutation;
    const s = catalogue.readSituation(situation);
    const self = catalogue.node(s.slot).id;
    const state = s.up
      ? catalogue.states.intern(symmetry.state(catalogue.states.value(s.state), rename, self))
      : s.state;
    const image = catalogue.situation({
      ...s,
      slot: slots[s.slot] as number,
      state,
      disk: catalogue.disks.intern(this.records(catalogue.disks.value(s.disk), rename)),
      pending: this.pending(s.pending, rename),
      held: this.held(permutation, s.held),
    });
    return (permutation.situations[situation] = image);
  }

  private records(
    records: Readonly<Record<string, unknown>>,
    rename: Renaming,
  ): Readonly<Record<string, unknown>> {
    return this.symmetry.records?.(records, rename) ?? records;
  }

  /** Writes under way are records one by one. */
  private pending(list: number, rename: Renaming): number {
    const { lists, writes } = this.parts.catalogue;
    const items = lists.toArray(list);
    for (let i = 1; i < items.length; i += 2) {
      const renamed = (writes.value(items[i] as number) as { key: string; value: unknown }[]).map(
        ({ key, value }) => {
          const records = value === null ? {} : this.records({ [key]: value }, rename);
          return { key, value: records[key] ?? null };
        },
      );
      items[i] = writes.intern(renamed);
    }
    return lists.intern(items);
  }

  private held(permutation: Permutation, list: number): number {
    const { catalogue } = this.parts;
    const items = catalogue.lists.toArray(list);
    for (let i = 0; i < items.length; i += 3) {
      const what = items[i + 2] as number;
      items[i + 2] =
        items[i + 1] === HELD_SEND ? this.envelope(permutation, what) : this.reply(permutation, what);
    }
    return catalogue.lists.intern(settled(items, catalogue, this.parts.ordered));
  }

  private reply({ rename }: Permutation, reply: number): number {
    const { catalogue } = this.parts;
    const { symmetry } = this;
    if (symmetry.result === undefined) return reply;
    const result = symmetry.result(catalogue.results.value(catalogue.second(reply)), rename);
    return catalogue.pair(catalogue.first(reply), catalogue.results.intern(result));
  }
}

/** All orders of the nodes, the given one first. */
function permutationsOf(nodes: readonly NodeId[], model: string): NodeId[][] {
  let orders: NodeId[][] = [[]];
  for (const node of nodes) {
    orders = orders.flatMap((order) =>
      Array.from({ length: order.length + 1 }, (_, i) => [
        ...order.slice(0, order.length - i),
        node,
        ...order.slice(order.length - i),
      ]),
    );
    if (orders.length > MOST_PERMUTATIONS)
      throw new CoreModelError(
        model,
        `${nodes.length} interchangeable nodes have more than ${MOST_PERMUTATIONS} permutations`,
      );
  }
  return orders;
}
