import type { Catalogue } from '../cores/catalogue.ts';
import type { Clients } from '../cores/clients.ts';
import { ASKS, MOVES } from '../cores/moves.ts';
import type { VectorParts } from '../cores/parts.ts';
import { Planner } from '../cores/planner.ts';
import { ROW_KINDS } from '../cores/rows.ts';
import type { Shape } from '../cores/shape.ts';
import type { Stepper } from '../cores/stepper.ts';
import { IntLists } from '../intLists.ts';

/** So many states of the others are looked at for one question; then the answer is yes, which is always safe. */
const MOST_LOOKED_AT = 512;

const UNKNOWN = 0;
const NEVER = 1;
const PERHAPS = 2;

/**
 * Whether the other nodes, however they go on, may ever send a node something while it does nothing: found by following every run of the
 * others, the node and what is on its way to it left out. Remembered per circumstances of the others, which many states share.
 */
export class Others<M, C, R> {
  private readonly catalogue: Catalogue<M, C, R>;
  private readonly clients: Clients<M, C, R>;
  private readonly shape: Shape;
  private readonly stepper: Stepper<M, C, R>;
  private readonly planner: Planner<M, C, R>;
  private readonly duplicating: boolean;
  /** Circumstances of the others, the position of the node left out first. */
  private readonly rests = new IntLists();
  private readonly answers: number[] = [];
  private scratch = new Int32Array(256);

  constructor(parts: VectorParts<M, C, R>, stepper: Stepper<M, C, R>, duplicating: boolean) {
    this.catalogue = parts.catalogue;
    this.clients = parts.clients;
    this.shape = parts.shape;
    this.stepper = stepper;
    this.duplicating = duplicating;
    // What was recorded does not change what nodes do.
    this.planner = new Planner({ ...parts, pasts: undefined }, stepper.rows, duplicating);
  }

  get bytes(): number {
    return this.rests.bytes;
  }

  /** Whether in some run of the others from here on something is sent to the node at `slot` before it acts. */
  mayTell(words: Int32Array, from: number, to: number, slot: number): boolean {
    const start = this.intern(words, from, to, slot);
    const known = this.answerOf(start);
    if (known !== UNKNOWN) return known === PERHAPS;
    const looked = new Set([start]);
    const waiting = [start];
    let told = false;
    for (let rest = waiting.pop(); rest !== undefined && !told; rest = waiting.pop()) {
      told = this.tells(rest, slot, (next) => {
        if (looked.has(next)) return false;
        if (this.answerOf(next) === PERHAPS) return true;
        looked.add(next);
        if (this.answerOf(next) !== NEVER) waiting.push(next);
        return looked.size > MOST_LOOKED_AT;
      });
    }
    // From nowhere that was looked at anything is sent, or from here something may be; of the rest nothing is known.
    if (told) this.answers[start] = PERHAPS;
    else for (const rest of looked) this.answers[rest] = NEVER;
    return told;
  }

  private answerOf(rest: number): number {
    while (this.answers.length <= rest) this.answers.push(UNKNOWN);
    return this.answers[rest] as number;
  }

  /** The number of what is left of a state without a node, its messages, and what was recorded. */
  private intern(words: Int32Array, from: number, to: number, slot: number): number {
    const { shape, catalogue } = this;
    if (this.scratch.length < to - from + 1) this.scratch = new Int32Array(2 * (to - from + 1));
    const { scratch } = this;
    scratch[0] = slot;
    let end = 1;
    for (let i = from; i < to; i++) {
      const word = words[i] as number;
      if (i >= from + shape.fixed && catalogue.recipient(word) === slot) continue;
      scratch[end++] = word;
    }
    if (shape.history >= 0) scratch[1 + shape.history] = 0;
    scratch[1 + shape.nodes + slot] = 0;
    return this.rests.intern(scratch, 0, end);
  }

  /** Takes every step of the others; true when one sends to the node, or `next` says that one leads to where that may happen. */
  private tells(rest: number, slot: number, next: (rest: number) => boolean): boolean {
    const words = Int32Array.from(this.rests.toArray(rest).slice(1));
    const { stepper } = this;
    const { rows } = stepper;
    let told = false;
    const step = (move: number, about: number, row: number): void => {
      told ||= this.sendsTo(row, slot) || next(this.after(words, move, about, row, slot));
    };
    const each = (move: number, about: number, first: number): void => {
      for (let row = first; row !== 0 && !told; row = rows.next(row)) step(move, about, row);
    };
    this.eachOwn(words, slot, (about, row) => step(MOVES.own, about, row));
    const { shape, catalogue, clients } = this;
    for (let i = shape.fixed; i < words.length && !told; i++) {
      const envelope = words[i] as number;
      if (i > shape.fixed && words[i - 1] === envelope) continue;
      const recipient = catalogue.recipient(envelope);
      each(MOVES.deliver, envelope, stepper.deliver(words[shape.nodes + recipient] as number, envelope));
      // A message less does nothing more; one more may.
      if (!this.duplicating && shape.allows('duplicates', words, 0)) step(MOVES.duplicate, envelope, 0);
    }
    if (!shape.allows('requests', words, 0)) return told;
    for (let client = 0; client < clients.count && !told; client++) {
      clients.asks(words[shape.clients + client] as number).forEach((ask, i) => {
        if (ask.slot === slot) return;
        const situation = words[shape.nodes + ask.slot] as number;
        each(MOVES.request, client * ASKS + i, stepper.request(situation, ask.request));
      });
    }
    return told;
  }

  /** What the other nodes may do by themselves. */
  private eachOwn(words: Int32Array, slot: number, found: (about: number, row: number) => void): void {
    const { shape, stepper, catalogue } = this;
    const { rows } = stepper;
    for (let other = 0; other < catalogue.nodes.length; other++) {
      if (other === slot) continue;
      const first = stepper.ownRows(words[shape.nodes + other] as number);
      for (let row = first; row !== 0; row = rows.next(row)) {
        const kind = rows.kind(row);
        if (kind === ROW_KINDS.timer && !shape.allows('timeouts', words, 0)) continue;
        if (kind === ROW_KINDS.crash && !shape.allows('crashes', words, 0)) continue;
        found(other, row);
      }
    }
  }

  private sendsTo(row: number, slot: number): boolean {
    if (row === 0) return false;
    const { catalogue } = this;
    const { lists } = catalogue;
    const sends = this.stepper.rows.sends(row);
    for (let i = 0; i < lists.length(sends); i++)
      if (catalogue.recipient(lists.item(sends, i)) === slot) return true;
    return false;
  }

  private after(words: Int32Array, move: number, about: number, row: number, slot: number): number {
    const { planner, shape, catalogue } = this;
    planner.plan(words, 0, words.length, move, about, row);
    const target = new Int32Array(words.length + catalogue.lists.longest + 1);
    const end = planner.delta.write(words, 0, words.length, shape.fixed, target, 0);
    return this.intern(target, 0, end, slot);
  }
}
