import type { History, Verdict, VerdictStatus } from '@holdfast/check';
import { hashString } from '@holdfast/plain';
import type { Trace } from '@holdfast/trace';

/** One planned fault, as far as a page knows it: what it is, when, and whom it touches. Other fields survive every edit. */
export interface PlanFault {
  readonly id: number;
  readonly kind: string;
  /** Simulated microseconds. A length of 0 lasts until everything heals, or strikes once. */
  readonly atUs: number;
  readonly forUs: number;
  /** Sides of a cut, by host name. */
  readonly groups?: readonly (readonly string[])[];
  readonly host?: string;
}

/** What becomes of one message, whatever the network decides. */
export type PlanMessage = { readonly kind: 'drop' } | { readonly kind: 'delay'; readonly byUs: number };

/** Everything decided before a run, as far as a page edits it. Plain data; other fields survive every edit. */
export interface RerunPlan {
  readonly seed: number;
  readonly faults: readonly PlanFault[];
  readonly endUs: number;
  /** By message number. */
  readonly messages?: Readonly<Record<string, PlanMessage>>;
}

/** What a page needs to run a run again. */
export interface Rerun {
  /** A classic script for a worker: takes a `RerunRequest` as message, answers with a `RerunAnswer`. */
  readonly code: string;
  /** `codeDigest` of the code that made the run. */
  readonly codeDigest: string;
  /** Which of the code's experiments. */
  readonly experiment: string;
  readonly plan: RerunPlan;
  /** The file the experiment came from, as evidence names it; absent for a built-in one. */
  readonly file?: string;
}

/** Formats a page can hand a run out in. */
export type PrintFormat = 'shiviz' | 'mermaid' | 'chrome' | 'json';

/** One run to make. `base` keeps its trace: later runs are compared with it. */
export interface RerunRequest {
  readonly id: number;
  readonly experiment: string;
  readonly base: boolean;
  /** The plan to run, or the seed whose own plan is wanted. */
  readonly plan?: RerunPlan;
  readonly seed?: number;
  /** Give the run as a text in this format, and nothing else. */
  readonly print?: PrintFormat;
}

/** Where a run first differs from the one it is compared with. */
export interface RerunDivergence {
  /** The same event number in both. */
  readonly event: number;
  /** One sentence naming both sides. */
  readonly text: string;
}

/** What a run gave, or why there is none. */
export type RerunAnswer =
  | {
      readonly id: number;
      readonly kind: 'ran';
      readonly plan: RerunPlan;
      readonly digest: string;
      readonly status: VerdictStatus;
      readonly events: number;
      readonly trace: Trace;
      readonly history: History;
      readonly verdicts: readonly Verdict[];
      readonly metrics: Readonly<Record<string, number>>;
      /** Absent when the runs are equal, and in the answer for the base. */
      readonly divergence?: RerunDivergence;
    }
  | { readonly id: number; readonly kind: 'printed'; readonly text: string }
  | { readonly id: number; readonly kind: 'failed'; readonly reason: string };

/** Sixteen hexadecimal digits; equal code has equal digests. Not cryptographic: it finds changes, not forgery. */
export function codeDigest(code: string): string {
  return [0x5eed, 0x0c0de]
    .map((seed) => (hashString(code, seed) >>> 0).toString(16).padStart(8, '0'))
    .join('');
}
