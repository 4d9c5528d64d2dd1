import { Batch } from './batch.ts';
import type { SavedBreadth } from './checkpoint.ts';
import { endOfMemory } from './endOfMemory.ts';
import { ExactStates } from './exactStates.ts';
import { Fingerprints } from './fingerprints.ts';
import { Frontier } from './frontier.ts';
import { Lineage } from './lineage.ts';
import type { SearchEnd, SearchOptions, Witness } from './searchOptions.ts';
import type { Searching } from './searching.ts';
import { type Space, Successors } from './space.ts';
import { Spill } from './spill.ts';
import { STATE_HEAD as HEAD } from './stateHead.ts';
import { WideFingerprints } from './wideFingerprints.ts';

/**
 * Breadth-first search, level by level, of every state of a space. States are numbered as they are found; each keeps its parent and
 * which step led to it, so that a shortest path to any state can be taken again. Counts do not depend on how the work is divided.
 */
export class Search implements Searching {
  readonly order = 'breadth';
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
  private lineage = new Lineage();
  private readonly out = new Successors();
  private readonly pool: Int32Array[] = [];
  private readonly spills: readonly [Spill | undefined, Spill | undefined];
  private current: Frontier;
  private next: Frontier;
  /** Where the current level is read: segment, place within it, and the number of the state there. */
  private segment = 0;
  private offset = 0;
  private number = 0;
  /** Steps counted before the state at hand. */
  private counted = 0;
  private readonly batch = new Batch();
  private pending: number;
  private readonly immediate: number;
  private readonly terminal: number;
  private readonly stopping: number;
  private scratch = new Int32Array(256);

  /** Goes on from `saved`, where the space was given back what it had numbered; begins anew without. */
  constructor(space: Space, options: SearchOptions, saved?: SavedBreadth) {
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
  save(): SavedBreadth | undefined {
    const { depth, generated, pending, levels, witnesses, number, segment, offset, current, next } = this;
    const tables = (this.fingerprints ?? this.wide)?.tables;
    if (tables === undefined) return undefined;
    return {
      order: 'breadth',
      states: this.states,
      depth,
      generated,
      pending,
      levels,
      witnesses,
      number,
      bits: this.options.bits,
      lineage: this.lineage.save(),
      tables,
      current: current.saved(segment, offset),
      next: next.saved(0, 0),
    };
  }

  private restore(saved: SavedBreadth): void {
    this.depth = saved.depth;
    this.generated = saved.generated;
    this.pending = saved.pending;
    this.levels.push(...saved.levels);
    this.witnesses.push(...saved.witnesses);
    this.number = saved.number;
    this.counted = saved.generated;
    this.lineage = new Lineage(saved.lineage);
    if (saved.bits === 96) this.wide = WideFingerprints.restored(saved.tables);
    else this.fingerprints = Fingerprints.restored(saved.tables);
    this.current.fill(saved.current);
    this.next.fill(saved.next);
  }

  get states(): number {
    return this.lineage.length;
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
    return seen + frontiers + this.lineage.bytes + this.space.bytes;
  }

  private begin(): void {
    this.space.initial().forEach((words, index) => {
      this.generated++;
      const vector = words.slice();
      this.space.canonicalise?.(vector, 0, vector.length);
      this.space.hash(vector, 0, vector.length);
      this.offer(vector, vector.length, this.space.low, this.space.high, -1, index);
    });
    this.counted = this.generated;
    if (this.options.maxSteps === 0) {
      this.endAtBound();
      return;
    }
    this.depth = 1;
    this.turn();
  }

  /** Expands up to `quota` states; false when there is no more to do. The end of memory ends it in good order. */
  advance(quota: number): boolean {
    try {
      return this.proceed(quota);
    } catch (error) {
      if (!endOfMemory(error)) throw error;
      // The state at hand is expanded again by whoever goes on.
      this.generated = this.counted;
      this.end = 'bytes';
      return false;
    }
  }

  private proceed(quota: number): boolean {
    const { space } = this;
    const plain = space.canonicalise === undefined && space.ample === undefined;
    for (let left = quota; left > 0 && this.end === undefined; ) {
      if (this.segment === this.current.segmentCount) {
        this.turnOrEnd();
        if (this.end !== undefined) break;
      }
      const words = this.current.segment(this.segment);
      const length = this.current.lengthOf(this.segment);
      const before = this.number;
      if (plain && this.fingerprints !== undefined) this.expandSome(this.fingerprints, words, length, left);
      else this.expand(words);
      left -= this.number - before;
      if (this.offset === length) this.leaveSegment();
    }
    return this.end === undefined;
  }

  private leaveSegment(): void {
    this.current.release(this.segment++);
    this.offset = 0;
    if (this.bytes > this.options.maxBytes) this.end ??= 'bytes';
    if (this.spillFailure !== undefined) this.end ??= 'disk';
  }

  /** The state at hand is done with. */
  private pass(length: number): void {
    this.offset += HEAD + length;
    this.number++;
    this.counted = this.generated;
    if (this.states > this.options.maxStates) this.end ??= 'states';
    if ((this.fingerprints ?? this.wide)?.isFull === true) this.end ??= 'bytes';
  }

  /** Ends it where it is. */
  stop(end: 'cancelled' | 'bytes'): void {
    this.end ??= end;
  }

  private turnOrEnd(): void {
    if (this.next.count === 0) {
      this.end = 'complete';
    } else if (this.depth >= this.options.maxSteps) {
      this.endAtBound();
    } else {
      this.depth++;
      this.turn();
    }
  }

  /** Runs may have no more steps. */
  private endAtBound(): void {
    this.unexpanded = this.next.count;
    this.end = 'complete';
  }

  private turn(): void {
    this.levels.push(this.next.count);
    // The file of the level that was read is empty by now.
    const { spill } = this.current;
    this.current = this.next;
    this.next = new Frontier(this.pool, spill);
    this.segment = 0;
    this.offset = 0;
  }

  /** Works out the steps of some states, then follows them in their order: new states are told by fingerprint, only they are written out. */
  private expandSome(seen: Fingerprints, words: Int32Array, length: number, most: number): void {
    const { space, out, batch } = this;
    batch.fill(space, out, words, this.offset, length, space.lookahead ? most : 1);
    batch.sift(seen, out);
    const { count, froms, ends, idles, fresh, freshCount } = batch;
    let next = 0;
    let first = 0;
    let idle = 0;
    for (let i = 0; i < count && this.end === undefined; i++) {
      const from = froms[i] as number;
      const to = from + (words[from - HEAD] as number);
      const end = ends[i] as number;
      const idleSoFar = idles[i] as number;
      this.generated += end - first + idleSoFar - idle;
      while (next < freshCount && (fresh[next] as number) < end)
        this.followFast(seen, words, from, to, fresh[next++] as number, first);
      if ((this.pending & this.terminal) !== 0 && end === first && idleSoFar === idle)
        this.judge(words, from, to, this.number, this.terminal, true);
      first = end;
      idle = idleSoFar;
      this.pass(to - from);
    }
  }

  /** Follows one step of a state whose steps begin at `first`. */
  private followFast(
    seen: Fingerprints,
    words: Int32Array,
    from: number,
    to: number,
    step: number,
    first: number,
  ): void {
    const { space, out, next } = this;
    const low = out.low(step);
    const high = out.high(step);
    // Found before a state is taken for known: without room it must not be.
    const target = next.room(space.roomAfter(to - from));
    if (!seen.add(low, high)) return;
    const at = next.end() + HEAD;
    const end = space.write(words, from, to, out, step, target, at);
    next.close(end, low, high);
    this.record(target, at, end, this.number, step - first);
  }

  private expand(words: Int32Array): void {
    const { space, out } = this;
    const at = this.offset;
    const from = at + HEAD;
    const to = from + (words[at] as number);
    out.clear();
    space.expand(words, from, to, words[at + 1] as number, words[at + 2] as number, out);
    this.generated += out.idle;
    const group = space.ample === undefined ? -1 : space.ample(words, from, to, out, this.pending);
    const before = this.states;
    this.follow(words, from, to, group, true);
    // Steps that lead to known states only would put the others off for ever.
    if (group >= 0 && this.states === before) this.follow(words, from, to, group, false);
    if ((this.pending & this.terminal) !== 0 && out.count + out.idle === 0)
      this.judge(words, from, to, this.number, this.terminal, true);
    this.pass(to - from);
  }

  private leavesOut(words: Int32Array, from: number, index: number, group: number, inside: boolean): boolean {
    return this.space.inGroup?.(words, from, this.out, index, group) !== inside;
  }

  /**
   * Follows the steps of a group, or those outside it; all of them where `group` is negative. Every successor is written out, put into its
   * canonical form, and compared.
   */
  private follow(words: Int32Array, from: number, to: number, group: number, inside: boolean): void {
    const { space, out } = this;
    const room = space.roomAfter(to - from);
    if (room > this.scratch.length) this.scratch = new Int32Array(2 * room);
    for (let i = 0; i < out.count; i++) {
      if (group >= 0 && this.leavesOut(words, from, i, group, inside)) continue;
      this.generated++;
      const { scratch } = this;
      let low = out.low(i);
      let high = out.high(i);
      if (space.canonicalise === undefined && this.fingerprints !== undefined) {
        if (!this.fingerprints.add(low, high)) continue;
        this.keep(scratch, space.write(words, from, to, out, i, scratch, 0), low, high, this.number, i);
        continue;
      }
      const end = space.write(words, from, to, out, i, scratch, 0);
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
    if (isNew) this.keep(vector, length, low, high, parent, via);
  }

  /** A state that is new: it waits to be expanded, and is judged. */
  private keep(
    vector: Int32Array,
    length: number,
    low: number,
    high: number,
    parent: number,
    via: number,
  ): void {
    const { next } = this;
    const target = next.room(length);
    const at = next.end() + HEAD;
    for (let i = 0; i < length; i++) target[at + i] = vector[i] as number;
    next.close(at + length, low, high);
    this.record(target, at, at + length, parent, via);
  }

  private record(words: Int32Array, from: number, to: number, parent: number, via: number): void {
    const state = this.lineage.push(parent, via);
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
    return this.lineage.pathTo(state);
  }
}
