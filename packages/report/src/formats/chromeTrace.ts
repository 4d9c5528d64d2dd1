import type { History } from '@holdfast/check';
import type { Plain } from '@holdfast/plain';
import type { Trace, TraceEvent } from '@holdfast/trace';
import { collectNodes } from '../model/nodes.ts';
import { operationText } from '../text/sentence.ts';

/** One entry of a Chrome trace. Times in microseconds. */
type Entry = Readonly<Record<string, Plain>>;

const PID = 1;
/** Thin slices, so that arrows have something to hold on to. */
const POINT_US = 1;

/**
 * A run as a Chrome trace (the JSON object form), for Perfetto or chrome://tracing: one thread per node, a thin slice for every
 * step, an arrow for every message, a span for every operation, fault, crash and pause.
 */
export function printChromeTrace(trace: Trace, history: History): string {
  const entries: Entry[] = [
    { ph: 'M', pid: PID, name: 'process_name', args: { name: 'run' } },
    ...trace.nodes.map(({ name }, tid) => ({ ph: 'M', pid: PID, tid, name: 'thread_name', args: { name } })),
    { ph: 'M', pid: PID, tid: trace.nodes.length, name: 'thread_name', args: { name: 'world' } },
    ...trace.nodes.map((_, tid) => ({
      ph: 'M',
      pid: PID,
      tid,
      name: 'thread_sort_index',
      args: { sort_index: tid },
    })),
  ];
  for (const event of trace.events) entries.push(...entriesOf(trace, event));
  trace.faults.forEach((fault, id) =>
    entries.push(...span('fault', `fault-${id}`, trace.nodes.length, fault.text, fault.from, fault.until)),
  );
  collectNodes(trace).forEach(({ down }, tid) => {
    for (const { kind, from, until } of down) {
      entries.push({ ph: 'X', pid: PID, tid, cat: 'down', name: kind, ts: from, dur: until - from });
    }
  });
  if (history.timeUnit === 'us') {
    const askers = new Map(
      trace.events.flatMap((e): [number, number][] => (e.kind === 'invoke' ? [[e.operation, e.node]] : [])),
    );
    for (const operation of history.operations) {
      const until = Number.isFinite(operation.completedAt) ? operation.completedAt : trace.endedAt;
      const name = operationText(operation);
      const tid = askers.get(operation.id) ?? 0;
      entries.push(...span('operation', `operation-${operation.id}`, tid, name, operation.invokedAt, until));
    }
  }
  return `${JSON.stringify({ traceEvents: entries, displayTimeUnit: 'ms' })}\n`;
}

function span(
  cat: string,
  id: string,
  tid: number,
  name: string,
  from: number,
  until: number,
): readonly Entry[] {
  const shared = { pid: PID, tid, cat, id, name };
  return [
    { ...shared, ph: 'b', ts: from },
    { ...shared, ph: 'e', ts: Math.max(from, until) },
  ];
}

function entriesOf(trace: Trace, event: TraceEvent): readonly Entry[] {
  const { kind, at: ts, node, label, data, id, cause, message } = event;
  const tid = node < 0 ? trace.nodes.length : node;
  const slice: Entry = {
    ph: 'X',
    pid: PID,
    tid,
    cat: kind,
    name: kind === 'send' || kind === 'deliver' ? `${kind} ${label}` : label === '' ? kind : label,
    ts,
    dur: POINT_US,
    args: { event: id, cause, data },
  };
  const flow = { pid: PID, tid, cat: 'message', name: label, id: message, ts };
  if (kind === 'send') return [slice, { ...flow, ph: 's' }];
  if (kind === 'deliver') return [slice, { ...flow, ph: 'f', bp: 'e' }];
  return [slice];
}
