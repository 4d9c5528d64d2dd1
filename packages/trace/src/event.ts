import type { Plain } from '@holdfast/plain';

/**
 * What can happen in a run. `send`, `deliver` and `drop` of one message share its `message` number; a duplicate is a second
 * `deliver`. `invoke`, `ok`, `fail` and `unknown` are client operations and share `operation`.
 */
export type TraceEventKind =
  | 'boot'
  | 'send'
  | 'deliver'
  | 'drop'
  | 'timer'
  | 'store'
  | 'stored'
  | 'crash'
  | 'restart'
  | 'pause'
  | 'resume'
  | 'clock'
  | 'disk'
  | 'fault'
  | 'heal'
  | 'invoke'
  | 'ok'
  | 'fail'
  | 'unknown'
  | 'state'
  | 'note'
  | 'violation';

/** One thing that happened, at one place, at one simulated instant. */
export interface TraceEvent {
  /** Dense from 0, in the order things happened. */
  readonly id: number;
  /** Simulated microseconds since the start of the run. */
  readonly at: number;
  /** Index into `Trace.nodes`; -1 for the world itself (faults, violations). */
  readonly node: number;
  readonly kind: TraceEventKind;
  /** Id of the event that caused this one (the `send` of a `deliver`, the arming of a `timer`, the fault a `heal` ends), or -1. */
  readonly cause: number;
  /** The other end of a message; -1 where there is none. */
  readonly peer: number;
  /** Message number, shared by its send, deliveries and drop; -1 where there is none. */
  readonly message: number;
  /** Operation id, shared by invocation and completion; -1 where there is none. */
  readonly operation: number;
  /** A short name: message type, timer name, fault kind, note kind, why a message was dropped. */
  readonly label: string;
  /** Details: message payload, state view after the step, fault description. */
  readonly data: Plain;
}

/** A node's part in a run, for the lanes of a picture. */
export interface TraceNode {
  readonly name: string;
  readonly role: 'server' | 'client';
}

/** A span during which something was wrong, ready to be drawn as a band. */
export interface FaultSpan {
  readonly kind: string;
  readonly from: number;
  /** Simulated microseconds; the end of the run when it never healed. */
  readonly until: number;
  /** Nodes touched, as indexes into `Trace.nodes`; empty when all are. */
  readonly nodes: readonly number[];
  /** One line for people: `partition {N1,N2} | {N3,N4,N5}`. */
  readonly text: string;
}

/** How far a node's wall clock was ahead of true time at an instant; it holds until the node's next reading, within 100 us. */
export interface ClockReading {
  readonly node: number;
  readonly at: number;
  readonly skewUs: number;
}

/** What happened inside a run. `state` events carry the node's observable view (`role`, `term`, `log`, `commit`, ...) when it changed. */
export interface Trace {
  readonly nodes: readonly TraceNode[];
  readonly events: readonly TraceEvent[];
  readonly faults: readonly FaultSpan[];
  /** In order of time; absent when every clock was right all the time. A node without a reading was right so far. */
  readonly clocks?: readonly ClockReading[];
  /** What times are: simulated microseconds (when absent), or only an order, as in logs of others. */
  readonly timeUnit?: 'us' | 'index';
  /** Simulated microseconds at which the run ended. */
  readonly endedAt: number;
}
