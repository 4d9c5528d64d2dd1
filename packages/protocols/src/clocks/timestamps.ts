import { type CausalEvent, causalEdges } from './happensBefore.ts';
import { type LamportStamp, receiveLamport, startLamport, tickLamport } from './lamport.ts';
import { EMPTY_VECTOR, type Vector } from './vector.ts';
import { receiveVectorClock, tickVectorClock } from './vectorClock.ts';

/** An event with the stamps its process gave it. */
export interface StampedEvent {
  readonly event: CausalEvent;
  readonly lamport: LamportStamp;
  readonly vector: Vector;
}

/**
 * Runs Lamport and vector clocks over an execution: the stamps its processes would have given. An event that receives
 * and sends counts once. Throws `CausalTraceError` when the list is no execution.
 */
export function stampEvents(events: readonly CausalEvent[]): readonly StampedEvent[] {
  causalEdges(events);
  const lamports = new Map<string, LamportStamp>();
  const vectors = new Map<string, Vector>();
  const messages = new Map<string, { readonly lamport: LamportStamp; readonly vector: Vector }>();
  return events.map((event) => {
    const { process } = event;
    const clock = lamports.get(process) ?? startLamport(process);
    const known = vectors.get(process) ?? EMPTY_VECTOR;
    const heard = event.receives === undefined ? undefined : messages.get(event.receives);
    const lamport = heard ? receiveLamport(clock, heard.lamport) : tickLamport(clock);
    const vector = heard ? receiveVectorClock(known, process, heard.vector) : tickVectorClock(known, process);
    lamports.set(process, lamport);
    vectors.set(process, vector);
    if (event.sends !== undefined) messages.set(event.sends, { lamport, vector });
    return { event, lamport, vector };
  });
}
