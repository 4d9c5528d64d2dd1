import { LINK_HEARTBEAT } from './messageHead.ts';
import type { RaftMessage } from './raftMessage.ts';

/** A message on its way from one member to another. */
export interface Parcel {
  /** The message; undefined for other traffic, which only a cut stops. */
  readonly message: RaftMessage | undefined;
  /** Passes it on. `lossy` says that one before it on this connection was dropped. */
  deliver(lossy: boolean): void;
  /** Tells parcels of one connection from others. */
  readonly connection: object;
}

/** A message as the mesh saw it, for conditions and diagrams. */
export interface SeenMessage extends RaftMessage {
  readonly from: number;
  readonly to: number;
  /** Milliseconds since the mesh began. */
  readonly atMs: number;
  /** When it was passed on; undefined while it waits, -1 when it was dropped. */
  passedAtMs?: number | undefined;
}

/** What a condition asks of messages. All that is given must fit. */
export interface MessageQuery {
  readonly type?: string | undefined;
  /** The id of the read it must speak of. */
  readonly context?: string | undefined;
  /** The id of the read it must not speak of. */
  readonly notContext?: string | undefined;
  /** It speaks of some read. */
  readonly hasContext?: boolean | undefined;
}

/** Whether a message fits. */
export function fits(message: RaftMessage, query: MessageQuery): boolean {
  if (query.type !== undefined && query.type !== message.type) return false;
  if (query.context !== undefined && query.context !== message.context) return false;
  if (query.notContext !== undefined && query.notContext === message.context) return false;
  return query.hasContext === undefined || query.hasContext === (message.context !== '');
}

/** Parcels that wait on one link, at most; beyond that the oldest are given up, as a full network would. */
const WAITING_MAX = 20_000;

/** One direction between two members: it passes parcels in their order, holds them back, or drops them. */
export class Link {
  private readonly waiting: { parcel: Parcel; seen: SeenMessage | undefined }[] = [];
  private cuts = 0;
  private holding = false;
  private hasLost = false;
  private readonly lossy = new WeakSet<object>();
  private readonly see: (message: RaftMessage) => SeenMessage;
  private readonly nowMs: () => number;

  constructor(see: (message: RaftMessage) => SeenMessage, nowMs: () => number) {
    this.see = see;
    this.nowMs = nowMs;
  }

  /** Whether nothing passes. */
  get isCut(): boolean {
    return this.cuts > 0;
  }

  /** Whether whatever comes now passes at once and as it is: no rule asks about it, nothing waits, and nothing was ever dropped. */
  get isOpen(): boolean {
    return this.cuts === 0 && !this.holding && !this.hasLost && this.waiting.length === 0;
  }

  /** A parcel arrives. */
  arrive(parcel: Parcel): void {
    const { message } = parcel;
    const isRaft = message !== undefined && message.type !== LINK_HEARTBEAT;
    const seen = isRaft ? this.see(message) : undefined;
    // What only keeps connections alive passes a hold: members must not notice that one message waits.
    if (this.isCut || (this.holding && isRaft)) {
      this.waiting.push({ parcel, seen });
      if (this.waiting.length > WAITING_MAX) this.give(this.waiting.shift(), false);
    } else this.pass(parcel, seen);
  }

  /** Stops everything until the returned function is called. */
  cut(): () => void {
    this.cuts++;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.cuts--;
      this.flush();
    };
  }

  /** Holds back Raft's messages from now on. */
  hold(): void {
    this.holding = true;
  }

  /** Ends the hold and passes on what waits. */
  release(): void {
    this.holding = false;
    this.flush();
  }

  /** Passes on what waits up to and with the first that fits; the hold stays. Returns how many, 0 when none fits. */
  releaseThrough(query: MessageQuery): number {
    const last = this.waiting.findIndex(({ seen }) => seen !== undefined && fits(seen, query));
    const passed = this.waiting.splice(0, last + 1);
    for (const entry of passed) this.give(entry, true);
    return passed.length;
  }

  /** Drops what waits and fits; returns how many. */
  drop(query: MessageQuery): number {
    const kept = this.waiting.filter((entry) => entry.seen === undefined || !fits(entry.seen, query));
    const dropped = this.waiting.filter((entry) => !kept.includes(entry));
    this.waiting.splice(0, this.waiting.length, ...kept);
    for (const entry of dropped) this.give(entry, false);
    return dropped.length;
  }

  /** The connection has ended: what waited on it will never arrive. */
  forget(connection: object): void {
    for (let i = this.waiting.length - 1; i >= 0; i--) {
      if (this.waiting[i]?.parcel.connection === connection) this.waiting.splice(i, 1);
    }
  }

  private flush(): void {
    if (this.isCut) return;
    for (const entry of this.waiting.splice(0)) {
      if (this.holding && entry.seen !== undefined) this.waiting.push(entry);
      else this.give(entry, true);
    }
  }

  private give(entry: { parcel: Parcel; seen: SeenMessage | undefined } | undefined, pass: boolean): void {
    if (entry === undefined) return;
    const { parcel, seen } = entry;
    if (pass) this.pass(parcel, seen);
    else {
      if (seen !== undefined) seen.passedAtMs = -1;
      this.lossy.add(parcel.connection);
      this.hasLost = true;
    }
  }

  private pass(parcel: Parcel, seen: SeenMessage | undefined): void {
    if (seen !== undefined) seen.passedAtMs = this.nowMs();
    parcel.deliver(this.hasLost && this.lossy.has(parcel.connection));
  }
}
