import { NotRegisterError } from '../causal/errors.ts';
import type { History, Operation } from '../history/operation.ts';
import { checkLinearizable, DEFAULT_STEP_BUDGET } from '../linearizable/check.ts';
import { Teller } from '../linearizable/words.ts';
import { tellTimes } from '../text/times.ts';
import type { Model, RegisterView } from '../models/model.ts';
import type { Verdict } from '../verdict.ts';
import { needRealTime } from './realTime.ts';
import type { StalenessVerdict } from './versions.ts';

/** How stale reads may be, in time. */
export interface TimeBound {
  /** How long ago a value may have been replaced when a read of it begins, in the history's unit; 0 is linearizability. */
  readonly within: number;
  /** Search steps for each question asked; those of linearizability unless told otherwise. */
  readonly stepBudget?: number;
  /** False leaves out of a violation what takes further work. True unless told otherwise. */
  readonly explain?: boolean;
  /** False leaves out the measured lag. True unless told otherwise. */
  readonly measure?: boolean;
}

const PROMISE = 'bounded staleness in time';

/**
 * Judges whether reads are never staler than a bound: whether the history would be linearizable had every read begun that much
 * earlier (delta-atomicity: Golab, Li, Shah, Analyzing consistency properties for fun and profit, 2011). The verdict tells
 * the smallest bound that would hold, found by halving.
 *
 * Throws `RealTimeError` for a history without real time, `NotRegisterError` when the model has no reads and writes, and
 * `RangeError` for a bound that is no whole number from 0.
 */
export function checkTimeStaleness<S>(history: History, model: Model<S>, bound: TimeBound): StalenessVerdict {
  const { within, stepBudget = DEFAULT_STEP_BUDGET, explain = true, measure = true } = bound;
  needRealTime(history, PROMISE);
  const view = model.register;
  if (view === undefined) throw new NotRegisterError(PROMISE, model.name, undefined);
  if (!Number.isSafeInteger(within) || within < 0) {
    throw new RangeError(
      `Cannot bound staleness as ${within}: use a whole number from 0, in the history's unit`,
    );
  }
  const ask = (by: number, isFull: boolean): Verdict =>
    checkLinearizable(readsEarlier(history, view, by), model, { stepBudget, explain: isFull });
  const verdict = ask(within, explain);
  const status = (by: number): Verdict['status'] => ask(by, false).status;
  const lag = measure ? measured(history, view, verdict, within, status) : undefined;
  const told = (time: number): string => tellTimes([time], history.timeUnit);
  const stalest = lag === undefined ? '' : `; the stalest read was ${told(lag)} behind`;
  if (verdict.status !== 'violated') {
    const end = verdict.status === 'holds' ? `, with reads at most ${told(within)} behind` : '';
    return { ...verdict, promise: PROMISE, reason: `${verdict.reason}${end}${stalest}`, lag };
  }
  const originals = new Map(history.operations.map((operation) => [operation.id, operation]));
  const original = (operation: Operation): Operation => originals.get(operation.id) ?? operation;
  const blocking = verdict.evidence.blocking && original(verdict.evidence.blocking);
  const minimal = verdict.evidence.minimal?.map(original).sort((a, b) => a.id - b.id);
  const teller = new Teller(model, history.timeUnit);
  const others = (minimal ?? []).filter((operation) => operation !== blocking);
  const whole = blocking === undefined ? 'The history' : teller.tell(blocking);
  const together = others.length === 0 ? '' : ` together with ${teller.list(others)}`;
  return {
    ...verdict,
    promise: PROMISE,
    reason: `${whole} cannot be explained even if every read had begun ${told(within)} earlier${together}${stalest}`,
    evidence: {
      ...verdict.evidence,
      ...(blocking === undefined ? {} : { blocking }),
      ...(minimal === undefined ? {} : { minimal }),
    },
    lag,
  };
}

/**
 * The history with every read begun earlier, by invocation; other operations keep their times. A read that was moved overlaps what it
 * only touches, also operations of its own process.
 */
export function readsEarlier(history: History, view: RegisterView, by: number): History {
  if (by === 0) return history;
  let process = history.operations.reduce((least, operation) => Math.min(least, operation.process), 0);
  const operations = history.operations.map((operation) => {
    if (view.kindOf(operation) !== 'read') return operation;
    // A process of its own, because it now overlaps those before it; half a unit more, so that no times are equal by chance.
    return { ...operation, process: --process, invokedAt: operation.invokedAt - by - 0.5 };
  });
  operations.sort((a, b) => a.invokedAt - b.invokedAt || a.id - b.id);
  return { ...history, operations };
}

function measured(
  history: History,
  view: RegisterView,
  verdict: Verdict,
  within: number,
  status: (by: number) => Verdict['status'],
): number | undefined {
  if (verdict.status === 'undecided') return undefined;
  let low = 0;
  let high = within;
  if (verdict.status === 'violated') {
    const most = span(history, view);
    low = within + 1;
    for (high = low; ; high = Math.min(most, high * 2)) {
      const found = status(high);
      if (found === 'undecided' || (found === 'violated' && high >= most)) return undefined;
      if (found === 'holds') break;
      low = high + 1;
    }
  }
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    const found = status(middle);
    if (found === 'undecided') return undefined;
    if (found === 'holds') high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A bound beyond which nothing changes: every read begins before everything else. */
function span(history: History, view: RegisterView): number {
  const first = history.operations[0]?.invokedAt ?? 0;
  let last = first;
  for (const operation of history.operations) {
    if (view.kindOf(operation) === 'read' && operation.invokedAt > last) last = operation.invokedAt;
  }
  return last - first + 1;
}
