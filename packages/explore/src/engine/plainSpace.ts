import { finish, mix } from '@holdfast/plain';
import { textWords, wordsText } from './share/numbered.ts';
import type { PropertyName, Space, SpaceWork, StepText, Successors } from './space.ts';
import { Successors as Steps } from './space.ts';

/** A space is forgotten, and begun anew, when it has numbered more parts than this. */
const MOST_PARTS = 5_000;

/** Seeds of the two halves of a fingerprint. */
const LOW = 0x243f6a88;
const HIGH = 0x13198a2e;

/** A space whose states can be written as text that means the same to another space of the model. */
export interface PortableSpace extends Space {
  /** The text of a state, the same for all of an orbit where symmetry is on. */
  contents(words: Int32Array, from: number, to: number): string;
  /** The vector of a state given by its text. */
  vector(contents: string): Int32Array;
}

/** Whether a space is of that kind. */
export function isPortable(space: Space): space is PortableSpace {
  return 'contents' in space && 'vector' in space;
}

/**
 * A model's states as the text of what they hold. Where most local states occur once, numbering and remembering them costs memory and gains
 * nothing: here each state stands for itself, and what a space has numbered to take its steps is forgotten from time to time. Finds the
 * same states, steps and depth; slower where numbers pay.
 */
export class PlainSpace implements Space {
  readonly name: string;
  readonly properties: readonly PropertyName[];
  readonly leadsTo: readonly string[];
  readonly fixed = 0;
  /** What steps lead to is kept for one state only. */
  readonly lookahead = false;
  readonly parts: readonly never[] = [];
  readonly canonicalise?: (words: Int32Array, from: number, to: number) => void;
  low = 0;
  high = 0;
  private readonly open: () => PortableSpace;
  private space: PortableSpace;
  private readonly steps = new Steps();
  /** What the steps of the state looked at last lead to. */
  private readonly targets: Int32Array[] = [];
  private longest = 0;
  private before: SpaceWork = { calls: 0, hits: 0, rechecks: 0, parts: 0 };
  private readonly clippedBefore: Record<string, number> = {};
  private readonly cutsBefore = new Set<string>();

  constructor(open: () => PortableSpace) {
    this.open = open;
    this.space = open();
    const { name, properties, leadsTo } = this.space;
    this.name = name;
    this.properties = properties;
    this.leadsTo = leadsTo;
    // Texts are those of orbits already.
    if (this.space.canonicalise !== undefined) this.canonicalise = (): void => undefined;
  }

  get work(): SpaceWork {
    const { before } = this;
    const { calls, hits, rechecks, parts } = this.space.work;
    return {
      calls: before.calls + calls,
      hits: before.hits + hits,
      rechecks: before.rechecks + rechecks,
      parts: Math.max(before.parts, parts),
    };
  }

  get clipped(): Readonly<Record<string, number>> {
    const total = { ...this.clippedBefore };
    for (const [bound, count] of Object.entries(this.space.clipped))
      total[bound] = (total[bound] ?? 0) + count;
    return total;
  }

  get cuts(): readonly string[] {
    return [...new Set([...this.cutsBefore, ...this.space.cuts])].sort();
  }

  get bytes(): number {
    return this.space.bytes;
  }

  initial(): readonly Int32Array[] {
    return this.space.initial().map((words) => this.text(words, 0, words.length));
  }

  hash(words: Int32Array, from: number): void {
    const end = from + 1 + Math.ceil((words[from] as number) / 2);
    let low = LOW;
    let high = HIGH;
    for (let i = from; i < end; i++) {
      const word = words[i] as number;
      low = mix(low, word);
      // Scrambled first, so that what cancels out in one half does not in the other.
      high = mix(high, Math.imul(word ^ (word >>> 15), 0x2c1b3c6d));
    }
    this.low = finish(low);
    this.high = finish(high);
  }

  expand(words: Int32Array, from: number, _: number, low: number, high: number, out: Successors): void {
    this.forget();
    const { space, steps, targets } = this;
    const vector = this.load(words, from);
    space.hash(vector, 0, vector.length);
    steps.clear();
    space.expand(vector, 0, vector.length, space.low, space.high, steps);
    targets.length = 0;
    out.idle += steps.idle;
    for (let i = 0; i < steps.count; i++) {
      const target = new Int32Array(space.roomAfter(vector.length));
      const text = this.text(target, 0, space.write(vector, 0, vector.length, steps, i, target, 0));
      targets.push(text);
      this.hash(text, 0);
      out.push(this.low, this.high, i, 0, 0);
    }
    this.low = low;
    this.high = high;
  }

  write(
    _words: Int32Array,
    _from: number,
    _to: number,
    out: Successors,
    index: number,
    target: Int32Array,
    at: number,
  ): number {
    const text = this.targets[out.a(index)] as Int32Array;
    target.set(text, at);
    return at + text.length;
  }

  roomAfter(length: number): number {
    return Math.max(length, this.longest);
  }

  judge(words: Int32Array, from: number, _: number, pending: number, stuck: boolean): number {
    const vector = this.load(words, from);
    return this.space.judge(vector, 0, vector.length, pending, stuck);
  }

  satisfies(words: Int32Array, from: number, _: number, index: number, end: boolean): boolean {
    const vector = this.load(words, from);
    return this.space.satisfies(vector, 0, vector.length, index, end);
  }

  fairClass(out: Successors, index: number): number {
    return this.space.fairClass(this.steps, out.a(index));
  }

  actor(out: Successors, index: number): number {
    return this.space.actor(this.steps, out.a(index));
  }

  kindOf(out: Successors, index: number): string {
    return this.space.kindOf(this.steps, out.a(index));
  }

  explain(words: Int32Array, from: number, _: number, property: number): string {
    const vector = this.load(words, from);
    return this.space.explain(vector, 0, vector.length, property);
  }

  describe(words: Int32Array, from: number, _: number, out: Successors, index: number): StepText {
    const vector = this.load(words, from);
    return this.space.describe(vector, 0, vector.length, this.steps, out.a(index));
  }

  show(words: Int32Array, from: number): unknown {
    const vector = this.load(words, from);
    return this.space.show(vector, 0, vector.length);
  }

  private load(words: Int32Array, from: number): Int32Array {
    return this.space.vector(wordsText(words, from));
  }

  private text(words: Int32Array, from: number, to: number): Int32Array {
    const text = textWords(this.space.contents(words, from, to));
    this.longest = Math.max(this.longest, text.length);
    return text;
  }

  /** Begins a space anew when this one holds too much. */
  private forget(): void {
    if (this.space.work.parts < MOST_PARTS) return;
    Object.assign(this.clippedBefore, this.clipped);
    for (const bound of this.space.cuts) this.cutsBefore.add(bound);
    this.before = this.work;
    this.space = this.open();
  }
}
