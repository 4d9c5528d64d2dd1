import type { RaftOptions } from '../../src/raft/config.ts';
import { Dice } from './chaos.ts';
import { Cluster } from './cluster.ts';

export interface TimedOptions {
  readonly seed: number;
  /** Message delay, both included. */
  readonly latencyMs: readonly [number, number];
  /** How fast each node's clock runs; 1 where not given. */
  readonly rates?: Readonly<Record<number, number>>;
}

/** A group in virtual time: messages take a while, and every node's timers run by its own clock. */
export class Timed {
  readonly group: Cluster;
  now = 0;
  private readonly dice: Dice;
  private readonly options: TimedOptions;
  private readonly queue: { at: number; order: number; run: () => void }[] = [];
  private order = 0;
  private readonly seen = new WeakSet<object>();

  constructor(raft: RaftOptions, options: TimedOptions) {
    this.group = new Cluster(raft);
    this.options = options;
    this.dice = new Dice(options.seed);
    this.pump();
  }

  at(time: number, run: () => void): void {
    this.queue.push({ at: time, order: this.order++, run });
  }

  /** Runs up to a moment, or until the condition holds; tells whether it does. */
  run(until: number, done: () => boolean = () => false): boolean {
    while (!done()) {
      this.queue.sort((a, b) => a.at - b.at || a.order - b.order);
      const next = this.queue[0];
      if (next === undefined || next.at > until) {
        this.now = until;
        return done();
      }
      this.queue.shift();
      this.now = next.at;
      next.run();
      this.pump();
    }
    return true;
  }

  /** Schedules whatever the last step sent and armed. */
  pump(): void {
    const { group, dice, options } = this;
    const [min, max] = options.latencyMs;
    for (const flying of group.flying.splice(0)) {
      this.at(this.now + min + dice.below(max - min + 1), () => {
        if (group.passes(flying)) group.deliver(flying);
      });
    }
    for (const host of group.hosts.values()) {
      for (const [name, timer] of host.timers) {
        if (this.seen.has(timer)) continue;
        this.seen.add(timer);
        const length = timer.minMs + dice.below(timer.maxMs - timer.minMs + 1);
        this.at(this.now + length / (options.rates?.[host.id] ?? 1), () => {
          if (host.timers.get(name) === timer) group.fire(host.id, name);
        });
      }
    }
  }
}

/** Lets messages pass only within one side. */
export function sides(...groups: readonly (readonly number[])[]): Cluster['passes'] {
  return ({ from, to }) => groups.some((side) => side.includes(from) && side.includes(to));
}
