import { encodePlain } from '@holdfast/plain';
import type { StepText } from '../space.ts';
import { HELD_REPLY } from './held.ts';
import { ASKS, MOVES } from './moves.ts';
import { envelopesOf, type VectorParts } from './parts.ts';
import { ROW_KINDS } from './rows.ts';
import type { Stepper } from './stepper.ts';

/** Spells states and steps of a system out for readers. */
export class Reader<M, C, R> {
  readonly parts: VectorParts<M, C, R>;
  private readonly stepper: Stepper<M, C, R>;

  constructor(parts: VectorParts<M, C, R>, stepper: Stepper<M, C, R>) {
    this.parts = parts;
    this.stepper = stepper;
  }

  show(words: Int32Array, from: number, to: number): unknown {
    const { catalogue, clients, pasts, shape } = this.parts;
    const nodes = catalogue.nodes.map(({ id }, slot) => {
      const s = catalogue.readSituation(words[from + shape.nodes + slot] as number);
      const timers = catalogue.lists.toArray(s.timers).map((timer) => catalogue.timers.value(timer));
      const records = catalogue.disks.value(s.disk);
      const storing = this.storing(s.pending);
      const waiting = this.waiting(s.held);
      return {
        node: id,
        up: s.up,
        state: catalogue.states.value(s.state),
        records,
        storing,
        waiting,
        nextStore: s.token,
        timers,
      };
    });
    const inFlight = envelopesOf(this.parts, words, from, to).map((envelope) => ({
      from: catalogue.node(catalogue.sender(envelope)).id,
      to: catalogue.node(catalogue.recipient(envelope)).id,
      message: catalogue.messages.value(catalogue.message(envelope)),
    }));
    const asking = Array.from({ length: clients.count }, (_, i) =>
      clients.show(words[from + shape.clients + i] as number),
    );
    const history = pasts?.values.value(words[from + shape.history] as number) ?? null;
    return { nodes, inFlight, clients: asking, history, used: shape.used(words, from) };
  }

  /** Stores under way, the earliest first. */
  private storing(pending: number): unknown[] {
    const { catalogue } = this.parts;
    const items = catalogue.lists.toArray(pending);
    return items.flatMap((item, i) => (i % 2 === 0 ? [] : [catalogue.writes.value(item)]));
  }

  /** What leaves once stores are durable. */
  private waiting(held: number): unknown[] {
    const { catalogue } = this.parts;
    const items = catalogue.lists.toArray(held);
    return items.flatMap((what, i): unknown[] => {
      if (i % 3 !== 2) return [];
      if (items[i - 1] === HELD_REPLY) return [{ result: catalogue.results.value(catalogue.second(what)) }];
      const message = catalogue.messages.value(catalogue.message(what));
      return [{ to: catalogue.node(catalogue.recipient(what)).id, message }];
    });
  }

  /** A step from a state: what happened, in a line. */
  describe(
    words: Int32Array,
    from: number,
    move: number,
    about: number,
    row: number,
    after: unknown,
  ): StepText {
    const choices = this.choicesText(row);
    const [kind, text] = this.stepText(words, from, move, about, row);
    return { kind, text: text + choices, changes: this.changesText(words, from, row), after };
  }

  /** What a step changed of the node's view. */
  private changesText(words: Int32Array, from: number, row: number): string {
    if (row === 0) return '';
    const { catalogue, shape } = this.parts;
    const now = catalogue.readSituation(this.stepper.rows.situation(row));
    const before = catalogue.readSituation(words[from + shape.nodes + now.slot] as number);
    if (!now.up || !before.up) return '';
    const { core, id } = catalogue.node(now.slot);
    const old = core.view(catalogue.states.value(before.state));
    const changed = Object.entries(core.view(catalogue.states.value(now.state))).filter(
      ([key, value]) => old[key] !== value,
    );
    const texts = changed.map(([key, value]) => `${key} ${String(old[key] ?? null)} -> ${String(value)}`);
    return texts.length === 0 ? '' : `N${id} ${texts.join(', ')}`;
  }

  private stepText(
    words: Int32Array,
    from: number,
    move: number,
    about: number,
    row: number,
  ): [string, string] {
    switch (move) {
      case MOVES.deliver:
        return ['deliver', `${this.envelopeText(about)}`];
      case MOVES.drop:
        return ['drop', `${this.envelopeText(about)} is lost`];
      case MOVES.duplicate:
        return ['duplicate', `${this.envelopeText(about)} is doubled`];
      case MOVES.request:
        return ['request', this.requestText(words, from, about)];
      default:
        return this.ownText(about, row);
    }
  }

  private ownText(slot: number, row: number): [string, string] {
    const { catalogue } = this.parts;
    const { rows } = this.stepper;
    const node = `N${catalogue.node(slot).id}`;
    switch (rows.kind(row)) {
      case ROW_KINDS.timer:
        return ['timer', `${node} timer ${catalogue.timers.value(rows.about(row))} goes off`];
      case ROW_KINDS.stored:
        return ['stored', `${node} its earliest store is durable`];
      case ROW_KINDS.crash:
        return ['crash', `${node} crashes${this.keptText(row)}`];
      case ROW_KINDS.restart:
        return ['restart', `${node} restarts`];
      default:
        return ['boot', `${node} starts`];
    }
  }

  /** How much of what was not durable survived a crash. */
  private keptText(row: number): string {
    const kept = this.stepper.rows.about(row);
    return kept === 0 ? '' : `, its disk keeps the first ${kept} of the writes under way`;
  }

  private requestText(words: Int32Array, from: number, about: number): string {
    const { catalogue, clients, shape } = this.parts;
    const client = Math.floor(about / ASKS);
    const ask = clients.asks(words[from + shape.clients + client] as number)[about % ASKS];
    if (ask === undefined) return `client ${client + 1} asks`;
    const command = catalogue.commands.value(catalogue.second(ask.request));
    return `client ${client + 1} asks N${catalogue.node(ask.slot).id} ${encodePlain(command)}`;
  }

  private envelopeText(envelope: number): string {
    const { catalogue } = this.parts;
    const from = catalogue.node(catalogue.sender(envelope));
    const to = catalogue.node(catalogue.recipient(envelope));
    const message = catalogue.messages.value(catalogue.message(envelope));
    return `N${from.id} -> N${to.id} ${from.core.messageType(message)} ${encodePlain(message)}`;
  }

  private choicesText(row: number): string {
    const { catalogue } = this.parts;
    const choices = row === 0 ? [] : catalogue.lists.toArray(this.stepper.rows.choices(row));
    return choices.length === 0 ? '' : `, choosing ${choices.join(', ')}`;
  }
}
