import type { CoreJudge } from '../cores/judge.ts';
import { ASKS, MOVES } from '../cores/moves.ts';
import type { VectorParts } from '../cores/parts.ts';
import { ROW_KINDS } from '../cores/rows.ts';
import type { Budget } from '../cores/shape.ts';
import type { Stepper } from '../cores/stepper.ts';
import type { PartialOrderDefect } from './ample.ts';
import type { StepDependence, StepRecipe } from './stepDependence.ts';

/** Every property, whether it has a witness or not: what depends on what must not change during a search. */
const ALL = ~0;

/**
 * Which steps of a system depend on one another. Each touches some of what there is: the node it happens at, the clients whose turn it
 * changes, a budget that it uses up, and, if a promise can tell the state before it from the one after it, what promises see. Two steps
 * that touch nothing in common lead to the same state in either order, neither keeps the other from happening, and promises see no
 * difference. What enables a step (the sending of its message, the answer its client waited for) comes before it in any case.
 */
export class Dependence<M, C, R> implements StepDependence {
  /** How many things there are to touch. */
  readonly resources: number;
  private readonly parts: VectorParts<M, C, R>;
  private readonly stepper: Stepper<M, C, R>;
  private readonly judge: CoreJudge<M, C, R>;
  private readonly defect: PartialOrderDefect | undefined;
  private readonly firstClient: number;
  private readonly seen: number;
  private readonly budgets: ReadonlyMap<Budget, number>;
  private readonly mayVanish: boolean;

  constructor(
    parts: VectorParts<M, C, R>,
    stepper: Stepper<M, C, R>,
    judge: CoreJudge<M, C, R>,
    { mayVanish, defect }: { readonly mayVanish: boolean; readonly defect: PartialOrderDefect | undefined },
  ) {
    this.parts = parts;
    this.stepper = stepper;
    this.judge = judge;
    this.defect = defect;
    this.mayVanish = mayVanish;
    this.firstClient = parts.catalogue.nodes.length;
    this.seen = this.firstClient + parts.clients.count;
    const counted = (['crashes', 'timeouts', 'drops', 'duplicates', 'requests'] as const).filter(
      (budget) => parts.shape.slot(budget) >= 0,
    );
    this.budgets = new Map(counted.map((budget, i) => [budget, this.seen + 1 + i]));
    this.resources = this.seen + 1 + counted.length;
  }

  get ignoresWhatComes(): boolean {
    return this.defect === 'ignores messages to come';
  }

  get nodes(): number {
    return this.firstClient;
  }

  /** The client that a thing to touch is; -1 for anything else. */
  clientOf(resource: number): number {
    return resource >= this.firstClient && resource < this.seen ? resource - this.firstClient : -1;
  }

  /** The node a step happens at. */
  hostOf(words: Int32Array, { move, about }: StepRecipe): number {
    if (move === MOVES.own) return about;
    return move === MOVES.request ? this.askOf(words, about).slot : this.parts.catalogue.recipient(about);
  }

  /** The message a step takes out of the network; -1 for none. */
  takenBy({ move, about }: StepRecipe): number {
    return move === MOVES.deliver || move === MOVES.drop ? about : -1;
  }

  /** The messages a step puts into the network. */
  putBy({ move, about, row }: StepRecipe): readonly number[] {
    if (move === MOVES.duplicate) return [about];
    return row === 0 ? [] : this.parts.catalogue.lists.toArray(this.stepper.rows.sends(row));
  }

  /** The messages in flight in a state. */
  inFlight(words: Int32Array): Int32Array {
    return words.subarray(this.parts.shape.fixed);
  }

  recipient(envelope: number): number {
    return this.parts.catalogue.recipient(envelope);
  }

  /** What a step from a state touches, in order. */
  touches(words: Int32Array, step: StepRecipe): readonly number[] {
    const { move, row } = step;
    const host = this.hostOf(words, step);
    const touched = this.defect === 'ignores hosts' && move === MOVES.deliver ? [] : [host];
    this.addClients(words, step, host, touched);
    if (this.isSeen(words, step, host)) touched.push(this.seen);
    const budget = this.budgetOf(move, row);
    const counted = budget === undefined ? undefined : this.budgets.get(budget);
    if (counted !== undefined) touched.push(counted);
    return touched;
  }

  private addClients(words: Int32Array, { move, about, row }: StepRecipe, host: number, to: number[]): void {
    const { clients, catalogue, shape } = this.parts;
    const { rows } = this.stepper;
    const touched = new Set<number>();
    if (move === MOVES.request) touched.add(Math.floor(about / ASKS));
    if (row !== 0 && clients.count > 0) {
      for (const reply of catalogue.lists.toArray(rows.replies(row)))
        touched.add(clients.ownerOf(catalogue.first(reply)));
      if (move === MOVES.own && rows.kind(row) === ROW_KINDS.crash)
        for (let client = 0; client < clients.count; client++)
          if (clients.waitsFor(words[shape.clients + client] as number, host)) touched.add(client);
    }
    to.push(...[...touched].sort((a, b) => a - b).map((client) => this.firstClient + client));
  }

  private isSeen(words: Int32Array, { move, about, row }: StepRecipe, host: number): boolean {
    if (this.defect === 'ignores what promises see') return false;
    const { shape, catalogue, clients } = this.parts;
    const { rows } = this.stepper;
    const flies = move === MOVES.deliver || move === MOVES.drop || move === MOVES.duplicate;
    if (flies && this.judge.speaksOf(about, ALL)) return true;
    if (row === 0) return false;
    if (shape.history >= 0) {
      if (rows.seen(row) !== 0) return true;
      // That a request is lost is recorded with the crash.
      if (rows.kind(row) === ROW_KINDS.crash && clients.count > 0) return true;
    }
    if (catalogue.lists.toArray(rows.sends(row)).some((sent) => this.judge.speaksOf(sent, ALL))) return true;
    return this.judge.tellsApart(words[shape.nodes + host] as number, rows.situation(row), ALL);
  }

  private budgetOf(move: number, row: number): Budget | undefined {
    if (move === MOVES.drop) return 'drops';
    if (move === MOVES.duplicate) return 'duplicates';
    if (move === MOVES.request) return 'requests';
    const kind = row === 0 ? ROW_KINDS.deliver : this.stepper.rows.kind(row);
    if (kind === ROW_KINDS.timer) return 'timeouts';
    return kind === ROW_KINDS.crash ? 'crashes' : undefined;
  }

  private askOf(words: Int32Array, about: number): { readonly slot: number; readonly request: number } {
    const { clients, shape } = this.parts;
    const client = words[shape.clients + Math.floor(about / ASKS)] as number;
    return clients.asks(client)[about % ASKS] as { readonly slot: number; readonly request: number };
  }

  /** Whether a message that came to its node there, in the state given, would make a difference. */
  mayArrive(words: Int32Array, envelope: number): boolean {
    const situation = words[this.parts.shape.nodes + this.recipient(envelope)] as number;
    return this.mayVanish || this.stepper.deliver(situation, envelope) !== 0;
  }

  /** The nodes a client may ask now. */
  askedBy(words: Int32Array, client: number): readonly number[] {
    const { clients, shape } = this.parts;
    return clients.asks(words[shape.clients + client] as number).map(({ slot }) => slot);
  }

  /** What may happen at some nodes, to some messages and by some clients in a state, were there no budgets. */
  possible(
    words: Int32Array,
    at: (host: number) => boolean,
    isNew: (envelope: number) => boolean,
    asks: (client: number) => boolean,
  ): StepRecipe[] {
    const { shape, clients } = this.parts;
    const { stepper } = this;
    const { rows } = stepper;
    const found: StepRecipe[] = [];
    const each = (move: number, about: number, first: number): void => {
      for (let row = first; row !== 0; row = rows.next(row)) found.push({ move, about, row });
    };
    for (let slot = 0; slot < this.nodes; slot++)
      if (at(slot)) each(MOVES.own, slot, stepper.ownRows(words[shape.nodes + slot] as number));
    let before = -1;
    for (const envelope of this.inFlight(words)) {
      const slot = this.recipient(envelope);
      if (envelope === before || !(at(slot) || isNew(envelope))) continue;
      before = envelope;
      each(MOVES.deliver, envelope, stepper.deliver(words[shape.nodes + slot] as number, envelope));
      if (!this.mayVanish) continue;
      found.push({ move: MOVES.drop, about: envelope, row: 0 });
      found.push({ move: MOVES.duplicate, about: envelope, row: 0 });
    }
    for (let client = 0; client < clients.count; client++)
      clients.asks(words[shape.clients + client] as number).forEach(({ slot, request }, i) => {
        if (!at(slot) && !asks(client)) return;
        each(MOVES.request, client * ASKS + i, stepper.request(words[shape.nodes + slot] as number, request));
      });
    return found;
  }
}
