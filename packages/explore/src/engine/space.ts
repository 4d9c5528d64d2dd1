import type { StepFacts } from '../report/facts.ts';
import type { StepDependence } from './partialOrder/stepDependence.ts';
import type { Numbered, Remembering } from './share/numbered.ts';

/** How a property is judged: in every state, in some state, or in every state that no step leaves. */
export type PropertyKind = 'always' | 'reachable' | 'terminal';

/** A property of a space, without its meaning. */
export interface PropertyName {
  readonly name: string;
  readonly kind: PropertyKind;
}

/** One step for readers. */
export interface StepText {
  /** `deliver`, `timer`, `crash`, ... or an action's name. */
  readonly kind: string;
  /** One line: `N1 -> N2 RequestVote {"term":1}`. */
  readonly text: string;
  /** What it changed of what observers may know, in a few words: `N1 role follower -> candidate, term 0 -> 1`. */
  readonly changes: string;
  /** The state after the step, plain. */
  readonly after: unknown;
  /** The same as data, of systems of cores. */
  readonly facts?: StepFacts;
}

/**
 * States as short vectors of 32-bit words, and what leads from one to the next. Every vector has one meaning and every state
 * one vector, so that equal vectors are equal states.
 */
export interface Space {
  readonly name: string;
  readonly properties: readonly PropertyName[];
  /** Initial states, at least one; duplicates are allowed. */
  initial(): readonly Int32Array[];
  /** Puts the hash of a whole vector into `low` and `high`. */
  hash(words: Int32Array, from: number, to: number): void;
  low: number;
  high: number;
  /** Whether the steps of one state may still be followed when those of others have been worked out. */
  readonly lookahead: boolean;
  /** Puts every step from a state whose hash is given on `out`, always in the same order. */
  expand(words: Int32Array, from: number, to: number, low: number, high: number, out: Successors): void;
  /** Writes the state that step `index` of `out` leads to, and answers its end; `target` has room for `words(...)` of it. */
  write(
    words: Int32Array,
    from: number,
    to: number,
    out: Successors,
    index: number,
    target: Int32Array,
    at: number,
  ): number;
  /** The most words a successor of a vector of this length may have. */
  roomAfter(length: number): number;
  /**
   * The witnesses a state is, among the properties of `pending` (bit i for property i): a violation of an `always`, an example of
   * a `reachable`, a violation of a `terminal` when `stuck`.
   */
  judge(words: Int32Array, from: number, to: number, pending: number, stuck: boolean): number;
  /** What must happen again and again, or once: names, judged by `satisfies`. */
  readonly leadsTo: readonly string[];
  /** Whether a state satisfies the first (`end` false) or second half of what must lead to something. */
  satisfies(words: Int32Array, from: number, to: number, index: number, end: boolean): boolean;
  /**
   * The class of a step that is taken again and again when it is enabled from some point on (weak fairness), as a number of at least 0;
   * -1 for a step that nobody promises to take.
   */
  fairClass(out: Successors, index: number): number;
  /** Who acts in a step: a number for each node, client or action, -1 for what nobody does, such as losses. */
  actor(out: Successors, index: number): number;
  /** The kind of a step, as `describe` names it. */
  kindOf(out: Successors, index: number): string;
  /** Words of a vector that have a place of their own; what follows is a bag. */
  readonly fixed: number;
  /** What a property looked at in a state, for readers. */
  explain(words: Int32Array, from: number, to: number, property: number): string;
  /** Turns a vector into the least of its orbit, in place; absent when symmetry is off. */
  canonicalise?(words: Int32Array, from: number, to: number): void;
  /**
   * Which of the steps from a state are enough to follow (partial order), as the number of a group; -1 when all must be. Absent when that
   * reduction is off. Properties not among the `pending`, as for `judge`, need not be kept.
   */
  ample?(words: Int32Array, from: number, to: number, out: Successors, pending: number): number;
  /** Whether a step belongs to the group that `ample` named. */
  inGroup?(words: Int32Array, from: number, out: Successors, index: number, group: number): boolean;
  /** Which steps depend on one another; absent unless it was asked for. */
  readonly dependence?: StepDependence;
  /** Step `index` of `out`, for readers. */
  describe(words: Int32Array, from: number, to: number, out: Successors, index: number): StepText;
  /** A state, for readers. */
  show(words: Int32Array, from: number, to: number): unknown;
  /** Bounds that kept some step from being taken so far, by their names in `Bounds`: any other may be larger without a difference. */
  readonly cuts: readonly string[];
  /** Steps left out because of a bound, by the bound's name. */
  readonly clipped: Readonly<Record<string, number>>;
  /** Everything that gives the words of vectors their meaning, in an order that depends on the model only. */
  readonly parts: readonly Numbered[];
  /** What was worked out in terms of them, where threads may take it over from one another. */
  readonly memory?: Remembering;
  /** What memoising did, for reports. */
  readonly work: SpaceWork;
  readonly bytes: number;
}

/** What a space did. */
export interface SpaceWork {
  /** Times the model's own code was run for a step. */
  readonly calls: number;
  /** Steps answered from memory. */
  readonly hits: number;
  /** Of them, run again to see whether the model's code gives the same answer. */
  readonly rechecks: number;
  /** Distinct parts: local states, messages, values. */
  readonly parts: number;
}

/** Words of each step in `Successors.rows`. */
export const SUCCESSOR_WORDS = 5;
const ROW: typeof SUCCESSOR_WORDS = SUCCESSOR_WORDS;

/** Steps from one state: the hash each leads to and the space's own recipe for it. */
export class Successors {
  count = 0;
  /** Steps that lead back to the same state. */
  idle = 0;
  /** Per step: low, high and three words of the recipe. */
  rows: Int32Array = new Int32Array(64 * ROW);

  clear(): void {
    this.count = 0;
    this.idle = 0;
  }

  push(low: number, high: number, a: number, b: number, c: number): void {
    let at = this.count++ * ROW;
    if (at === this.rows.length) {
      const rows = new Int32Array(2 * this.rows.length);
      rows.set(this.rows);
      this.rows = rows;
    }
    const { rows } = this;
    rows[at++] = low;
    rows[at++] = high;
    rows[at++] = a;
    rows[at++] = b;
    rows[at] = c;
  }

  low(index: number): number {
    return this.rows[index * ROW] as number;
  }

  high(index: number): number {
    return this.rows[index * ROW + 1] as number;
  }

  a(index: number): number {
    return this.rows[index * ROW + 2] as number;
  }

  b(index: number): number {
    return this.rows[index * ROW + 3] as number;
  }

  c(index: number): number {
    return this.rows[index * ROW + 4] as number;
  }
}
