import {
  hybridLimits,
  type HybridClock,
  type LamportStamp,
  receiveHybrid,
  receiveLamport,
  receiveVectorClock,
  startHybrid,
  startLamport,
  tickHybrid,
  tickLamport,
  tickVectorClock,
  EMPTY_VECTOR,
  type Vector,
} from '@holdfast/protocols';
import type { Host, HostId, Program } from '@holdfast/world';
import type { Plain } from '@holdfast/plain';
import type { EditObserver } from './observer.ts';
import type { FieldRule, Stamps } from './rules.ts';

/** An edit on its way between replicas, until it is acknowledged. */
export interface EditMessage {
  readonly kind: 'edit';
  readonly id: number;
  readonly field: string;
  readonly delta: unknown;
  readonly stamps: Stamps;
}

/** Everything that travels in an editor. */
export type EditorMessage =
  | EditMessage
  | { readonly kind: 'ack'; readonly id: number }
  | { readonly kind: 'save' | 'open'; readonly request: number; readonly field: string; readonly id: number }
  | { readonly kind: 'shown'; readonly request: number; readonly edits: readonly number[] };

/** How long a replica waits for an acknowledgement before it sends an edit again. */
const RESEND_US = 200_000;

/** Clocks further apart than this are refused by the hybrid clock: far beyond any step of a run. */
const LIMITS = hybridLimits({ maxDriftMs: 3_600_000 });

/** What a replica keeps on its disk; each change of it is durable at once. */
export interface ReplicaStore {
  readonly fields: Map<string, unknown>;
  readonly known: Set<number>;
  /** Edits not acknowledged by a peer yet. */
  readonly unacknowledged: Map<HostId, Map<number, EditMessage>>;
  readonly clocks: { lamport: LamportStamp; vector: Vector; hybrid: HybridClock };
}

/** The disk of a replica that has just been set up. */
export function startStore(name: string, peers: readonly HostId[]): ReplicaStore {
  return {
    fields: new Map(),
    known: new Set(),
    unacknowledged: new Map(peers.map((peer) => [peer, new Map<number, EditMessage>()])),
    clocks: { lamport: startLamport(name), vector: EMPTY_VECTOR, hybrid: startHybrid(name) },
  };
}

/** A region's replica: takes edits from the users near it, shows them at once, and sends them to all others. */
export class Replica implements Program {
  private readonly host: Host;
  private readonly rule: FieldRule<unknown>;
  private readonly store: ReplicaStore;
  private readonly observer: EditObserver;

  /** Whether it takes no notice of the stamps it hears: the broken twin. */
  private readonly deaf: boolean;

  constructor(
    host: Host,
    how: {
      readonly rule: FieldRule<unknown>;
      readonly store: ReplicaStore;
      readonly observer: EditObserver;
      readonly deaf: boolean;
    },
  ) {
    const { rule, store, observer, deaf } = how;
    this.host = host;
    this.deaf = deaf;
    this.rule = rule;
    this.store = store;
    this.observer = observer;
    host.setTimer(RESEND_US, 'resend');
  }

  /** What is shown of a field here. */
  shown(field: string): readonly number[] {
    return this.rule.shown(this.stateOf(field));
  }

  onMessage(from: HostId, payload: unknown): void {
    const message = payload as EditorMessage;
    if (message.kind === 'edit') this.receive(from, message);
    else if (message.kind === 'ack') this.store.unacknowledged.get(from)?.delete(message.id);
    else if (message.kind === 'save' || message.kind === 'open') {
      if (message.kind === 'save') this.save(message.field, message.id);
      const { request, field } = message;
      this.host.send(from, { kind: 'shown', request, edits: this.shown(field) } satisfies EditorMessage);
    }
  }

  onTimer(): void {
    for (const [peer, edits] of this.store.unacknowledged) {
      for (const message of edits.values()) this.host.send(peer, message);
    }
    this.host.setTimer(RESEND_US, 'resend');
  }

  private stateOf(field: string): unknown {
    return this.store.fields.get(field) ?? this.rule.empty;
  }

  /** An edit that a user repeats because the answer was lost is taken once. */
  private save(field: string, id: number): void {
    const { store, rule, host } = this;
    if (store.known.has(id)) return;
    store.known.add(id);
    const { lamport, vector, hybrid } = store.clocks;
    const wallMs = this.wallMs();
    store.clocks.lamport = tickLamport(lamport);
    store.clocks.vector = tickVectorClock(vector, host.name);
    store.clocks.hybrid = tickHybrid(hybrid, wallMs, LIMITS);
    const stamps = this.stampsAt(wallMs);
    const before = this.stateOf(field);
    const delta = rule.edit(before, host.name, id, stamps);
    const after = rule.join(before, delta);
    store.fields.set(field, after);
    const edit = { id, field, replaces: rule.shown(before), delta };
    this.observer.edited(host.name, edit, stamps, rule.shown(after));
    this.noteEvent('edit', id, field, stamps);
    const message: EditMessage = { kind: 'edit', id, field, delta, stamps };
    for (const [peer, edits] of store.unacknowledged) {
      edits.set(id, message);
      host.send(peer, message);
    }
  }

  private receive(from: HostId, { id, field, delta, stamps: sent }: EditMessage): void {
    const { store, rule, host } = this;
    host.send(from, { kind: 'ack', id } satisfies EditorMessage);
    if (store.known.has(id)) return;
    store.known.add(id);
    const { lamport, vector, hybrid } = store.clocks;
    const wallMs = this.wallMs();
    if (this.deaf) {
      store.clocks.lamport = tickLamport(lamport);
      store.clocks.vector = tickVectorClock(vector, host.name);
      store.clocks.hybrid = tickHybrid(hybrid, wallMs, LIMITS);
    } else {
      store.clocks.lamport = receiveLamport(lamport, sent.lamport);
      store.clocks.vector = receiveVectorClock(vector, host.name, sent.vector);
      store.clocks.hybrid = receiveHybrid(hybrid, sent.hybrid, wallMs, LIMITS);
    }
    const before = this.stateOf(field);
    const after = rule.join(before, delta);
    store.fields.set(field, after);
    const stamps = this.stampsAt(wallMs);
    this.observer.received(host.name, id, stamps, rule.shown(before), rule.shown(after));
    this.noteEvent('receive', id, field, stamps);
  }

  private wallMs(): number {
    return Math.floor(this.host.wallUs() / 1_000);
  }

  private stampsAt(wallMs: number): Stamps {
    const { lamport, vector, hybrid } = this.store.clocks;
    return { wallMs, lamport, vector, hybrid: { l: hybrid.l, c: hybrid.c, node: hybrid.node } };
  }

  private noteEvent(kind: 'edit' | 'receive', id: number, field: string, stamps: Stamps): void {
    const { world, id: host } = this.host;
    if (world.recorder === undefined) return;
    const { wallMs, lamport, vector } = stamps;
    const data: Plain = {
      id,
      field,
      wallMs,
      lamport: lamport.counter,
      vector: Object.fromEntries(vector.actors.map((actor, i) => [actor, vector.counters[i] ?? 0])),
      shown: [...this.shown(field)],
    };
    world.note(host, 'note', `${kind} ${id}`, { cause: world.currentEvent, data });
    world.note(host, 'state', 'replica', {
      cause: world.currentEvent,
      data: { [field]: this.shown(field).join(' ') },
    });
  }
}
