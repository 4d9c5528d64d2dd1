import { ExactStates } from '../exactStates.ts';
import { Fingerprints } from '../fingerprints.ts';
import { Ints } from '../ints.ts';
import type { FingerprintBits } from '../searchOptions.ts';
import { thirdOf, WideFingerprints } from '../wideFingerprints.ts';
import { ShallowFingerprints } from './shallowFingerprints.ts';
import { VISITS } from './visits.ts';

/** The states a depth-first search has met. */
export interface Visited {
  /** Notes that a state was met after so many steps; one of `VISITS`, or after how many more it was met before. */
  visit(low: number, high: number, vector: Int32Array, from: number, to: number, steps: number): number;
  readonly size: number;
  readonly bytes: number;
  /** Whether the search should end now, as there is no more room. */
  readonly isFull: boolean;
  readonly confusions: number;
  /** For saving; undefined where whole states are kept. */
  readonly tables: readonly Int32Array[] | undefined;
}

/** What states are told apart by. */
export interface VisitedOptions {
  readonly exact: boolean;
  readonly bits: FingerprintBits;
  /** Whether a run may have so many steps only: then each state's fewest steps are kept. */
  readonly limited: boolean;
}

/** Makes the set that suits, empty or as it was saved. */
export function visitedStates(options: VisitedOptions, saved?: readonly Int32Array[]): Visited {
  const { exact, bits, limited } = options;
  if (exact) return new VisitedWhole(limited);
  if (limited) return new VisitedShallow(bits, saved);
  return bits === 96 ? new VisitedWide(saved) : new VisitedPlain(saved);
}

class VisitedPlain implements Visited {
  readonly confusions = 0;
  private readonly set: Fingerprints;

  constructor(saved?: readonly Int32Array[]) {
    this.set = saved === undefined ? new Fingerprints() : Fingerprints.restored(saved);
  }

  get size(): number {
    return this.set.size;
  }

  get bytes(): number {
    return this.set.bytes;
  }

  get isFull(): boolean {
    return this.set.isFull;
  }

  get tables(): readonly Int32Array[] {
    return this.set.tables;
  }

  visit(low: number, high: number): number {
    return this.set.add(low, high) ? VISITS.fresh : VISITS.known;
  }
}

class VisitedWide implements Visited {
  readonly confusions = 0;
  private readonly set: WideFingerprints;

  constructor(saved?: readonly Int32Array[]) {
    this.set = saved === undefined ? new WideFingerprints() : WideFingerprints.restored(saved);
  }

  get size(): number {
    return this.set.size;
  }

  get bytes(): number {
    return this.set.bytes;
  }

  get isFull(): boolean {
    return this.set.isFull;
  }

  get tables(): readonly Int32Array[] {
    return this.set.tables;
  }

  visit(low: number, high: number, vector: Int32Array, from: number, to: number): number {
    return this.set.add(low, high, vector, from, to) ? VISITS.fresh : VISITS.known;
  }
}

class VisitedShallow implements Visited {
  readonly confusions = 0;
  private readonly set: ShallowFingerprints;
  private readonly wide: boolean;

  constructor(bits: FingerprintBits, saved?: readonly Int32Array[]) {
    this.wide = bits === 96;
    this.set = new ShallowFingerprints(this.wide, saved);
  }

  get size(): number {
    return this.set.size;
  }

  get bytes(): number {
    return this.set.bytes;
  }

  get isFull(): boolean {
    return this.set.isFull;
  }

  get tables(): readonly Int32Array[] {
    return this.set.tables;
  }

  visit(low: number, high: number, vector: Int32Array, from: number, to: number, steps: number): number {
    return this.set.visit(low, high, this.wide ? thirdOf(vector, from, to) : 0, steps);
  }
}

class VisitedWhole implements Visited {
  readonly isFull = false;
  readonly tables = undefined;
  private readonly set = new ExactStates();
  private readonly limited: boolean;
  /** Per state, after how few steps it was met. */
  private readonly steps = new Ints(1024);

  constructor(limited: boolean) {
    this.limited = limited;
  }

  get size(): number {
    return this.set.size;
  }

  get bytes(): number {
    return this.set.bytes + this.steps.bytes;
  }

  get confusions(): number {
    return this.set.confusions;
  }

  visit(low: number, high: number, vector: Int32Array, from: number, to: number, steps: number): number {
    const fresh = this.set.add(low, high, vector, from, to);
    if (!this.limited) return fresh ? VISITS.fresh : VISITS.known;
    const { words } = this.steps;
    if (fresh) {
      this.steps.push(steps);
      return VISITS.fresh;
    }
    const id = this.set.last;
    const before = words[id] as number;
    if (before <= steps) return VISITS.known;
    words[id] = steps;
    return before;
  }
}
