import type { VerdictStatus } from '@holdfast/check';
import type { FingerprintBits, PartialOrderKind, SearchEnd, SearchOrder } from '../engine/searchOptions.ts';
import type { PropertyKind, SpaceWork, StepText } from '../engine/space.ts';

/** A run from an initial state to the state that shows something; breadth first none is shorter. */
export interface ExploreTrace {
  /** The state it starts from, plain. */
  readonly initial: unknown;
  readonly steps: readonly StepText[];
  /** What the property looked at in the last state, in words. */
  readonly seen: string;
  /** Of a run without end: how many steps come before those that repeat for ever; all of them when it then stays where it is. */
  readonly loopsFrom?: number;
}

/** What became of one property. */
export interface PropertyResult {
  readonly name: string;
  /** `leads-to` is a property of runs without end. */
  readonly kind: PropertyKind | 'leads-to';
  readonly status: VerdictStatus;
  /** One sentence a stranger understands. */
  readonly reason: string;
  /** A violation of an `always` or `terminal`, an example of a `reachable`. */
  readonly trace?: ExploreTrace;
}

/** Everything an exploration found out. */
export interface ExploreResult {
  readonly model: string;
  /** The bounds in words; empty when nothing was bounded. */
  readonly bounds: string;
  /** The worst of all properties; `undecided` also when the search did not get through, or nothing could happen. */
  readonly status: VerdictStatus;
  readonly reason: string;
  readonly properties: readonly PropertyResult[];
  /** Distinct states, up to symmetry where it is on. */
  readonly states: number;
  /** Initial states and steps taken, also those to known states. */
  readonly generated: number;
  /**
   * Levels, the initial states being the first: one more than the steps of the longest shortest run. Depth first, states on the longest
   * run that was followed.
   */
  readonly depth: number;
  /** States found whose steps were not looked at. */
  readonly queued: number;
  readonly end: SearchEnd;
  readonly search: SearchOrder;
  /** States expanded again, as they were reached by fewer steps; depth first within a bound on steps only. */
  readonly revisited: number;
  /** Steps left out by a bound, by its name. */
  readonly clipped: Readonly<Record<string, number>>;
  /** Bounds that kept some step from being taken, by their names in `Bounds`; any other may be larger without a difference. */
  readonly cuts: readonly string[];
  readonly symmetry: boolean;
  /** Orders of steps that make no difference were left out; a run that shows something need not be a shortest one then. */
  readonly partialOrder: boolean;
  /** Which reduction that was. With `dynamic` states count as often as runs went through them. */
  readonly reduction: PartialOrderKind;
  /** Of `dynamic`: runs followed to their end, each once up to order, and runs given up as what could follow is known. */
  readonly runs?: { readonly complete: number; readonly blocked: number };
  /** Whole states were compared, so that none was ever taken for another. */
  readonly exact: boolean;
  /** Parts of states were numbered and steps remembered; false where that gained nothing and was given up. */
  readonly interned: boolean;
  /** Length of the fingerprints states were told apart by, unless exact. */
  readonly fingerprintBits: FingerprintBits;
  /** The probability that two states were taken for one: 0 when exact. */
  readonly collisionOdds: number;
  /** States another state shares its 64-bit fingerprint with; known when exact. */
  readonly confusions: number;
  /** What the tables needed at the end. */
  readonly bytes: number;
  readonly work: SpaceWork;
  /** The violation found first: breadth first no run shorter than this has one. */
  readonly counterexample?: ExploreTrace & { readonly property: string };
}

/** How far an exploration is. */
export interface ExploreProgress {
  readonly states: number;
  readonly generated: number;
  readonly depth: number;
  readonly queued: number;
  readonly bytes: number;
  /** How many states there may be in all; undefined while levels still grow, as nobody can know then. */
  readonly estimate: number | undefined;
}
