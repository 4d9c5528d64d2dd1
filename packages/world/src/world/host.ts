import type { Stream } from '../choices/stream.ts';
import type { HostClock } from '../clock/hostClock.ts';
import type { Disk } from '../disk/disk.ts';
import { Backlog } from '../loop/backlog.ts';
import type { World } from './world.ts';
import type { BootProgram, HostId, Program, Rewrite } from './program.ts';

/** A timer that can be cancelled; valid until it fires or its host crashes. */
export interface TimerHandle {
  readonly slot: number;
  readonly identity: number;
}

/** One machine of a world: a program, a clock, a place on the network. */
export class Host {
  readonly id: HostId;
  readonly name: string;
  readonly world: World;
  readonly clock: HostClock;
  readonly disk: Disk;
  /** The host's own choices; no other host's draws shift them. */
  readonly choices: Stream;
  /** Counts starts: 0 for the first, one more after each crash and restart. */
  incarnation = 0;
  up = false;
  paused = false;
  /** Simulated cost of handling one event; 0 makes processors infinitely fast. */
  cpuUsPerEvent = 0;
  /** Until when the processor is busy with the last event; -1 when it never was. */
  busyUntilUs = -1;
  /** Nothing happens at the host up to this time, only after it: it is busy, or paused (Infinity). */
  heldUntilUs = -1;
  /** A wake-up for the backlog is scheduled. */
  wakes = false;
  /** Whether a crash is a power failure, which may lose what was not synced; otherwise the disk's cache survives. */
  losesUnsyncedWrites = false;
  /** Set on Byzantine hosts. */
  rewrite: Rewrite | undefined;
  /** The running program; undefined while the host is down. */
  program: Program | undefined;
  /** Events that came due while the host was paused or busy, in order. */
  readonly backlog: Backlog = new Backlog();
  private bootProgram: BootProgram | undefined;

  constructor(world: World, id: HostId, name: string, clock: HostClock, disk: Disk) {
    this.disk = disk;
    this.world = world;
    this.id = id;
    this.name = name;
    this.clock = clock;
    this.choices = world.choices.stream(`host/${name}`);
  }

  /** Starts the program; called by the world at creation and at restart. */
  start(): void {
    const { incarnation } = this;
    const program = this.bootProgram?.(this);
    // A program may crash its host while it boots.
    if (this.up && this.incarnation === incarnation) this.program = program;
  }

  /** The program to start from the next restart on: a rolling upgrade, or a downgrade. */
  upgradeTo(boot: BootProgram): void {
    this.bootProgram = boot;
  }

  /** Sends over the network: it may be lost, delayed, duplicated or reordered. A host always reaches itself. */
  send(to: HostId, payload: unknown, channel = 0): void {
    this.world.send(this, to, payload, channel);
  }

  /** Calls `program.onTimer(timer)` once `delayUs` (at least 0) have passed on this host's monotonic clock. */
  setTimer(delayUs: number, timer: unknown): TimerHandle {
    return this.world.setTimer(this, delayUs, timer);
  }

  /**
   * Makes a timer that has not fired do so only once `delayUs` have passed from now. False, and nothing is changed, when it has fired,
   * died or was to fire later than that: set a new one then.
   */
  postponeTimer(handle: TimerHandle, delayUs: number): boolean {
    return this.world.postponeTimer(this, handle, delayUs);
  }

  cancelTimer(handle: TimerHandle): void {
    this.world.cancel(handle);
  }

  /** Runs `action` after `delayUs` of true time, unless the host has crashed by then: completions of disks and devices. */
  after(delayUs: number, label: string, action: () => void): TimerHandle {
    return this.world.after(this, delayUs, label, action);
  }

  /** What a wall clock on this host shows now, microseconds; may jump, drift and go back. */
  wallUs(): number {
    return this.clock.wallUs(this.world.nowUs);
  }

  /** What a monotonic clock on this host shows now, microseconds since its boot; never goes back. */
  monotonicUs(): number {
    return this.clock.monotonicUs(this.world.nowUs);
  }
}
