import type { Plain } from '@holdfast/plain';
import type { HistoryColumns } from '../history/columns.ts';
import type { History, Operation } from '../history/operation.ts';
import type { Evidence, Verdict } from '../verdict.ts';
import type { TransactionAnomaly } from './anomalies.ts';
import type { TransactionColumns, TransactionWorkload } from './columns.ts';
import { TransactionTimesError } from './errors.ts';
import { minimalPart } from './evidence.ts';
import { explainFinding } from './explain.ts';
import { transactionColumns } from './input.ts';
import { decideAll, judgeOf, weakestOf } from './judge.ts';
import { ListJudge } from './listJudge.ts';
import {
  strongerThan,
  strongestModel,
  TRANSACTION_MODEL_NAMES,
  TRANSACTION_MODELS,
  type TransactionModel,
} from './models.ts';
import type { Decision, RegisterJudge } from './registerJudge.ts';
import { replaySerially, replaySnapshots } from './replay.ts';
import { judgeScans } from './scanVerdict.ts';

/** What to check transactions for. */
export interface TransactionCheckOptions {
  readonly workload: TransactionWorkload;
  /** The model that must hold; `strict-serializable` unless said otherwise, `strong-session-serializable` where there are no times. */
  readonly model?: TransactionModel | undefined;
  /** Registers: what a key reads as before anyone writes it, beside null. */
  readonly initial?: Plain | undefined;
  /** Edges and choices the search may look at before it says `undecided`; `DEFAULT_STEP_LIMIT` unless said otherwise. */
  readonly stepLimit?: number | undefined;
  /** Whether a violation is shrunk to a smallest part of the history; true unless said otherwise. */
  readonly minimal?: boolean | undefined;
}

/** A verdict on transactions, with everything found on the way. */
export interface TransactionVerdict extends Verdict {
  readonly model: TransactionModel;
  /** A few examples of each kind, single reads and writes first, then cycles, weaker patterns ahead. */
  readonly anomalies: readonly TransactionAnomaly[];
  /** Models the history certainly does not satisfy, weaker ones first. */
  readonly ruledOut: readonly TransactionModel[];
  /** The others: nothing found speaks against them. */
  readonly notRuledOut: readonly TransactionModel[];
}

/** Steps a check may take unless told otherwise: a few seconds to half a minute. */
export const DEFAULT_STEP_LIMIT = 2_000_000_000;

/** Micro-operations of the largest history of registers for which every model is decided, and not only the one asked for. */
export const EVERY_MODEL_LIMIT = 4000;

/**
 * Judges a history of transactions (operations with f `txn`, see `MicroOperation`) by one model, names the anomalies
 * it contains and tells which of all the models they rule out. A transaction that failed took no effect; one whose
 * outcome is unknown did if anybody saw it. Throws `TransactionInputError` when the history cannot be read, and
 * `TransactionTimesError` when the model asks about real time and the history knows only sessions.
 */
export function checkTransactions(
  history: History | HistoryColumns,
  options: TransactionCheckOptions,
): TransactionVerdict {
  return checkTransactionColumns(transactionColumns(history, options.workload, options.initial), options);
}

/** The same for transactions already in columns, which carry the workload and the initial value. */
export function checkTransactionColumns(
  columns: TransactionColumns,
  options: Omit<TransactionCheckOptions, 'workload' | 'initial'> = {},
): TransactionVerdict {
  const model = options.model ?? strongestModel(columns.realtime);
  if (!columns.realtime && TRANSACTION_MODELS[model].order === 'realtime')
    throw new TransactionTimesError(model);
  if (columns.unfound === undefined) return judgeColumns(columns, model, options);
  return judgeScans(columns, model, (part, asked) => judgeColumns(part, asked, options));
}

function judgeColumns(
  columns: TransactionColumns,
  model: TransactionModel,
  options: Omit<TransactionCheckOptions, 'workload' | 'initial'>,
): TransactionVerdict {
  const judge = judgeOf(columns, options.stepLimit ?? DEFAULT_STEP_LIMIT);
  const decision = judge.decide(model);
  const minimal = options.minimal ?? true;
  const findings =
    judge instanceof ListJudge
      ? listAnomalies(columns, judge, model, minimal)
      : registerAnomalies(columns, judge, model, minimal);
  const out = new Set(strongerThan(findings.ruledOut));
  return {
    promise: `${model} transactions`,
    ...words(columns, model, decision, findings.anomalies, judge.steps),
    evidence: evidenceOf(columns, model, decision, judge.steps, findings.minimal),
    model,
    anomalies: findings.anomalies,
    ruledOut: TRANSACTION_MODEL_NAMES.filter((name) => out.has(name)),
    notRuledOut: TRANSACTION_MODEL_NAMES.filter((name) => !out.has(name)),
  };
}

interface Found {
  readonly anomalies: readonly TransactionAnomaly[];
  readonly ruledOut: Iterable<TransactionModel>;
  readonly minimal: readonly Operation[] | undefined;
}

function listAnomalies(
  columns: TransactionColumns,
  judge: ListJudge,
  model: TransactionModel,
  minimal: boolean,
): Found {
  const ruledOut = TRANSACTION_MODEL_NAMES.filter((name) => judge.decide(name).status === 'violated');
  const { anomalies } = judge.analysis;
  const unexplained = ruledOut.filter((name) => !judge.analysis.ruledOut.has(name));
  const extra = weakestOf(new Set(unexplained)).flatMap(
    (name) => minimalPart(columns, name, [])?.anomaly ?? [],
  );
  const all = [...anomalies, ...extra];
  if (!minimal || !ruledOut.includes(model)) return { anomalies: all, ruledOut, minimal: undefined };
  const shown = all.find((anomaly) => anomaly.rulesOut.includes(model));
  const part = minimalPart(columns, model, shown === undefined ? [] : numbersOf(columns, shown.transactions));
  return { anomalies: all, ruledOut, minimal: part?.operations };
}

function registerAnomalies(
  columns: TransactionColumns,
  judge: RegisterJudge,
  model: TransactionModel,
  minimal: boolean,
): Found {
  const direct = judge.reads.findings.list.map((finding) => explainFinding(columns, finding));
  const ruledOut = new Set(direct.flatMap((anomaly) => anomaly.rulesOut));
  if (judge.decide(model).status === 'violated') for (const name of strongerThan([model])) ruledOut.add(name);
  if (columns.target.length <= EVERY_MODEL_LIMIT)
    for (const name of decideAll(judge).violated) ruledOut.add(name);
  const anomalies = [...direct];
  let smallest: readonly Operation[] | undefined;
  if (minimal) {
    const explained = new Set(direct.flatMap((anomaly) => anomaly.rulesOut));
    for (const name of weakestOf(new Set([...ruledOut].filter((each) => !explained.has(each))))) {
      const part = minimalPart(columns, name, judge.suspects(name));
      const anomaly = part?.anomaly;
      if (anomaly !== undefined && !anomalies.some((known) => known.sentence === anomaly.sentence))
        anomalies.push(anomaly);
    }
    const shown = anomalies.find((anomaly) => anomaly.rulesOut.includes(model));
    if (shown !== undefined)
      smallest = minimalPart(columns, model, numbersOf(columns, shown.transactions))?.operations;
  }
  return { anomalies, ruledOut, minimal: smallest };
}

function numbersOf(columns: TransactionColumns, ids: readonly number[]): readonly number[] {
  const wanted = new Set(ids);
  const numbers: number[] = [];
  for (let t = 0; t < columns.count; t++) if (wanted.has(columns.id[t] as number)) numbers.push(t);
  return numbers;
}

function words(
  columns: TransactionColumns,
  model: TransactionModel,
  decision: Decision,
  anomalies: readonly TransactionAnomaly[],
  steps: number,
): Pick<Verdict, 'status' | 'reason'> {
  const { status } = decision;
  const examined = `${columns.count} transactions with ${columns.target.length} micro-operations examined`;
  if (status === 'undecided') {
    return {
      status,
      reason: `${examined}: the step limit was spent after ${steps} steps with nothing found against ${model}`,
    };
  }
  if (status === 'violated') {
    const shown = anomalies.find((anomaly) => anomaly.rulesOut.includes(model));
    return { status, reason: shown?.sentence ?? `${examined}: no order of the versions makes them ${model}` };
  }
  const how =
    decision.order === undefined ? 'nothing in them stands against' : 'an order was found that makes them';
  return { status, reason: `${examined}: ${how} ${model}` };
}

function evidenceOf(
  columns: TransactionColumns,
  model: TransactionModel,
  decision: Decision,
  steps: number,
  minimal: readonly Operation[] | undefined,
): Evidence {
  const evidence: Evidence = { examined: columns.count, steps };
  if (decision.status === 'holds' && decision.order !== undefined) {
    return { ...evidence, order: validated(columns, model, decision, decision.order) };
  }
  if (minimal === undefined) return evidence;
  const blocking = minimal.at(-1);
  return blocking === undefined ? evidence : { ...evidence, minimal, blocking };
}

/** An order found is run again by separate code before anyone sees it. */
function validated(
  columns: TransactionColumns,
  model: TransactionModel,
  decision: Decision,
  order: ArrayLike<number>,
): readonly number[] {
  const definition = TRANSACTION_MODELS[model];
  let wrong: string | undefined;
  if (decision.events !== undefined) wrong = replaySnapshots(columns, decision.events);
  else if (decision.serial === true || definition.forbids.includes('G2-item')) {
    const respecting = ({ none: 'data', process: 'processes', realtime: 'realtime' } as const)[
      definition.order
    ];
    wrong = replaySerially(
      columns,
      order,
      columns.realtime || respecting === 'data' ? respecting : 'processes',
    );
  }
  if (wrong !== undefined) throw new Error(`Cannot stand by the order found: ${wrong}`);
  return Array.from(order, (t) => columns.id[t] as number);
}
