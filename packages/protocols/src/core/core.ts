/**
 * The core interface: what every protocol implements and every driver (simulator, explorer, live, transcript) runs.
 *
 * A core is sans-IO: `step(state, event, out)` changes its own plain-data state in place and names effects on `out`.
 * It reads no clock, draws no random number, does no I/O and keeps nothing outside `state`. What it needs from
 * the world arrives as an event; what it cannot decide alone (a random choice, a timer's exact length) it asks of `out`.
 */

/** A node of the protocol: a positive integer, unique for all time. 0 means "none". */
export type NodeId = number;

/** Names one client request at the node that received it, so that the reply finds its way back. */
export type RequestId = number;

/** Names one store issued through `Outbox.store`; strictly increasing at a node. 0 means "already durable". */
export type StoreToken = number;

/** A durable record's name; the disk keeps the latest value of each. */
export type RecordKey = string;

/** What happens to a core. */
export type CoreEvent<M, C> =
  | { readonly kind: 'message'; readonly from: NodeId; readonly message: M }
  | { readonly kind: 'timer'; readonly timer: string }
  | { readonly kind: 'request'; readonly id: RequestId; readonly command: C }
  | { readonly kind: 'stored'; readonly token: StoreToken };

/** One change of a durable record; `value: null` removes it. */
export interface RecordWrite {
  readonly key: RecordKey;
  readonly value: unknown;
}

/**
 * Where a core puts its effects. Everything passed in becomes the driver's: a core never changes a message, record
 * or result after handing it over.
 */
export interface Outbox<M, R> {
  /**
   * Sends a message, which may be lost, delayed, duplicated or reordered. With `after`, the message leaves only once
   * that store is durable, and never if the node crashes first: this is how "persist BEFORE send" is said.
   */
  send(to: NodeId, message: M, after?: StoreToken): void;
  /**
   * Writes records, in order, as one unit that a crash may lose, or tear between two records, until it is durable. The core hears
   * `stored` with the returned token when it, and every store before it, is durable.
   */
  store(writes: readonly RecordWrite[]): StoreToken;
  /** Arms (or re-arms) a timer by the node's own clock; the driver picks a length in [minMs, maxMs]. */
  setTimer(timer: string, minMs: number, maxMs?: number): void;
  cancelTimer(timer: string): void;
  /** Answers a request; with `after`, only once that store is durable. At most one answer per request. */
  reply(id: RequestId, result: R, after?: StoreToken): void;
  /** A choice among 0..among-1, answered by the seed, the explorer or the live runtime. */
  choose(label: string, among: number): number;
  /** Tells observers of something worth seeing (role change, commit, apply); never read back by a core. */
  note(kind: string, data: unknown): void;
}

/** What a node knows when it starts. Boot and restart after a crash are one path. */
export interface Boot {
  readonly self: NodeId;
  /** All durable records found on the node's disk; empty on the very first start. */
  readonly records: Readonly<Record<RecordKey, unknown>>;
}

/** A protocol: S state, M message, C client command, R client result. All plain data. */
export interface Core<S, M, C, R> {
  /** The protocol's name in reports: `raft`, `multi-paxos`. */
  readonly name: string;
  /** Builds the state of a starting node, arming its timers on `out`. */
  boot(boot: Boot, out: Outbox<M, R>): S;
  /** Handles one event: changes `state` in place, names effects on `out`. Total: every event is legal in every state. */
  step(state: S, event: CoreEvent<M, C>, out: Outbox<M, R>): void;
  /** A short name for a message, for pictures and filters: `AppendEntries`. */
  messageType(message: M): string;
  /** What observers may know of a state: role, term, commit index. Must not change the state. */
  view(state: S): NodeView;
}

/** The observable summary of a node: small, plain, stable names (`role`, `term`, `leader`, `commit`, `applied`, ...). */
export type NodeView = Readonly<Record<string, string | number | boolean | null>>;
