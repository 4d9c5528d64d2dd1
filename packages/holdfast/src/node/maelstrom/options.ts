import type { WorkloadKind } from './workloads/workload.ts';
import type { Nemesis } from './nemesis.ts';

/** A whole test of a program; every field has the meaning Maelstrom's option of that name has, unless said. */
export interface MaelstromOptions {
  readonly workload: WorkloadKind;
  readonly bin: string;
  readonly args: readonly string[];
  readonly nodes: readonly string[];
  readonly clients: number;
  /** Requests a second, all clients together. */
  readonly rate: number;
  readonly timeLimitMs: number;
  /** Rest between the end of everything wrong and the last requests. */
  readonly recoveryMs: number;
  readonly timeoutMs: number;
  readonly latency: { readonly meanMs: number; readonly distribution: LatencyDistribution };
  /** Chances that a message between nodes is lost, or arrives twice; Maelstrom has no such options. */
  readonly loss: number;
  readonly duplicate: number;
  readonly nemeses: readonly Nemesis[];
  readonly nemesisIntervalMs: number;
  readonly topology: string;
  readonly consistencyModels: string;
  /** The share of requests that must succeed; undefined where nothing is asked. */
  readonly availability: number | undefined;
  readonly keyCount: number;
  readonly maxTxnLength: number;
  readonly maxWritesPerKey: number;
  /** Which requests, strikes and delays are drawn. */
  readonly seed: number;
  /** Hears what nodes print on standard error. */
  readonly logged?: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly progress?: (text: string) => void;
}

/** How delays are spread. */
export const DISTRIBUTIONS = ['constant', 'uniform', 'exponential'] as const;
/** One of them. */
export type LatencyDistribution = (typeof DISTRIBUTIONS)[number];
