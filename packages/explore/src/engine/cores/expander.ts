import type { ResolvedBounds } from '../../bounds/bounds.ts';
import type { Successors } from '../space.ts';
import { type Cuts, CUTS } from './cuts.ts';
import type { Effects } from './effects.ts';
import { ASKS, MOVES } from './moves.ts';
import type { VectorParts } from './parts.ts';
import type { Planner } from './planner.ts';
import { ROW_KINDS } from './rows.ts';
import type { Shape } from './shape.ts';
import type { Stepper } from './stepper.ts';

/** The cell of a delivery that changes nothing. */
const IDLE_CELL = 1;

/** What `Expander` needs to know of a model. */
export interface ExpanderOptions {
  readonly bounds: ResolvedBounds;
  /** Whether messages stay in the network once they are sent. */
  readonly duplicating: boolean;
  /** Hears which bounds keep steps from being taken. */
  readonly cuts: Cuts;
}

/** Finds every step from a state of a system, and writes the states they lead to. */
export class Expander<M, C, R> {
  /** Steps left out as too many messages would be in flight. */
  tooManyInFlight = 0;
  private readonly parts: VectorParts<M, C, R>;
  private readonly shape: Shape;
  private readonly stepper: Stepper<M, C, R>;
  private readonly planner: Planner<M, C, R>;
  private readonly effects: Effects<M, C, R>;
  private readonly nodes: number;
  private readonly mostInFlight: number;
  private readonly mayDrop: boolean;
  private readonly mayDuplicate: boolean;
  private readonly duplicating: boolean;
  private readonly cuts: Cuts;

  constructor(
    parts: VectorParts<M, C, R>,
    stepper: Stepper<M, C, R>,
    planner: Planner<M, C, R>,
    effects: Effects<M, C, R>,
    { bounds, duplicating, cuts }: ExpanderOptions,
  ) {
    this.parts = parts;
    this.shape = parts.shape;
    this.stepper = stepper;
    this.planner = planner;
    this.effects = effects;
    this.nodes = parts.catalogue.nodes.length;
    this.mostInFlight = bounds.inFlight;
    this.mayDrop = bounds.drops > 0;
    this.duplicating = duplicating;
    this.cuts = cuts;
    this.mayDuplicate = bounds.duplicates > 0 && !duplicating;
  }

  expand(words: Int32Array, from: number, to: number, low: number, high: number, out: Successors): void {
    const { shape, stepper } = this;
    const { rows } = stepper;
    const nodes = this.nodes;
    for (let slot = 0; slot < nodes; slot++) {
      const { ownless } = stepper;
      const situation = words[from + shape.nodes + slot] as number;
      if (situation < ownless.length && ownless[situation] === 1) continue;
      for (let row = stepper.ownRows(situation); row !== 0; row = rows.next(row)) {
        const kind = rows.kind(row);
        if (kind === ROW_KINDS.timer && !shape.allows('timeouts', words, from)) {
          this.cuts.note(CUTS.timeouts);
          continue;
        }
        if (kind === ROW_KINDS.crash && !shape.allows('crashes', words, from)) {
          this.cuts.note(CUTS.crashes);
          continue;
        }
        this.offerRow(words, from, to, MOVES.own, slot, row, situation, low, high, out);
      }
    }
    if (this.parts.ordered) this.expandChannels(words, from, to, low, high, out);
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
    const { shape, stepper } = this;
    const { deliveries, rows } = stepper;
    deliveries.catchUp();
    const { recipients, ranks } = deliveries;
    let { cells, lines, shift } = deliveries;
    const nodes = from + shape.nodes;
    const drops = this.mayDrop && shape.allows('drops', words, from);
    const duplicates = this.mayDuplicate && shape.allows('duplicates', words, from);
    if (to > from + shape.fixed) this.noteNetwork(drops, duplicates);
    const always = drops || duplicates;
    let before = -1;
    let idle = 0;
    let idleEnvelope = 0;
    let idleSituation = 0;
    for (let i = from + shape.fixed; i < to; i++) {
      const envelope = words[i] as number;
      if (envelope === before) continue;
      before = envelope;
      const situation = words[nodes + (recipients[envelope] as number)] as number;
      const rank = ranks[envelope] as number;
      let cell = 0;
      if (situation < lines && rank >> shift === 0) cell = cells[(situation << shift) + rank] as number;
      if (cell === IDLE_CELL) {
        idle++;
        idleEnvelope = envelope;
        idleSituation = situation;
        if (!always) continue;
      } else {
        let row = cell - 1;
        if (cell === 0) {
          row = stepper.deliver(situation, envelope);
          ({ cells, lines, shift } = deliveries);
        } else stepper.delivered(situation, envelope, row);
        for (; row !== 0; row = rows.next(row))
          this.offerRow(words, from, to, MOVES.deliver, envelope, row, situation, low, high, out);
      }
      if (drops) this.offer(words, from, to, MOVES.drop, envelope, 0, low, high, out);
      if (duplicates) this.offer(words, from, to, MOVES.duplicate, envelope, 0, low, high, out);
    }
    if (idle > 0) stepper.idled(idleSituation, idleEnvelope, idle);
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
    const { shape, stepper } = this;
    const { catalogue, queues } = this.parts;
    const drops = shape.allows('drops', words, from);
    const duplicates = shape.allows('duplicates', words, from);
    for (let slot = shape.channels; slot < shape.fixed; slot++) {
      const queue = words[from + slot] as number;
      if (queue === 0) continue;
      this.noteNetwork(drops, duplicates);
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
    const { shape, stepper } = this;
    const { clients } = this.parts;
    if (clients.count === 0) return;
    const allowed = shape.allows('requests', words, from);
    for (let client = 0; client < clients.count; client++) {
      const asks = clients.asks(words[from + shape.clients + client] as number);
      if (!allowed && asks.length > 0) this.cuts.note(CUTS.requests);
      if (!allowed) continue;
      for (let i = 0; i < asks.length; i++) {
        const { slot, request } = asks[i] as (typeof asks)[number];
        const situation = words[from + shape.nodes + slot] as number;
        for (let row = stepper.request(situation, request); row !== 0; row = stepper.rows.next(row))
          this.offer(words, from, to, MOVES.request, client * ASKS + i, row, low, high, out);
      }
    }
  }

  /** There is a message that may not be lost, or not be doubled. */
  private noteNetwork(drops: boolean, duplicates: boolean): void {
    if (!drops) this.cuts.note(CUTS.drops);
    if (!duplicates && !this.duplicating) this.cuts.note(CUTS.duplicates);
  }

  /** A step of a node in a situation. */
  private offerRow(
    words: Int32Array,
    from: number,
    to: number,
    move: number,
    about: number,
    row: number,
    situation: number,
    low: number,
    high: number,
    out: Successors,
  ): void {
    const { effects } = this;
    if (effects.isSimple(row, situation)) {
      effects.rehash(words, from, row, low, high);
      out.push(effects.low, effects.high, move, about, row);
    } else this.offer(words, from, to, move, about, row, low, high, out);
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
    const { planner, mostInFlight } = this;
    const { delta } = planner;
    planner.plan(words, from, to, move, about, row);
    if (mostInFlight !== Infinity && planner.inFlight(words, from, to) > mostInFlight) {
      this.tooManyInFlight++;
      this.cuts.note(CUTS.inFlight);
      return;
    }
    delta.rehash(words, from, low, high);
    out.push(delta.low, delta.high, move, about, row);
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
    const move = out.a(index);
    const about = out.b(index);
    const row = out.c(index);
    if (row !== 0 && this.effects.knows(row))
      return this.effects.write(words, from, to, row, move === MOVES.deliver ? about : -1, target, at);
    const { planner, shape } = this;
    planner.plan(words, from, to, move, about, row);
    return planner.delta.write(words, from, to, shape.fixed, target, at);
  }
}
