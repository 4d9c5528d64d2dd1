import { counterOf, type Vector } from '../clocks/vector.ts';
import type { Dot } from '../clocks/dot.ts';

/** A write as a replica learns of it: its name, and what its author had seen. */
export interface MeteredWrite {
  readonly key: string;
  readonly dot: Dot;
  readonly read: Vector;
}

/** Two writes to one key, neither of whose authors had seen the other. */
export interface ConflictPair {
  readonly key: string;
  readonly dots: readonly [Dot, Dot];
}

/** Writes a meter remembers for each key; the oldest beyond are forgotten, and their conflicts with later ones not counted. */
export const METER_LIMIT = 10_000;

/**
 * Counts conflicts exactly: every pair of concurrent writes to one key, once, in whatever order a replica learns of them and however often. Feed it every write,
 * also those already overwritten.
 */
export class ConflictMeter {
  /** All pairs found, in the order found. */
  readonly pairs: ConflictPair[] = [];
  private writes = 0;
  private readonly conflicting = new Set<string>();
  private readonly known = new Map<string, MeteredWrite[]>();

  /** Learns of a write; answers the conflicts it is part of with writes known before. A write known already changes nothing. */
  learn(write: MeteredWrite): readonly ConflictPair[] {
    const { key, dot } = write;
    const known = this.known.get(key) ?? [];
    this.known.set(key, known);
    if (known.some((other) => other.dot[0] === dot[0] && other.dot[1] === dot[1])) return [];
    const found = known
      .filter((other) => !saw(write, other) && !saw(other, write))
      .map((other): ConflictPair => ({ key, dots: [other.dot, dot] }));
    this.writes++;
    known.push(write);
    if (known.length > METER_LIMIT) known.shift();
    this.pairs.push(...found);
    for (const { dots } of found)
      for (const [actor, counter] of dots) this.conflicting.add(`${key} ${actor}:${counter}`);
    return found;
  }

  /** Writes that had at least one conflict, among all writes; 0 before the first. */
  get rate(): number {
    return this.writes === 0 ? 0 : this.conflicting.size / this.writes;
  }
}

function saw(author: MeteredWrite, other: MeteredWrite): boolean {
  return counterOf(author.read, other.dot[0]) >= other.dot[1];
}
