import type { World } from '@holdfast/world';

/** The longest an experiment may wait, simulated. */
const LONGEST_US = 3_600_000_000;

/**
 * The time of a simulated world for code that waits with promises: the world goes on only while that code waits, so that what it does happens at an instant of the
 * world, and equal seeds give equal runs.
 */
export class WorldTime {
  private readonly world: World;
  /** Somebody who waited has been told: the code goes on before the world does. */
  private isWoken = false;

  constructor(world: World) {
    this.world = world;
  }

  /** To be called where something that code may wait for has come: the world holds on until that code waits again. */
  woken(): void {
    this.isWoken = true;
  }

  /** Waits simulated milliseconds; an abort ends the wait at once. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal?.removeEventListener('abort', wake);
        this.world.cancel(timer);
        this.woken();
        resolve();
      };
      const delayUs = signal?.aborted === true ? 0 : Math.round(ms * 1_000);
      const timer = this.world.at(this.world.nowUs + delayUs, 'sleep', wake);
      signal?.addEventListener('abort', wake);
    });
  }

  /** Lets the world go on whenever the experiment waits, until it has ended. */
  async drive<T>(experiment: Promise<T>): Promise<T> {
    let isOver = false;
    const over = (): void => {
      isOver = true;
    };
    experiment.then(over, over);
    for (;;) {
      // Everything that was told runs until it waits for the world again.
      await new Promise((resolve) => setImmediate(resolve));
      if (isOver) return await experiment;
      this.isWoken = false;
      while (!this.isWoken) {
        const next = this.world.nextEventUs();
        if (next > LONGEST_US)
          throw new Error('Cannot run the experiment to its end: it waits longer than an hour');
        this.world.run(next);
      }
    }
  }
}
