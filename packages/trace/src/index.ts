export type { FaultSpan, Trace, TraceEvent, TraceEventKind, TraceNode } from './event.ts';
