import { equalPlain } from '@holdfast/plain';
import { readActor, readWhole } from '../clocks/boundary.ts';
import { MalformedDeltaError, readingDelta, readObject, type StateCrdt } from './stateCrdt.ts';

/**
 * One replica that ships deltas: its state, and the recent deltas with which neighbours catch up. Plain data changed in
 * place by the functions here only. The state and `sequence` MUST be durable together before a shipment leaves; the
 * rest may be lost, since a neighbour without matching deltas gets the whole state. Source: Almeida et al. 2018,
 * algorithm 2 (causal delta-merging).
 */
export interface DeltaBuffer<S> {
  state: S;
  /** Updates joined here so far, local and received: those that changed something. */
  sequence: number;
  /** The deltas of the updates up to `sequence`, oldest first; those all neighbours have are dropped. */
  readonly recent: { readonly sequence: number; readonly delta: S }[];
  /** Per neighbour, how far it has acknowledged. */
  readonly acknowledged: Record<string, number>;
  /** Per neighbour, up to which of its updates everything has arrived here. */
  readonly heard: Record<string, number>;
}

/** An interval of updates on its way to a neighbour. */
export interface Shipment<S> {
  /** The receiver must have all of the sender's updates up to this one; 0 when the delta is the whole state. */
  readonly after: number;
  readonly upTo: number;
  readonly delta: S;
}

/** What a receiver did with a shipment. */
export interface Receipt {
  /** False when updates before the interval are missing here, and the shipment was left aside. */
  readonly joined: boolean;
  /** How far everything of the sender's has arrived. */
  readonly upTo: number;
}

/** Most deltas kept; older ones are dropped, and a neighbour that far behind gets the whole state. */
export const DELTA_BUFFER_LIMIT = 10_000;

/** A replica with these neighbours, on its first start or with the state and sequence it had made durable. */
export function startDeltaBuffer<S>(
  crdt: StateCrdt<S>,
  neighbours: readonly string[],
  durable: { readonly state: S; readonly sequence: number } = { state: crdt.empty, sequence: 0 },
): DeltaBuffer<S> {
  const zeros = neighbours.map((name) => [readActor(name, 'neighbour'), 0] as const);
  return {
    state: durable.state,
    sequence: durable.sequence,
    recent: [],
    acknowledged: Object.fromEntries(zeros),
    heard: Object.fromEntries(zeros),
  };
}

/** Joins a local mutator's delta and keeps it for the neighbours; one that changes nothing is forgotten. */
export function applyDelta<S>(crdt: StateCrdt<S>, buffer: DeltaBuffer<S>, delta: S): void {
  const joined = crdt.join(buffer.state, delta);
  // Without this check two neighbours would hand one update back and forth for ever.
  if (equalPlain(joined, buffer.state)) return;
  buffer.state = joined;
  buffer.sequence++;
  buffer.recent.push({ sequence: buffer.sequence, delta });
  if (buffer.recent.length > DELTA_BUFFER_LIMIT) buffer.recent.shift();
}

/** What a neighbour still lacks as one shipment; undefined when it has acknowledged everything. */
export function shipDelta<S>(
  crdt: StateCrdt<S>,
  buffer: DeltaBuffer<S>,
  neighbour: string,
): Shipment<S> | undefined {
  const after = neighbourEntry(buffer.acknowledged, neighbour);
  if (after >= buffer.sequence) return undefined;
  const lacking = buffer.recent.filter(({ sequence }) => sequence > after);
  const first = lacking[0];
  if (first === undefined || first.sequence !== after + 1) {
    return { after: 0, upTo: buffer.sequence, delta: buffer.state };
  }
  const delta = lacking.slice(1).reduce((joined, item) => crdt.join(joined, item.delta), first.delta);
  return { after, upTo: buffer.sequence, delta };
}

/**
 * Receives a shipment (checked: `MalformedDeltaError`, and nothing changes). It is joined only when everything before
 * it has been; what it brought goes on to this replica's own neighbours. Send the receipt back.
 */
export function receiveShipment<S>(
  crdt: StateCrdt<S>,
  buffer: DeltaBuffer<S>,
  sender: string,
  shipment: unknown,
): Receipt {
  const heard = neighbourEntry(buffer.heard, sender);
  const { after, upTo, delta } = parseShipment(crdt, shipment);
  if (after > heard) return { joined: false, upTo: heard };
  if (upTo > heard) {
    applyDelta(crdt, buffer, delta);
    buffer.heard[sender] = upTo;
  }
  return { joined: true, upTo: Math.max(heard, upTo) };
}

/**
 * Notes a neighbour's receipt (checked; late and repeated ones do no harm) and drops deltas that all have. A receipt
 * for a shipment left aside takes the neighbour back to where it stands, so that it gets what it lacks.
 */
export function acknowledgeDelta<S>(buffer: DeltaBuffer<S>, neighbour: string, receipt: unknown): void {
  const known = neighbourEntry(buffer.acknowledged, neighbour);
  const { joined, upTo } = parseReceipt(receipt, buffer.sequence);
  if (joined && upTo <= known) return;
  buffer.acknowledged[neighbour] = upTo;
  const everywhere = Math.min(...Object.values(buffer.acknowledged));
  while (buffer.recent[0] !== undefined && buffer.recent[0].sequence <= everywhere) buffer.recent.shift();
}

function neighbourEntry(entries: Readonly<Record<string, number>>, name: string): number {
  const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
  if (entry === undefined) throw new MalformedDeltaError('sender', 'a neighbour', name);
  return entry;
}

function parseReceipt(value: unknown, sequence: number): Receipt {
  return readingDelta(() => {
    const fields = readObject(value, 'receipt');
    const { joined } = fields;
    if (typeof joined !== 'boolean') throw new MalformedDeltaError('receipt.joined', 'true or false', joined);
    return { joined, upTo: readWhole(fields.upTo, 'receipt.upTo', 0, sequence) };
  });
}

function parseShipment<S>(crdt: StateCrdt<S>, value: unknown): Shipment<S> {
  return readingDelta(() => {
    const fields = readObject(value, 'shipment');
    const after = readWhole(fields.after, 'shipment.after');
    const upTo = readWhole(fields.upTo, 'shipment.upTo', after + 1);
    return { after, upTo, delta: crdt.parse(fields.delta) };
  });
}
