import { Batch } from '../batch.ts';
import { Column } from '../column.ts';
import type { Witness } from '../searchOptions.ts';
import { TableFullError } from '../segmentedTable.ts';
import { type Space, type SpaceWork, Successors } from '../space.ts';
import { STATE_HEAD } from '../stateHead.ts';
import { LockLostError, locked } from './lock.ts';
import { CELLS, Control, FIGURES, GROWS, type SharedMemory } from './memory.ts';
import { SharedFingerprints } from './sharedFingerprints.ts';
import { type SharedLog, SharedLogFullError } from './sharedLog.ts';
import { SharedSegments } from './sharedSegments.ts';

/** How one thread takes part in a common search. */
export interface SharedSearchOptions {
  /** From 0 to `workers` - 1. The first is there from the start, the others join it. */
  readonly worker: number;
  readonly workers: number;
  readonly maxStates: number;
  /** Levels whose states are expanded, the initial states being the first. */
  readonly maxDepth: number;
  readonly stopAtViolation: boolean;
  /** Asked now and then: whether this thread is short of memory that only its host can see. */
  readonly starved: () => boolean;
}

/** What one thread found: plain, so that it can be sent home. State `i` of worker `w` of `n` has number `i n + w`. */
export interface SharedPart {
  readonly worker: number;
  /** Columns, as `Column.restored` reads them, of so many states: which state each was found from, and by which of its steps. */
  readonly count: number;
  readonly parents: readonly Int32Array[];
  readonly vias: readonly Int32Array[];
  readonly witnesses: readonly Witness[];
  readonly clipped: Readonly<Record<string, number>>;
  readonly cuts: readonly string[];
  readonly work: SpaceWork;
  readonly bytes: number;
}

/** States expanded between two looks at what the others want. */
const LOOK_EVERY = 256;
/** Looks for the others before a thread falls asleep: small levels take less time than that. */
const LOOKS = 2_000;
/** Sleeping this long at most, in milliseconds, before the host is asked for a turn. */
const WAIT_MS = 5;

/**
 * One thread's part of a breadth-first search that several threads make together, level by level: states are told apart by a common table,
 * each new one is expanded by whoever takes its segment. States, steps and depth are the same for any number of threads.
 */
export class SharedSearch {
  private readonly space: Space;
  private readonly options: SharedSearchOptions;
  private readonly control: Control;
  private readonly seen: SharedFingerprints;
  private readonly segments: SharedSegments;
  private readonly log: SharedLog;
  private readonly parents = new Column();
  private readonly vias = new Column();
  private readonly witnesses: Witness[] = [];
  private readonly out = new Successors();
  private readonly batch = new Batch();
  private readonly immediate: number;
  private readonly terminal: number;
  private readonly stopping: number;
  private scratch = new Int32Array(256);
  private sinceLook = 0;
  /** Counted since the others were told. */
  private newStates = 0;
  private newGenerated = 0;
  private newExpanded = 0;
  /** Properties without a witness, as of the last look. */
  private pending = 0;

  constructor(space: Space, memory: SharedMemory, log: SharedLog, options: SharedSearchOptions) {
    this.space = space;
    this.options = options;
    this.log = log;
    this.control = new Control(memory);
    this.seen = new SharedFingerprints(memory.table, this.control.cells);
    this.segments = new SharedSegments(memory, this.control, options.workers);
    const bits = (test: (kind: string) => boolean): number =>
      space.properties.reduce((mask, { kind }, i) => (test(kind) ? mask | (1 << i) : mask), 0);
    this.immediate = bits((kind) => kind !== 'terminal');
    this.terminal = bits((kind) => kind === 'terminal');
    this.stopping = bits((kind) => kind !== 'reachable');
  }

  /**
   * Works until the search has ended; its host has a turn, if it wants one, at each step. Answers nothing when it had ended before this
   * thread came. Throws what the model's code throws, after telling the others to end.
   */
  *steps(): Generator<undefined, SharedPart | undefined, undefined> {
    const { control, options } = this;
    if (options.worker > 0 && !control.join()) return undefined;
    try {
      if (options.worker === 0) this.begin();
      yield* this.work();
    } catch (error) {
      const short = isShortOfRoom(error);
      control.finish(short ? 'bytes' : 'failed');
      if (!short) throw error;
    }
    return this.part();
  }

  private *work(): Generator<undefined, void, undefined> {
    const { control, segments } = this;
    yield* this.goOn();
    this.tell();
    while (control.end === '') {
      if (segments.at < segments.last) {
        this.expandSome();
        if (this.sinceLook < LOOK_EVERY) continue;
        this.sinceLook = 0;
        yield;
        if (this.look()) yield* this.meet();
      } else if (segments.take()) {
        // Whoever wrote it may have met parts this thread has not.
        this.log.catchUp();
      } else {
        segments.publish();
        yield* this.meet();
      }
    }
    segments.publish();
    this.tell();
  }

  private part(): SharedPart {
    const { space, parents, vias } = this;
    return {
      worker: this.options.worker,
      count: parents.length,
      parents: parents.words,
      vias: vias.words,
      witnesses: this.witnesses,
      clipped: space.clipped,
      cuts: space.cuts,
      work: space.work,
      bytes: parents.bytes + vias.bytes + space.bytes,
    };
  }

  private begin(): void {
    const { space } = this;
    Atomics.store(this.control.cells, CELLS.pending, this.immediate | this.terminal);
    this.tell();
    space.initial().forEach((words, index) => {
      this.newGenerated++;
      const vector = words.slice();
      space.canonicalise?.(vector, 0, vector.length);
      space.hash(vector, 0, vector.length);
      if (!this.seen.add(space.low, space.high)) return;
      const at = this.segments.room(vector.length, this.nextNumber());
      this.segments.words.set(vector, at);
      this.record(at, at + vector.length, space.low, space.high, -1, index);
    });
  }

  /** The number of the next state this thread finds. */
  private nextNumber(): number {
    return this.parents.length * this.options.workers + this.options.worker;
  }

  /** Tells the others what was counted, and hears which properties still want a witness. */
  private tell(): void {
    const { figures, cells } = this.control;
    const at = this.options.worker * FIGURES.width;
    figures[at + FIGURES.states] = (figures[at + FIGURES.states] as number) + this.newStates;
    figures[at + FIGURES.generated] = (figures[at + FIGURES.generated] as number) + this.newGenerated;
    figures[at + FIGURES.expanded] = (figures[at + FIGURES.expanded] as number) + this.newExpanded;
    this.newStates = 0;
    this.newGenerated = 0;
    this.newExpanded = 0;
    this.pending = Atomics.load(cells, CELLS.pending);
  }

  /** Whether the search has reached a limit; answers whether the threads shall meet, as the table wants to grow. */
  private look(): boolean {
    const { control, seen, options } = this;
    this.tell();
    const states = control.total(FIGURES.states);
    if (states > options.maxStates) control.finish('states');
    const strain = seen.strain(states);
    if (strain === 'full' || options.starved()) control.finish('bytes');
    if (strain === 'grow') Atomics.store(control.cells, CELLS.grow, GROWS.asked);
    return Atomics.load(control.cells, CELLS.grow) === GROWS.asked && control.end === '';
  }

  /** Works out the steps of some states, then follows those to states that may be new. */
  private expandSome(): void {
    const { space, out, batch, segments, seen } = this;
    const { words } = segments;
    // Also where steps left out are counted as they are worked out: all of them are followed here.
    batch.fill(space, out, words, segments.at, segments.last, LOOK_EVERY);
    const { count, froms, ends, idles } = batch;
    if (space.canonicalise === undefined) batch.sift(seen, out);
    let next = 0;
    let first = 0;
    let idle = 0;
    for (let i = 0; i < count; i++) {
      const from = froms[i] as number;
      const to = from + (words[from - STATE_HEAD] as number);
      const end = ends[i] as number;
      if (space.canonicalise !== undefined) this.followCanonical(from, to, first, end);
      else next = this.followFast(from, to, first, end, next);
      if ((this.pending & this.terminal) !== 0 && end === first && idles[i] === idle)
        this.judge(from, to, segments.number, this.pending & this.terminal, true);
      first = end;
      idle = idles[i] as number;
      segments.number += segments.step;
    }
    this.newGenerated += out.count + out.idle;
    this.newExpanded += count;
    this.sinceLook += count;
    segments.at = batch.next;
  }

  /** Follows the steps of one state, from `first` on up to `last`, that may lead to new ones, from the `next`th of those on; answers how far it came. */
  private followFast(from: number, to: number, first: number, last: number, next: number): number {
    const { space, out, segments, seen } = this;
    const { words } = segments;
    const { fresh, freshCount } = this.batch;
    const room = space.roomAfter(to - from);
    let at = next;
    for (; at < freshCount && (fresh[at] as number) < last; at++) {
      const step = fresh[at] as number;
      const low = out.low(step);
      const high = out.high(step);
      if (!seen.add(low, high)) continue;
      const target = segments.room(room, this.nextNumber());
      if (target < 0) {
        this.control.finish('bytes');
        return freshCount;
      }
      const end = space.write(words, from, to, out, step, words, target);
      this.record(target, end, low, high, segments.number, step - first);
    }
    return at;
  }

  private followCanonical(from: number, to: number, first: number, last: number): void {
    const { space, out, segments, seen } = this;
    const { words } = segments;
    const room = space.roomAfter(to - from);
    if (room > this.scratch.length) this.scratch = new Int32Array(2 * room);
    const { scratch } = this;
    for (let step = first; step < last; step++) {
      const end = space.write(words, from, to, out, step, scratch, 0);
      space.canonicalise?.(scratch, 0, end);
      space.hash(scratch, 0, end);
      const { low, high } = space;
      if (!seen.add(low, high)) continue;
      const at = segments.room(end, this.nextNumber());
      if (at < 0) {
        this.control.finish('bytes');
        return;
      }
      for (let word = 0; word < end; word++) words[at + word] = scratch[word] as number;
      this.record(at, at + end, low, high, segments.number, step - first);
    }
  }

  private record(from: number, to: number, low: number, high: number, parent: number, via: number): void {
    const number = this.nextNumber();
    this.segments.close(to, low, high);
    this.parents.push(parent);
    this.vias.push(via);
    this.newStates++;
    const asked = this.pending & this.immediate;
    if (asked !== 0) this.judge(from, to, number, asked, false);
  }

  private judge(from: number, to: number, state: number, asked: number, stuck: boolean): void {
    const found = this.space.judge(this.segments.words, from, to, asked, stuck);
    if (found === 0) return;
    // Of several threads that find witnesses at once the first counts; all are equally near.
    const mine = Atomics.and(this.control.cells, CELLS.pending, ~found) & found;
    this.pending &= ~found;
    for (let i = 0; i < this.space.properties.length; i++)
      if ((mine & (1 << i)) !== 0) this.witnesses.push({ property: i, state });
    if ((mine & this.stopping) !== 0 && this.options.stopAtViolation) this.control.finish('violated');
  }

  /** Waits for all threads; the last one to come does what has to be done while nobody works. */
  private *meet(): Generator<undefined, void, undefined> {
    const { control } = this;
    const { cells } = control;
    this.tell();
    const generation = Atomics.load(cells, CELLS.generation);
    locked(cells, CELLS.barrier, () => {
      if (Atomics.add(cells, CELLS.arrived, 1) + 1 < Atomics.load(cells, CELLS.joined)) return;
      this.lead();
      Atomics.store(cells, CELLS.arrived, 0);
      Atomics.add(cells, CELLS.generation, 1);
      Atomics.notify(cells, CELLS.generation);
    });
    for (let looks = 0; Atomics.load(cells, CELLS.generation) === generation && control.end === ''; ) {
      if (looks++ < LOOKS) continue;
      Atomics.wait(cells, CELLS.generation, generation, WAIT_MS);
      yield;
    }
    yield* this.goOn();
  }

  /** After a meeting, or as it joins: helps where the table grows. */
  private *goOn(): Generator<undefined, void, undefined> {
    this.seen.refresh();
    if (Atomics.load(this.control.cells, CELLS.grow) !== GROWS.now) return;
    this.seen.move();
    yield* this.meet();
  }

  private lead(): void {
    const { control, seen, options } = this;
    const { cells } = control;
    if (control.end !== '') return;
    const grow = Atomics.load(cells, CELLS.grow);
    if (grow !== GROWS.no) {
      const grows = grow === GROWS.asked && seen.strain(control.total(FIGURES.states)) === 'grow';
      if (grows) seen.enlarge();
      Atomics.store(cells, CELLS.grow, grows ? GROWS.now : GROWS.no);
      return;
    }
    const found = control.total(FIGURES.states) - control.total(FIGURES.expanded);
    control.noteLevel(control.depth, found);
    if (found === 0) control.finish('complete');
    else if (control.depth >= options.maxDepth) {
      Atomics.store(cells, CELLS.unexpanded, found);
      control.finish('complete');
    } else control.turn();
  }
}

/** Whether an error says that what the threads share has no more room, or is held by one that is gone, as it may be for want of memory. */
function isShortOfRoom(error: unknown): boolean {
  return (
    error instanceof SharedLogFullError || error instanceof TableFullError || error instanceof LockLostError
  );
}
