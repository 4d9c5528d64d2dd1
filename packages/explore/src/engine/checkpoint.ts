import { Ints } from './ints.ts';
import type { SavedLineage } from './lineage.ts';
import type { FingerprintBits, Witness } from './searchOptions.ts';
import type { Numbered } from './share/numbered.ts';

/** A search in the middle of its work, as plain numbers: what it was told to save and can go on from. */
export type SavedSearch = SavedBreadth | SavedDepth;

/** What every search saves. */
interface SavedCounts {
  readonly depth: number;
  readonly generated: number;
  readonly pending: number;
  readonly witnesses: readonly Witness[];
  /** How many states were found. */
  readonly states: number;
  /** How many states were expanded. */
  readonly number: number;
  /** How long fingerprints are, and the tables of them as they are. */
  readonly bits: FingerprintBits;
  readonly tables: readonly Int32Array[];
}

/** A search by levels. */
export interface SavedBreadth extends SavedCounts {
  readonly order: 'breadth';
  readonly levels: readonly number[];
  readonly lineage: SavedLineage;
  /** States of the current level that are still to be expanded, then those of the next. */
  readonly current: SavedStates;
  readonly next: SavedStates;
}

/** A search that follows each run to its end. */
export interface SavedDepth extends SavedCounts {
  readonly order: 'depth';
  /** Runs to witnesses, as `Searching.pathTo` gives them. */
  readonly paths: readonly (readonly number[])[];
  readonly unexpanded: number;
  readonly revisited: number;
  /** Initial states begun with. */
  readonly roots: number;
  /** The run at hand: its states, and how far each is. */
  readonly stack: readonly Int32Array[];
}

/** States that wait, piece by piece. To be gone through once, as they may lie in a file. */
export interface SavedStates {
  /** How many pieces there are. */
  readonly count: number;
  readonly pieces: Iterable<PackedStates>;
}

/** Some whole states, each behind its length and the halves of its hash, as `pack` makes them small. */
export interface PackedStates {
  /** How many words they are. */
  readonly length: number;
  readonly words: Int32Array;
}

/** An exploration that was interrupted: its search, what its numbers mean, and what it was asked. */
export interface Checkpoint {
  readonly model: string;
  /** As `boundsText` gives them. */
  readonly bounds: string;
  readonly symmetry: boolean;
  readonly partialOrder: boolean;
  /** Whether its numbers are those of parts; false when states stand for themselves. */
  readonly interned: boolean;
  readonly clipped: Readonly<Record<string, number>>;
  readonly cuts: readonly string[];
  readonly search: SavedSearch;
  /** Per part of the space, its entries: length and words of each. */
  readonly parts: readonly Int32Array[];
}

/** Thrown when a checkpoint does not belong to what is explored. */
export class CheckpointError extends Error {
  readonly code = 'BAD_CHECKPOINT';
  constructor(what: string, saved: string, wanted: string) {
    super(
      `Cannot go on from this checkpoint as its ${what} differs: it has '${saved}', asked for is '${wanted}'`,
    );
    this.name = 'CheckpointError';
  }
}

/** Everything a part has numbered so far. */
export function savePart(part: Numbered): Int32Array {
  // One at a time: a search is saved also where the heap is nearly full.
  const words = new Ints(1024);
  for (let id = 0; id < part.size; id++) {
    const entry = part.entry(id);
    words.push(entry.length);
    for (let i = 0; i < entry.length; i++) words.push(entry[i] as number);
  }
  return words.words.slice(0, words.length);
}

/** Gives a part of a fresh space what it lacks of what was saved. */
export function restorePart(part: Numbered, words: Int32Array): void {
  const fresh = part.size;
  for (let at = 0, id = 0; at < words.length; id++) {
    const end = at + 1 + (words[at] as number);
    if (id >= fresh) part.adopt(words, at + 1, end);
    at = end;
  }
}
