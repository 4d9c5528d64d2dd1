import { clonePlain, type Plain } from '@holdfast/plain';
import type { ClockReading, FaultSpan, Trace, TraceEvent, TraceEventKind, TraceNode } from '@holdfast/trace';

/** The parts of an event that most kinds leave out. */
export interface EventDetails {
  readonly cause?: number;
  readonly peer?: number;
  readonly message?: number;
  readonly operation?: number;
  readonly data?: Plain;
}

/** Most events one trace may hold; a run that would exceed it is recorded up to here and says so. */
export const MAX_TRACE_EVENTS: number = 2_000_000;

/** A clock reading this near to the one before it says nothing new. */
const CLOCK_GRAIN_US = 100;

const NONE: EventDetails = {};

/**
 * Collects the trace of a run. Recording is optional and never changes what happens: the same seed gives the same run
 * with and without a recorder.
 */
export class Recorder {
  private readonly events: TraceEvent[] = [];
  private readonly spans: FaultSpan[] = [];
  private readonly open = new Map<number, { span: Omit<FaultSpan, 'until'>; index: number }>();
  private readonly clocks: ClockReading[] = [];
  private readonly skews: number[] = [];
  private nextSpan = 0;
  /** Events beyond `MAX_TRACE_EVENTS` that were not kept. */
  notKept = 0;

  /** Adds an event and returns its id, or -1 when the trace is full. `data` is copied. */
  event(at: number, node: number, kind: TraceEventKind, label: string, details: EventDetails = NONE): number {
    if (this.events.length >= MAX_TRACE_EVENTS) {
      this.notKept++;
      return -1;
    }
    const id = this.events.length;
    this.events.push({
      id,
      at,
      node,
      kind,
      cause: details.cause ?? -1,
      peer: details.peer ?? -1,
      message: details.message ?? -1,
      operation: details.operation ?? -1,
      label,
      data: details.data === undefined ? null : clonePlain(details.data),
    });
    return id;
  }

  /** Notes how far a node's wall clock is ahead; kept where it differs from what is known. */
  clock(at: number, node: number, skewUs: number): void {
    if (Math.abs(skewUs - (this.skews[node] ?? 0)) < CLOCK_GRAIN_US) return;
    this.skews[node] = skewUs;
    this.clocks.push({ node, at, skewUs });
  }

  /** Opens a fault's span; returns a handle for `closeFault`. */
  openFault(kind: string, from: number, nodes: readonly number[], text: string): number {
    const handle = this.nextSpan++;
    this.open.set(handle, { span: { kind, from, nodes, text }, index: this.spans.length });
    this.spans.push({ kind, from, until: Number.POSITIVE_INFINITY, nodes, text });
    return handle;
  }

  closeFault(handle: number, until: number): void {
    const entry = this.open.get(handle);
    if (entry === undefined) return;
    this.open.delete(handle);
    this.spans[entry.index] = { ...entry.span, until };
  }

  /** The finished trace; faults still open end with the run. */
  finish(nodes: readonly TraceNode[], endedAt: number): Trace {
    const faults = this.spans.map((span) =>
      Number.isFinite(span.until) ? span : { ...span, until: endedAt },
    );
    const { clocks } = this;
    return { nodes, events: this.events, faults, ...(clocks.length === 0 ? {} : { clocks }), endedAt };
  }
}
