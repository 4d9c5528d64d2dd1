import type { History, Operation, Verdict } from '@holdfast/check';
import type { Trace, TraceEvent } from '@holdfast/trace';
import type { CausalSlice } from '../run.ts';
import { type TimeUnit } from '../text/format.ts';
import { abbreviate } from './abbreviate.ts';
import { type Call, collectCalls, firstAtOrAfter } from './calls.ts';
import { collectMessages, type Message } from './messages.ts';
import { collectNodes, type NodeTimeline } from './nodes.ts';

/** What the pictures need of a verdict. */
export interface VerdictMarks {
  readonly promise: string;
  readonly status: Verdict['status'];
  readonly reason: string;
  /** Operation that cannot be explained; -1 where there is none. */
  readonly blocking: number;
  /** Operations of the smallest contradiction. */
  readonly minimal: readonly number[];
  /** Operations in an order that explains them; empty where there is none. */
  readonly order: readonly number[];
  readonly events: readonly number[];
  /** Simulated microseconds; -1 where no monitor saw it. */
  readonly atUs: number;
}

/** What a model is made of: all of it is carried by the page. */
export interface RunData {
  readonly trace: Trace;
  readonly history: History;
  readonly verdicts: readonly VerdictMarks[];
  /** The events behind the violation, where somebody has worked them out. */
  readonly slice?: CausalSlice;
}

/** A run indexed once, for all its pictures. */
export interface RunModel extends RunData {
  readonly messages: readonly Message[];
  /** Message number to message. */
  readonly messageOf: ReadonlyMap<number, Message>;
  /** Median latency of delivered messages, in microseconds; 0 if none. */
  readonly medianUs: number;
  readonly nodes: readonly NodeTimeline[];
  /** Order of the lanes from top to bottom, as node indexes: servers, then clients. */
  readonly lanes: readonly number[];
  /** Short forms of message types, unique within the run. */
  readonly short: ReadonlyMap<string, string>;
  /** Unit of the shared axis. */
  readonly unit: TimeUnit;
  /** First and last instant of the run, on that axis. */
  readonly start: number;
  readonly end: number;
  /** Operations by id. */
  readonly operations: ReadonlyMap<number, Operation>;
  /** Client operations as the trace saw them. */
  readonly calls: readonly Call[];
  /** Operation id to the node that invoked it, where the trace says. */
  readonly invokers: ReadonlyMap<number, number>;
}

/** Reduces a verdict to what the pictures mark. */
export function verdictMarks(verdict: Verdict): VerdictMarks {
  const { evidence } = verdict;
  return {
    promise: verdict.promise,
    status: verdict.status,
    reason: verdict.reason,
    blocking: evidence.blocking?.id ?? -1,
    minimal: (evidence.minimal ?? []).map((operation) => operation.id),
    order: evidence.order ?? [],
    events: evidence.events ?? [],
    atUs: evidence.atUs ?? -1,
  };
}

/** Indexes a run for drawing. */
export function buildModel(data: RunData): RunModel {
  const { trace, history } = data;
  const { messages, medianUs } = collectMessages(trace);
  const calls = collectCalls(trace);
  const all = trace.nodes.map((_, i) => i);
  const isServer = (i: number) => trace.nodes[i]?.role === 'server';
  return {
    ...data,
    messages,
    messageOf: new Map(messages.map((message) => [message.number, message])),
    medianUs,
    nodes: collectNodes(trace),
    lanes: [...all.filter(isServer), ...all.filter((i) => !isServer(i))],
    short: abbreviate(messages.map((message) => message.label)),
    unit: trace.timeUnit ?? (history.timeUnit === 'index' && trace.events.length === 0 ? 'index' : 'us'),
    start: 0,
    end: endOf(trace, history),
    operations: new Map(history.operations.map((operation) => [operation.id, operation])),
    calls,
    invokers: new Map(calls.map((call) => [call.operation, (call.invoke ?? call.done)?.node ?? -1])),
  };
}

/** The name of a node; the world itself is `world`. */
export function nodeName(model: RunData, node: number): string {
  return model.trace.nodes[node]?.name ?? (node < 0 ? 'world' : `node ${node}`);
}

/** Whether operations have times of the trace's axis and can be drawn under it. */
export function operationsShareAxis(model: RunModel): boolean {
  const { trace, history } = model;
  return trace.events.length === 0 || history.timeUnit === (trace.timeUnit ?? 'us');
}

function endOf(trace: Trace, history: History): number {
  let end = trace.endedAt;
  for (const event of trace.events) if (event.at > end) end = event.at;
  if (trace.events.length > 0 && history.timeUnit !== (trace.timeUnit ?? 'us')) return Math.max(end, 1);
  for (const operation of history.operations) {
    if (operation.invokedAt > end) end = operation.invokedAt;
    if (Number.isFinite(operation.completedAt) && operation.completedAt > end) end = operation.completedAt;
  }
  return Math.max(end, 1);
}

/**
 * The event at which a violated promise shows: its own violation event, else the last event of its evidence, else what
 * happened when a monitor saw it; -1 when the trace has none of these.
 */
export function violationEvent(
  trace: Trace,
  promise: string,
  evidence: readonly number[],
  atUs: number,
): number {
  const own = trace.events.findIndex((event) => event.kind === 'violation' && event.label === promise);
  if (own >= 0) return own;
  const last = evidence.at(-1);
  if (last !== undefined) return last;
  const seen = atUs < 0 ? trace.events.length : firstAtOrAfter(trace.events, atUs);
  return seen < trace.events.length ? seen : -1;
}

/** The events that led to one, nearest first, at most `limit`. */
export function causesOf(trace: Trace, event: number, limit = 1000): readonly TraceEvent[] {
  const chain: TraceEvent[] = [];
  let next = trace.events[event]?.cause ?? -1;
  // A cause is always earlier; anything else is a damaged trace and ends the chain.
  let below = event;
  while (next >= 0 && next < below && chain.length < limit) {
    const cause = trace.events[next];
    if (cause === undefined) break;
    chain.push(cause);
    below = next;
    next = cause.cause;
  }
  return chain;
}

/** The events caused directly by one. */
export function effectsOf(trace: Trace, event: number): readonly TraceEvent[] {
  return trace.events.filter((candidate) => candidate.cause === event && candidate.id > event);
}
