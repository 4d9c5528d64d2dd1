export type { ClockReading, FaultSpan, Trace, TraceEvent, TraceEventKind, TraceNode } from './event.ts';
