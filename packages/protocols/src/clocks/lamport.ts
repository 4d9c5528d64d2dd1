import { ClockOverflowError, readActor, readFields, readWhole } from './boundary.ts';

/**
 * A Lamport timestamp with its node for the tie-break. The stamp of a node's latest event is also the node's clock:
 * immutable plain data. Source: Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System", 1978.
 */
export interface LamportStamp {
  /** 0 before the first event; at most `Number.MAX_SAFE_INTEGER`. */
  readonly counter: number;
  readonly node: string;
}

/** The clock of a node that has seen no event. */
export function startLamport(node: string): LamportStamp {
  return { counter: 0, node: readActor(node, 'node') };
}

/**
 * The stamp of the node's next local event or send (rules 2 and 3: count before the event; a message carries its
 * send's stamp). Throws `ClockOverflowError` when no larger counter exists.
 */
export function tickLamport(clock: LamportStamp): LamportStamp {
  return { counter: next(clock.counter), node: clock.node };
}

/**
 * The stamp of receiving a message that carries `remote`: max(local, remote) + 1 (rule 4). `remote` is checked:
 * `MalformedClockError` when it is no stamp.
 */
export function receiveLamport(clock: LamportStamp, remote: unknown): LamportStamp {
  const { counter } = parseLamport(remote);
  return { counter: next(Math.max(clock.counter, counter)), node: clock.node };
}

/**
 * The total order (counter, node), nodes by code unit: negative, 0 or positive. It extends happens-before, and says
 * nothing more: a smaller stamp may be concurrent, and is no evidence of real time.
 */
export function compareLamport(a: LamportStamp, b: LamportStamp): number {
  if (a.counter !== b.counter) return a.counter < b.counter ? -1 : 1;
  return a.node === b.node ? 0 : a.node < b.node ? -1 : 1;
}

/** Reads a stamp that came from elsewhere, or throws `MalformedClockError`. */
export function parseLamport(value: unknown, path = 'stamp'): LamportStamp {
  const fields = readFields(value, path, 'a Lamport stamp {counter, node}');
  return {
    counter: readWhole(fields.counter, `${path}.counter`),
    node: readActor(fields.node, `${path}.node`),
  };
}

function next(counter: number): number {
  if (counter >= Number.MAX_SAFE_INTEGER) {
    throw new ClockOverflowError(
      'advance the Lamport clock',
      counter,
      Number.MAX_SAFE_INTEGER,
      'a sender inflated it: refuse that sender and start a new epoch of node names',
    );
  }
  return counter + 1;
}
