import { encodePlain } from '@holdfast/plain';
import type { Trace, TraceEvent } from '@holdfast/trace';

/** How one copy of a message ended. */
export interface MessageEnd {
  /** `flight`: neither delivered nor lost when the run ended. */
  readonly kind: 'deliver' | 'drop' | 'flight';
  /** Simulated microseconds; never before the message was sent. */
  readonly at: number;
  /** The `deliver` or `drop` event; -1 when still in flight. */
  readonly event: number;
  /** A second or later delivery of the same message. */
  readonly duplicate: boolean;
  /** Took more than `LATE_FACTOR` times the run's median latency. */
  readonly late: boolean;
  /** Arrived with another payload than it was sent with. */
  readonly corrupt: boolean;
  /** Why it was lost; empty otherwise. */
  readonly reason: string;
}

/** One message from its send to all its ends. */
export interface Message {
  readonly number: number;
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly sentAt: number;
  /** The `send` event; -1 when the trace has none and the sending is inferred from a delivery. */
  readonly send: number;
  /** At least one. */
  readonly ends: readonly MessageEnd[];
}

/** A delivery is late when it took more than this many times the median latency. */
export const LATE_FACTOR = 4;

interface Draft {
  number: number;
  from: number;
  to: number;
  label: string;
  sentAt: number;
  send: TraceEvent | undefined;
  ends: TraceEvent[];
}

/** All messages of a trace, in the order they were sent, and the median latency of what was delivered (µs, 0 if none). */
export function collectMessages(trace: Trace): {
  readonly messages: readonly Message[];
  readonly medianUs: number;
} {
  const drafts = new Map<number, Draft>();
  const corrupted = new Set<number>();
  for (const event of trace.events) {
    if (event.message < 0) continue;
    if (event.kind === 'send') {
      drafts.set(event.message, draftOf(event, event.node, event.peer, event));
    } else if (event.kind === 'deliver' || event.kind === 'drop') {
      let draft = drafts.get(event.message);
      if (draft === undefined) {
        draft = draftOf(event, event.peer, event.node, undefined);
        drafts.set(event.message, draft);
      }
      draft.ends.push(event);
    } else if (event.label.includes('corrupt')) {
      corrupted.add(event.message);
    }
  }
  // An order knows no latency, and nothing late.
  const medianUs = trace.timeUnit === 'index' ? 0 : medianLatency(drafts.values());
  const messages = [...drafts.values()].map((draft) =>
    finishDraft(draft, trace.endedAt, medianUs, corrupted),
  );
  return { messages, medianUs };
}

function draftOf(event: TraceEvent, from: number, to: number, send: TraceEvent | undefined): Draft {
  return { number: event.message, from, to, label: event.label, sentAt: event.at, send, ends: [] };
}

function medianLatency(drafts: Iterable<Draft>): number {
  const latencies: number[] = [];
  for (const draft of drafts) {
    const first = draft.ends.find((end) => end.kind === 'deliver');
    if (draft.send !== undefined && first !== undefined) latencies.push(first.at - draft.sentAt);
  }
  latencies.sort((a, b) => a - b);
  return latencies[Math.floor(latencies.length / 2)] ?? 0;
}

function finishDraft(
  draft: Draft,
  endedAt: number,
  medianUs: number,
  corrupted: ReadonlySet<number>,
): Message {
  const { number, from, to, label, sentAt } = draft;
  let delivered = 0;
  const ends = draft.ends.map((event): MessageEnd => {
    const duplicate = event.kind === 'deliver' && delivered++ > 0;
    return {
      kind: event.kind === 'drop' ? 'drop' : 'deliver',
      at: Math.max(event.at, sentAt),
      event: event.id,
      duplicate,
      late: draft.send !== undefined && medianUs > 0 && event.at - sentAt > LATE_FACTOR * medianUs,
      corrupt: event.kind === 'deliver' && (corrupted.has(number) || isCorrupt(draft.send, event)),
      reason: event.kind === 'drop' ? reasonOf(event.label, label) : '',
    };
  });
  if (ends.length === 0) ends.push(inFlight(Math.max(endedAt, sentAt)));
  return { number, from, to, label, sentAt, send: draft.send?.id ?? -1, ends };
}

function inFlight(at: number): MessageEnd {
  return { kind: 'flight', at, event: -1, duplicate: false, late: false, corrupt: false, reason: '' };
}

function isCorrupt(send: TraceEvent | undefined, deliver: TraceEvent): boolean {
  if (deliver.label.includes('corrupt')) return true;
  if (send === undefined || send.data === null || deliver.data === null) return false;
  return send.data !== deliver.data && encodePlain(send.data) !== encodePlain(deliver.data);
}

/** Why a message was lost: the drop's label, without the message type it may repeat. */
function reasonOf(dropLabel: string, messageLabel: string): string {
  if (dropLabel === messageLabel) return '';
  const prefix = `${messageLabel}: `;
  return dropLabel.startsWith(prefix) ? dropLabel.slice(prefix.length) : dropLabel;
}
