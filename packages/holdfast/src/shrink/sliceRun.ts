import type { Verdict } from '@holdfast/check';
import type { Trace, TraceEvent } from '@holdfast/trace';
import type { MessageEdit, MessageEdits, Shift } from '@holdfast/world';
import { condensed } from '../explain/condense.ts';
import { brokenRules, type RuleBreak } from '../explain/rules.ts';
import type { Experiment } from '../experiment/experiment.ts';
import type { RunPlan } from '../simulate/plan.ts';
import { type RunResult, simulatePlan } from '../simulate/simulate.ts';

/** Why a run is violated: the events that tell it, by their ids in the trace. */
export interface RunSlice {
  /** Few enough to be read (`mostTold`), in order; `necessary` when the violation goes away without it. */
  readonly events: readonly { readonly id: number; readonly necessary: boolean }[];
  /** All messages and faults that the violation goes away without, told or not. */
  readonly necessary: readonly number[];
  /** How many events led to it in all. */
  readonly led: number;
  /** Rules of the protocol that the run went against, in sentences, by its trace alone. */
  readonly rules: readonly RuleBreak[];
  /** The event after which the violation came about in every future that was tried, or -1 when there was none before it. */
  readonly pointOfNoReturn: number;
}

/** Limits of the search for a slice. */
export interface SliceOptions {
  /** World events to spend on runs. Default 1 million. */
  readonly maxEvents?: number;
  readonly cancelled?: () => boolean;
}

const DEFAULT_MAX_EVENTS = 1_000_000;
/** What an event does to its node that is shown of it. */
const CHANGES: ReadonlySet<string> = new Set([
  'state',
  'note',
  'store',
  'ok',
  'fail',
  'unknown',
  'violation',
]);
/** Other futures tried from one instant. */
const FUTURES = 8;
/** How much longer another future may take to come to the same end. */
const PATIENCE_US = 2_000_000;
/** Moves the instants by which answers are drawn so far that no two futures share one. */
const OTHER_LUCK_US = 1_000_000_000_000;

/**
 * Works out why a violated run came to its end. Each message that arrived and each fault is left out of a run of its own: where the promise then
 * holds, it was necessary. What made the necessary ones happen joins them. Then the earliest event is looked for from which on no other luck
 * averted the end. The run must have its trace. Deterministic, unless cancelled.
 */
export function sliceRun(
  experiment: Experiment,
  result: RunResult,
  promise: string,
  options: SliceOptions = {},
): RunSlice {
  const { trace } = result;
  if (trace === undefined) throw new RangeError('Cannot slice a run as its trace must be kept: it has none');
  return new Slicer(experiment, result.plan, trace, promise, options).slice(
    endOf(trace, result.verdicts, promise),
  );
}

class Slicer {
  private readonly experiment: Experiment;
  private readonly plan: RunPlan;
  private readonly trace: Trace;
  private readonly promise: string;
  private readonly cancelled: () => boolean;
  private left: number;

  constructor(
    experiment: Experiment,
    plan: RunPlan,
    trace: Trace,
    promise: string,
    { maxEvents = DEFAULT_MAX_EVENTS, cancelled = () => false }: SliceOptions,
  ) {
    this.experiment = experiment;
    this.plan = plan;
    this.trace = trace;
    this.promise = promise;
    this.left = maxEvents;
    this.cancelled = cancelled;
  }

  slice(end: TraceEvent | undefined): RunSlice {
    const necessary = new Set<number>();
    for (const event of this.trace.events) {
      if (event.kind === 'deliver' && this.isNeeded(this.without(event.message))) necessary.add(event.id);
    }
    for (const [index, fault] of this.plan.faults.entries()) {
      const faults = this.plan.faults.toSpliced(index, 1);
      const struck = this.trace.events.find(({ kind, at }) => kind === 'fault' && at >= fault.atUs);
      if (struck !== undefined && this.isNeeded({ ...this.plan, faults })) necessary.add(struck.id);
    }
    const telling = [...necessary].filter((id) => this.changesSomething(id));
    const behind = this.causesOf([...telling, ...(end === undefined ? [] : [end.id])]);
    const all = [...behind].sort((a, b) => a - b);
    const rules = brokenRules(this.trace, true);
    const pointOfNoReturn = this.pointOfNoReturn(all);
    const kept = [end?.id ?? -1, pointOfNoReturn, ...rules.flatMap(({ events }) => events)];
    const told = condensed(this.trace, { behind: all, necessary, kept });
    return {
      events: told.map((id) => ({ id, necessary: necessary.has(id) || id === end?.id })),
      necessary: [...necessary].sort((a, b) => a - b),
      led: Math.max(all.length, told.length),
      rules,
      pointOfNoReturn,
    };
  }

  private without(message: number): RunPlan {
    const edit: MessageEdit = { kind: 'drop' };
    return { ...this.plan, messages: { ...this.plan.messages, [message]: edit } };
  }

  private isNeeded(plan: RunPlan): boolean {
    return this.violates(plan) === false;
  }

  /** Whether the plan still breaks the promise; undefined when the budget is spent. */
  private violates(plan: RunPlan): boolean | undefined {
    if (this.left <= 0 || this.cancelled()) return undefined;
    const monitored = this.experiment.subject.promises.includes(this.promise);
    const run = simulatePlan(this.experiment, plan, monitored ? { stopAtViolation: this.promise } : {});
    this.left -= run.events;
    return run.verdicts.some(({ promise, status }) => promise === this.promise && status === 'violated');
  }

  /** Whether an event made its node another than it was, or was no delivery at all. */
  private changesSomething(id: number): boolean {
    if (this.trace.events[id]?.kind !== 'deliver') return true;
    return this.trace.events.some(({ cause, kind }) => cause === id && CHANGES.has(kind));
  }

  /** The events and what caused them, back to timers, invocations and faults. That a timer had been set tells nothing. */
  private causesOf(ids: readonly number[]): Set<number> {
    const behind = new Set<number>();
    for (const id of ids) {
      for (let at = id; at >= 0 && !behind.has(at); ) {
        behind.add(at);
        const event = this.trace.events[at];
        at = event === undefined || event.kind === 'timer' ? -1 : event.cause;
      }
    }
    return behind;
  }

  /** The first of the events after which every future tried breaks the promise: found by halving, as later ones leave fewer ways out. */
  private pointOfNoReturn(ids: readonly number[]): number {
    let low = 0;
    let high = ids.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const doomed = this.isDoomedAfter(ids[middle] as number);
      if (doomed === undefined) return -1;
      if (doomed) high = middle;
      else low = middle + 1;
    }
    return ids[low] ?? -1;
  }

  private isDoomedAfter(id: number): boolean | undefined {
    const event = this.trace.events[id] as TraceEvent;
    for (let k = 1; k <= FUTURES; k++) {
      const violated = this.violates(this.futureAfter(event, k));
      if (violated !== true) return violated;
    }
    return true;
  }

  /** The plan up to the event, and other luck from the next microsecond on. */
  private futureAfter({ id, at }: TraceEvent, k: number): RunPlan {
    const { choices } = this.plan;
    const other: Shift = { fromUs: at + 1, byUs: k * OTHER_LUCK_US };
    const shifts = [...(choices.shifts ?? []), other].sort((a, b) => a.fromUs - b.fromUs);
    // Numbers of messages sent later name other messages in another future.
    const sent = this.trace.events.filter((event) => event.kind === 'send' && event.id <= id).length;
    const messages: MessageEdits = Object.fromEntries(
      Object.entries(this.plan.messages ?? {}).filter(([number]) => Number(number) < sent),
    );
    return { ...this.plan, endUs: this.plan.endUs + PATIENCE_US, messages, choices: { ...choices, shifts } };
  }
}

/** The event in which the violation shows: where a monitor saw it, or the completion of the operation that cannot be explained. */
function endOf(trace: Trace, verdicts: readonly Verdict[], promise: string): TraceEvent | undefined {
  const seen = trace.events.find(({ kind, label }) => kind === 'violation' && label === promise);
  if (seen !== undefined) return seen;
  const blocking = verdicts.find((verdict) => verdict.promise === promise)?.evidence.blocking;
  if (blocking === undefined) return undefined;
  return trace.events.findLast(({ operation }) => operation === blocking.id);
}
