import type { History, OperationReport, Verdict, VerdictStatus } from '@holdfast/check';
import type { Trace } from '@holdfast/trace';
import type { ChoiceRecord } from '@holdfast/world';
import type { Properties } from './judge.ts';
import type { RunPlan } from './plan.ts';

/** What to keep of a run, and when to end it. */
export interface SimulateOptions {
  /** Keep the whole trace. Never changes the run. Default false. */
  readonly trace?: boolean;
  /** Called for every choice, in order; for recording. */
  readonly onChoice?: (choice: ChoiceRecord) => void;
  /** End the run as soon as a monitor sees a violation, of this promise if one is named, and judge what there is. */
  readonly stopAtViolation?: boolean | string;
}

/** Everything a simulated run produced. */
export interface RunResult {
  readonly plan: RunPlan;
  readonly status: VerdictStatus;
  /** One verdict per promise, in a fixed order. */
  readonly verdicts: readonly Verdict[];
  /** The same, summed up by property. */
  readonly properties: Properties;
  /** What each kind of operation had of consistency and availability, also during partitions. */
  readonly operations: readonly OperationReport[];
  readonly history: History;
  /** Sixteen hexadecimal digits; equal digests mean equal runs. */
  readonly digest: string;
  /** Events handled by the world. */
  readonly events: number;
  readonly messages: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Present when asked for. */
  readonly trace?: Trace;
}
