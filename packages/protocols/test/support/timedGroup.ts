import type { Core, CoreEvent, Outbox, RecordWrite } from '../../src/core/core.ts';
import { Dice } from '../raft/chaos.ts';

interface TimedHost<S> {
  state: S | null;
  records: Record<string, unknown>;
  life: number;
  busyUntil: number;
  diskFree: number;
  durable: number;
  lastToken: number;
  held: { readonly after: number; readonly release: () => void }[];
  timers: Map<string, number>;
}

export interface TimedOptions {
  readonly seed: number;
  /** One-way latency between two nodes, in milliseconds; a tenth of it is random. */
  readonly latencyMs: (from: number, to: number) => number;
  /** How long a disk takes for one sync. */
  readonly diskMs: number;
  /** How long a node is busy with one event. */
  readonly workMs?: number;
}

/** Nodes of any core in virtual milliseconds: latency, disks that sync one store at a time, timers, and nodes busy with one event at a time. */
export class TimedGroup<S, M, C, R> {
  nowMs = 0;
  readonly hosts = new Map<number, TimedHost<S>>();
  /** Answers by request, with the time they were given. */
  readonly replies = new Map<number, { readonly atMs: number; readonly result: R }>();
  /** Time nodes have been busy, in milliseconds. */
  readonly busyMs = new Map<number, number>();
  passes: (from: number, to: number, message: M) => boolean = () => true;
  onStep: ((id: number, state: S) => void) | undefined;
  onNote: ((id: number, kind: string, data: unknown, atMs: number) => void) | undefined;
  private readonly core: Core<S, M, C, R>;
  private readonly options: TimedOptions;
  private readonly dice: Dice;
  private queue: { readonly atMs: number; readonly order: number; readonly act: () => void }[] = [];
  private order = 0;
  private requests = 0;

  constructor(core: Core<S, M, C, R>, ids: readonly number[], options: TimedOptions) {
    this.core = core;
    this.options = options;
    this.dice = new Dice(options.seed);
    for (const id of ids) {
      this.hosts.set(id, {
        state: null,
        records: {},
        life: 0,
        busyUntil: 0,
        diskFree: 0,
        durable: 0,
        lastToken: 0,
        held: [],
        timers: new Map(),
      });
    }
    for (const id of ids) this.boot(id);
  }

  host(id: number): TimedHost<S> {
    const host = this.hosts.get(id);
    if (host === undefined) throw new Error(`no node ${id}`);
    return host;
  }

  state(id: number): S {
    const { state } = this.host(id);
    if (state === null) throw new Error(`node ${id} is down`);
    return state;
  }

  boot(id: number): void {
    const host = this.host(id);
    Object.assign(host, { life: host.life + 1, busyUntil: this.nowMs, diskFree: this.nowMs, held: [] });
    host.durable = host.lastToken;
    host.state = this.core.boot({ self: id, records: { ...host.records } }, this.outbox(id));
    this.onStep?.(id, host.state);
  }

  /** Stops a node; what its disk has not synced is gone. With `wiped` the disk is gone too. */
  crash(id: number, { wiped = false } = {}): void {
    const host = this.host(id);
    Object.assign(host, { state: null, life: host.life + 1, held: [] });
    host.timers.clear();
    if (wiped) host.records = {};
  }

  at(ms: number, act: () => void): void {
    const entry = { atMs: Math.max(ms, this.nowMs), order: this.order++, act };
    let low = 0;
    let high = this.queue.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.queue[middle] as typeof entry;
      if (other.atMs < entry.atMs || (other.atMs === entry.atMs && other.order < entry.order))
        low = middle + 1;
      else high = middle;
    }
    this.queue.splice(low, 0, entry);
  }

  run(untilMs: number): void {
    while (this.queue.length > 0 && (this.queue[0]?.atMs ?? 0) <= untilMs) {
      const next = this.queue.shift();
      if (next === undefined) break;
      this.nowMs = next.atMs;
      next.act();
    }
    this.nowMs = untilMs;
  }

  request(id: number, command: C): number {
    const request = ++this.requests;
    this.event(id, this.host(id).life, { kind: 'request', id: request, command });
    return request;
  }

  private event(id: number, life: number, event: CoreEvent<M, C>): void {
    const host = this.host(id);
    if (host.state === null || host.life !== life) return;
    const work = this.options.workMs ?? 0;
    // A node that is busy takes the event up when it is done.
    if (host.busyUntil > this.nowMs) {
      this.at(host.busyUntil, () => this.event(id, life, event));
      return;
    }
    host.busyUntil = this.nowMs + work;
    this.busyMs.set(id, (this.busyMs.get(id) ?? 0) + work);
    this.core.step(host.state, event, this.outbox(id));
    this.onStep?.(id, host.state);
  }

  private outbox(id: number): Outbox<M, R> {
    const host = this.host(id);
    const { life } = host;
    const hold = (after: number, release: () => void): void => {
      if (after <= host.durable) release();
      else host.held.push({ after, release });
    };
    return {
      send: (to, message, after = 0): void => hold(after, () => this.send(id, to, message)),
      store: (writes): number => this.store(id, writes),
      setTimer: (timer, minMs, maxMs = minMs): void => {
        const mark = this.order++;
        host.timers.set(timer, mark);
        this.at(this.nowMs + minMs + this.dice.below(maxMs - minMs + 1), () => {
          if (host.life !== life || host.timers.get(timer) !== mark) return;
          host.timers.delete(timer);
          this.event(id, life, { kind: 'timer', timer });
        });
      },
      cancelTimer: (timer): void => {
        host.timers.delete(timer);
      },
      reply: (request, result, after = 0): void =>
        hold(after, () => {
          this.replies.set(request, { atMs: this.nowMs, result });
        }),
      choose: (_label, among): number => this.dice.below(among),
      note: (kind, data): void => this.onNote?.(id, kind, data, this.nowMs),
    };
  }

  private send(from: number, to: number, message: M): void {
    if (!this.hosts.has(to) || !this.passes(from, to, message)) return;
    const latency = this.options.latencyMs(from, to);
    const jitter = (latency * this.dice.below(100)) / 1_000;
    this.at(this.nowMs + latency + jitter, () =>
      this.event(to, this.host(to).life, { kind: 'message', from, message }),
    );
  }

  private store(id: number, writes: readonly RecordWrite[]): number {
    const host = this.host(id);
    const { life } = host;
    const token = ++host.lastToken;
    host.diskFree = Math.max(host.diskFree, this.nowMs) + this.options.diskMs;
    this.at(host.diskFree, () => {
      if (host.life !== life) return;
      for (const { key, value } of writes) {
        if (value === null) delete host.records[key];
        else host.records[key] = value;
      }
      host.durable = token;
      const free = host.held.filter(({ after }) => after <= token);
      host.held = host.held.filter(({ after }) => after > token);
      for (const { release } of free) release();
      this.event(id, life, { kind: 'stored', token });
    });
    return token;
  }
}
