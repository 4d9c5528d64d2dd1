import { Ints } from '../ints.ts';

/** Words of a row. */
export const ROW_WIDTH = 16;

/** Where in a row each thing is. */
export const ROW_WORDS = {
  next: 0,
  situation: 1,
  sends: 2,
  replies: 3,
  seen: 4,
  kind: 5,
  about: 6,
  choices: 7,
  // What follows is worked out by `Effects` when the row is first taken.
  effect: 8,
  low: 9,
  high: 10,
  slot: 11,
  sorted: 12,
  sortedEnd: 13,
} as const;

/** Whether what a row changes is known for all states. */
export const EFFECTS = { unknown: 0, simple: 1, other: 2 } as const;

const WIDTH: typeof ROW_WIDTH = ROW_WIDTH;
/** Words of a row that mean the same in every thread: from its situation to its choices. */
const TOLD = 7;

/** What a row's step is, for budgets and readers. */
export const ROW_KINDS = {
  deliver: 0,
  timer: 1,
  request: 2,
  stored: 3,
  crash: 4,
  restart: 5,
  boot: 6,
} as const;

/** One outcome of one event in one situation. */
export interface Row {
  readonly kind: number;
  /** What the event is about: an envelope, a timer, a request. */
  readonly about: number;
  readonly situation: number;
  /** Lists of the catalogue: envelopes sent, replies, what the recorder keeps, choices made. */
  readonly sends: number;
  readonly replies: number;
  readonly seen: number;
  readonly choices: number;
}

/** Outcomes of steps as typed rows; the outcomes of one event follow one another through `next`. Row 0 is none. */
export class Rows {
  private readonly list = new Ints(1024);

  constructor() {
    this.list.length = WIDTH;
  }

  /** All rows one after another, until the next is added. */
  get words(): Int32Array {
    return this.list.words;
  }

  get count(): number {
    return this.list.length / WIDTH - 1;
  }

  get bytes(): number {
    return this.list.bytes;
  }

  /** Adds a row after `previous` (0: it is the first of its event). */
  add(row: Row, previous: number): number {
    const id = this.list.length / WIDTH;
    const { kind, about, situation, sends, replies, seen, choices } = row;
    for (const word of [0, situation, sends, replies, seen, kind, about, choices]) this.list.push(word);
    this.list.reserve((id + 1) * WIDTH);
    this.list.length = (id + 1) * WIDTH;
    if (previous !== 0) this.list.words[previous * WIDTH] = id;
    return id;
  }

  /** A row as words that mean the same in every thread. */
  told(row: number): Int32Array {
    return this.list.words.subarray(row * WIDTH + 1, row * WIDTH + 1 + TOLD);
  }

  /** Adds rows that were told, as outcomes of one event; answers the first, 0 for none. */
  recall(words: Int32Array, from: number, to: number): number {
    let first = 0;
    let last = 0;
    for (let at = from; at < to; at += TOLD) {
      const word = (index: number): number => words[at + index] as number;
      const [situation, sends, replies, seen] = [word(0), word(1), word(2), word(3)];
      const [kind, about, choices] = [word(4), word(5), word(6)];
      last = this.add({ kind, about, situation, sends, replies, seen, choices }, last);
      if (first === 0) first = last;
    }
    return first;
  }

  next(row: number): number {
    return this.list.words[row * WIDTH] as number;
  }

  situation(row: number): number {
    return this.list.words[row * WIDTH + 1] as number;
  }

  sends(row: number): number {
    return this.list.words[row * WIDTH + 2] as number;
  }

  replies(row: number): number {
    return this.list.words[row * WIDTH + 3] as number;
  }

  seen(row: number): number {
    return this.list.words[row * WIDTH + 4] as number;
  }

  kind(row: number): number {
    return this.list.words[row * WIDTH + 5] as number;
  }

  about(row: number): number {
    return this.list.words[row * WIDTH + 6] as number;
  }

  choices(row: number): number {
    return this.list.words[row * WIDTH + 7] as number;
  }
}
