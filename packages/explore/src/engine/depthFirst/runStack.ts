import { Ints } from '../ints.ts';
import { SUCCESSOR_WORDS, Successors } from '../space.ts';

/** Words of a state's frame, and where in it each thing is. */
const WIDTH = 9;
const FROM = 0;
const FIRST = 1;
const NEXT = 2;
const GROUP_END = 3;
const VIA = 4;
const FRESH = 5;
const LOW = 6;
const HIGH = 7;
const GROUP = 8;

/** In place of the next step of a state whose steps are not worked out yet. */
const UNEXPANDED = -1;

/** The run at hand: its states one after another, each with those of its steps that are to be followed. */
export class RunStack {
  /** States of the run. */
  height = 0;
  readonly words: Ints = new Ints(1024);
  /** Steps of all states, each state's behind those of the one before. */
  readonly steps: Successors = new Successors();
  /** Per step which of its state's it is: what is followed first need not come first. */
  private readonly indexes = new Ints(64);
  private readonly frames = new Ints(WIDTH * 64);

  get bytes(): number {
    const { words, steps, indexes, frames } = this;
    return words.bytes + steps.rows.byteLength + indexes.bytes + frames.bytes;
  }

  /** Where the last state begins; it ends where the words do. */
  get from(): number {
    return this.frames.words[this.top + FROM] as number;
  }

  get to(): number {
    return this.words.length;
  }

  /** Whether the last state's steps are still to be worked out. */
  get isUnexpanded(): boolean {
    return this.frames.words[this.top + NEXT] === UNEXPANDED;
  }

  /** The last state's hash. */
  get low(): number {
    return this.frames.words[this.top + LOW] as number;
  }

  get high(): number {
    return this.frames.words[this.top + HIGH] as number;
  }

  private get top(): number {
    return (this.height - 1) * WIDTH;
  }

  /** Room for one more state of so many words: its vector goes behind the last one's. */
  room(length: number): Int32Array {
    this.words.reserve(this.words.length + length);
    this.frames.reserve((this.height + 1) * WIDTH);
    return this.words.words;
  }

  /** Adds a state whose vector was written there up to `to`, with its hash; it was reached by step `via` of the one before. */
  push(to: number, low: number, high: number, via: number): void {
    const { frames, words, steps } = this;
    const at = this.height++ * WIDTH;
    frames.words[at + FROM] = words.length;
    frames.words[at + FIRST] = steps.count;
    frames.words[at + NEXT] = UNEXPANDED;
    frames.words[at + VIA] = via;
    frames.words[at + FRESH] = 0;
    frames.words[at + LOW] = low;
    frames.words[at + HIGH] = high;
    frames.length = at + WIDTH;
    words.length = to;
  }

  /** Takes the steps of the last state: first those of a group, if there is one (not negative), then the others. */
  expand(out: Successors, group: number, inGroup: (index: number) => boolean): void {
    const { steps } = this;
    const { words } = this.frames;
    // Begins anew where there was no room for all the first time.
    const first = words[this.top + FIRST] as number;
    steps.count = first;
    this.indexes.reserve(first + out.count);
    for (let i = 0; i < out.count; i++) if (group < 0 || inGroup(i)) this.add(out, i);
    words[this.top + GROUP_END] = steps.count;
    if (group >= 0) for (let i = 0; i < out.count; i++) if (!inGroup(i)) this.add(out, i);
    words[this.top + GROUP] = group;
    words[this.top + NEXT] = first;
  }

  private add(out: Successors, index: number): void {
    const { steps, indexes } = this;
    indexes.words[steps.count] = index;
    indexes.length = steps.count + 1;
    const at = index * SUCCESSOR_WORDS;
    const { rows } = out;
    steps.push(
      rows[at] as number,
      rows[at + 1] as number,
      rows[at + 2] as number,
      rows[at + 3] as number,
      rows[at + 4] as number,
    );
  }

  /** The last state's next step to follow; -1 when there is none. Steps outside a group only count where those in it led to nothing new. */
  get next(): number {
    const { words } = this.frames;
    const { top } = this;
    const next = words[top + NEXT] as number;
    if (next >= this.steps.count) return -1;
    return next === words[top + GROUP_END] && words[top + FRESH] === 1 ? -1 : next;
  }

  /** Goes on to the step after `next`. */
  pass(): void {
    const { words } = this.frames;
    words[this.top + NEXT] = (words[this.top + NEXT] as number) + 1;
  }

  /** A step of the last state led to a state that is new. */
  foundFresh(): void {
    this.frames.words[this.top + FRESH] = 1;
  }

  /** Which of its state's steps one is. */
  indexOf(step: number): number {
    return this.indexes.words[step] as number;
  }

  pop(): void {
    const { top, frames } = this;
    this.words.length = frames.words[top + FROM] as number;
    this.steps.count = frames.words[top + FIRST] as number;
    this.indexes.length = this.steps.count;
    frames.length = top;
    this.height--;
  }

  /** The initial state, then which step of each state, that lead to the last. */
  path(): number[] {
    return Array.from({ length: this.height }, (_, i) => this.frames.words[i * WIDTH + VIA] as number);
  }

  /** The states, and of each where it begins, how it was reached and how far it is. Steps are worked out again by whoever goes on. */
  save(): readonly Int32Array[] {
    const { words, frames, height } = this;
    const saved = frames.words.slice(0, height * WIDTH);
    for (let at = 0; at < saved.length; at += WIDTH)
      if (saved[at + NEXT] !== UNEXPANDED)
        saved[at + NEXT] = (saved[at + NEXT] as number) - (saved[at + FIRST] as number);
    return [words.words.slice(0, words.length), saved];
  }

  /** Takes a run as it was saved; `expand` is to expand its last state anew, by the steps of a group. */
  restore([words, frames]: readonly Int32Array[], expand: (group: number) => void): void {
    if (words === undefined || frames === undefined) return;
    for (let at = 0; at < frames.length; at += WIDTH) {
      const from = frames[at + FROM] as number;
      const to = frames[at + WIDTH] ?? words.length;
      this.room(to - from).set(words.subarray(from, to), from);
      this.push(to, frames[at + LOW] as number, frames[at + HIGH] as number, frames[at + VIA] as number);
      const passed = frames[at + NEXT] as number;
      if (passed === UNEXPANDED) continue;
      expand(frames[at + GROUP] as number);
      const now = this.frames.words;
      now[this.top + NEXT] = (now[this.top + FIRST] as number) + passed;
      now[this.top + FRESH] = frames[at + FRESH] as number;
    }
  }
}
