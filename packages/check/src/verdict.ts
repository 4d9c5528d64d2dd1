import type { Operation } from './history/operation.ts';

/** Everything a judge can say. `undecided` only when a deterministic step budget is spent; never mixed with `holds`. */
export type VerdictStatus = 'holds' | 'violated' | 'undecided';

/** One promise judged, with its evidence. A verdict without evidence does not exist. */
export interface Verdict {
  /** The promise: `linearizability`, `election safety`, ... */
  readonly promise: string;
  readonly status: VerdictStatus;
  /** One sentence a stranger understands: why it is violated (operations and nodes named), what was examined when it holds. */
  readonly reason: string;
  readonly evidence: Evidence;
}

/** What backs a verdict. Fields are present where they apply. */
export interface Evidence {
  /** How much was examined: operations, states, comparisons; a promise that examined nothing says so here. */
  readonly examined: number;
  /** Deterministic work done, in the judge's own steps. */
  readonly steps: number;
  /** Ids of the operations of an order that explains the history, when it holds. */
  readonly order?: readonly number[];
  /** The operation that cannot be explained. */
  readonly blocking?: Operation;
  /** A one-minimal sub-history: it is violated, and removing any one operation of it is not. */
  readonly minimal?: readonly Operation[];
  /** The longest explainable prefixes, as operation ids in order. */
  readonly prefixes?: readonly (readonly number[])[];
  /** Trace event ids that show it. */
  readonly events?: readonly number[];
  /** Simulated microseconds at which a monitor saw it. */
  readonly atUs?: number;
}

/** The worst of several: violated over undecided over holds. */
export function worstStatus(verdicts: readonly Verdict[]): VerdictStatus {
  if (verdicts.some((v) => v.status === 'violated')) return 'violated';
  return verdicts.some((v) => v.status === 'undecided') ? 'undecided' : 'holds';
}
