import { clonePlain, type Plain } from '@holdfast/plain';

/** A change committed together with what is to be published of it. */
export interface OutboxEvent {
  readonly id: number;
  readonly value: Plain;
}

/** The database a service and its relay share: plain data. What is in it is durable. */
export interface OutboxStore {
  /** Changes committed, in order. */
  readonly changes: Plain[];
  /** Events committed and not known to be published, in order. */
  readonly pending: OutboxEvent[];
  lastId: number;
}

/** The receiving side's database: plain data. What is in it is durable. */
export interface InboxStore {
  /** Effects, in order. */
  readonly effects: Plain[];
  /** Ids whose effect is in `effects`. */
  readonly seen: Record<number, true>;
}

/** An empty outbox database. */
export function startOutbox(): OutboxStore {
  return { changes: [], pending: [], lastId: 0 };
}

/** Commits a change and its event as one transaction; answers the event. There is no state with one and not the other. */
export function commitWithEvent(store: OutboxStore, change: Plain): OutboxEvent {
  const event = { id: ++store.lastId, value: clonePlain(change) };
  store.changes.push(clonePlain(change));
  store.pending.push(event);
  return event;
}

/** What the relay publishes next; undefined when nothing waits. Repeats until `markPublished`. */
export function nextToPublish(store: OutboxStore): OutboxEvent | undefined {
  return store.pending[0];
}

/** Publish BEFORE mark: a crash between them publishes again, the other order would lose. */
export function markPublished(store: OutboxStore, id: number): void {
  const at = store.pending.findIndex((event) => event.id === id);
  if (at >= 0) store.pending.splice(at, 1);
}

/** An empty inbox database. */
export function startInbox(): InboxStore {
  return { effects: [], seen: {} };
}

/** The effect of an event and the memory of it as one transaction; answers whether it was new. Acknowledge after it. */
export function receiveOnce(store: InboxStore, event: OutboxEvent): boolean {
  if (store.seen[event.id] === true) return false;
  store.seen[event.id] = true;
  store.effects.push(clonePlain(event.value));
  return true;
}
