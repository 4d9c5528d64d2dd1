import type { StreamDefect } from './options.ts';

interface Piece {
  readonly seq: number;
  readonly data: string;
}

/** The receiving half of a stream: puts bytes in order, once each, and says how much room is left. */
export class StreamReceiver {
  /** The next byte awaited: everything before it has come. */
  next: number;
  /** In order and not read yet. */
  private ready = '';
  /** Came too early, in order of their place; none overlaps another or what is ready. */
  private early: Piece[] = [];
  private finAt: number | undefined;
  /** The other side has said all it had to say. */
  ended = false;
  private readonly limit: number;
  private readonly defect: StreamDefect | null;
  /** Bytes that came although they had come before, that came too early, and that came beyond the room there was. */
  duplicateBytes = 0;
  earlyBytes = 0;
  beyondWindowBytes = 0;

  constructor(first: number, limit: number, defect: StreamDefect | null) {
    this.next = first;
    this.limit = limit;
    this.defect = defect;
  }

  /** Bytes that may be read. */
  get readable(): number {
    return this.ready.length;
  }

  /** Room from `next` on. */
  get window(): number {
    return Math.max(0, this.limit - this.ready.length);
  }

  /** Takes what a segment carries; true when anything became readable, or the end was reached. */
  take(seq: number, data: string, fin: boolean): boolean {
    const before = this.next;
    const wasEnded = this.ended;
    if (fin) this.finAt = seq + data.length;
    if (data !== '') this.place(seq, data);
    if (this.finAt === this.next && !this.ended) {
      this.ended = true;
      this.next++;
    }
    return this.next > before || this.ended !== wasEnded;
  }

  /** Takes up to `most` bytes out. */
  read(most: number): string {
    const read = this.ready.slice(0, most);
    this.ready = this.ready.slice(read.length);
    return read;
  }

  private place(seq: number, whole: string): void {
    let [at, data] = [seq, whole];
    if (at < this.next) {
      const known = Math.min(data.length, this.next - at);
      this.duplicateBytes += known;
      if (this.defect === 'keeps-duplicates') this.ready += data.slice(0, known);
      at += known;
      data = data.slice(known);
    }
    const beyond = at + data.length - (this.next + this.window);
    if (beyond > 0) {
      // One byte is how a sender asks whether a window of zero has opened.
      if (data.length > 1) this.beyondWindowBytes += Math.min(beyond, data.length);
      data = data.slice(0, Math.max(0, data.length - beyond));
    }
    if (data === '') return;
    if (this.defect === 'delivers-as-it-comes') {
      this.ready += data;
      this.next = Math.max(this.next, at + data.length);
      return;
    }
    if (at > this.next) this.earlyBytes += data.length;
    this.insert({ seq: at, data });
    this.advance();
  }

  /** Keeps a piece in its place, without what is there already. */
  private insert(piece: Piece): void {
    let { seq, data } = piece;
    const kept: Piece[] = [];
    for (const other of this.early) {
      const end = other.seq + other.data.length;
      if (data === '' || end <= seq || other.seq >= seq + data.length) {
        kept.push(other);
        continue;
      }
      const before = data.slice(0, Math.max(0, other.seq - seq));
      if (before !== '') kept.push({ seq, data: before });
      this.duplicateBytes += Math.min(end, seq + data.length) - Math.max(other.seq, seq);
      kept.push(other);
      data = data.slice(Math.min(data.length, Math.max(0, end - seq)));
      seq = Math.max(seq, end);
    }
    if (data !== '') kept.push({ seq, data });
    this.early = kept.toSorted((a, b) => a.seq - b.seq);
  }

  private advance(): void {
    for (;;) {
      const [first] = this.early;
      if (first === undefined || first.seq > this.next) return;
      this.early.shift();
      this.ready += first.data;
      this.next += first.data.length;
    }
  }
}
