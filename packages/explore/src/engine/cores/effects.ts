import { Ints } from '../ints.ts';
import { BAG, mixHigh, mixLow } from '../mixing.ts';
import type { VectorParts } from './parts.ts';
import { EFFECTS, ROW_KINDS, ROW_WIDTH, ROW_WORDS, type Rows } from './rows.ts';
import type { Pasts } from './pasts.ts';

/** What `Effects` needs to know. */
export interface EffectsOptions {
  /** Whether messages stay in the network once they are sent. */
  readonly duplicating: boolean;
  /** Whether messages in flight are counted against a bound. */
  readonly counting: boolean;
}

/**
 * What most steps change does not depend on the rest of the state: the node's situation, the message that is taken, those that are sent.
 * Worked out once for each row; then a step costs two additions for its hash, and its successor one pass over the vector. Only the
 * history and the count of timeouts are looked at in the state. Steps that reach clients, crashes, networks that keep an order or their
 * messages are left to the `Planner`.
 */
export class Effects<M, C, R> {
  low = 0;
  high = 0;
  private readonly parts: VectorParts<M, C, R>;
  private readonly rows: Rows;
  private readonly pasts: Pasts<M, C, R> | undefined;
  private readonly possible: boolean;
  private readonly nodes: number;
  private readonly fixed: number;
  private readonly history: number;
  private readonly timeouts: number;
  /** Envelopes sent by rows, sorted. */
  private readonly sorted = new Ints(256);

  constructor(parts: VectorParts<M, C, R>, rows: Rows, { duplicating, counting }: EffectsOptions) {
    const { shape, ordered, pasts } = parts;
    this.parts = parts;
    this.rows = rows;
    this.pasts = pasts;
    this.possible = !ordered && !duplicating && !counting;
    this.nodes = shape.nodes;
    this.fixed = shape.fixed;
    this.history = shape.history;
    this.timeouts = shape.slot('timeouts');
  }

  get bytes(): number {
    return this.sorted.bytes;
  }

  /** Whether the effect of a row that leads on from a situation is known for all states. */
  isSimple(row: number, before: number): boolean {
    const effect = this.rows.words[row * ROW_WIDTH + ROW_WORDS.effect] as number;
    return (effect === EFFECTS.unknown ? this.prepare(row, before) : effect) === EFFECTS.simple;
  }

  /** Whether a row that was taken before is simple. */
  knows(row: number): boolean {
    return this.rows.words[row * ROW_WIDTH + ROW_WORDS.effect] === EFFECTS.simple;
  }

  private prepare(row: number, before: number): number {
    const { rows, parts, sorted } = this;
    const { catalogue, clients } = parts;
    const kind = rows.kind(row);
    const own = kind === ROW_KINDS.timer || kind === ROW_KINDS.stored || kind === ROW_KINDS.restart;
    const reaches = rows.replies(row) !== 0 && clients.count > 0;
    const { words } = rows;
    const at = row * ROW_WIDTH;
    if (!this.possible || reaches || !(own || kind === ROW_KINDS.deliver))
      return (words[at + ROW_WORDS.effect] = EFFECTS.other);
    const after = rows.situation(row);
    const slot = this.nodes + catalogue.readSituation(after).slot;
    let low = mixLow(slot, after) - mixLow(slot, before);
    let high = mixHigh(slot, after) - mixHigh(slot, before);
    if (kind === ROW_KINDS.deliver) {
      low -= mixLow(BAG, rows.about(row));
      high -= mixHigh(BAG, rows.about(row));
    }
    const sends = catalogue.lists.toArray(rows.sends(row)).sort((a, b) => a - b);
    words[at + ROW_WORDS.sorted] = sorted.length;
    for (const envelope of sends) {
      low += mixLow(BAG, envelope);
      high += mixHigh(BAG, envelope);
      sorted.push(envelope);
    }
    words[at + ROW_WORDS.sortedEnd] = sorted.length;
    words[at + ROW_WORDS.slot] = slot;
    words[at + ROW_WORDS.low] = low;
    words[at + ROW_WORDS.high] = high;
    return (words[at + ROW_WORDS.effect] = EFFECTS.simple);
  }

  /** Puts the hash after a simple row into `low` and `high`. */
  rehash(words: Int32Array, from: number, row: number, low: number, high: number): void {
    const of = this.rows.words;
    const at = row * ROW_WIDTH;
    this.low = (low + (of[at + ROW_WORDS.low] as number)) | 0;
    this.high = (high + (of[at + ROW_WORDS.high] as number)) | 0;
    const { history, timeouts } = this;
    const seen = of[at + ROW_WORDS.seen] as number;
    if (seen !== 0 && history >= 0) {
      const past = words[from + history] as number;
      this.change(history, past, this.pasts?.after(past, seen) ?? past);
    }
    if (timeouts >= 0 && of[at + ROW_WORDS.kind] === ROW_KINDS.timer) {
      const used = words[from + timeouts] as number;
      this.change(timeouts, used, used + 1);
    }
  }

  private change(slot: number, old: number, value: number): void {
    this.low = (this.low + mixLow(slot, value) - mixLow(slot, old)) | 0;
    this.high = (this.high + mixHigh(slot, value) - mixHigh(slot, old)) | 0;
  }

  /** Writes the state after a simple row, `removed` being the message it takes or -1; answers its end. */
  write(
    words: Int32Array,
    from: number,
    to: number,
    row: number,
    removed: number,
    target: Int32Array,
    at: number,
  ): number {
    const of = this.rows.words;
    const row0 = row * ROW_WIDTH;
    const { fixed, history, timeouts } = this;
    for (let i = 0; i < fixed; i++) target[at + i] = words[from + i] as number;
    target[at + (of[row0 + ROW_WORDS.slot] as number)] = of[row0 + ROW_WORDS.situation] as number;
    const seen = of[row0 + ROW_WORDS.seen] as number;
    if (seen !== 0 && history >= 0) {
      const past = words[from + history] as number;
      target[at + history] = this.pasts?.after(past, seen) ?? past;
    }
    if (timeouts >= 0 && of[row0 + ROW_WORDS.kind] === ROW_KINDS.timer)
      target[at + timeouts] = (words[from + timeouts] as number) + 1;
    return this.writeBag(words, from + fixed, to, row0, removed, target, at + fixed);
  }

  /** Merges what is sent into what was in flight; both are sorted. */
  private writeBag(
    words: Int32Array,
    from: number,
    to: number,
    row0: number,
    removed: number,
    target: Int32Array,
    at: number,
  ): number {
    const sorted = this.sorted.words;
    let next = this.rows.words[row0 + ROW_WORDS.sorted] as number;
    const last = this.rows.words[row0 + ROW_WORDS.sortedEnd] as number;
    let taken = removed;
    let end = at;
    for (let i = from; i < to; i++) {
      const envelope = words[i] as number;
      if (envelope === taken) {
        taken = -1;
        continue;
      }
      while (next < last && (sorted[next] as number) <= envelope) target[end++] = sorted[next++] as number;
      target[end++] = envelope;
    }
    while (next < last) target[end++] = sorted[next++] as number;
    return end;
  }
}
