import { Ints } from '../ints.ts';

/** What `Deliveries` needs to know of a catalogue. */
export interface Envelopes {
  readonly nodes: readonly unknown[];
  readonly envelopeCount: number;
  recipient(envelope: number): number;
}

/** Cells of a line at most, as a power of 2: envelopes beyond that have none. */
const MOST_SHIFT = 10;

/** Cells at most: 16 MiB. Beyond them deliveries are looked up where all are remembered. */
const MOST_CELLS: number = 2 ** 22;

/**
 * The first row of deliveries as a table that is indexed straight: a line for each situation, in it a cell for each envelope to that
 * situation's node. A cell holds the row plus 1; 0 is not known here. Only a short cut: whatever is not in it is remembered elsewhere.
 */
export class Deliveries {
  /** Cells of a line, as a power of 2, and how many lines there are. */
  shift = 4;
  lines: number = (1 << 12) >> 4;
  cells: Int32Array = new Int32Array(1 << 12);
  /** Per envelope its recipient, and which of the envelopes to that it is. */
  private readonly recipientList = new Ints(64);
  private readonly rankList = new Ints(64);
  private readonly counts: number[];
  private readonly envelopes: Envelopes;
  private readonly most: number;

  /** With `most` cells at most. */
  constructor(envelopes: Envelopes, most: number = MOST_CELLS) {
    this.most = most;
    this.envelopes = envelopes;
    this.counts = envelopes.nodes.map(() => 0);
  }

  get bytes(): number {
    return this.cells.byteLength + this.recipientList.bytes + this.rankList.bytes;
  }

  /** Per envelope the position of its recipient. */
  get recipients(): Int32Array {
    return this.recipientList.words;
  }

  /** Per envelope its cell in lines of its recipient's situations. */
  get ranks(): Int32Array {
    return this.rankList.words;
  }

  /** Takes in envelopes that are new; before others are asked about. */
  catchUp(): void {
    const { recipientList, rankList, counts, envelopes } = this;
    for (let envelope = recipientList.length; envelope < envelopes.envelopeCount; envelope++) {
      const slot = envelopes.recipient(envelope);
      recipientList.push(slot);
      rankList.push((counts[slot] as number)++);
    }
  }

  set(situation: number, envelope: number, row: number): void {
    this.catchUp();
    const rank = this.rankList.at(envelope);
    while (rank >> this.shift > 0) if (!this.widen()) return;
    while (situation >= this.lines) if (!this.lengthen()) return;
    this.cells[(situation << this.shift) + rank] = row + 1;
  }

  private lengthen(): boolean {
    const { cells } = this;
    if (cells.length >= this.most) return false;
    this.cells = new Int32Array(2 * cells.length);
    this.cells.set(cells);
    this.lines = this.cells.length >> this.shift;
    return true;
  }

  /** Makes lines twice as long; some are lost where there would be too many cells. */
  private widen(): boolean {
    const { cells, shift } = this;
    const length = Math.min(this.most, 2 * cells.length);
    if (shift === MOST_SHIFT || 2 ** (shift + 1) > this.most) return false;
    const lines = length >> (shift + 1);
    this.cells = new Int32Array(length);
    for (let line = 0; line < Math.min(lines, this.lines); line++)
      this.cells.set(cells.subarray(line << shift, (line + 1) << shift), line << (shift + 1));
    this.shift = shift + 1;
    this.lines = lines;
    return true;
  }
}
