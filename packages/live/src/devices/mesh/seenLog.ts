import { fits, type MessageQuery, type SeenMessage } from './link.ts';
import { contextIn, type MessageHead, typeNamed } from './messageHead.ts';
import type { RaftMessage } from './raftMessage.ts';

/** Messages remembered for conditions and diagrams. */
const SEEN_MAX = 200_000;
const SEEN_FIRST = 4_096;

/**
 * What the mesh has seen, in order: the first 200,000 messages. Those that went on as they came are columns of numbers, as hardly any of them is ever asked
 * about; those that a rule may hold back are objects.
 */
export class SeenLog {
  private count = 0;
  private readonly objects = new Map<number, SeenMessage>();
  private readonly contexts = new Map<number, string>();
  private from = new Uint8Array(SEEN_FIRST);
  private to = new Uint8Array(SEEN_FIRST);
  private codes = new Uint16Array(SEEN_FIRST);
  private terms = new Float64Array(SEEN_FIRST);
  private indexes = new Float64Array(SEEN_FIRST);
  private entries = new Float64Array(SEEN_FIRST);
  private times = new Float64Array(SEEN_FIRST);

  /** A message whose fate is not known yet: who decides it writes it into what is returned. */
  add(message: RaftMessage, from: number, to: number, atMs: number): SeenMessage {
    const seen: SeenMessage = { ...message, from, to, atMs, passedAtMs: undefined };
    const row = this.next();
    if (row >= 0) {
      this.from[row] = from;
      this.to[row] = to;
      this.objects.set(row, seen);
    }
    return seen;
  }

  /** A message that goes on at the moment it came; `bytes` are those its head was read from. */
  addPassing(head: MessageHead, bytes: Uint8Array, from: number, to: number, atMs: number): void {
    const row = this.next();
    if (row < 0) return;
    this.from[row] = from;
    this.to[row] = to;
    this.codes[row] = head.code;
    this.terms[row] = head.term;
    this.indexes[row] = head.index;
    this.entries[row] = head.entries;
    this.times[row] = atMs;
    if (head.contextAt < head.contextEnd) this.contexts.set(row, contextIn(bytes, head));
  }

  /** All of them. */
  all(): SeenMessage[] {
    return Array.from({ length: this.count }, (_, row) => this.at(row));
  }

  /** The nth message (from 1) on a link that fits. */
  find(from: number, to: number, query: MessageQuery, nth: number): SeenMessage | undefined {
    let left = nth;
    for (let row = 0; row < this.count; row++) {
      if (this.from[row] !== from || this.to[row] !== to) continue;
      const seen = this.at(row);
      if (fits(seen, query) && --left === 0) return seen;
    }
    return undefined;
  }

  private at(row: number): SeenMessage {
    const atMs = this.times[row] ?? 0;
    return (
      this.objects.get(row) ?? {
        type: typeNamed(this.codes[row] ?? 0),
        term: this.terms[row] ?? 0,
        index: this.indexes[row] ?? 0,
        entries: this.entries[row] ?? 0,
        context: this.contexts.get(row) ?? '',
        from: this.from[row] ?? 0,
        to: this.to[row] ?? 0,
        atMs,
        passedAtMs: atMs,
      }
    );
  }

  /** The next row; -1 when no more are remembered. */
  private next(): number {
    if (this.count >= SEEN_MAX) return -1;
    if (this.count === this.from.length) this.grow();
    return this.count++;
  }

  private grow(): void {
    const size = this.count * 2;
    this.from = grown(this.from, new Uint8Array(size));
    this.to = grown(this.to, new Uint8Array(size));
    this.codes = grown(this.codes, new Uint16Array(size));
    this.terms = grown(this.terms, new Float64Array(size));
    this.indexes = grown(this.indexes, new Float64Array(size));
    this.entries = grown(this.entries, new Float64Array(size));
    this.times = grown(this.times, new Float64Array(size));
  }
}

function grown<T extends Uint8Array | Uint16Array | Float64Array>(old: T, made: T): T {
  made.set(old);
  return made;
}
