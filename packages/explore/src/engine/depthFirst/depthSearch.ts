import type { SavedDepth } from '../checkpoint.ts';
import { endOfMemory } from '../endOfMemory.ts';
import type { Searching } from '../searching.ts';
import type { SearchEnd, SearchOptions, Witness } from '../searchOptions.ts';
import { type Space, Successors } from '../space.ts';
import { RunStack } from './runStack.ts';
import { type Visited, visitedStates } from './visited.ts';
import { VISITS } from './visits.ts';

/** States expanded between two looks at what the tables need. */
const LOOK_EVERY = 1024;

/**
 * Depth-first search of every state of a space: each run is followed to a known state before the next is begun. Only the states of the
 * run at hand wait, so that beside the table of fingerprints hardly any memory is needed; how a state was reached is kept for
 * witnesses only. Finds the same states and takes the same steps as breadth first; what it finds is not found by a shortest run.
 *
 * With a limit on the steps of a run a state may be reached first by more steps than necessary, when some of its runs are cut off. So each
 * state's fewest steps are kept, and a state reached again by fewer is expanded again: what lies within the limit is then found as by
 * breadth first, though steps are taken more than once.
 */
export class DepthSearch implements Searching {
  readonly order = 'depth';
  readonly spillFailure = undefined;
  readonly levels: readonly number[] = [];
  readonly witnesses: Witness[] = [];
  states = 0;
  generated = 0;
  depth = 0;
  unexpanded = 0;
  /** States expanded again, as they were reached by fewer steps than before. */
  revisited = 0;
  end: SearchEnd | undefined;
  private readonly space: Space;
  private readonly options: SearchOptions;
  private readonly visited: Visited;
  private readonly stack = new RunStack();
  private readonly out = new Successors();
  private readonly paths: (readonly number[])[] = [];
  private initial: readonly Int32Array[] | undefined;
  /** Initial states begun with, and how many states were expanded. */
  private roots = 0;
  private number = 0;
  private pending: number;
  private readonly immediate: number;
  private readonly terminal: number;
  private readonly stopping: number;
  /** Whether a step's own hash says whether it leads to a known state. */
  private readonly hashed: boolean;

  /** Goes on from `saved`, where the space was given back what it had numbered; begins anew without. */
  constructor(space: Space, options: SearchOptions, saved?: SavedDepth) {
    this.space = space;
    this.options = options;
    const { exact, bits, maxSteps } = options;
    this.hashed = !exact && bits === 64 && space.canonicalise === undefined;
    this.visited = visitedStates({ exact, bits, limited: maxSteps !== Infinity }, saved?.tables);
    const mask = (test: (kind: string) => boolean): number =>
      space.properties.reduce((bit, { kind }, i) => (test(kind) ? bit | (1 << i) : bit), 0);
    this.pending = saved?.pending ?? mask(() => true);
    this.immediate = mask((kind) => kind !== 'terminal');
    this.terminal = mask((kind) => kind === 'terminal');
    this.stopping = mask((kind) => kind !== 'reachable');
    if (saved !== undefined) this.restore(saved);
  }

  private restore(saved: SavedDepth): void {
    this.states = saved.states;
    this.generated = saved.generated;
    this.depth = saved.depth;
    this.unexpanded = saved.unexpanded;
    this.revisited = saved.revisited;
    this.roots = saved.roots;
    this.number = saved.number;
    this.witnesses.push(...saved.witnesses);
    this.paths.push(...saved.paths);
    this.stack.restore(saved.stack, (group) => this.workOut(() => group));
  }

  save(): SavedDepth | undefined {
    const { depth, generated, pending, witnesses, states, number, paths, unexpanded, revisited, roots } =
      this;
    const { tables } = this.visited;
    if (tables === undefined) return undefined;
    const counts = { depth, generated, pending, witnesses, states, number, unexpanded, revisited, roots };
    return { order: 'depth', ...counts, paths, bits: this.options.bits, tables, stack: this.stack.save() };
  }

  get queued(): number {
    return this.stack.height + this.unexpanded;
  }

  get confusions(): number {
    return this.visited.confusions;
  }

  get bytes(): number {
    return this.visited.bytes + this.stack.bytes + this.space.bytes;
  }

  pathTo(state: number): readonly number[] {
    return this.paths[state] ?? [];
  }

  stop(end: 'cancelled' | 'bytes'): void {
    this.end ??= end;
  }

  advance(quota: number): boolean {
    try {
      this.proceed(quota);
    } catch (error) {
      if (!endOfMemory(error)) throw error;
      this.end = 'bytes';
    }
    return this.end === undefined;
  }

  private proceed(quota: number): void {
    const { stack } = this;
    for (let left = quota; left > 0 && this.end === undefined; ) {
      if (stack.height === 0) this.begin();
      else if (stack.isUnexpanded) {
        this.expand();
        left--;
      } else {
        const step = stack.next;
        if (step >= 0) this.follow(step);
        else stack.pop();
      }
    }
  }

  /** Begins with the next initial state; without one everything is done. */
  private begin(): void {
    const { space, stack } = this;
    this.initial ??= space.initial();
    const words = this.initial[this.roots];
    if (words === undefined) {
      this.end = 'complete';
      return;
    }
    stack.room(words.length).set(words, 0);
    this.arrive(words.length, 0, 0, true, this.roots);
    this.roots++;
  }

  private follow(step: number): void {
    const { space, stack } = this;
    const { from, to, steps } = stack;
    const words = stack.room(space.roomAfter(to - from));
    if (this.hashed) {
      const [low, high] = [steps.low(step), steps.high(step)];
      const seen = this.visited.visit(low, high, words, to, to, stack.height);
      this.generated++;
      stack.pass();
      if (seen === VISITS.known) return;
      const end = space.write(words, from, to, steps, step, words, to);
      this.enter(end, low, high, seen, stack.indexOf(step));
    } else {
      const end = space.write(words, from, to, steps, step, words, to);
      this.arrive(
        end,
        steps.low(step),
        steps.high(step),
        space.canonicalise !== undefined,
        stack.indexOf(step),
      );
    }
  }

  /** A vector was written behind the last state; `rehash` where its hash is not known. */
  private arrive(end: number, low: number, high: number, rehash: boolean, via: number): void {
    const { space, stack } = this;
    const { words } = stack.words;
    const at = stack.to;
    space.canonicalise?.(words, at, end);
    if (rehash) space.hash(words, at, end);
    const [l, h] = rehash ? [space.low, space.high] : [low, high];
    const seen = this.visited.visit(l, h, words, at, end, stack.height);
    this.generated++;
    if (stack.height > 0) stack.pass();
    if (seen !== VISITS.known) this.enter(end, l, h, seen, via);
  }

  /** Goes on with a state that is new, or was reached by fewer steps than before. */
  private enter(end: number, low: number, high: number, seen: number, via: number): void {
    const { stack } = this;
    const steps = stack.height;
    const at = stack.to;
    const { maxSteps } = this.options;
    if (stack.height > 0) stack.foundFresh();
    stack.push(end, low, high, via);
    if (steps >= this.depth) this.depth = steps + 1;
    if (seen === VISITS.fresh) {
      this.states++;
      if (steps >= maxSteps) this.unexpanded++;
      const asked = this.pending & this.immediate;
      if (asked !== 0) this.judge(at, end, asked, false);
      if (this.states > this.options.maxStates || this.visited.isFull)
        this.end ??= this.visited.isFull ? 'bytes' : 'states';
    } else {
      if (this.options.defect === 'never expands again') {
        stack.pop();
        return;
      }
      this.revisited++;
      if (seen === maxSteps) this.unexpanded--;
    }
    if (steps >= maxSteps) stack.pop();
  }

  /** Works out the steps of the last state of the run, those of a group that suffices first. */
  private workOut(groupOf: (words: Int32Array, from: number, to: number) => number): void {
    const { space, stack, out } = this;
    const { from, to } = stack;
    const { words } = stack.words;
    out.clear();
    space.expand(words, from, to, stack.low, stack.high, out);
    const group = groupOf(words, from, to);
    stack.expand(out, group, (i) => space.inGroup?.(words, from, out, i, group) === true);
  }

  private expand(): void {
    const { space, stack, out } = this;
    this.workOut((words, from, to) => space.ample?.(words, from, to, out, this.pending) ?? -1);
    this.generated += out.idle;
    this.number++;
    if ((this.pending & this.terminal) !== 0 && out.count + out.idle === 0)
      this.judge(stack.from, stack.to, this.terminal, true);
    if (this.number % LOOK_EVERY === 0 && this.bytes > this.options.maxBytes) this.end ??= 'bytes';
  }

  private judge(from: number, to: number, asked: number, stuck: boolean): void {
    const { words } = this.stack.words;
    const found = this.space.judge(words, from, to, asked & this.pending, stuck);
    if (found === 0) return;
    this.pending &= ~found;
    const state = this.paths.push(this.stack.path()) - 1;
    for (let i = 0; i < this.space.properties.length; i++)
      if ((found & (1 << i)) !== 0) this.witnesses.push({ property: i, state });
    if ((found & this.stopping) !== 0 && this.options.stopAtViolation) this.end ??= 'violated';
  }
}
