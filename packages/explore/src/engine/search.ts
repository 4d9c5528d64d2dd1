import type { SavedSearch } from './checkpoint.ts';
import { ExactStates } from './exactStates.ts';
import { Fingerprints, TableFullError } from './fingerprints.ts';
import { Frontier } from './frontier.ts';
import { Ints } from './ints.ts';
import { type Space, Successors } from './space.ts';
import { Spill, type Spilling } from './spill.ts';
import { WideFingerprints } from './wideFingerprints.ts';

/** How a search goes about it. */
export interface SearchOptions {
  /** Keeps and compares whole states instead of their fingerprints. */
  readonly exact: boolean;
  /** How long fingerprints are. */
  readonly bits: FingerprintBits;
  /** Stops when more states than this were found. */
  readonly maxStates: number;
  /** Stops when its own tables need more than this. */
  readonly maxBytes: number;
  /** Levels, the initial states being the first. */
  readonly maxDepth: number;
  /** Stops at the first violation. */
  readonly stopAtViolation: boolean;
  /** Where states wait when memory for them gets short. */
  readonly spilling?: Spilling | undefined;
}

/** Lengths of fingerprints. */
export type FingerprintBits = 64 | 96;

/** Why a search ended. */
export type SearchEnd = 'complete' | 'violated' | 'states' | 'bytes' | 'disk' | 'cancelled';

/** A state that is a witness for a property: a violation, or an example. */
export interface Witness {
  readonly property: number;
  /** Number of the state, in the order of discovery. */
  readonly state: number;
}

/**
 * Breadth-first search, level by level, of every state of a space. States are numbered as they are found; each keeps its parent and
 * which step led to it, so that a shortest path to any state can be taken again. Counts do not depend on how the work is divided.
 */
export class Search {
  /** Steps taken, those back to the same state or to a known one included, plus initial states. */
  generated = 0;
  /** Levels begun; initial states are level 1. */
  depth = 0;
  end: SearchEnd | undefined;
  readonly witnesses: Witness[] = [];
  /** New states of each level begun and left behind. */
  readonly levels: number[] = [];
  /** States whose successors a bound on the depth kept from being looked at. */
  unexpanded = 0;
  private readonly space: Space;
  private readonly options: SearchOptions;
  private fingerprints: Fingerprints | undefined;
  private wide: WideFingerprints | undefined;
  private readonly exact: ExactStates | undefined;
  private readonly parents = new Ints(1024);
  private readonly vias = new Ints(1024);
  private readonly out = new Successors();
  private readonly pool: Int32Array[] = [];
  private readonly spills: readonly [Spill | undefined, Spill | undefined];
  private current: Frontier;
  private next: Frontier;
  /** Where the current level is read: segment, state within it, and the number of that state. */
  private segment = 0;
  private position = 0;
  private number = 0;
  private pending: number;
  private readonly immediate: number;
  private readonly terminal: number;
  private readonly stopping: number;
  private scratch = new Int32Array(256);

  /** Goes on from `saved`, where the space was given back what it had numbered; begins anew without. */
  constructor(space: Space, options: SearchOptions, saved?: SavedSearch) {
    this.space = space;
    this.options = options;
    if (options.exact) this.exact = new ExactStates();
    else if (options.bits === 96) this.wide = new WideFingerprints();
    else this.fingerprints = new Fingerprints();
    const { spilling } = options;
    const spill = (): Spill | undefined => (spilling === undefined ? undefined : new Spill(spilling));
    this.spills = [spill(), spill()];
    this.current = new Frontier(this.pool, this.spills[0]);
    this.next = new Frontier(this.pool, this.spills[1]);
    const bits = (test: (kind: string) => boolean): number =>
      space.properties.reduce((mask, { kind }, i) => (test(kind) ? mask | (1 << i) : mask), 0);
    this.pending = bits(() => true);
    this.immediate = bits((kind) => kind !== 'terminal');
    this.terminal = bits((kind) => kind === 'terminal');
    this.stopping = bits((kind) => kind !== 'reachable');
    if (saved === undefined) this.begin();
    else this.restore(saved);
  }

  /** All that is needed to go on later; undefined in exact mode, which is not saved. */
  save(): SavedSearch | undefined {
    const { depth, generated, pending, levels, witnesses, number, parents, vias } = this;
    const seen = this.fingerprints ?? this.wide;
    if (seen === undefined) return undefined;
    return {
      depth,
      generated,
      pending,
      levels,
      witnesses,
      number,
      parents: parents.words.slice(0, parents.length),
      vias: vias.words.slice(0, vias.length),
      bits: this.options.bits,
      table: seen.words,
      seen: seen.size,
      current: this.current.records(this.segment, this.position),
      next: this.next.records(0, 0),
    };
  }

  private restore(saved: SavedSearch): void {
    this.depth = saved.depth;
    this.generated = saved.generated;
    this.pending = saved.pending;
    this.levels.push(...saved.levels);
    this.witnesses.push(...saved.witnesses);
    this.number = saved.number;
    for (const parent of saved.parents) this.parents.push(parent);
    for (const via of saved.vias) this.vias.push(via);
    if (saved.bits === 96) this.wide = WideFingerprints.restored(saved.table, saved.seen);
    else this.fingerprints = Fingerprints.restored(saved.table, saved.seen);
    this.current.fill(saved.current);
    this.next.fill(saved.next);
  }

  get states(): number {
    return this.parents.length;
  }

  /** States found and not yet expanded. */
  get queued(): number {
    return this.states - this.number;
  }

  /** Why no more states could be written to disk; undefined while they could. */
  get spillFailure(): string | undefined {
    return this.spills[0]?.failure ?? this.spills[1]?.failure;
  }

  /** States whose fingerprint another had before them; only known in exact mode. */
  get confusions(): number {
    return this.exact?.confusions ?? 0;
  }

  get bytes(): number {
    const seen = (this.fingerprints ?? this.wide ?? this.exact)?.bytes ?? 0;
    const pool = this.pool.reduce((sum, segment) => sum + segment.byteLength, 0);
    const frontiers = this.current.bytes + this.next.bytes + pool;
    return seen + frontiers + this.parents.bytes + this.vias.bytes + this.space.bytes;
  }

  private begin(): void {
    this.depth = 1;
    this.space.initial().forEach((words, index) => {
      this.generated++;
      const vector = words.slice();
      this.space.canonicalise?.(vector, 0, vector.length);
      this.space.hash(vector, 0, vector.length);
      this.offer(vector, vector.length, this.space.low, this.space.high, -1, index);
    });
    this.turn();
  }

  /** Expands up to `quota` states; false when there is no more to do. The end of memory ends it in good order. */
  advance(quota: number): boolean {
    try {
      return this.proceed(quota);
    } catch (error) {
      if (!endOfMemory(error)) throw error;
      this.end = 'bytes';
      return false;
    }
  }

  private proceed(quota: number): boolean {
    for (let left = quota; left > 0 && this.end === undefined; left--) {
      if (this.segment === this.current.segmentCount) {
        this.turnOrEnd();
        if (this.end !== undefined) break;
      }
      const starts = this.current.startsOf(this.segment);
      const words = this.current.segment(this.segment);
      this.expand(words, starts.at(this.position) + 2, starts.at(this.position + 1));
      this.number++;
      if (++this.position === starts.length - 1) {
        this.current.release(this.segment++);
        this.position = 0;
        if (this.bytes > this.options.maxBytes) this.end ??= 'bytes';
        if (this.spillFailure !== undefined) this.end ??= 'disk';
      }
      if (this.states > this.options.maxStates) this.end ??= 'states';
    }
    return this.end === undefined;
  }

  cancel(): void {
    this.end ??= 'cancelled';
  }

  private turnOrEnd(): void {
    if (this.next.count === 0) {
      this.end = 'complete';
    } else if (this.depth >= this.options.maxDepth) {
      this.unexpanded = this.next.count;
      this.end = 'complete';
    } else {
      this.depth++;
      this.turn();
    }
  }

  private turn(): void {
    this.levels.push(this.next.count);
    // The file of the level that was read is empty by now.
    const { spill } = this.current;
    this.current = this.next;
    this.next = new Frontier(this.pool, spill);
    this.segment = 0;
    this.position = 0;
  }

  private expand(words: Int32Array, from: number, to: number): void {
    const { space, out } = this;
    out.clear();
    space.expand(words, from, to, words[from - 2] as number, words[from - 1] as number, out);
    this.generated += out.idle;
    const group = space.ample === undefined ? -1 : space.ample(words, from, to, out, this.pending);
    const before = this.states;
    this.follow(words, from, to, group, true);
    // Steps that lead to known states only would put the others off for ever.
    if (group >= 0 && this.states === before) this.follow(words, from, to, group, false);
    if ((this.pending & this.terminal) !== 0 && out.count + out.idle === 0)
      this.judge(words, from, to, this.number, this.terminal, true);
  }

  /** Follows the steps of a group, or those outside it; all of them where `group` is negative. */
  private follow(words: Int32Array, from: number, to: number, group: number, inside: boolean): void {
    if (this.fingerprints !== undefined && this.space.canonicalise === undefined)
      this.followFast(this.fingerprints, words, from, to, group, inside);
    else this.followWhole(words, from, to, group, inside);
  }

  private leavesOut(words: Int32Array, from: number, index: number, group: number, inside: boolean): boolean {
    return this.space.inGroup?.(words, from, this.out, index, group) !== inside;
  }

  /** New states are told by fingerprint alone; only they are written out. */
  private followFast(
    seen: Fingerprints,
    words: Int32Array,
    from: number,
    to: number,
    group: number,
    inside: boolean,
  ): void {
    const { space, out } = this;
    const room = space.roomAfter(to - from) + 2;
    for (let i = 0; i < out.count; i++) {
      if (group >= 0 && this.leavesOut(words, from, i, group, inside)) continue;
      this.generated++;
      const low = out.low(i);
      const high = out.high(i);
      if (!seen.add(low, high)) continue;
      const target = this.next.room(room);
      const at = this.next.end();
      target[at] = low;
      target[at + 1] = high;
      const end = space.write(words, from, to, out, i, target, at + 2);
      this.next.close(end);
      this.record(target, at + 2, end, this.number, i);
    }
  }

  /** Every successor is written out, put into its canonical form, and compared. */
  private followWhole(words: Int32Array, from: number, to: number, group: number, inside: boolean): void {
    const { space, out } = this;
    const room = space.roomAfter(to - from);
    if (room > this.scratch.length) this.scratch = new Int32Array(2 * room);
    for (let i = 0; i < out.count; i++) {
      if (group >= 0 && this.leavesOut(words, from, i, group, inside)) continue;
      this.generated++;
      const { scratch } = this;
      const end = space.write(words, from, to, out, i, scratch, 0);
      let low = out.low(i);
      let high = out.high(i);
      if (space.canonicalise !== undefined) {
        space.canonicalise(scratch, 0, end);
        space.hash(scratch, 0, end);
        ({ low, high } = space);
      }
      this.offer(scratch, end, low, high, this.number, i);
    }
  }

  private offer(
    vector: Int32Array,
    length: number,
    low: number,
    high: number,
    parent: number,
    via: number,
  ): void {
    const whole = this.exact ?? this.wide;
    const isNew =
      whole === undefined
        ? this.fingerprints?.add(low, high) === true
        : whole.add(low, high, vector, 0, length);
    if (!isNew) return;
    const target = this.next.room(length + 2);
    const at = this.next.end();
    target[at] = low;
    target[at + 1] = high;
    for (let i = 0; i < length; i++) target[at + 2 + i] = vector[i] as number;
    this.next.close(at + 2 + length);
    this.record(target, at + 2, at + 2 + length, parent, via);
  }

  private record(words: Int32Array, from: number, to: number, parent: number, via: number): void {
    const state = this.parents.push(parent);
    this.vias.push(via);
    const asked = this.pending & this.immediate;
    if (asked !== 0) this.judge(words, from, to, state, asked, false);
  }

  private judge(
    words: Int32Array,
    from: number,
    to: number,
    state: number,
    asked: number,
    stuck: boolean,
  ): void {
    const found = this.space.judge(words, from, to, asked & this.pending, stuck);
    if (found === 0) return;
    this.pending &= ~found;
    for (let i = 0; i < this.space.properties.length; i++)
      if ((found & (1 << i)) !== 0) this.witnesses.push({ property: i, state });
    if ((found & this.stopping) !== 0 && this.options.stopAtViolation) this.end ??= 'violated';
  }

  /** Which initial state, and then which step of each state in turn, leads to a state: a shortest way. */
  pathTo(state: number): readonly number[] {
    const path: number[] = [];
    for (let n = state; n >= 0; n = this.parents.at(n)) path.push(this.vias.at(n));
    return path.reverse();
  }
}

/** Whether an error says that there is no more room for a table. */
function endOfMemory(error: unknown): boolean {
  if (error instanceof TableFullError) return true;
  return error instanceof RangeError && /allocation failed|typed array length/i.test(error.message);
}
