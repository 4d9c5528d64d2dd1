import type { Plain } from '@holdfast/plain';
import type { Core, NodeView, Outbox, RecordWrite } from '../../src/core/core.ts';
import { guarded } from '../../src/core/guard.ts';
import { kv } from '../../src/kv/kv.ts';
import type { Machine } from '../../src/kv/machine.ts';
import type { RaftCommand, RaftResult } from '../../src/raft/client.ts';
import type { RaftOptions } from '../../src/raft/config.ts';
import { raft, raftView } from '../../src/raft/core.ts';
import type { RaftMessage } from '../../src/raft/messages.ts';
import type { RaftState } from '../../src/raft/node.ts';

type RaftCore = Core<RaftState, RaftMessage, RaftCommand, RaftResult>;

export interface Flying {
  readonly from: number;
  readonly to: number;
  readonly message: RaftMessage;
}

export interface Note {
  readonly node: number;
  readonly kind: string;
  readonly data: unknown;
}

interface Held {
  readonly after: number;
  readonly release: () => void;
}

/** One machine: a node, its disk, its timers. */
export class Host {
  readonly id: number;
  state: RaftState | null = null;
  records: Record<string, unknown> = {};
  pending: { token: number; writes: readonly RecordWrite[] }[] = [];
  held: Held[] = [];
  timers = new Map<string, { minMs: number; maxMs: number }>();
  lastToken = 0;
  constructor(id: number) {
    this.id = id;
  }

  get up(): RaftState {
    if (this.state === null) throw new Error(`node ${this.id} is down`);
    return this.state;
  }
}

/** A group of nodes in one thread: nothing happens unless the test says so. */
export class Cluster {
  readonly core: RaftCore;
  readonly hosts = new Map<number, Host>();
  flying: Flying[] = [];
  readonly replies = new Map<number, RaftResult>();
  readonly notes: Note[] = [];
  /** Sees every note as it is made. */
  onNote: ((note: Note) => void) | undefined;
  /** Messages for which this is false are lost at once. */
  passes: (flying: Flying) => boolean = () => true;
  /** Stores are durable at once. */
  autoSync = true;
  private lastRequest = 0;

  constructor(
    options: RaftOptions,
    ids: readonly number[] = options.voters,
    { machine = kv, watch = false }: { machine?: Machine; watch?: boolean } = {},
  ) {
    const core = raft(options, machine);
    this.core = watch ? guarded(core) : core;
    for (const id of ids) {
      this.hosts.set(id, new Host(id));
      this.boot(id);
    }
  }

  host(id: number): Host {
    const host = this.hosts.get(id);
    if (host === undefined) throw new Error(`no node ${id}`);
    return host;
  }

  state(id: number): RaftState {
    return this.host(id).up;
  }

  view(id: number): NodeView {
    return raftView(this.state(id));
  }

  private outbox(host: Host): Outbox<RaftMessage, RaftResult> {
    const durable = (after: number): boolean => after <= (host.pending[0]?.token ?? host.lastToken + 1) - 1;
    const hold = (after: number, release: () => void): void => {
      if (durable(after)) release();
      else host.held.push({ after, release });
    };
    return {
      send: (to, message, after = 0): void =>
        hold(after, () => {
          const flying = { from: host.id, to, message };
          if (this.passes(flying)) this.flying.push(flying);
        }),
      store: (writes): number => {
        host.pending.push({ token: ++host.lastToken, writes });
        return host.lastToken;
      },
      setTimer: (timer, minMs, maxMs = minMs): void => {
        host.timers.set(timer, { minMs, maxMs });
      },
      cancelTimer: (timer): void => {
        host.timers.delete(timer);
      },
      reply: (id, result, after = 0): void =>
        hold(after, () => {
          if (this.replies.has(id)) throw new Error(`request ${id} answered twice`);
          this.replies.set(id, result);
        }),
      choose: (): number => 0,
      note: (kind, data): void => {
        const note = { node: host.id, kind, data };
        this.notes.push(note);
        this.onNote?.(note);
      },
    };
  }

  boot(id: number): void {
    const host = this.host(id);
    host.state = this.core.boot({ self: id, records: host.records }, this.outbox(host));
    this.sync(host);
  }

  /** Stops a node. Of the stores not durable, the first `kept` records survive. */
  crash(id: number, kept = 0): void {
    const host = this.host(id);
    const lost = host.pending.flatMap((store) => store.writes);
    for (const write of lost.slice(0, kept)) put(host, write);
    host.state = null;
    host.pending = [];
    host.held = [];
    host.timers.clear();
  }

  private step(host: Host, event: Parameters<RaftCore['step']>[1]): void {
    this.core.step(host.up, event, this.outbox(host));
    this.sync(host);
  }

  private sync(host: Host): void {
    while (this.autoSync && host.pending.length > 0 && host.state !== null) this.syncOne(host.id);
  }

  /** Makes the oldest store of a node durable. */
  syncOne(id: number): void {
    const host = this.host(id);
    const store = host.pending.shift();
    if (store === undefined || host.state === null) return;
    for (const write of store.writes) put(host, write);
    const free = host.held.filter((held) => held.after <= store.token);
    host.held = host.held.filter((held) => held.after > store.token);
    for (const held of free) held.release();
    this.step(host, { kind: 'stored', token: store.token });
  }

  /** Fires a timer, if it is armed. */
  fire(id: number, timer: string): boolean {
    const host = this.host(id);
    if (host.state === null || !host.timers.delete(timer)) return false;
    this.step(host, { kind: 'timer', timer });
    return true;
  }

  deliver(flying: Flying): void {
    const host = this.hosts.get(flying.to);
    if (host === undefined || host.state === null) return;
    this.step(host, { kind: 'message', from: flying.from, message: flying.message });
  }

  /** Delivers everything, oldest first, until nothing flies. */
  settle(limit = 100_000): void {
    let delivered = 0;
    for (;;) {
      const batch = this.flying;
      if (batch.length === 0) return;
      this.flying = [];
      for (const flying of batch) this.deliver(flying);
      delivered += batch.length;
      if (delivered > limit) throw new Error('the group does not come to rest');
    }
  }

  /** Has a node campaign, and settles. Nobody remembers a leader too well for it. */
  elect(id: number): void {
    for (const host of this.hosts.values()) if (host.id !== id) this.fire(host.id, 'leader-fresh');
    this.fire(id, 'election');
    this.settle();
  }

  request(id: number, command: RaftCommand): number {
    const request = ++this.lastRequest;
    this.step(this.host(id), { kind: 'request', id: request, command });
    return request;
  }

  /** Asks and settles; the answer, if there is one. */
  ask(id: number, command: RaftCommand): RaftResult | undefined {
    const request = this.request(id, command);
    this.settle();
    return this.replies.get(request);
  }

  /** A write without deduplication. */
  put(id: number, key: string, value: Plain): RaftResult | undefined {
    return this.ask(id, { client: 0, sequence: 0, operation: { f: 'put', key, value } });
  }

  get(id: number, key: string, read: 'log' | 'index' | 'lease' | 'local' = 'index'): RaftResult | undefined {
    return this.ask(id, { client: 0, sequence: 0, operation: { f: 'get', key }, read });
  }

  leaders(): number[] {
    return [...this.hosts.values()].filter((h) => h.state?.role === 'leader').map((h) => h.id);
  }
}

function put(host: Host, { key, value }: RecordWrite): void {
  if (value === null) delete host.records[key];
  else host.records[key] = value;
}
