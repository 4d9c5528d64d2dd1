import type { Core, CoreEvent, NodeView, Outbox, RecordWrite } from '../../src/core/core.ts';
import { Dice } from '../raft/chaos.ts';

export interface InFlight<M> {
  readonly from: number;
  readonly to: number;
  readonly message: M;
}

interface GroupHost<S> {
  readonly id: number;
  state: S | null;
  records: Record<string, unknown>;
  pending: { token: number; writes: readonly RecordWrite[] }[];
  held: { readonly after: number; readonly release: () => void }[];
  timers: Map<string, { minMs: number; maxMs: number }>;
  lastToken: number;
}

/** Nodes of any core in one thread: nothing happens unless the test says so. */
export class CoreGroup<S, M, C, R> {
  readonly core: Core<S, M, C, R>;
  readonly hosts = new Map<number, GroupHost<S>>();
  flying: InFlight<M>[] = [];
  readonly replies = new Map<number, R>();
  /** Stores are durable at once. */
  autoSync = true;
  /** Messages for which this is false are lost at once. */
  passes: (flying: InFlight<M>) => boolean = () => true;
  /** What a lying node sends instead of a message: any number of messages. */
  readonly lies = new Map<number, (to: number, message: M) => readonly M[]>();
  /** Answers choices of the cores. */
  chooser: (label: string, among: number) => number = () => 0;
  /** Sees the state of a node after each of its events. */
  onStep: ((id: number, state: S) => void) | undefined;
  onNote: ((id: number, kind: string, data: unknown) => void) | undefined;
  private lastRequest = 0;

  constructor(core: Core<S, M, C, R>, ids: readonly number[]) {
    this.core = core;
    for (const id of ids) {
      const empty = { state: null, records: {}, pending: [], held: [], timers: new Map(), lastToken: 0 };
      this.hosts.set(id, { id, ...empty });
      this.boot(id);
    }
  }

  get ids(): number[] {
    return [...this.hosts.keys()];
  }

  host(id: number): GroupHost<S> {
    const host = this.hosts.get(id);
    if (host === undefined) throw new Error(`no node ${id}`);
    return host;
  }

  isUp(id: number): boolean {
    return this.host(id).state !== null;
  }

  state(id: number): S {
    const { state } = this.host(id);
    if (state === null) throw new Error(`node ${id} is down`);
    return state;
  }

  view(id: number): NodeView {
    return this.core.view(this.state(id));
  }

  boot(id: number): void {
    const host = this.host(id);
    host.state = this.core.boot({ self: id, records: { ...host.records } }, this.outbox(host));
    this.after(host);
  }

  /** Stops a node; of the records not durable the first `kept` survive. */
  crash(id: number, kept = 0): void {
    const host = this.host(id);
    const lost = host.pending.flatMap((store) => store.writes);
    for (const write of lost.slice(0, kept)) put(host.records, write);
    Object.assign(host, { state: null, pending: [], held: [] });
    host.timers.clear();
  }

  restart(id: number): void {
    this.crash(id);
    this.boot(id);
  }

  deliver({ from, to, message }: InFlight<M>): void {
    if (this.hosts.has(to) && this.isUp(to)) this.step(to, { kind: 'message', from, message });
  }

  /** Delivers, oldest first, what flies now and fits; answers how many. What comes of it stays in flight. */
  deliverWhere(fits: (flying: InFlight<M>) => boolean): number {
    const batch = this.flying.filter(fits);
    this.flying = this.flying.filter((flying) => !fits(flying));
    for (const flying of batch) this.deliver(flying);
    return batch.length;
  }

  settle(limit = 100_000): void {
    for (let delivered = 0; this.flying.length > 0; ) {
      delivered += this.deliverWhere(() => true);
      if (delivered > limit) throw new Error('the group does not come to rest');
    }
  }

  fire(id: number, timer: string): boolean {
    const host = this.host(id);
    if (host.state === null || !host.timers.delete(timer)) return false;
    this.step(id, { kind: 'timer', timer });
    return true;
  }

  request(id: number, command: C): number {
    const request = ++this.lastRequest;
    this.step(id, { kind: 'request', id: request, command });
    return request;
  }

  /** Makes the oldest store of a node durable. */
  syncOne(id: number): void {
    const host = this.host(id);
    const store = host.pending.shift();
    if (store === undefined || host.state === null) return;
    for (const write of store.writes) put(host.records, write);
    const free = host.held.filter((held) => held.after <= store.token);
    host.held = host.held.filter((held) => held.after > store.token);
    for (const held of free) held.release();
    this.step(id, { kind: 'stored', token: store.token });
  }

  syncAll(): void {
    for (const host of this.hosts.values()) {
      while (host.pending.length > 0 && host.state !== null) this.syncOne(host.id);
    }
  }

  private step(id: number, event: CoreEvent<M, C>): void {
    const host = this.host(id);
    this.core.step(this.state(id), event, this.outbox(host));
    this.after(host);
  }

  private after(host: GroupHost<S>): void {
    if (host.state !== null) this.onStep?.(host.id, host.state);
    while (this.autoSync && host.pending.length > 0 && host.state !== null) this.syncOne(host.id);
  }

  private outbox(host: GroupHost<S>): Outbox<M, R> {
    const hold = (after: number, release: () => void): void => {
      const durable = after < (host.pending[0]?.token ?? host.lastToken + 1);
      if (durable) release();
      else host.held.push({ after, release });
    };
    return {
      send: (to, message, after = 0): void =>
        hold(after, () => {
          for (const said of this.lies.get(host.id)?.(to, message) ?? [message]) {
            const flying = { from: host.id, to, message: said };
            if (this.passes(flying)) this.flying.push(flying);
          }
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
      choose: (label, among): number => this.chooser(label, among),
      note: (kind, data): void => this.onNote?.(host.id, kind, data),
    };
  }
}

function put(records: Record<string, unknown>, { key, value }: RecordWrite): void {
  if (value === null) delete records[key];
  else records[key] = value;
}

export interface ScheduleOptions<C> {
  readonly seed: number;
  readonly steps: number;
  /** A client's next command, and whom it asks. */
  readonly command: (dice: Dice, step: number) => C;
  /** Chance of a crash or a restart, in thousandths of the steps. Default 20. */
  readonly powerPerMille?: number;
  /** Timers fired in one of five draws only. */
  readonly rareTimer?: string;
  /** Which of the nodes that are up a client asks. Default: any. */
  readonly ask?: (id: number) => boolean;
  /** Whether a node that is up may crash now. Default: always. */
  readonly mayCrash?: (id: number) => boolean;
}

/** Random events with loss, duplication, reordering, late disks, crashes and restarts, all from one seed. */
export function randomSchedule<S, M, C, R>(
  group: CoreGroup<S, M, C, R>,
  { seed, steps, command, powerPerMille = 20, rareTimer, ask, mayCrash }: ScheduleOptions<C>,
): void {
  const dice = new Dice(seed);
  group.autoSync = false;
  for (let step = 0; step < steps; step++) {
    const id = dice.pick(group.ids);
    const roll = dice.below(1000);
    if (roll < powerPerMille) {
      if (!group.isUp(id)) group.boot(id);
      else if (mayCrash?.(id) !== false) group.crash(id, dice.below(4));
    } else if (!group.isUp(id)) {
      if (dice.below(3) === 0) group.boot(id);
    } else if (roll < 600) randomDelivery(group, dice);
    else if (roll < 850) group.syncOne(id);
    else if (roll < 950) {
      const timers = [...group.host(id).timers.keys()];
      const timer = timers.length > 0 ? dice.pick(timers) : '';
      if (timer !== rareTimer || dice.below(5) === 0) group.fire(id, timer);
    } else {
      const fits = group.ids.filter((other) => ask !== undefined && group.isUp(other) && ask(other));
      group.request(fits.length > 0 ? dice.pick(fits) : id, command(dice, step));
    }
  }
}

function randomDelivery<S, M, C, R>(group: CoreGroup<S, M, C, R>, dice: Dice): void {
  if (group.flying.length === 0) return;
  const at = dice.below(Math.min(group.flying.length, 10));
  const fate = dice.below(12);
  const flying = fate === 0 ? group.flying[at] : group.flying.splice(at, 1)[0];
  if (flying !== undefined && fate !== 1) group.deliver(flying);
}
