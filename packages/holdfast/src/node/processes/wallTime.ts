import type { World } from '@holdfast/world';

/** Below this the next event is waited for without sleeping: timers of the machine are no finer. */
const SPIN_US = 300;

/** The longest sleep: what else may have to be done is looked at so often. */
const NAP_MS = 20;

/** Lets a world go on as the machine's own clock does: its events happen when they are due, and what comes from outside happens now. */
export class WallTime {
  private readonly world: World;
  private readonly startMs: number = performance.now();
  private readonly offsetUs: number;
  private wakeUp: (() => void) | undefined;
  /** The most that an event has happened after it was due, microseconds: what a machine that is too slow adds to every delay. */
  latestUs = 0;

  constructor(world: World) {
    this.world = world;
    this.offsetUs = world.nowUs;
  }

  /** The time it should be in the world. */
  get nowUs(): number {
    return this.offsetUs + Math.floor((performance.now() - this.startMs) * 1_000);
  }

  /** To be called when something was put into the world from outside. */
  wake(): void {
    this.wakeUp?.();
  }

  /** Goes on until the world's time is `untilUs`, or `signal` is aborted; calls `turned` after each turn. */
  async drive(untilUs: number, turned: () => void = () => undefined, signal?: AbortSignal): Promise<void> {
    const { world } = this;
    for (;;) {
      const now = Math.min(this.nowUs, untilUs);
      // What came from outside is due at the turn before.
      const due = Math.max(world.nextEventUs(), world.nowUs + 1);
      if (due < now) this.latestUs = Math.max(this.latestUs, now - due);
      world.run(now);
      turned();
      if (world.nowUs >= untilUs || signal?.aborted === true) return;
      await this.sleep(Math.min(world.nextEventUs(), untilUs) - this.nowUs);
    }
  }

  private sleep(us: number): Promise<void> {
    return new Promise((resolve) => {
      const over = (): void => {
        if (timer !== undefined) clearTimeout(timer);
        this.wakeUp = undefined;
        resolve();
      };
      const timer = us < SPIN_US ? undefined : setTimeout(over, Math.min(us / 1_000, NAP_MS));
      // Sockets are read between two turns, also while there is no time to sleep.
      if (timer === undefined) setImmediate(over);
      else this.wakeUp = over;
    });
  }
}
