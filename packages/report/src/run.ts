import type { History, TransactionAnomaly, Verdict } from '@holdfast/check';
import type { Trace } from '@holdfast/trace';
import type { QuorumDiagram } from './pictures/quorums.ts';
import type { Rerun } from './rerun/data.ts';

/**
 * How a run was made smaller: events handled before and after (a trace records more than was handled: sends, states and
 * notes too), and how many candidate runs were tried.
 */
export interface ShrinkSummary {
  readonly fromEvents: number;
  readonly toEvents: number;
  readonly steps: number;
}

/** What the run looked like before it was shrunk; only sizes, the original itself is reached by its own command. */
export interface OriginalSummary {
  readonly eventCount: number;
  readonly operationCount?: number;
  /** Simulated microseconds. */
  readonly endedAt?: number;
  /** The one command that replays the run as it was before shrinking. */
  readonly command?: string;
}

/** A titled piece of prose; blank lines separate paragraphs. Plain text, never markup. */
export interface ReportSection {
  readonly title: string;
  readonly text: string;
}

/** A titled table of plain text. Every row has as many cells as `head`. */
export interface ReportTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The events behind a violation, each by its id in the trace; `necessary` when the violation goes away without it. */
export interface CausalSlice {
  readonly events: readonly { readonly id: number; readonly necessary: boolean }[];
  /** How many events led to it, when not all are told. */
  readonly led?: number;
  /** Rules that the run went against, in sentences, with the events that show it. */
  readonly rules?: readonly { readonly sentence: string; readonly events: readonly number[] }[];
  /** The event after which the violation could not be averted any more, or -1. */
  readonly pointOfNoReturn: number;
}

/** Everything a report shows of one run: plain data, made by whoever ran it. */
export interface RunReport {
  readonly title: string;
  /** The experiment's name. */
  readonly experiment: string;
  /** The seed that generated the run; null when the run was not simulated. */
  readonly seed: number | null;
  /** The one command that replays exactly this run. */
  readonly command: string;
  /** Digest of the run; a replay must reach the same one. */
  readonly digest: string;
  /** May be empty (no nodes, no events) when only a history was recorded. */
  readonly trace: Trace;
  readonly history: History;
  readonly verdicts: readonly Verdict[];
  /** Measured numbers by name, in the order to show them; the name carries the unit. */
  readonly metrics?: Readonly<Record<string, number>>;
  readonly shrink?: ShrinkSummary;
  readonly original?: OriginalSummary;
  readonly sections?: readonly ReportSection[];
  /** Anomalies of transactions, each drawn as a graph with every edge explained. */
  readonly anomalies?: readonly TransactionAnomaly[];
  /** Rules about quorums, each with its counterexample where it does not hold. */
  readonly quorums?: readonly QuorumDiagram[];
  /** Why it happened, as far as somebody has worked it out. */
  readonly slice?: CausalSlice;
  /** What the page needs to run it again, or why it cannot. */
  readonly rerun?: Rerun;
  readonly noRerun?: string;
}

/** One page: several runs side by side, then tables. */
export interface ReportPage {
  readonly title: string;
  /** Who or what the page is for, in one line: an experiment, a release, a date given by the caller. */
  readonly generatedFor: string;
  readonly runs: readonly RunReport[];
  readonly tables?: readonly ReportTable[];
}
