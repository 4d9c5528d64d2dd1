import type { VerdictStatus } from '@holdfast/check';

/** What a search visited, and how. */
export interface ExploreCoverage {
  readonly end: string;
  /** In which order states were visited; `none` for a replay. */
  readonly search: 'breadth' | 'depth' | 'none';
  readonly states: number;
  readonly generated: number;
  readonly revisited: number;
  readonly depth: number;
  readonly queued: number;
  /** Steps a bound left out, by its name. */
  readonly clipped: Readonly<Record<string, number>>;
  /** Bounds that kept some step from being taken. */
  readonly heldBackBy: readonly string[];
  readonly symmetry: boolean;
  readonly partialOrder: boolean;
  readonly reduction: 'off' | 'ample' | 'dynamic';
  /** Of dynamic partial order: runs followed to their end, and runs given up; null without it. */
  readonly runs: { readonly complete: number; readonly blocked: number } | null;
  readonly exact: boolean;
  readonly fingerprintBits: 64 | 96;
  readonly collisionOdds: number;
  readonly bytes: number;
}

/** A search within some of the bounds that are raised. */
export interface IterationEntry {
  readonly bounds: string;
  readonly verdict: VerdictStatus;
  readonly end: string;
  readonly states: number;
  readonly generated: number;
  readonly depth: number;
  /** Which of the bounds that are raised kept steps from being taken. */
  readonly heldBackBy: readonly string[];
  readonly ms: number;
}
