import type { CycleStep } from './place.ts';
import type { Registers } from './registers.ts';

/** A stretch of one session reached on the way back: its last node, and the read of the next stretch that led there. */
interface Stretch {
  readonly last: number;
  readonly via: number;
  readonly next: Stretch | undefined;
}

/**
 * How node `from` comes before node `to`: a way of session steps and reads with as few reads as possible. Only its corners are
 * listed, `from` and `to` among them. Empty when it does not come before.
 */
export function causalPath(registers: Registers, from: number, to: number): number[] {
  const { sessionStart, sessionOf, source } = registers;
  // Of each session how far it was looked through.
  const scanned = sessionStart.slice(0, registers.sessions);
  const queue: Stretch[] = [{ last: to, via: -1, next: undefined }];
  for (const stretch of queue) {
    const s = sessionOf[stretch.last] as number;
    const begin = scanned[s] as number;
    if (sessionOf[from] === s && from <= stretch.last) return corners(from, stretch);
    for (let v = stretch.last; v >= begin; v--) {
      const writer = source[v] as number;
      if (writer >= 0) queue.push({ last: writer, via: v, next: stretch });
    }
    if (stretch.last >= begin) scanned[s] = stretch.last + 1;
  }
  return [];
}

function corners(from: number, first: Stretch): number[] {
  const path = [from];
  for (let stretch: Stretch | undefined = first; stretch !== undefined; stretch = stretch.next) {
    if (stretch.last !== path.at(-1)) path.push(stretch.last);
    if (stretch.via !== -1 && stretch.via !== path.at(-1)) path.push(stretch.via);
  }
  return path;
}

/** The nodes of a cycle, each once. */
export function nodesOf(cycle: readonly CycleStep[]): number[] {
  return cycle.map((step) => step.from);
}
