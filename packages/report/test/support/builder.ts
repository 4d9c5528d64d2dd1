import type { Plain } from '@holdfast/plain';
import type { FaultSpan, Trace, TraceEvent, TraceEventKind, TraceNode } from '@holdfast/trace';

type Extra = Partial<Omit<TraceEvent, 'id' | 'at' | 'node' | 'kind'>>;

/** Writes a trace by hand, one event at a time. */
export class TraceBuilder {
  readonly nodes: readonly TraceNode[];
  readonly events: TraceEvent[] = [];
  readonly faults: FaultSpan[] = [];
  private messages = 0;

  constructor(nodes: readonly TraceNode[]) {
    this.nodes = nodes;
  }

  /** Adds an event and returns its id. */
  add(at: number, node: number, kind: TraceEventKind, extra: Extra = {}): number {
    const id = this.events.length;
    const none = { cause: -1, peer: -1, message: -1, operation: -1, label: '', data: null };
    this.events.push({ id, at, node, kind, ...none, ...extra });
    return id;
  }

  /** Adds a send and returns the message's number and the send's id. */
  send(at: number, from: number, to: number, label: string, data: Plain, cause = -1): Sent {
    const message = this.messages++;
    return {
      message,
      from,
      to,
      label,
      data,
      id: this.add(at, from, 'send', { peer: to, message, label, data, cause }),
    };
  }

  deliver(at: number, sent: Sent, data: Plain = sent.data): number {
    const { message, label, id: cause, from: peer } = sent;
    return this.add(at, sent.to, 'deliver', { peer, message, label, data, cause });
  }

  drop(at: number, sent: Sent, why: string): number {
    return this.add(at, sent.to, 'drop', {
      peer: sent.from,
      message: sent.message,
      label: why,
      cause: sent.id,
    });
  }

  build(endedAt: number): Trace {
    return { nodes: this.nodes, events: this.events, faults: this.faults, endedAt };
  }
}

export interface Sent {
  readonly message: number;
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly data: Plain;
  readonly id: number;
}

export const servers = (count: number): TraceNode[] =>
  Array.from({ length: count }, (_, i) => ({ name: `N${i + 1}`, role: 'server' }));

export const clients = (count: number): TraceNode[] =>
  Array.from({ length: count }, (_, i) => ({ name: `C${i + 1}`, role: 'client' }));
