import type { Trace, TraceEvent } from '@holdfast/trace';

/** One client operation in the trace: its invocation, its completion, or one of them where the other is missing. */
export interface Call {
  readonly operation: number;
  readonly invoke: TraceEvent | undefined;
  readonly done: TraceEvent | undefined;
}

/** Whether the event is one end of a client operation. */
export function isCallEvent(event: TraceEvent): boolean {
  const { kind } = event;
  return (
    event.operation >= 0 && (kind === 'invoke' || kind === 'ok' || kind === 'fail' || kind === 'unknown')
  );
}

/** All client operations of a trace; a second completion of the same operation is a call of its own. */
export function collectCalls(trace: Trace): readonly Call[] {
  const calls: Call[] = [];
  const open = new Map<number, number>();
  for (const event of trace.events) {
    if (!isCallEvent(event)) continue;
    const { operation } = event;
    const at = open.get(operation);
    if (event.kind === 'invoke') {
      open.set(operation, calls.length);
      calls.push({ operation, invoke: event, done: undefined });
    } else if (at === undefined) {
      calls.push({ operation, invoke: undefined, done: event });
    } else {
      open.delete(operation);
      calls[at] = { operation, invoke: calls[at]?.invoke, done: event };
    }
  }
  return calls;
}

/** The events of a span of time, both ends included; events are in order of time. */
export function eventsBetween(trace: Trace, from: number, until: number): readonly TraceEvent[] {
  return trace.events.slice(firstAtOrAfter(trace.events, from), firstAtOrAfter(trace.events, until + 1));
}

/** Index of the first event at or after an instant; the number of events when there is none. */
export function firstAtOrAfter(events: readonly TraceEvent[], at: number): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
