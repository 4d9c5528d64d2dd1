import { Ints } from '../ints.ts';

const WIDTH = 8;

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
  private readonly words = new Ints(1024);

  constructor() {
    this.words.length = WIDTH;
  }

  get count(): number {
    return this.words.length / WIDTH - 1;
  }

  get bytes(): number {
    return this.words.bytes;
  }

  /** Adds a row after `previous` (0: it is the first of its event). */
  add(row: Row, previous: number): number {
    const id = this.words.length / WIDTH;
    const { kind, about, situation, sends, replies, seen, choices } = row;
    for (const word of [0, situation, sends, replies, seen, kind, about, choices]) this.words.push(word);
    if (previous !== 0) this.words.words[previous * WIDTH] = id;
    return id;
  }

  next(row: number): number {
    return this.words.words[row * WIDTH] as number;
  }

  situation(row: number): number {
    return this.words.words[row * WIDTH + 1] as number;
  }

  sends(row: number): number {
    return this.words.words[row * WIDTH + 2] as number;
  }

  replies(row: number): number {
    return this.words.words[row * WIDTH + 3] as number;
  }

  seen(row: number): number {
    return this.words.words[row * WIDTH + 4] as number;
  }

  kind(row: number): number {
    return this.words.words[row * WIDTH + 5] as number;
  }

  about(row: number): number {
    return this.words.words[row * WIDTH + 6] as number;
  }

  choices(row: number): number {
    return this.words.words[row * WIDTH + 7] as number;
  }
}
