import type { Spilling } from './spill.ts';

/** How a search goes about it. */
export interface SearchOptions {
  /** Keeps and compares whole states instead of their fingerprints. */
  readonly exact: boolean;
  /** How long fingerprints are. */
  readonly bits: FingerprintBits;
  /** Stops when more states than this were found. */
  readonly maxStates: number;
  /** Stops when its own tables need more than this. */
  readonly maxBytes: number;
  /** Steps in a run. */
  readonly maxSteps: number;
  /** Stops at the first violation. */
  readonly stopAtViolation: boolean;
  /** Where states wait when memory for them gets short. */
  readonly spilling?: Spilling | undefined;
  /** Breaks the search, to see that it shows. */
  readonly defect?: SearchDefect | undefined;
}

/** What a broken search leaves out; for tests of the tests. */
export type SearchDefect = 'never expands again';

/**
 * In which order states are visited. `breadth`: level by level, so that what is found is found by a shortest run. `depth`: each run to its
 * end before the next, so that hardly any state waits.
 */
export type SearchOrder = 'breadth' | 'depth';

/**
 * How orders of steps that make no difference are left out. `ample`: in each state the steps of one node, where they suffice; states are
 * remembered. `dynamic`: each run once, up to order; nothing is remembered.
 */
export type PartialOrderKind = 'off' | 'ample' | 'dynamic';

/** Lengths of fingerprints. */
export type FingerprintBits = 64 | 96;

/** Why a search ended. */
export type SearchEnd = 'complete' | 'violated' | 'states' | 'bytes' | 'disk' | 'cancelled';

/** A state that is a witness for a property: a violation, or an example. */
export interface Witness {
  readonly property: number;
  /** Number of the state, in the order of discovery. */
  readonly state: number;
}
