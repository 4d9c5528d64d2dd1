import type { SavedSearch } from './checkpoint.ts';
import type { SearchEnd, SearchOrder, Witness } from './searchOptions.ts';

/** A search that is carried on piece by piece, in whatever order it visits states. */
export interface Searching {
  readonly order: SearchOrder;
  /** Distinct states found. */
  readonly states: number;
  /** Steps taken, those back to the same state or to a known one included, plus initial states. */
  readonly generated: number;
  /** States on the longest run looked at so far; of breadth first, where no run to a state is shorter. */
  readonly depth: number;
  /** States found whose steps were not all followed. */
  readonly queued: number;
  readonly bytes: number;
  /** States whose fingerprint another had before them; only known in exact mode. */
  readonly confusions: number;
  readonly end: SearchEnd | undefined;
  /** States whose successors a bound on the steps kept from being looked at. */
  readonly unexpanded: number;
  /** Why no more states could be written to disk. */
  readonly spillFailure: string | undefined;
  readonly witnesses: readonly Witness[];
  /** New states of each level, where there are levels. */
  readonly levels: readonly number[];
  /** Expands up to so many states; false when there is no more to do. */
  advance(quota: number): boolean;
  /** Ends it where it is. */
  stop(end: 'cancelled' | 'bytes'): void;
  /** All that is needed to go on later; undefined where it is not saved. */
  save(): SavedSearch | undefined;
  /** Which initial state, and then which step of each state in turn, leads to a witness. */
  pathTo(state: number): readonly number[];
}
