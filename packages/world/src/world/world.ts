import { hashPlain, hashString, type Plain } from '@holdfast/plain';
import type { TraceEventKind } from '@holdfast/trace';
import type { Choices } from '../choices/choices.ts';
import { HostClock } from '../clock/hostClock.ts';
import { Disk, type DiskOptions } from '../disk/disk.ts';
import { Digest } from '../loop/digest.ts';
import { EventQueue, type Slot } from '../loop/eventQueue.ts';
import { Network } from '../network/network.ts';
import type { LinkPolicy } from '../network/link.ts';
import type { PartialSynchronyOptions } from '../network/partialSynchrony.ts';
import type { EventDetails, Recorder } from '../record/recorder.ts';
import { Host, type TimerHandle } from './host.ts';
import type { BootProgram, HostId } from './program.ts';

/** What the loop does with a popped event; 0 marks a cancelled one. */
const CANCELLED = 0;
const DELIVER = 1;
const TIMER = 2;
const HOST_CALL = 3;
const WORLD_CALL = 4;

/** A host's message to itself takes this long and is never lost. */
export const LOOPBACK_US: number = 1;

export interface WorldOptions {
  /** Where every random decision comes from. */
  readonly choices: Choices;
  /** Names of all hosts, unique, in order; `start` puts a program on each. */
  readonly hosts: readonly string[];
  /** Kinds of traffic that faults can cut apart. Default: one. */
  readonly channels?: readonly string[];
  /** How every link behaves unless a fault says otherwise. */
  readonly link: LinkPolicy;
  /** In its place: a network that keeps a bound only from an unknown time on (S3.6). */
  readonly partialSynchrony?: PartialSynchronyOptions | undefined;
  /** How every host's disk behaves when nothing is wrong. */
  readonly disk?: DiskOptions | undefined;
  /** Clocks of hosts, by name; perfect ones when left out. */
  readonly clocks?: Readonly<Record<string, HostClock>>;
  /** Keeps the trace, when wanted; never changes the run. */
  readonly recorder?: Recorder | undefined;
  /** Message names for the trace. */
  readonly messageLabel?: ((payload: unknown) => string) | undefined;
  /** Size of a message in bytes; needed only where links have a bandwidth. Default: 256 for every message. */
  readonly sizeOf?: ((payload: unknown) => number) | undefined;
  /** Hash of a message for the digest. Default: the structural hash of plain data. */
  readonly hashOf?: ((payload: unknown) => number) | undefined;
  /**
   * What a corrupt packet becomes when no checksum catches it; undefined (the default) means the checksum does, and the packet
   * is dropped.
   */
  readonly mangle?: ((payload: unknown) => unknown) | undefined;
}

/** Called after each event on a host, before anything else happens. */
export type Observer = (host: Host) => void;

/**
 * The deterministic world: one synchronous loop over virtual time. Pops the earliest (time, sequence), sets the host, fires,
 * lets the program drain, folds into the digest, tells the observers. Times are integer microseconds.
 */
export class World {
  readonly choices: Choices;
  readonly network: Network;
  readonly digest: Digest = new Digest();
  readonly recorder: Recorder | undefined;
  readonly hosts: readonly Host[];
  /** True time: what a perfect observer's clock shows. No host can read it. */
  nowUs = 0;
  eventsHandled = 0;
  messagesSent = 0;
  messagesDropped = 0;
  /** Trace id of the event being handled; -1 outside events or when nothing is recorded. */
  currentEvent = -1;
  private readonly queue = new EventQueue();
  private readonly observers: Observer[] = [];
  private stopRequested = false;
  private readonly messageLabel: (payload: unknown) => string;
  private readonly sizeOf: (payload: unknown) => number;
  private readonly hashOf: (payload: unknown) => number;
  private readonly mangle: ((payload: unknown) => unknown) | undefined;

  constructor(options: WorldOptions) {
    this.choices = options.choices;
    this.network = new Network(options.choices, { channels: [''], ...options });
    this.recorder = options.recorder;
    this.hosts = options.hosts.map(
      (name, id) =>
        new Host(this, id, name, options.clocks?.[name] ?? new HostClock(), new Disk(options.disk)),
    );
    this.messageLabel = options.messageLabel ?? (() => 'message');
    this.sizeOf = options.sizeOf ?? (() => 256);
    this.hashOf = options.hashOf ?? hashPlain;
    this.mangle = options.mangle;
  }

  /** Puts a program on a host and starts it at once. */
  start(id: HostId, boot: BootProgram): Host {
    const host = this.host(id);
    host.upgradeTo(boot);
    host.up = true;
    this.foldControl(host, 'boot');
    this.currentEvent = this.note(id, 'boot', host.name);
    host.start();
    this.settle(host);
    this.currentEvent = -1;
    return host;
  }

  /** The host with this index. */
  host(id: HostId): Host {
    const host = this.hosts[id];
    if (host === undefined)
      throw new RangeError(`Cannot find host ${id} as there are ${this.hosts.length} hosts`);
    return host;
  }

  /** Has `observer` called after each event on any host. */
  observe(observer: Observer): void {
    this.observers.push(observer);
  }

  /** Runs until virtual time passes `untilUs`, nothing is left to happen, or `stop` is called. */
  run(untilUs: number): void {
    this.stopRequested = false;
    const queue = this.queue;
    while (!this.stopRequested && queue.nextTime() <= untilUs) this.handle(queue.pop());
    if (!this.stopRequested && Number.isFinite(untilUs) && this.nowUs < untilUs) this.nowUs = untilUs;
  }

  /** Ends `run` after the current event. */
  stop(): void {
    this.stopRequested = true;
  }

  /** How many events are scheduled, cancelled ones included until their time comes. */
  get pendingEvents(): number {
    return this.queue.size;
  }

  /** When the next event is due; Infinity when nothing is left to happen. */
  nextEventUs(): number {
    return this.queue.nextTime();
  }

  /** Runs `action` in the world itself (faults, arrivals) at a true time not before now. */
  at(timeUs: number, label: string, action: () => void): TimerHandle {
    const due = Math.max(timeUs, this.nowUs);
    const slot = this.queue.push(due, WORLD_CALL, -1, 0, hashString(label), 0, action);
    return { slot, identity: this.queue.identity[slot] as number };
  }

  send(host: Host, to: HostId, payload: unknown, channel: number): void {
    if (host.rewrite === undefined) this.transmit(host.id, to, payload, channel);
    else for (const lie of host.rewrite(to, payload)) this.transmit(host.id, to, lie, channel);
  }

  setTimer(host: Host, delayUs: number, timer: unknown): TimerHandle {
    const deadline = host.clock.monotonicUs(this.nowUs) + delayUs;
    const due = host.clock.trueUsAtMonotonic(deadline, this.nowUs);
    const slot = this.queue.push(due, TIMER, host.id, host.incarnation, 0, 0, timer);
    this.queue.deadline[slot] = deadline;
    this.queue.d[slot] = this.currentEvent;
    return { slot, identity: this.queue.identity[slot] as number };
  }

  after(host: Host, delayUs: number, label: string, action: () => void): TimerHandle {
    const due = this.nowUs + delayUs;
    const slot = this.queue.push(due, HOST_CALL, host.id, host.incarnation, hashString(label), 0, action);
    return { slot, identity: this.queue.identity[slot] as number };
  }

  cancel(handle: TimerHandle): void {
    this.queue.cancel(handle.slot, handle.identity);
  }

  /** The process is gone at this instant, with everything in its memory. Messages in flight to it are lost on arrival. */
  crash(host: Host, label = 'crash'): void {
    if (!host.up) return;
    host.up = false;
    host.paused = false;
    host.incarnation++;
    host.program = undefined;
    for (const slot of host.deferred) this.queue.release(slot);
    host.deferred.length = 0;
    const report = host.disk.crash(host.choices, host.losesUnsyncedWrites ? 'power' : 'process');
    this.foldControl(host, 'crash');
    this.note(host.id, 'crash', label, { data: { ...report } });
  }

  /** Starts the host's program anew; what it finds is what was durable. */
  restart(host: Host): void {
    if (host.up) return;
    host.up = true;
    host.busyUntilUs = this.nowUs;
    this.foldControl(host, 'restart');
    const before = this.currentEvent;
    this.currentEvent = this.note(host.id, 'restart', host.name);
    host.start();
    this.settle(host);
    this.currentEvent = before;
  }

  /**
   * No handler runs on the host until `resume`; what came due meanwhile then happens in its order, timers due included. With
   * `suspend` the whole machine sleeps: a monotonic clock that stops under suspend stops.
   */
  pause(host: Host, suspend = false): void {
    if (!host.up || host.paused) return;
    host.paused = true;
    if (suspend) host.clock.suspend(this.nowUs);
    this.foldControl(host, 'pause');
    this.note(host.id, 'pause', suspend ? 'suspend' : 'pause');
  }

  resume(host: Host): void {
    if (!host.paused) return;
    host.paused = false;
    host.clock.resume(this.nowUs);
    this.foldControl(host, 'resume');
    this.note(host.id, 'resume', host.name);
    for (const slot of host.deferred) this.queue.again(slot, this.nowUs);
    host.deferred.length = 0;
  }

  /** The host's wall clock jumps by so many microseconds; its monotonic clock does not notice. */
  stepClock(host: Host, byUs: number): void {
    host.clock.stepWall(byUs);
    this.note(host.id, 'clock', `step ${byUs} us`, { data: { skewUs: host.clock.skewUs(this.nowUs) } });
    this.clockChanged(host);
  }

  /** From now on the host's clocks run this much too fast (parts per million; negative is too slow). */
  driftClock(host: Host, ppm: number): void {
    host.clock.setDrift(this.nowUs, ppm);
    this.note(host.id, 'clock', `drift ${ppm} ppm`, { data: { skewUs: host.clock.skewUs(this.nowUs) } });
    this.clockChanged(host);
  }

  /** To be called after any other change of a host's clock: pending timers follow the clock's new course. */
  clockChanged(host: Host): void {
    this.foldControl(host, 'clock');
    this.queue.reschedule(
      (slot) => this.queue.kind[slot] === TIMER && this.queue.host[slot] === host.id,
      (slot) => host.clock.trueUsAtMonotonic(this.queue.deadline[slot] as number, this.nowUs),
    );
  }

  /** Adds an event to the trace, if one is kept; returns its id or -1. */
  note(node: HostId, kind: TraceEventKind, label: string, details?: EventDetails): number {
    return this.recorder === undefined ? -1 : this.recorder.event(this.nowUs, node, kind, label, details);
  }

  private transmit(from: HostId, to: HostId, payload: unknown, channel: number): void {
    const message = this.messagesSent++;
    const content = this.hashOf(payload);
    const sent =
      this.recorder === undefined
        ? -1
        : this.note(from, 'send', this.messageLabel(payload), {
            cause: this.currentEvent,
            peer: to,
            message,
            data: payload as Plain,
          });
    if (from === to) {
      this.deliverAt(this.nowUs + LOOPBACK_US, from, to, payload, channel, message, content, sent);
      return;
    }
    const fate = this.network.fate(from, to, channel, this.sizeOf(payload), this.nowUs);
    if (fate.count === 0) {
      if (fate.dropped === 'refused') this.refuse(from, to, payload, fate.atUs[0] as number);
      this.drop(from, to, payload, message, sent, fate.reason);
      return;
    }
    let carried = payload;
    if (fate.corrupt) {
      if (this.mangle === undefined) {
        this.drop(from, to, payload, message, sent, 'corrupt');
        return;
      }
      carried = this.mangle(payload);
    }
    for (let i = 0; i < fate.count; i++) {
      this.deliverAt(fate.atUs[i] as number, from, to, carried, channel, message, content, sent);
    }
  }

  private refuse(from: HostId, to: HostId, payload: unknown, atUs: number): void {
    const host = this.hosts[from] as Host;
    this.after(host, atUs - this.nowUs, 'refused', () => host.program?.onRefused?.(to, payload));
  }

  private deliverAt(
    timeUs: number,
    from: HostId,
    to: HostId,
    payload: unknown,
    channel: number,
    message: number,
    content: number,
    sent: number,
  ): void {
    const slot = this.queue.push(timeUs, DELIVER, to, from | (channel << 16), message, content, payload);
    this.queue.d[slot] = sent;
  }

  private drop(from: HostId, to: HostId, payload: unknown, message: number, sent: number, why: string): void {
    this.messagesDropped++;
    if (this.recorder === undefined) return;
    this.note(to, 'drop', `${this.messageLabel(payload)}: ${why}`, { cause: sent, peer: from, message });
  }

  /** Handles one popped event and releases or re-queues its slot. */
  private handle(slot: Slot): void {
    const queue = this.queue;
    const kind = queue.kind[slot] as number;
    if (kind === CANCELLED) {
      queue.release(slot);
      return;
    }
    this.nowUs = queue.time[slot] as number;
    if (kind === WORLD_CALL) {
      this.digest.event(this.nowUs, WORLD_CALL, queue.b[slot] as number);
      this.eventsHandled++;
      const action = queue.payload[slot] as () => void;
      queue.release(slot);
      action();
      return;
    }
    const host = this.hosts[queue.host[slot] as number] as Host;
    if (!this.ready(host, slot, kind)) return;
    this.eventsHandled++;
    this.digest.event(this.nowUs, kind | (host.id << 8), queue.c[slot] as number);
    if (host.cpuUsPerEvent > 0) host.busyUntilUs = this.nowUs + host.cpuUsPerEvent;
    const payload = queue.payload[slot];
    if (kind === DELIVER) this.deliver(host, slot, payload);
    else {
      const cause = queue.d[slot] as number;
      queue.release(slot);
      if (kind === TIMER) this.fire(host, payload, cause);
      else (payload as () => void)();
    }
    this.settle(host);
    this.currentEvent = -1;
  }

  /** Whether the event can happen at its host now; if not, it is dropped, deferred or re-timed here. */
  private ready(host: Host, slot: Slot, kind: number): boolean {
    const queue = this.queue;
    if (kind === DELIVER) {
      const from = (queue.a[slot] as number) & 0xffff;
      const channel = (queue.a[slot] as number) >> 16;
      const reachable = from === host.id || this.network.reachability.canReach(from, host.id, channel);
      if (!host.up || !reachable) {
        const why = host.up ? 'cut off' : 'host down';
        this.drop(from, host.id, queue.payload[slot], queue.b[slot] as number, queue.d[slot] as number, why);
        queue.release(slot);
        return false;
      }
    } else if (!host.up || queue.a[slot] !== host.incarnation) {
      queue.release(slot);
      return false;
    }
    if (host.paused) {
      host.deferred.push(slot);
      return false;
    }
    if (host.busyUntilUs > this.nowUs) {
      queue.again(slot, host.busyUntilUs);
      return false;
    }
    if (kind === TIMER) {
      const due = host.clock.trueUsAtMonotonic(queue.deadline[slot] as number, this.nowUs);
      if (due > this.nowUs) {
        queue.again(slot, due);
        return false;
      }
    }
    return true;
  }

  private deliver(host: Host, slot: Slot, payload: unknown): void {
    const queue = this.queue;
    const from = (queue.a[slot] as number) & 0xffff;
    const channel = (queue.a[slot] as number) >> 16;
    const message = queue.b[slot] as number;
    const sent = queue.d[slot] as number;
    queue.release(slot);
    if (this.recorder !== undefined) {
      this.currentEvent = this.note(host.id, 'deliver', this.messageLabel(payload), {
        cause: sent,
        peer: from,
        message,
      });
    }
    host.program?.onMessage(from, payload, channel);
  }

  private fire(host: Host, timer: unknown, cause: number): void {
    if (this.recorder !== undefined) {
      const label = typeof timer === 'string' ? timer : 'timer';
      this.currentEvent = this.note(host.id, 'timer', label, { cause });
    }
    host.program?.onTimer(timer);
  }

  private settle(host: Host): void {
    host.program?.afterEvent?.();
    const observers = this.observers;
    for (let i = 0; i < observers.length; i++) (observers[i] as Observer)(host);
  }

  private foldControl(host: Host, what: string): void {
    this.digest.event(this.nowUs, 0x80 | (host.id << 8), hashString(what));
  }
}
