import { Ints } from '../ints.ts';
import type { Witness } from '../searchOptions.ts';
import { type Space, type SpaceWork, Successors } from '../space.ts';
import { CELLS, Control, FIGURES, type SharedMemory } from './memory.ts';
import { SharedFingerprints } from './sharedFingerprints.ts';
import { type SharedLog, SharedLogFullError } from './sharedLog.ts';
import { SharedSegments } from './sharedSegments.ts';

/** How one thread takes part in a common search. */
export interface SharedSearchOptions {
  /** From 0 to `workers` - 1. */
  readonly worker: number;
  readonly workers: number;
  readonly maxStates: number;
  /** Levels, the initial states being the first. */
  readonly maxDepth: number;
  readonly stopAtViolation: boolean;
  /** Asked now and then: whether this thread is short of memory that only its host can see. */
  readonly starved: () => boolean;
}

/** What one thread found: plain, so that it can be sent home. State `i` of worker `w` of `n` has number `i n + w`. */
export interface SharedPart {
  readonly worker: number;
  readonly parents: Int32Array;
  readonly vias: Int32Array;
  readonly witnesses: readonly Witness[];
  readonly clipped: Readonly<Record<string, number>>;
  readonly work: SpaceWork;
  readonly bytes: number;
}

/** States expanded between two looks at what the others want. */
const LOOK_EVERY = 64;
const WAIT_MS = 50;

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
  private readonly parents = new Ints(1024);
  private readonly vias = new Ints(1024);
  private readonly witnesses: Witness[] = [];
  private readonly out = new Successors();
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

  /** Works until the search has ended. Throws what the model's code throws, after telling the others to end. */
  run(): SharedPart {
    const { control, options } = this;
    try {
      if (options.worker === 0) this.begin();
      this.meet();
      while (control.end === '') {
        const segment = control.take();
        if (segment < 0) {
          this.segments.publish();
          this.meet();
        } else this.expandAll(segment);
      }
      this.segments.publish();
      this.tell();
    } catch (error) {
      control.finish(error instanceof SharedLogFullError ? 'bytes' : 'failed');
      if (!(error instanceof SharedLogFullError)) throw error;
    }
    const { space } = this;
    return {
      worker: options.worker,
      parents: this.parents.words.slice(0, this.parents.length),
      vias: this.vias.words.slice(0, this.vias.length),
      witnesses: this.witnesses,
      clipped: space.clipped,
      work: space.work,
      bytes: this.parents.bytes + this.vias.bytes + space.bytes,
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
    this.segments.publish();
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

  private expandAll(segment: number): void {
    const { control, segments } = this;
    // Whoever wrote it may have met parts this thread has not.
    this.log.catchUp();
    segments.read(segment, (from, to, low, high, number) => {
      this.expand(from, to, low, high, number);
      if (++this.sinceLook < LOOK_EVERY) return true;
      this.sinceLook = 0;
      this.look();
      return control.end === '' || control.end === 'cancelled';
    });
    segments.release(segment);
  }

  /** Whether the table or the search has reached a limit. */
  private look(): void {
    const { control, seen, options } = this;
    this.tell();
    const states = control.total(FIGURES.states);
    if (states > options.maxStates) control.finish('states');
    const strain = seen.strain(states);
    if (strain === 'full' || options.starved()) control.finish('bytes');
    if (strain === 'grow') Atomics.store(control.cells, CELLS.grow, 1);
    if (Atomics.load(control.cells, CELLS.grow) === 1 && control.end === '') this.meet();
  }

  private expand(from: number, to: number, low: number, high: number, number: number): void {
    const { space, out, segments } = this;
    const { words } = segments;
    out.clear();
    space.expand(words, from, to, low, high, out);
    this.newGenerated += out.count + out.idle;
    this.newExpanded++;
    if (space.canonicalise === undefined) this.followFast(from, to, number);
    else this.followCanonical(from, to, number);
    const asked = this.pending & this.terminal;
    if (asked !== 0 && out.count + out.idle === 0) this.judge(from, to, number, asked, true);
  }

  private followFast(from: number, to: number, number: number): void {
    const { space, out, segments, seen } = this;
    const { words } = segments;
    const room = space.roomAfter(to - from);
    for (let i = 0; i < out.count; i++) {
      const low = out.low(i);
      const high = out.high(i);
      if (!seen.add(low, high)) continue;
      const at = segments.room(room, this.nextNumber());
      if (at < 0) {
        this.control.finish('bytes');
        return;
      }
      this.record(at, space.write(words, from, to, out, i, words, at), low, high, number, i);
    }
  }

  private followCanonical(from: number, to: number, number: number): void {
    const { space, out, segments, seen } = this;
    const { words } = segments;
    const room = space.roomAfter(to - from);
    if (room > this.scratch.length) this.scratch = new Int32Array(2 * room);
    for (let i = 0; i < out.count; i++) {
      const end = space.write(words, from, to, out, i, this.scratch, 0);
      space.canonicalise?.(this.scratch, 0, end);
      space.hash(this.scratch, 0, end);
      const { low, high } = space;
      if (!seen.add(low, high)) continue;
      const at = segments.room(end, this.nextNumber());
      if (at < 0) {
        this.control.finish('bytes');
        return;
      }
      for (let word = 0; word < end; word++) words[at + word] = this.scratch[word] as number;
      this.record(at, at + end, low, high, number, i);
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
  private meet(): void {
    const { control, options, seen } = this;
    const { cells } = control;
    this.tell();
    const generation = Atomics.load(cells, CELLS.generation);
    if (Atomics.add(cells, CELLS.arrived, 1) + 1 === options.workers) {
      this.lead();
      Atomics.store(cells, CELLS.arrived, 0);
      Atomics.add(cells, CELLS.generation, 1);
      Atomics.notify(cells, CELLS.generation);
    } else {
      while (Atomics.load(cells, CELLS.generation) === generation && control.end === '')
        Atomics.wait(cells, CELLS.generation, generation, WAIT_MS);
    }
    seen.refresh();
  }

  private lead(): void {
    const { control, seen, options } = this;
    const { cells } = control;
    if (control.end !== '') return;
    if (Atomics.load(cells, CELLS.grow) === 1) {
      if (seen.strain(control.total(FIGURES.states)) === 'grow') seen.grow();
      Atomics.store(cells, CELLS.grow, 0);
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
