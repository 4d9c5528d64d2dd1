import type { Plain } from '@holdfast/plain';
import type { History } from '../history/operation.ts';
import type { ConsistencyName } from '../litmus/spectrum.ts';
import type { ModelName } from '../models/named.ts';
import type { CheckerVerdict } from '../plain/checker.ts';
import type { TransactionVerdict } from '../transactions/check.ts';
import type { TransactionWorkload } from '../transactions/columns.ts';
import type { Verdict } from '../verdict.ts';
import type { HistoryShape } from './shape.ts';

/**
 * What a named checker judges: `object` operations on an object with a sequential specification, `consistency` the same under a weaker
 * model, `transactions` lists of reads and writes, `plain` one promise in one pass.
 */
export type CheckerFamily = 'object' | 'consistency' | 'transactions' | 'plain';

/** Something a checker can be told. */
export interface CheckerSetting {
  readonly name: string;
  readonly kind: 'number' | 'boolean' | 'text' | 'texts' | 'value';
  /** What it says, as the end of the sentence "it is ...". */
  readonly about: string;
  /** True: the checker cannot do without. */
  readonly isNeeded?: boolean;
}

/** Settings by name. */
export type Settings = Readonly<Record<string, Plain>>;

/** How to judge, beside by what. */
export interface JudgeOptions {
  /** What a `consistency` checker takes operations to act on; the first model that fits unless told otherwise. */
  readonly model?: ModelName;
  /** What transactions are made of; told from the history unless told otherwise. */
  readonly workload?: TransactionWorkload;
  /** Steps after which the verdict is `undecided`; each checker's usual number unless told otherwise. */
  readonly stepBudget?: number;
  /** What the checker can be told besides, by name. */
  readonly settings?: Settings;
  /** False leaves out of a violation what takes further work: minimal sub-history, prefixes. True unless told otherwise. */
  readonly explain?: boolean;
}

type Told<T> = Partial<Omit<T, keyof Verdict>>;

/** A verdict with all that its checker tells besides: findings and counts, or anomalies and the models they rule out, or a lag. */
export interface NamedVerdict
  extends Verdict,
    Told<CheckerVerdict>,
    Told<Pick<TransactionVerdict, 'anomalies' | 'ruledOut' | 'notRuledOut'>> {
  /** For bounds of staleness: the smallest bound that would hold. */
  readonly lag?: number | undefined;
  /** What was assumed on the way: the model chosen, the workload recognised. */
  readonly assumed?: readonly string[];
}

/** A checker that has a name. */
export interface NamedChecker {
  readonly name: string;
  readonly family: CheckerFamily;
  /** What it promises, in a sentence without its beginning: "every read ...". */
  readonly about: string;
  /** The operations it understands. */
  readonly operations: string;
  readonly settings: readonly CheckerSetting[];
  /** True when a history of this shape is something it can say anything about. */
  readonly fits: (shape: HistoryShape) => boolean;
  readonly judge: (history: History, options: JudgeOptions) => NamedVerdict;
}

/** A consistency model a checker of objects can be asked for instead of linearizability. */
export type ObjectConsistency = ConsistencyName;
