import type { ExploreCoverage, IterationEntry } from './exploreCoverage.ts';
import type { Operation, VerdictStatus } from '@holdfast/check';
import type { DocumentRun, FieldFinding } from '@holdfast/report';
import type { Completion } from '../casebook/index.ts';
import type { Conclusion } from '../node/summary.ts';
import type { Versions } from '../node/versions.ts';
import type { ReviewedRule } from '../review/review.ts';
import type { ExitCode } from './exitCodes.ts';
import type { Io } from './io.ts';

/** Version of the documents that `--json` prints; raised when a field changes its meaning or goes away. */
export const RESULT_VERSION = 1;

/** One promise judged. */
export interface CheckEntry {
  readonly promise: string;
  readonly status: VerdictStatus;
  readonly reason: string;
  /** Summed over all seeds. */
  readonly examined: number;
  /** The seed `reason` speaks of; null where there are no seeds. */
  readonly seed: number | null;
}

/** One promise broken in one run or history. */
export interface FindingEntry {
  readonly seed: number | null;
  /** The history's file, for `check`. */
  readonly file: string | null;
  readonly promise: string;
  readonly reason: string;
}

/** A seed, or a history, that could not be judged because something threw. */
export interface ErrorEntry {
  readonly seed: number | null;
  readonly file: string | null;
  readonly message: string;
  readonly stack: string | null;
  /** The command that shows it again. */
  readonly command: string | null;
}

/** What all documents have. */
interface Head {
  readonly format: 'holdfast-result';
  readonly version: typeof RESULT_VERSION;
  readonly verdict: Conclusion;
  readonly exitCode: ExitCode;
  readonly checks: readonly CheckEntry[];
  readonly findings: readonly FindingEntry[];
  readonly errors: readonly ErrorEntry[];
  /** Real time in milliseconds, by name; `totalMs` is always there. Never part of a digest. */
  readonly timings: Readonly<Record<string, number>>;
  readonly versions: Versions;
}

/** How a violated run was made small. */
export interface ShrunkEntry {
  readonly promise: string;
  readonly reason: string;
  readonly fromEvents: number;
  readonly toEvents: number;
  readonly runs: number;
}

/** What `run --json` and `replay --json` print. */
export interface RunDocument extends Head {
  readonly command: 'run' | 'replay';
  readonly experiment: { readonly name: string; readonly file: string | null };
  readonly seeds: { readonly from: number; readonly count: number; readonly done: number };
  /** Of the campaign; of the run for `replay`. Null when no seed was run. */
  readonly digest: string | null;
  readonly interrupted: boolean;
  /** Path of the evidence file, as typed from the current folder. */
  readonly evidence: string | null;
  /** The command that replays the evidence. */
  readonly replay: string | null;
  readonly report: string | null;
  readonly shrunk: ShrunkEntry | null;
  /** Summed over seeds: `events`, `operations`, `faults`; for a single seed every metric of the run. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** One history that `check --json` judged. */
export interface HistoryEntry {
  readonly file: string;
  readonly format: string | null;
  readonly operations: number | null;
  readonly verdict: Conclusion;
  /** What was judged: `linearizability`; null when the history could not be read. */
  readonly promise: string | null;
  readonly reason: string;
  /** The operation that cannot be explained, and a smallest contradiction, where the judge names them. */
  readonly blocking: Operation | null;
  readonly minimal: readonly Operation[];
  /** Ids of operations in an order that explains the history, when it was asked for and there is one. */
  readonly order: readonly number[] | null;
  /** Of transactions: what is wrong with them, and the models that rules out. */
  readonly anomalies: readonly { readonly name: string; readonly title: string; readonly sentence: string }[];
  readonly ruledOut: readonly string[];
  /** Of plain checkers: what was found, and what was counted and measured on the way. */
  readonly findings: readonly {
    readonly kind: string;
    readonly violates: boolean;
    readonly sentence: string;
  }[];
  readonly counts: Readonly<Record<string, number>>;
  readonly measures: Readonly<Record<string, number>>;
  readonly examined: number;
  readonly steps: number;
  readonly warnings: readonly string[];
  readonly ms: number;
}

/** What `check --json` prints. */
export interface CheckDocument extends Head {
  readonly command: 'check';
  readonly model: string;
  readonly consistency: string | null;
  readonly histories: readonly HistoryEntry[];
}

/** What `explore --json` prints. */
export interface ExploreDocument extends Head {
  readonly command: 'explore';
  readonly model: { readonly name: string; readonly file: string | null };
  /** As they are typed; empty when nothing is bounded. */
  readonly bounds: string;
  readonly interrupted: boolean;
  readonly reason: string;
  readonly coverage: ExploreCoverage;
  /** Searches within bounds that were raised, the last included, and why they were not raised further; none where no bound was a range. */
  readonly iterations: readonly IterationEntry[];
  readonly iterationsEnd: 'violated' | 'exhausted' | 'range' | 'budget' | null;
  /** The violation found first; null without one. */
  readonly counterexample: {
    readonly promise: string;
    readonly seen: string;
    readonly steps: readonly { readonly kind: string; readonly text: string; readonly changes: string }[];
  } | null;
  /** Path of the run's file, as typed from the current folder. */
  readonly evidence: string | null;
  readonly replay: string | null;
  /** Path of the page that was asked for. */
  readonly report: string | null;
  /** Of an unfinished search: its checkpoint's path, and the command that goes on from it. */
  readonly checkpoint: string | null;
  readonly resume: string | null;
}

/** A step as documents show it. */
export interface StepEntry {
  readonly kind: string;
  readonly text: string;
  readonly changes: string;
}

/** What every document about one model has. */
interface ModelHead {
  readonly format: 'holdfast-result';
  readonly version: typeof RESULT_VERSION;
  readonly command: 'explore';
  readonly verdict: Conclusion;
  readonly exitCode: ExitCode;
  readonly model: { readonly name: string; readonly file: string | null };
  readonly bounds: string;
  readonly versions: Versions;
}

/** What `explore --walk --json` prints. */
export interface WalkDocument extends ModelHead {
  readonly taken: readonly StepEntry[];
  readonly state: unknown;
  readonly broken: readonly { readonly promise: string; readonly seen: string }[];
  readonly enabled: readonly (StepEntry & { readonly breaks: readonly string[] })[];
}

/** What `explore --budget --json` prints. */
export interface GuidedDocument extends ModelHead {
  readonly reason: string;
  readonly seed: number;
  readonly coverage: {
    readonly runs: number;
    readonly steps: number;
    readonly states: number;
    readonly parts: number;
    readonly runsSinceNew: number;
    readonly longest: number;
    readonly kinds: Readonly<Record<string, number>>;
    readonly clipped: Readonly<Record<string, number>>;
    readonly notShown: readonly string[];
  };
  readonly counterexample: {
    readonly promise: string;
    readonly seen: string;
    readonly steps: readonly StepEntry[];
  } | null;
  readonly evidence: string | null;
  readonly replay: string | null;
  readonly timings: Readonly<Record<string, number>>;
}

/** What `explore --json` without a model prints. */
export interface ModelsDocument {
  readonly format: 'holdfast-result';
  readonly version: typeof RESULT_VERSION;
  readonly command: 'explore';
  readonly models: readonly {
    readonly name: string;
    readonly kind: string;
    readonly family: string;
    readonly about: string;
    readonly bounds: string;
  }[];
  readonly versions: Versions;
}

/** A document of a case, judged by its runs made again. */
export interface VerifiedEntry {
  readonly file: string;
  readonly form: string;
  readonly holds: boolean;
  readonly fields: readonly FieldFinding[];
  /** The runs as they are now, and whether each is the very one that was recorded. */
  readonly runs: readonly (DocumentRun & { readonly asRecorded: boolean })[];
}

/** What `verify --json` prints. */
export interface VerifyDocument {
  readonly format: 'holdfast-result';
  readonly version: typeof RESULT_VERSION;
  readonly command: 'verify';
  readonly verdict: Conclusion;
  readonly exitCode: ExitCode;
  readonly documents: readonly VerifiedEntry[];
  readonly timings: Readonly<Record<string, number>>;
  readonly versions: Versions;
}

/** What `review --json` prints. */
export interface ReviewDocument {
  readonly format: 'holdfast-result';
  readonly version: typeof RESULT_VERSION;
  readonly command: 'review';
  readonly verdict: Conclusion;
  readonly exitCode: ExitCode;
  readonly service: string;
  readonly rules: readonly ReviewedRule[];
  readonly runs: readonly { readonly rehearsal: string; readonly digest: string }[];
  readonly report: string | null;
  readonly timings: Readonly<Record<string, number>>;
  readonly versions: Versions;
}

/** One approach of a case over its seeds. */
export interface ApproachEntry {
  readonly experiment: string;
  readonly verdict: Conclusion;
  readonly seeds: number;
  readonly violatedSeeds: number;
  readonly checks: readonly CheckEntry[];
}

/** One case that `casebook run --json` ran. */
export interface CaseEntry {
  readonly name: string;
  readonly verdict: Conclusion;
  readonly interrupted: boolean;
  readonly better: ApproachEntry | null;
  readonly wrong: ApproachEntry | null;
  /** What broke in the wrong approach, and in which seed; null where nothing did. */
  readonly broke: {
    readonly promise: string;
    readonly seed: number;
    readonly reason: string;
    /** The fault that the belief led to; null where the case does not say how it is seen. */
    readonly because: string | null;
  } | null;
  /** What the case shows besides: each broken in at least one seed where it must be. */
  readonly pairs: readonly {
    readonly name: string;
    readonly breaks: string;
    readonly seeds: number;
    readonly brokenSeeds: number;
    readonly seed: number | null;
    readonly reason: string;
  }[];
  /** The measured table: numbers by choice and column. */
  readonly tradeoffs: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly claims: readonly { readonly sentence: string; readonly holds: boolean }[];
  readonly documents: readonly VerifiedEntry[];
  /** Everything that is not as it must be, a sentence each. */
  readonly problems: readonly string[];
  readonly report: string | null;
  readonly ms: number;
}

/** What `casebook run --json` prints. */
export interface CasebookDocument {
  readonly format: 'holdfast-result';
  readonly version: typeof RESULT_VERSION;
  readonly command: 'casebook';
  readonly verdict: Conclusion;
  readonly exitCode: ExitCode;
  readonly cases: readonly CaseEntry[];
  readonly timings: Readonly<Record<string, number>>;
  readonly versions: Versions;
}

/** What `casebook status --json` prints. */
export interface CompletionDocument extends Completion {
  readonly format: 'holdfast-result';
  readonly version: typeof RESULT_VERSION;
  readonly command: 'casebook';
  readonly verdict: Conclusion;
  readonly exitCode: ExitCode;
  readonly versions: Versions;
}

/** What `casebook --json` prints. */
export interface CasebookListDocument {
  readonly format: 'holdfast-result';
  readonly version: typeof RESULT_VERSION;
  readonly command: 'casebook';
  readonly cases: readonly {
    readonly name: string;
    readonly title: string;
    readonly anchor: string;
    readonly capstone: string;
    readonly mechanisms: readonly string[];
    readonly documents: readonly string[];
  }[];
  readonly versions: Versions;
}

/** What `list --json` prints. */
export interface ListDocument {
  readonly format: 'holdfast-result';
  readonly version: typeof RESULT_VERSION;
  readonly command: 'list';
  readonly experiments: readonly { readonly name: string; readonly kind: string; readonly about: string }[];
  readonly versions: Versions;
}

/** What any command prints with `--json` when its input cannot be used. */
export interface ErrorDocument {
  readonly format: 'holdfast-result';
  readonly version: typeof RESULT_VERSION;
  readonly command: string;
  readonly verdict: 'error';
  readonly exitCode: 2;
  readonly error: { readonly code: string; readonly message: string };
  readonly versions: Versions;
}

/** Everything `--json` can print. */
export type ResultDocument =
  | RunDocument
  | CheckDocument
  | ExploreDocument
  | WalkDocument
  | GuidedDocument
  | ModelsDocument
  | ListDocument
  | VerifyDocument
  | ReviewDocument
  | CasebookDocument
  | CasebookListDocument
  | CompletionDocument
  | ErrorDocument;

/** Prints the one document. Times that are infinite (an operation never answered) are written as null. */
export function printDocument(io: Io, document: ResultDocument): void {
  io.out(`${JSON.stringify(document, null, 2)}\n`);
}
