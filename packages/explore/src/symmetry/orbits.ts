import type { NodeId } from '@holdfast/protocols';
import { CoreModelError, type CoreModel } from '../engine/cores/model.ts';
import type { VectorParts } from '../engine/cores/parts.ts';
import type { NodeSymmetry, Renaming } from './nodeSymmetry.ts';

/** More permutations than this are not worth trying for every state. */
const MOST_PERMUTATIONS = 5040;

/** One permutation of the nodes, with the images it has worked out so far. */
interface Permutation {
  readonly rename: Renaming;
  /** Per position, the position its node goes to. */
  readonly slots: readonly number[];
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
  private readonly readableCount: number;
  private least = new Int32Array(64);
  private image = new Int32Array(64);

  constructor(model: CoreModel<M, C, R>, symmetry: NodeSymmetry<M>, parts: VectorParts<M, C, R>) {
    this.symmetry = symmetry;
    this.parts = parts;
    this.readableCount = parts.catalogue.nodes.length;
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
    if (this.least.length < length) {
      this.least = new Int32Array(2 * length);
      this.image = new Int32Array(2 * length);
    }
    this.least.set(words.subarray(from, to));
    for (const permutation of this.permutations) {
      this.apply(permutation, words, from, to);
      if (!isLess(this.image, this.least, length)) continue;
      const swap = this.least;
      this.least = this.image;
      this.image = swap;
    }
    words.set(this.least.subarray(0, length), from);
  }

  private apply(permutation: Permutation, words: Int32Array, from: number, to: number): void {
    const { shape, clients, ordered } = this.parts;
    const { image } = this;
    for (let i = from; i < to; i++) image[i - from] = words[i] as number;
    if (shape.history >= 0) image[shape.history] = this.history(permutation, image[shape.history] as number);
    for (let i = 0; i < clients.count; i++) {
      const at = shape.clients + i;
      image[at] = clients.renamed(image[at] as number, permutation.slots);
    }
    for (let slot = 0; slot < this.readableCount; slot++) {
      const situation = words[from + shape.nodes + slot] as number;
      image[shape.nodes + (permutation.slots[slot] as number)] = this.situation(permutation, situation);
    }
    if (ordered) this.applyToChannels(permutation, words, from);
    for (let i = shape.fixed; i < to - from; i++) image[i] = this.envelope(permutation, image[i] as number);
    image.subarray(shape.fixed, to - from).sort();
  }

  private applyToChannels(permutation: Permutation, words: Int32Array, from: number): void {
    const { shape, queues } = this.parts;
    const { slots } = permutation;
    const count = this.readableCount;
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < count; b++) {
        const queue = words[from + shape.channels + a * count + b] as number;
        const items = queues.items(queue).map((envelope) => this.envelope(permutation, envelope));
        const at = shape.channels + (slots[a] as number) * count + (slots[b] as number);
        this.image[at] = queues.of(items);
      }
    }
  }

  private permutation(order: readonly NodeId[]): Permutation {
    const { catalogue } = this.parts;
    const { nodes } = this.symmetry;
    const names = new Map(nodes.map((node, i) => [node, order[i] as NodeId]));
    const rename: Renaming = (node) => names.get(node) ?? node;
    const slots = catalogue.nodes.map(({ id }) => catalogue.slot(rename(id)) as number);
    return { rename, slots, situations: [], envelopes: [], histories: [] };
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
      items[i + 2] = items[i + 1] === 0 ? this.envelope(permutation, what) : this.reply(permutation, what);
    }
    return catalogue.lists.intern(items);
  }

  private reply({ rename }: Permutation, reply: number): number {
    const { catalogue } = this.parts;
    const { symmetry } = this;
    if (symmetry.result === undefined) return reply;
    const result = symmetry.result(catalogue.results.value(catalogue.second(reply)), rename);
    return catalogue.pair(catalogue.first(reply), catalogue.results.intern(result));
  }
}

function isLess(a: Int32Array, b: Int32Array, length: number): boolean {
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference < 0;
  }
  return false;
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
