import { hashString } from '@holdfast/plain';
import type { TraceEventKind } from '@holdfast/trace';
import type { Choices } from '../choices/choices.ts';
import type { Moment } from '../choices/moment.ts';
import { HostClock } from '../clock/hostClock.ts';
import { Disk } from '../disk/disk.ts';
import { Digest } from '../loop/digest.ts';
import { EventQueue, type Slot } from '../loop/eventQueue.ts';
import { Network } from '../network/network.ts';
import type { EventDetails, Recorder } from '../record/recorder.ts';
import { CANCELLED, DELIVER, HOST_CALL, TIMER, WAKE, WORLD_CALL } from './eventKinds.ts';
import { Host, type TimerHandle } from './host.ts';
import type { WorldOptions } from './options.ts';
import { PostOffice } from './postOffice.ts';
import type { BootProgram, HostId } from './program.ts';

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
  /** Events that happened, at hosts or in the world itself; what was dropped, cancelled or held back does not count. */
  eventsHandled = 0;
  /** Trace id of the event being handled; -1 outside events or when nothing is recorded. */
  currentEvent = -1;
  private readonly queue = new EventQueue();
  private readonly observers: Observer[] = [];
  private stopRequested = false;
  private readonly post: PostOffice;
  private readonly moment: Moment;

  constructor(options: WorldOptions) {
    this.choices = options.choices;
    this.moment = options.choices.moment;
    this.network = new Network(options.choices, { channels: [''], ...options });
    this.recorder = options.recorder;
    this.hosts = options.hosts.map(
      (name, id) =>
        new Host(this, id, name, options.clocks?.[name] ?? new HostClock(), new Disk(options.disk)),
    );
    this.post = new PostOffice(this, this.network, this.queue, options);
  }

  /** Messages handed to the network so far, each once however many copies arrive. */
  get messagesSent(): number {
    return this.post.sent;
  }

  /** Messages, or single copies of one, that no program ever saw. */
  get messagesDropped(): number {
    return this.post.dropped;
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

  /**
   * Runs until virtual time passes `untilUs`, nothing is left to happen, or `stop` is called. Afterwards it is `untilUs`, if
   * that is finite and nothing stopped it; else the time of the last event.
   */
  run(untilUs: number): void {
    this.stopRequested = false;
    const queue = this.queue;
    while (!this.stopRequested) {
      const slot = queue.popDue(untilUs);
      if (slot < 0) break;
      this.handle(slot);
    }
    if (!this.stopRequested && Number.isFinite(untilUs) && this.nowUs < untilUs) this.nowUs = untilUs;
  }

  /** Ends `run` after the current event. */
  stop(): void {
    this.stopRequested = true;
  }

  /**
   * How many events are scheduled, cancelled ones included until their time comes; those held back at a paused or busy host
   * are not.
   */
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
    const slot = this.queue.push(due, WORLD_CALL, -1, 0, 0, hashString(label), action);
    return { slot, identity: this.queue.identify(slot) };
  }

  /** See `Host.send`. */
  send(host: Host, to: HostId, payload: unknown, channel: number): void {
    if (host.rewrite === undefined) this.post.transmit(host.id, to, payload, channel);
    else for (const lie of host.rewrite(to, payload)) this.post.transmit(host.id, to, lie, channel);
  }

  /** See `Host.setTimer`. */
  setTimer(host: Host, delayUs: number, timer: unknown): TimerHandle {
    const deadline = host.clock.monotonicUs(this.nowUs) + delayUs;
    const due = host.clock.trueUsAtMonotonic(deadline, this.nowUs);
    const slot = this.queue.push(due, TIMER, host.id, host.incarnation, 0, 0, timer);
    this.queue.deadline[slot] = deadline;
    this.queue.d[slot] = this.currentEvent;
    return { slot, identity: this.queue.identify(slot) };
  }

  /** See `Host.postponeTimer`. */
  postponeTimer(host: Host, { slot, identity }: TimerHandle, delayUs: number): boolean {
    const { queue } = this;
    if (queue.identity[slot] !== identity || queue.kind[slot] !== TIMER) return false;
    const deadline = host.clock.monotonicUs(this.nowUs) + delayUs;
    if (deadline < (queue.deadline[slot] as number)) return false;
    // It comes up at its old time, finds that it is early, and goes back: far cheaper than a new event each time.
    queue.deadline[slot] = deadline;
    queue.d[slot] = this.currentEvent;
    return true;
  }

  /** See `Host.after`. */
  after(host: Host, delayUs: number, label: string, action: () => void): TimerHandle {
    const due = delayUs > 0 ? this.nowUs + delayUs : this.nowUs;
    const slot = this.queue.push(due, HOST_CALL, host.id, host.incarnation, 0, hashString(label), action);
    return { slot, identity: this.queue.identify(slot) };
  }

  /** Cancels what `setTimer`, `after` or `at` has scheduled; nothing when it has happened already. */
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
    // A machine that loses its power while it sleeps is awake when it starts again.
    host.clock.resume(this.nowUs);
    const report = host.disk.crash(host.choices, host.losesUnsyncedWrites ? 'power' : 'process');
    this.foldControl(host, 'crash');
    this.note(host.id, 'crash', label, { data: { ...report } });
    this.forget(host);
  }

  /** Starts the host's program anew; what it finds is what was durable. */
  restart(host: Host): void {
    if (host.up) return;
    host.up = true;
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
    host.heldUntilUs = Number.POSITIVE_INFINITY;
    if (suspend) host.clock.suspend(this.nowUs);
    this.foldControl(host, 'pause');
    this.note(host.id, 'pause', suspend ? 'suspend' : 'pause');
  }

  /** The host goes on; nothing when it is not paused. */
  resume(host: Host): void {
    if (!host.paused) return;
    host.paused = false;
    host.clock.resume(this.nowUs);
    this.foldControl(host, 'resume');
    this.note(host.id, 'resume', host.name);
    host.heldUntilUs = host.busyUntilUs;
    this.turnToBacklog(host);
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
    if (this.recorder === undefined) return -1;
    if (node >= 0) this.recorder.clock(this.nowUs, node, this.host(node).clock.skewUs(this.nowUs));
    return this.recorder.event(this.nowUs, node, kind, label, details);
  }

  /** Handles one popped event and releases, holds back or re-queues its slot. */
  private handle(slot: Slot): void {
    const queue = this.queue;
    const kind = queue.kind[slot] as number;
    if (kind === CANCELLED) {
      queue.release(slot);
      return;
    }
    const now = queue.time[slot] as number;
    this.nowUs = now;
    this.moment.at(now);
    if (kind === WORLD_CALL) {
      this.digest.event(now, WORLD_CALL, queue.c[slot] as number);
      this.eventsHandled++;
      const action = queue.payload[slot] as () => void;
      queue.release(slot);
      action();
      return;
    }
    const host = this.hosts[queue.host[slot] as number] as Host;
    if (kind === DELIVER) {
      if (!this.post.arrives(host, slot)) return;
      if (host.heldUntilUs < now) this.receive(host, slot);
      else this.hold(host, slot);
    } else if (!host.up || queue.a[slot] !== host.incarnation) {
      // Everything a host has asked for dies with the process that asked.
      queue.release(slot);
    } else if (kind === WAKE) this.wake(host, slot);
    else if (host.heldUntilUs >= now) this.hold(host, slot);
    else if (kind === TIMER) this.fire(host, slot);
    else this.call(host, slot);
  }

  /** A message happens at a host that is up and free. */
  private receive(host: Host, slot: Slot): void {
    this.begin(host, DELIVER, this.queue.c[slot] as number);
    this.post.deliver(host, slot);
    this.end(host);
  }

  /** A timer happens at a host that is up and free, unless its clock has come to lag since the timer was set. */
  private fire(host: Host, slot: Slot): void {
    const { queue } = this;
    const due = host.clock.trueUsAtMonotonic(queue.deadline[slot] as number, this.nowUs);
    if (due > this.nowUs) {
      queue.again(slot, due);
      return;
    }
    const timer = queue.payload[slot];
    const cause = queue.d[slot] as number;
    queue.release(slot);
    this.begin(host, TIMER, timerHash(timer));
    if (this.recorder !== undefined) {
      const label = typeof timer === 'string' ? timer : 'timer';
      this.currentEvent = this.note(host.id, 'timer', label, { cause });
    }
    host.program?.onTimer(timer);
    this.end(host);
  }

  /** A device is done at a host that is up and free. */
  private call(host: Host, slot: Slot): void {
    const { queue } = this;
    const action = queue.payload[slot] as () => void;
    const label = queue.c[slot] as number;
    queue.release(slot);
    this.begin(host, HOST_CALL, label);
    action();
    this.end(host);
  }

  private begin(host: Host, kind: number, content: number): void {
    this.eventsHandled++;
    this.digest.event(this.nowUs, kind | (host.id << 8), content);
    if (host.cpuUsPerEvent > 0) {
      host.busyUntilUs = this.nowUs + host.cpuUsPerEvent;
      host.heldUntilUs = host.busyUntilUs;
    }
  }

  private end(host: Host): void {
    this.settle(host);
    this.currentEvent = -1;
  }

  /** Puts an event behind those that wait for the host already. */
  private hold(host: Host, slot: Slot): void {
    host.backlog.push(slot);
    this.turnToBacklog(host);
  }

  /** Sees to it that the host wakes for its backlog as soon as it is free; nothing happens at it before that. */
  private turnToBacklog(host: Host): void {
    if (host.paused || host.backlog.size === 0) return;
    if (host.heldUntilUs < this.nowUs) host.heldUntilUs = this.nowUs;
    if (host.wakes) return;
    host.wakes = true;
    this.queue.push(host.heldUntilUs, WAKE, host.id, host.incarnation, 0, 0, undefined);
  }

  /** The first event of the backlog happens; the others go on waiting. */
  private wake(host: Host, slot: Slot): void {
    const { queue } = this;
    queue.release(slot);
    host.wakes = false;
    if (host.paused) return;
    const first = host.backlog.shift();
    const kind = queue.kind[first] as number;
    if (kind === CANCELLED) queue.release(first);
    else if (kind === DELIVER) this.receive(host, first);
    else if (kind === TIMER) this.fire(host, first);
    else this.call(host, first);
    this.turnToBacklog(host);
  }

  /** What waited at a host that has crashed is lost with it. */
  private forget(host: Host): void {
    host.wakes = false;
    host.busyUntilUs = -1;
    host.heldUntilUs = -1;
    for (let slot = host.backlog.shift(); slot >= 0; slot = host.backlog.shift()) {
      if (this.queue.kind[slot] === DELIVER) this.post.discard(host, slot, 'host crashed');
      else this.queue.release(slot);
    }
  }

  private settle(host: Host): void {
    host.program?.afterEvent?.();
    if (this.observers.length > 0) this.tell(host);
  }

  private tell(host: Host): void {
    for (const observer of this.observers) observer(host);
  }

  private foldControl(host: Host, what: string): void {
    this.digest.event(this.nowUs, 0x80 | (host.id << 8), hashString(what));
  }
}

/** Timers are named by strings or numbers; of anything else only the time it fires at counts in the digest. */
function timerHash(timer: unknown): number {
  if (typeof timer === 'string') return hashString(timer);
  return typeof timer === 'number' ? timer : 0;
}
