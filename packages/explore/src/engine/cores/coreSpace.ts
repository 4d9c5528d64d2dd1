import type { ResolvedBounds } from '../../bounds/bounds.ts';
import { Orbits } from '../../symmetry/orbits.ts';
import { BAG, mixHigh, mixLow } from '../mixing.ts';
import type { PropertyName, Space, SpaceWork, StepText, Successors } from '../space.ts';
import { Catalogue } from './catalogue.ts';
import { Clients } from './clients.ts';
import { Delta } from './delta.ts';
import { CoreJudge } from './judge.ts';
import { CoreModelError, type CoreModel } from './model.ts';
import { ASKS, MOVES } from './moves.ts';
import { Pasts } from './pasts.ts';
import { Queues } from './queues.ts';
import { Reader } from './reader.ts';
import { ROW_KINDS } from './rows.ts';
import { type Budget, Shape } from './shape.ts';
import { Stepper } from './stepper.ts';

/** What `CoreSpace` may be asked. */
export interface CoreSpaceOptions {
  readonly symmetry: boolean;
}

/** A system of cores as a space: nodes' situations, messages and histories as numbers, steps remembered. */
export class CoreSpace<M, C, R> implements Space {
  readonly name: string;
  readonly properties: readonly PropertyName[];
  low = 0;
  high = 0;
  readonly canonicalise?: (words: Int32Array, from: number, to: number) => void;
  private readonly bounds: ResolvedBounds;
  private readonly catalogue: Catalogue<M, C, R>;
  private readonly clients: Clients<M, C, R>;
  private readonly stepper: Stepper<M, C, R>;
  private readonly pasts: Pasts<M, C, R> | undefined;
  private readonly queues = new Queues();
  private readonly shape: Shape;
  private readonly ordered: boolean;
  private readonly duplicating: boolean;
  private readonly judgement: CoreJudge<M, C, R>;
  private readonly delta: Delta;
  private readonly reader: Reader<M, C, R>;
  private tooManyInFlight = 0;

  constructor(model: CoreModel<M, C, R>, bounds: ResolvedBounds, options: CoreSpaceOptions) {
    const { name, nodes, network = 'unordered', clients = [], history, properties = [] } = model;
    if (nodes.length === 0) throw new CoreModelError(name, 'it has no nodes');
    if (new Set(nodes.map(({ id }) => id)).size !== nodes.length)
      throw new CoreModelError(name, 'two of its nodes have the same id');
    this.name = name;
    this.bounds = bounds;
    this.ordered = network === 'ordered';
    this.duplicating = network === 'unordered-duplicating';
    this.catalogue = new Catalogue(nodes);
    this.clients = new Clients(name, clients, this.catalogue, history);
    this.stepper = new Stepper({
      catalogue: this.catalogue,
      bounds,
      recorder: history,
      clientOf: (request) => this.clients.ownerOf(request),
      keepIdle: this.ordered,
    });
    this.pasts = history === undefined ? undefined : new Pasts(history, this.catalogue);
    this.shape = new Shape({
      bounds,
      history: history !== undefined,
      clients: clients.length,
      nodes: nodes.length,
      ordered: this.ordered,
    });
    const { catalogue, pasts, shape, queues, ordered } = this;
    const parts = { catalogue, clients: this.clients, pasts, shape, queues, ordered };
    this.delta = new Delta(shape.fixed + 1);
    this.properties = properties.map(({ name: property, kind }) => ({ name: property, kind }));
    this.judgement = new CoreJudge(properties, parts);
    this.reader = new Reader(parts, this.stepper);
    if (model.symmetry === undefined || !options.symmetry) return;
    const orbits = new Orbits(model, model.symmetry, parts);
    this.canonicalise = (words, from, to): void => orbits.canonicalise(words, from, to);
  }

  get clipped(): Readonly<Record<string, number>> {
    return this.tooManyInFlight === 0 ? {} : { inFlight: this.tooManyInFlight };
  }

  get work(): SpaceWork {
    return this.stepper.work;
  }

  get bytes(): number {
    const { catalogue, stepper, queues, pasts, judgement } = this;
    return catalogue.bytes + stepper.bytes + queues.bytes + (pasts?.bytes ?? 0) + judgement.bytes;
  }

  initial(): readonly Int32Array[] {
    const { shape, clients, catalogue, delta, stepper } = this;
    const empty = new Int32Array(shape.fixed);
    for (let i = 0; i < clients.count; i++) empty[shape.clients + i] = clients.initial(i);
    let states: Int32Array[] = [empty];
    for (let slot = 0; slot < catalogue.nodes.length; slot++) {
      const next: Int32Array[] = [];
      for (const words of states) {
        for (let row = stepper.boot(slot); row !== 0; row = stepper.rows.next(row)) {
          this.plan(words, 0, words.length, MOVES.own, slot, row);
          const target = new Int32Array(words.length + delta.addedCount);
          const end = delta.write(words, 0, words.length, shape.fixed, target, 0);
          next.push(target.slice(0, end));
        }
      }
      states = next;
    }
    return states;
  }

  hash(words: Int32Array, from: number, to: number): void {
    let low = 0;
    let high = 0;
    const bag = from + this.shape.fixed;
    for (let i = from; i < to; i++) {
      const place = i < bag ? i - from : BAG;
      low = (low + mixLow(place, words[i] as number)) | 0;
      high = (high + mixHigh(place, words[i] as number)) | 0;
    }
    this.low = low;
    this.high = high;
  }

  expand(words: Int32Array, from: number, to: number, low: number, high: number, out: Successors): void {
    const { shape, stepper } = this;
    const { rows } = stepper;
    const nodes = this.catalogue.nodes.length;
    for (let slot = 0; slot < nodes; slot++) {
      const situation = words[from + shape.nodes + slot] as number;
      for (let row = stepper.ownRows(situation); row !== 0; row = rows.next(row)) {
        const kind = rows.kind(row);
        if (kind === ROW_KINDS.timer && !shape.allows('timeouts', words, from)) continue;
        if (kind === ROW_KINDS.crash && !shape.allows('crashes', words, from)) continue;
        this.offer(words, from, to, MOVES.own, slot, row, low, high, out);
      }
    }
    if (this.ordered) this.expandChannels(words, from, to, low, high, out);
    else this.expandBag(words, from, to, low, high, out);
    this.expandClients(words, from, to, low, high, out);
  }

  private expandBag(
    words: Int32Array,
    from: number,
    to: number,
    low: number,
    high: number,
    out: Successors,
  ): void {
    const { shape, stepper, catalogue } = this;
    const drops = shape.allows('drops', words, from);
    const duplicates = !this.duplicating && shape.allows('duplicates', words, from);
    let before = -1;
    for (let i = from + shape.fixed; i < to; i++) {
      const envelope = words[i] as number;
      if (envelope === before) continue;
      before = envelope;
      const situation = words[from + shape.nodes + catalogue.recipient(envelope)] as number;
      for (let row = stepper.deliver(situation, envelope); row !== 0; row = stepper.rows.next(row))
        this.offer(words, from, to, MOVES.deliver, envelope, row, low, high, out);
      if (drops) this.offer(words, from, to, MOVES.drop, envelope, 0, low, high, out);
      if (duplicates) this.offer(words, from, to, MOVES.duplicate, envelope, 0, low, high, out);
    }
  }

  /** The head of each channel, and only it, may be delivered or lost. */
  private expandChannels(
    words: Int32Array,
    from: number,
    to: number,
    low: number,
    high: number,
    out: Successors,
  ): void {
    const { shape, stepper, catalogue, queues } = this;
    const drops = shape.allows('drops', words, from);
    const duplicates = shape.allows('duplicates', words, from);
    for (let slot = shape.channels; slot < shape.fixed; slot++) {
      const queue = words[from + slot] as number;
      if (queue === 0) continue;
      const envelope = queues.head(queue);
      const situation = words[from + shape.nodes + catalogue.recipient(envelope)] as number;
      for (let row = stepper.deliver(situation, envelope); row !== 0; row = stepper.rows.next(row))
        this.offer(words, from, to, MOVES.deliver, envelope, row, low, high, out);
      if (drops) this.offer(words, from, to, MOVES.drop, envelope, 0, low, high, out);
      if (duplicates) this.offer(words, from, to, MOVES.duplicate, envelope, 0, low, high, out);
    }
  }

  private expandClients(
    words: Int32Array,
    from: number,
    to: number,
    low: number,
    high: number,
    out: Successors,
  ): void {
    const { shape, clients, stepper } = this;
    if (clients.count === 0 || !shape.allows('requests', words, from)) return;
    for (let client = 0; client < clients.count; client++) {
      const asks = clients.asks(words[from + shape.clients + client] as number);
      for (let i = 0; i < asks.length; i++) {
        const { slot, request } = asks[i] as (typeof asks)[number];
        const situation = words[from + shape.nodes + slot] as number;
        for (let row = stepper.request(situation, request); row !== 0; row = stepper.rows.next(row))
          this.offer(words, from, to, MOVES.request, client * ASKS + i, row, low, high, out);
      }
    }
  }

  private offer(
    words: Int32Array,
    from: number,
    to: number,
    move: number,
    about: number,
    row: number,
    low: number,
    high: number,
    out: Successors,
  ): void {
    const { delta } = this;
    this.plan(words, from, to, move, about, row);
    if (this.bounds.inFlight !== Infinity && this.inFlight(words, from, to) > this.bounds.inFlight) {
      this.tooManyInFlight++;
      return;
    }
    delta.rehash(words, from, low, high);
    out.push(delta.low, delta.high, move, about, row);
  }

  /** Works out what a step changes. */
  private plan(words: Int32Array, from: number, to: number, move: number, about: number, row: number): void {
    const { delta, shape, catalogue } = this;
    delta.clear();
    switch (move) {
      case MOVES.own:
        this.planOwn(words, from, about, row);
        break;
      case MOVES.deliver: {
        this.take(words, from, about, this.duplicating);
        const slot = catalogue.recipient(about);
        delta.set(shape.nodes + slot, this.stepper.rows.situation(row));
        break;
      }
      case MOVES.drop:
        this.spend('drops', words, from);
        this.take(words, from, about, false);
        break;
      case MOVES.duplicate:
        this.spend('duplicates', words, from);
        if (this.ordered) this.put(words, from, to, about);
        else delta.add(about);
        break;
      default:
        this.planRequest(words, from, about, row);
    }
    if (row !== 0) this.planEffects(words, from, to, row);
  }

  private planOwn(words: Int32Array, from: number, slot: number, row: number): void {
    const { delta, shape, clients } = this;
    const { rows } = this.stepper;
    delta.set(shape.nodes + slot, rows.situation(row));
    const kind = rows.kind(row);
    if (kind === ROW_KINDS.timer) this.spend('timeouts', words, from);
    if (kind !== ROW_KINDS.crash) return;
    this.spend('crashes', words, from);
    let history = shape.history < 0 ? 0 : (words[from + shape.history] as number);
    history = this.pasts?.after(history, rows.seen(row)) ?? 0;
    for (let i = 0; i < clients.count; i++) {
      const client = words[from + shape.clients + i] as number;
      if (!clients.waitsFor(client, slot)) continue;
      delta.set(shape.clients + i, clients.lost(client));
      history = this.pasts?.after(history, clients.seenLost(client)) ?? 0;
    }
    if (shape.history >= 0) delta.set(shape.history, history);
    // A connection dies with either end: what was on its way in order is lost.
    if (!this.ordered) return;
    const count = this.catalogue.nodes.length;
    for (let other = 0; other < count; other++) {
      delta.set(shape.channels + slot * count + other, 0);
      delta.set(shape.channels + other * count + slot, 0);
    }
  }

  private planRequest(words: Int32Array, from: number, about: number, row: number): void {
    const { delta, shape, clients } = this;
    this.spend('requests', words, from);
    const client = Math.floor(about / ASKS);
    const ask = clients.asks(words[from + shape.clients + client] as number)[about % ASKS];
    if (ask === undefined) return;
    delta.set(shape.clients + client, ask.after);
    delta.set(shape.nodes + ask.slot, this.stepper.rows.situation(row));
  }

  /** What leaves the node: messages, replies to clients, what is recorded. */
  private planEffects(words: Int32Array, from: number, to: number, row: number): void {
    const { delta, shape, clients, catalogue, pasts } = this;
    const { rows } = this.stepper;
    const { lists } = catalogue;
    if (pasts !== undefined && rows.kind(row) !== ROW_KINDS.crash) {
      const history = words[from + shape.history] as number;
      delta.set(shape.history, pasts.after(history, rows.seen(row)));
    }
    const replies = rows.replies(row);
    if (replies !== 0 && clients.count > 0) {
      for (let i = 0; i < lists.length(replies); i++) {
        const reply = lists.item(replies, i);
        const slot = shape.clients + clients.ownerOf(catalogue.first(reply));
        delta.set(slot, clients.replied(delta.get(words, from, slot), reply));
      }
    }
    const sends = rows.sends(row);
    if (sends === 0) return;
    const count = lists.length(sends);
    for (let i = 0; i < count; i++) this.put(words, from, to, lists.item(sends, i));
  }

  private spend(budget: Budget, words: Int32Array, from: number): void {
    const slot = this.shape.slot(budget);
    if (slot >= 0) this.delta.set(slot, (words[from + slot] as number) + 1);
  }

  private channel(envelope: number): number {
    const { catalogue, shape } = this;
    return (
      shape.channels + catalogue.sender(envelope) * catalogue.nodes.length + catalogue.recipient(envelope)
    );
  }

  /** Takes a message out of the network, unless it stays there. */
  private take(words: Int32Array, from: number, envelope: number, stays: boolean): void {
    const { delta, queues } = this;
    if (this.ordered) {
      const slot = this.channel(envelope);
      delta.set(slot, queues.rest(words[from + slot] as number));
    } else if (!stays) delta.removed = envelope;
  }

  /** Puts a message into the network; on one that duplicates it is there once. */
  private put(words: Int32Array, from: number, to: number, envelope: number): void {
    const { delta, queues, shape } = this;
    if (this.ordered) {
      const slot = this.channel(envelope);
      delta.set(slot, queues.push(delta.get(words, from, slot), envelope));
      return;
    }
    if (this.duplicating) {
      for (let i = 0; i < delta.addedCount; i++) if (delta.added[i] === envelope) return;
      for (let i = from + shape.fixed; i < to; i++) if (words[i] === envelope) return;
    }
    delta.add(envelope);
  }

  /** Messages in flight after the planned step. */
  private inFlight(words: Int32Array, from: number, to: number): number {
    const { delta, shape, queues } = this;
    if (!this.ordered) return to - from - shape.fixed + delta.addedCount - (delta.removed >= 0 ? 1 : 0);
    let count = 0;
    for (let slot = shape.channels; slot < shape.fixed; slot++)
      count += queues.length(delta.get(words, from, slot));
    return count;
  }

  /** A step sends at most as many messages as the longest list of them. */
  roomAfter(length: number): number {
    return length + this.catalogue.lists.longest;
  }

  write(
    words: Int32Array,
    from: number,
    to: number,
    out: Successors,
    index: number,
    target: Int32Array,
    at: number,
  ): number {
    this.plan(words, from, to, out.a(index), out.b(index), out.c(index));
    return this.delta.write(words, from, to, this.shape.fixed, target, at);
  }

  judge(words: Int32Array, from: number, to: number, pending: number, stuck: boolean): number {
    return this.judgement.judge(words, from, to, pending, stuck);
  }

  describe(words: Int32Array, from: number, to: number, out: Successors, index: number): StepText {
    const after = new Int32Array(this.roomAfter(to - from));
    const end = this.write(words, from, to, out, index, after, 0);
    const [move, about, row] = [out.a(index), out.b(index), out.c(index)];
    return this.reader.describe(words, from, move, about, row, this.show(after, 0, end));
  }

  show(words: Int32Array, from: number, to: number): unknown {
    return this.reader.show(words, from, to);
  }
}
