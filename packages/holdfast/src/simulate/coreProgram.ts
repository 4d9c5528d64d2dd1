import { firstDifference, type Plain } from '@holdfast/plain';
import type {
  Core,
  CoreEvent,
  NodeId,
  NodeView,
  Outbox,
  RecordWrite,
  RequestId,
  StoreToken,
} from '@holdfast/protocols';
import type { Host, HostId, Program, TimerHandle } from '@holdfast/world';

/** The channel of what cores say to one another. */
export const PEERS = 0;
/** What clients and servers say to one another. */
export const CLIENTS = 1;

/** Hears what a core does, beside its driver: monitors, metrics. Called synchronously; must not act. */
export interface CoreObserver<R> {
  note?(node: NodeId, kind: string, data: unknown): void;
  stored?(node: NodeId, writes: readonly RecordWrite[]): void;
  reply?(node: NodeId, id: RequestId, result: R): void;
}

/** How a core is wired to its host. */
export interface CoreProgramOptions<R> {
  /** The host of a node, and the node of a host. */
  readonly hostOf: (node: NodeId) => HostId;
  readonly nodeOf: (host: HostId) => NodeId;
  /** Channel the core's own messages travel on. */
  readonly channel: number;
  readonly observer?: CoreObserver<R>;
  /** Called with requests that arrive on another channel: turns them into `CoreProgram.request`. */
  readonly onOther?: (program: CoreProgramPort<R>, from: HostId, payload: unknown) => void;
  /** A record on the disk does not read well: the node must not start. */
  readonly onDamaged?: (node: NodeId, keys: readonly string[]) => void;
}

/** What code around a running core may do with it. */
export interface CoreProgramPort<R> {
  readonly host: Host;
  request(command: unknown, answer: (result: R) => void): void;
}

/** An effect that waits until a store is durable. */
interface Waiting<M, R> {
  readonly after: StoreToken;
  readonly to: NodeId;
  readonly message: M | undefined;
  readonly id: RequestId;
  readonly result: R | undefined;
}

/** What a node does while its disk is not readable: nothing, until someone replaces the disk. */
const DEAD: Program = { onMessage: () => undefined, onTimer: () => undefined };

/** Boots a core on a host: finds its records, or stays dead when some are damaged. */
export function bootCore<S, M, C, R>(
  core: Core<S, M, C, R>,
  host: Host,
  options: CoreProgramOptions<R>,
): CoreProgram<S, M, C, R> | Program {
  const { records, damaged } = host.disk.recover();
  if (damaged.length > 0) {
    host.world.note(host.id, 'disk', `does not start: damaged ${damaged.join(', ')}`);
    options.onDamaged?.(options.nodeOf(host.id), damaged);
    return DEAD;
  }
  return new CoreProgram(core, host, options, records);
}

/** Puts a core on a host, with what comes with it, and starts it. */
export type BootCore = <S, M, C, R>(
  core: Core<S, M, C, R>,
  host: Host,
  options: CoreProgramOptions<R>,
) => Program;

/** Drives a protocol core on a simulated host: the outbox of its effects, the source of its events. */
export class CoreProgram<S, M, C, R> implements Program, Outbox<M, R>, CoreProgramPort<R> {
  readonly host: Host;
  readonly node: NodeId;
  readonly state: S;
  protected readonly core: Core<S, M, C, R>;
  protected readonly options: CoreProgramOptions<R>;
  private readonly observer: CoreObserver<R> | undefined;
  private readonly timers = new Map<string, TimerHandle>();
  private readonly answers = new Map<RequestId, (result: R) => void>();
  private waiting: Waiting<M, R>[] = [];
  private lastRequest: RequestId = 0;
  /** The newest store, the newest durable one, and the one the sync in progress covers (0: none). */
  protected lastToken: StoreToken = 0;
  protected durable: StoreToken = 0;
  private syncing: StoreToken = 0;
  private view: NodeView | undefined;

  constructor(
    core: Core<S, M, C, R>,
    host: Host,
    options: CoreProgramOptions<R>,
    records: Readonly<Record<string, unknown>>,
  ) {
    this.core = core;
    this.host = host;
    this.options = options;
    this.observer = options.observer;
    this.node = options.nodeOf(host.id);
    this.state = core.boot({ self: this.node, records }, this);
  }

  onMessage(from: HostId, payload: unknown, channel: number): void {
    if (channel === this.options.channel) {
      this.step({ kind: 'message', from: this.options.nodeOf(from), message: payload as M });
    } else this.options.onOther?.(this, from, payload);
  }

  onTimer(timer: unknown): void {
    this.timers.delete(timer as string);
    this.step({ kind: 'timer', timer: timer as string });
  }

  /** Hands a client's command to the core; `answer` is called at most once. */
  request(command: unknown, answer: (result: R) => void): void {
    const id = ++this.lastRequest;
    this.answers.set(id, answer);
    this.step({ kind: 'request', id, command: command as C });
  }

  afterEvent(): void {
    const { world, id } = this.host;
    if (world.recorder === undefined) return;
    const view = this.core.view(this.state);
    if (this.view !== undefined && firstDifference(view, this.view) === undefined) return;
    this.view = view;
    world.note(id, 'state', this.core.name, { cause: world.currentEvent, data: view as Plain });
  }

  send(to: NodeId, message: M, after: StoreToken = 0): void {
    if (after > this.durable) this.waiting.push({ after, to, message, id: 0, result: undefined });
    else this.host.send(this.options.hostOf(to), message, this.options.channel);
  }

  store(writes: readonly RecordWrite[]): StoreToken {
    const ticket = this.host.disk.write(writes);
    if (typeof ticket !== 'number') {
      // Nothing was written and nothing must be promised: the process stops, as a server does whose disk is full.
      this.host.after(0, 'disk full', () => this.host.world.crash(this.host, 'disk full'));
      return ++this.lastToken;
    }
    // The first ticket after a restart is not 1: tokens count from the disk's own numbers.
    this.lastToken = ticket;
    this.observer?.stored?.(this.node, writes);
    this.host.world.note(this.host.id, 'store', 'store', { cause: this.host.world.currentEvent });
    if (this.syncing === 0) this.sync();
    return ticket;
  }

  setTimer(timer: string, minMs: number, maxMs: number = minMs): void {
    const minUs = Math.round(minMs * 1000);
    const maxUs = Math.round(maxMs * 1000);
    const delayUs = maxUs > minUs ? this.host.choices.between(minUs, maxUs, timer) : minUs;
    const armed = this.timers.get(timer);
    if (armed !== undefined) {
      // Most timers are put off again and again before they ever fire.
      if (this.host.postponeTimer(armed, delayUs)) return;
      this.host.cancelTimer(armed);
    }
    this.timers.set(timer, this.host.setTimer(delayUs, timer));
  }

  cancelTimer(timer: string): void {
    const handle = this.timers.get(timer);
    if (handle === undefined) return;
    this.host.cancelTimer(handle);
    this.timers.delete(timer);
  }

  reply(id: RequestId, result: R, after: StoreToken = 0): void {
    if (after > this.durable) {
      this.waiting.push({ after, to: 0, message: undefined, id, result });
      return;
    }
    this.observer?.reply?.(this.node, id, result);
    const answer = this.answers.get(id);
    this.answers.delete(id);
    answer?.(result);
  }

  choose(label: string, among: number): number {
    return this.host.choices.below(among, label);
  }

  note(kind: string, data: unknown): void {
    this.observer?.note?.(this.node, kind, data);
    const { world, id } = this.host;
    if (world.recorder !== undefined) {
      world.note(id, 'note', kind, { cause: world.currentEvent, data: data as Plain });
    }
  }

  protected step(event: CoreEvent<M, C>): void {
    this.core.step(this.state, event, this);
  }

  /** Starts a sync that covers everything written so far; stores made meanwhile wait for the next one. */
  private sync(): void {
    const covers = this.lastToken;
    this.syncing = covers;
    this.flush(() => this.synced(covers));
  }

  /** Makes everything written so far durable, and says when it is: an event of the host, never called at once. */
  protected flush(done: () => void): void {
    this.host.after(this.host.disk.drawSyncUs(this.host.choices), 'sync', done);
  }

  private synced(token: StoreToken): void {
    this.syncing = 0;
    if (this.host.disk.complete(token) === 'failed') {
      // After a failed sync nobody knows what is durable: the only safe answer is to stop and recover.
      this.host.world.crash(this.host, 'sync failed');
      return;
    }
    if (this.lastToken > token) this.sync();
    this.becameDurable(token);
  }

  /** Everything stored up to this token outlives a crash from now on. */
  protected becameDurable(token: StoreToken): void {
    this.durable = token;
    this.host.world.note(this.host.id, 'stored', 'stored');
    this.release();
    this.step({ kind: 'stored', token });
  }

  /** Lets go of what was waiting for stores that are durable now, in the order it was asked for. */
  private release(): void {
    const ready = this.waiting.filter((w) => w.after <= this.durable);
    if (ready.length === 0) return;
    this.waiting = this.waiting.filter((w) => w.after > this.durable);
    for (const { to, message, id, result } of ready) {
      if (message !== undefined) this.host.send(this.options.hostOf(to), message, this.options.channel);
      else this.reply(id, result as R);
    }
  }
}
