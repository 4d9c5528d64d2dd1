import { describeValue } from './boundary.ts';
import type { CausalRelation } from './vector.ts';

/** One event of an execution. A message has one sending event and any number of receiving ones (or none). */
export interface CausalEvent {
  readonly process: string;
  /** The message this event sends; unique in the execution. */
  readonly sends?: string;
  /** The message this event receives; sent by an earlier event of the list. */
  readonly receives?: string;
}

/** Lamport's happens-before over a list of events, named by their positions. A strict partial order. */
export interface HappensBefore {
  readonly size: number;
  /** True when event `a` happens before event `b`; false for equal positions. O(1). */
  readonly before: (a: number, b: number) => boolean;
  /** How event `a` stands to event `b`. */
  readonly relation: (a: number, b: number) => CausalRelation;
  /** All pairs (a < b by position) of which neither happens before the other. O(n^2). */
  readonly concurrentPairs: () => readonly (readonly [number, number])[];
  /**
   * The first pair (by its later event) of a cause and its effect that `compare` does not order the cause first, or
   * undefined: then the order, if it is transitive, contains happens-before. `compare` gets positions.
   */
  readonly firstContradiction: (
    compare: (a: number, b: number) => number,
  ) => readonly [number, number] | undefined;
}

/** An event list that is no execution: a message received before it was sent, or sent twice. */
export class CausalTraceError extends Error {
  readonly code = 'CAUSAL_TRACE';
  /** Position of the event. */
  readonly event: number;
  constructor(event: number, state: string) {
    super(
      `Cannot order event ${event} as part of an execution: ${state}; list events in an order they can happen in`,
    );
    this.name = 'CausalTraceError';
    this.event = event;
  }
}

/**
 * Computes happens-before of an execution: program order, send before receive, and what follows by transitivity; all
 * else is concurrent. `events` stand in any order in which they can have happened. Throws `CausalTraceError`. Memory
 * is events times processes. Source: Lamport 1978.
 */
export function happensBefore(events: readonly CausalEvent[]): HappensBefore {
  const processes = [...new Set(events.map((event) => event.process))];
  const columns = new Map(processes.map((process, column) => [process, column]));
  const edges = causalEdges(events);
  const width = processes.length;
  const columnOf = new Int32Array(events.length);
  const rankOf = new Int32Array(events.length);
  const ranks = new Int32Array(width);
  // reach[b, p]: how many of process p's events happen before b or are b.
  const reach = new Int32Array(events.length * width);
  events.forEach((event, b) => {
    const column = columns.get(event.process) ?? 0;
    for (const a of edges[b] ?? []) {
      for (let p = 0; p < width; p++) {
        reach[b * width + p] = Math.max(reach[b * width + p] ?? 0, reach[a * width + p] ?? 0);
      }
    }
    const rank = (ranks[column] ?? 0) + 1;
    ranks[column] = rank;
    reach[b * width + column] = rank;
    columnOf[b] = column;
    rankOf[b] = rank;
  });
  const before = (a: number, b: number): boolean => {
    inside(a, events.length);
    inside(b, events.length);
    return a !== b && (reach[b * width + (columnOf[a] ?? 0)] ?? 0) >= (rankOf[a] ?? 0);
  };
  return relationOf(events.length, before, edges);
}

/** The direct causes of each event: the one before it at its process, and the sending of what it receives. */
export function causalEdges(events: readonly CausalEvent[]): readonly (readonly number[])[] {
  const last = new Map<string, number>();
  const senders = new Map<string, number>();
  return events.map((event, b) => {
    const causes: number[] = [];
    const previous = last.get(event.process);
    if (previous !== undefined) causes.push(previous);
    last.set(event.process, b);
    if (event.receives !== undefined) {
      const sender = senders.get(event.receives);
      if (sender === undefined) {
        throw new CausalTraceError(b, `message ${describeValue(event.receives)} has not been sent`);
      }
      causes.push(sender);
    }
    if (event.sends !== undefined) {
      if (senders.has(event.sends)) {
        throw new CausalTraceError(b, `message ${describeValue(event.sends)} was already sent`);
      }
      senders.set(event.sends, b);
    }
    return causes;
  });
}

function relationOf(
  size: number,
  before: (a: number, b: number) => boolean,
  edges: readonly (readonly number[])[],
): HappensBefore {
  const relation = (a: number, b: number): CausalRelation => {
    if (a === b) return 'equal';
    if (before(a, b)) return 'before';
    return before(b, a) ? 'after' : 'concurrent';
  };
  return {
    size,
    before,
    relation,
    concurrentPairs: () => {
      const pairs: [number, number][] = [];
      for (let b = 0; b < size; b++) {
        for (let a = 0; a < b; a++) if (relation(a, b) === 'concurrent') pairs.push([a, b]);
      }
      return pairs.sort((x, y) => x[0] - y[0] || x[1] - y[1]);
    },
    // A transitive order contradicts the relation exactly when it contradicts a direct edge of it.
    firstContradiction: (compare) => {
      for (let b = 0; b < size; b++) {
        for (const a of edges[b] ?? []) if (compare(a, b) >= 0) return [a, b];
      }
      return undefined;
    },
  };
}

function inside(position: number, size: number): void {
  if (!Number.isInteger(position) || position < 0 || position >= size) {
    throw new RangeError(`Cannot name an event by ${position}: positions go from 0 to ${size - 1}`);
  }
}

/** What a recorded run tells of an event: its node (-1 for the world itself), kind, and message number. */
export interface RecordedEvent {
  readonly node: number;
  readonly kind: string;
  readonly message: number;
}

/**
 * The events of a recorded run as an execution, with the position of each in the record. Events of the world itself
 * and drops belong to no process and are left out; a duplicate delivery is one more receive.
 */
export function executionOf(recorded: readonly RecordedEvent[]): {
  readonly events: readonly CausalEvent[];
  readonly positions: readonly number[];
} {
  const events: CausalEvent[] = [];
  const positions: number[] = [];
  recorded.forEach(({ node, kind, message }, position) => {
    if (node < 0 || kind === 'drop') return;
    const process = String(node);
    if (kind === 'send') events.push({ process, sends: String(message) });
    else if (kind === 'deliver') events.push({ process, receives: String(message) });
    else events.push({ process });
    positions.push(position);
  });
  return { events, positions };
}
