import { finish } from '@holdfast/plain';
import type { CausalEvent } from '../../src/clocks/happensBefore.ts';

/** A small deterministic source of whole numbers for tests. */
export class Draws {
  private state: number;
  constructor(seed: number) {
    this.state = finish(seed + 1) | 0;
  }
  /** A whole number in [0, among). */
  below(among: number): number {
    this.state = (this.state + 0x9e3779b9) | 0;
    return Math.floor(((finish(this.state) >>> 0) / 0x1_0000_0000) * among);
  }
  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }
  shuffle<T>(items: readonly T[]): T[] {
    const left = items.slice();
    const order: T[] = [];
    while (left.length > 0) order.push(...left.splice(this.below(left.length), 1));
    return order;
  }
}

/** A random execution: local events, sends, and receives of messages in flight, duplicates and reordering included. */
export function randomExecution(draws: Draws, processes: number, length: number): CausalEvent[] {
  const events: CausalEvent[] = [];
  const flying: string[] = [];
  for (let i = 0; i < length; i++) {
    const process = `P${draws.below(processes)}`;
    const kind = draws.below(3);
    if (kind === 0) events.push({ process });
    else if (kind === 1) {
      events.push({ process, sends: `m${i}` });
      flying.push(`m${i}`);
    } else if (flying.length === 0) events.push({ process });
    else events.push({ process, receives: draws.pick(flying) });
  }
  return events;
}

/** Happens-before by its definition: what can be reached along program order and messages, found by search. */
export function reachability(events: readonly CausalEvent[]): boolean[][] {
  const successors: number[][] = events.map(() => []);
  events.forEach((event, i) => {
    for (let j = i + 1; j < events.length; j++) {
      const other = events[j] as CausalEvent;
      const sameProcess = event.process === other.process;
      const message = event.sends !== undefined && event.sends === other.receives;
      if (sameProcess || message) (successors[i] as number[]).push(j);
    }
  });
  return events.map((_, start) => {
    const seen = events.map(() => false);
    const stack = [...(successors[start] as number[])];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (seen[at]) continue;
      seen[at] = true;
      stack.push(...(successors[at] as number[]));
    }
    return seen;
  });
}
