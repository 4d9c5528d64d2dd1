import type { RaftDefect, RaftOptions, ReadMode } from '@holdfast/protocols';
import type { LatencyModel } from '@holdfast/world';

/** A membership change an operator asks the leader for. */
export interface OperatorChange {
  readonly atMs: number;
  /** The voters wanted, by server number from 1. */
  readonly voters: readonly number[];
}

/** A replicated key-value store on a Raft core. Times are simulated. */
export interface RaftKvOptions {
  /** Servers N1, N2, ...: 1 to 9. */
  readonly nodes: number;
  /** How reads are made. Default `index`. */
  readonly reads?: ReadMode;
  readonly raft?: Omit<RaftOptions, 'voters' | 'defect'>;
  /** Voters at the start, by server number; all by default. Others wait to be added. */
  readonly voters?: readonly number[];
  /** Membership changes, in order. */
  readonly changes?: readonly OperatorChange[];
  /** An operator who asks for a random new set of voters about this often, until everything heals. */
  readonly churnEveryMs?: number;
  /** Latency of every link, one direction. Default: 0.2 to 1 ms. */
  readonly latency?: LatencyModel;
  /** Server that leadership is handed to at a time, by number: for schedules that need a certain leader. */
  readonly transfers?: readonly { readonly atMs: number; readonly to: number }[];
  /** Runs every step twice and compares: catches cores that keep state or time outside their state. At least twice as slow. */
  readonly guard?: boolean;
  /**
   * Other versions of the servers' program, by name, for `upgrade` faults: the options in which each differs. A version keeps voters,
   * state machine and what is on disk.
   */
  readonly versions?: Readonly<Record<string, Omit<RaftOptions, 'voters'>>>;
  /** Breaks the protocol on purpose: the broken twins. */
  readonly defect?: RaftDefect;
}

/** Smallest and largest group. */
export const RAFT_KV_NODES: readonly [number, number] = [1, 9];
