import type { Catalogue } from './catalogue.ts';
import type { Clients } from './clients.ts';
import { Delta } from './delta.ts';
import { ASKS, MOVES } from './moves.ts';
import type { VectorParts } from './parts.ts';
import type { Pasts } from './pasts.ts';
import type { Queues } from './queues.ts';
import { ROW_KINDS, type Rows } from './rows.ts';
import type { Budget, Shape } from './shape.ts';

/** Works out what a step of the system changes in its vector. */
export class Planner<M, C, R> {
  readonly delta: Delta;
  private readonly catalogue: Catalogue<M, C, R>;
  private readonly clients: Clients<M, C, R>;
  private readonly pasts: Pasts<M, C, R> | undefined;
  private readonly queues: Queues;
  private readonly shape: Shape;
  private readonly ordered: boolean;
  private readonly duplicating: boolean;
  private readonly rows: Rows;

  constructor(parts: VectorParts<M, C, R>, rows: Rows, duplicating: boolean) {
    this.catalogue = parts.catalogue;
    this.clients = parts.clients;
    this.pasts = parts.pasts;
    this.queues = parts.queues;
    this.shape = parts.shape;
    this.ordered = parts.ordered;
    this.duplicating = duplicating;
    this.rows = rows;
    this.delta = new Delta(parts.shape.fixed + 1);
  }

  /** Puts what a step changes into `delta`. */
  plan(words: Int32Array, from: number, to: number, move: number, about: number, row: number): void {
    const { delta, shape, catalogue } = this;
    delta.clear();
    switch (move) {
      case MOVES.own:
        this.planOwn(words, from, about, row);
        break;
      case MOVES.deliver: {
        this.take(words, from, about, this.duplicating);
        const slot = catalogue.recipient(about);
        delta.set(shape.nodes + slot, this.rows.situation(row));
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
    const { rows } = this;
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
    delta.set(shape.nodes + ask.slot, this.rows.situation(row));
  }

  /** What leaves the node: messages, replies to clients, what is recorded. */
  private planEffects(words: Int32Array, from: number, to: number, row: number): void {
    const { delta, shape, clients, catalogue, pasts } = this;
    const { rows } = this;
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
  inFlight(words: Int32Array, from: number, to: number): number {
    const { delta, shape, queues } = this;
    if (!this.ordered) return to - from - shape.fixed + delta.addedCount - (delta.removed >= 0 ? 1 : 0);
    let count = 0;
    for (let slot = shape.channels; slot < shape.fixed; slot++)
      count += queues.length(delta.get(words, from, slot));
    return count;
  }
}
