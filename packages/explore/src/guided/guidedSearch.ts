import { type Bounds, resolveBounds } from '../bounds/bounds.ts';
import { Fingerprints } from '../engine/fingerprints.ts';
import { mixHigh, mixLow } from '../engine/mixing.ts';
import { type Space, type StepText, Successors } from '../engine/space.ts';
import type { Explorable } from '../explorable.ts';
import type { ExploreTrace } from '../report/result.ts';
import { Random } from './random.ts';
import { type Chooser, type GuidedStrategy, priorityChooser, randomChooser } from './strategies.ts';

/** How to search where exhaustion ends. */
export interface GuidedOptions {
  /** Steps to take in all. */
  readonly budget: number;
  /** Default 1. The same seed takes the same steps. */
  readonly seed?: number;
  /** Steps of a run at most. Default 200. */
  readonly length?: number;
  /** Default all, by turns. */
  readonly strategies?: readonly GuidedStrategy[];
  /** Told every so often; answering false ends it. */
  readonly onProgress?: (steps: number) => boolean | void;
}

/** What was covered and what was not. Nothing found is no proof: the status is then undecided. */
export interface GuidedResult {
  readonly model: string;
  readonly status: 'violated' | 'undecided';
  readonly reason: string;
  readonly runs: number;
  readonly steps: number;
  /** Distinct states, as fingerprints. */
  readonly states: number;
  /** Distinct parts met: a node in a local state, a history, a message. */
  readonly parts: number;
  /** Runs since the last one that met a new part: many say that little new is to be expected. */
  readonly runsSinceNew: number;
  /** The longest run, in steps. */
  readonly longest: number;
  /** How often each kind of step was taken. */
  readonly kinds: Readonly<Record<string, number>>;
  /** Steps a bound left out, by its name. */
  readonly clipped: Readonly<Record<string, number>>;
  /** `reachable` properties that no state has shown. */
  readonly notShown: readonly string[];
  readonly counterexample?: ExploreTrace & { readonly property: string };
}

const RUN_LENGTH = 200;
const PRIORITY_CHANGES = 3;
/** Runs worth starting from that are kept. */
const CORPUS = 256;
const PROGRESS_EVERY = 1_000;
/** Of the choices of a run that is changed about one in so many is made anew. */
const CHANGED = 8;

/**
 * Random walks, priorities, walks that go on from where something new was met, and runs with some of their choices changed, by turns, within one
 * budget of steps. Deterministic. A
 * violation is shortened by leaving out steps one by one as long as the same promise breaks.
 */
export function guidedSearch(
  model: Explorable,
  bounds: Bounds | undefined,
  options: GuidedOptions,
): GuidedResult {
  const space = model.open(resolveBounds(bounds ?? model.bounds), { symmetry: false });
  return new GuidedSearch(space, options).run();
}

class GuidedSearch {
  private readonly space: Space;
  private readonly options: GuidedOptions;
  private readonly random: Random;
  private readonly seen = new Fingerprints();
  private readonly parts = new Fingerprints();
  /** Ways to states where something new was met. */
  private readonly corpus: (readonly number[])[] = [];
  private readonly out = new Successors();
  private readonly kinds: Record<string, number> = {};
  private pending: number;
  private runs = 0;
  private steps = 0;
  private runsSinceNew = 0;
  private longest = 0;
  private found: { readonly property: number; readonly path: readonly number[] } | undefined;

  constructor(space: Space, options: GuidedOptions) {
    this.space = space;
    this.options = options;
    this.random = new Random(options.seed ?? 1);
    this.pending = space.properties.reduce((mask, _, i) => mask | (1 << i), 0);
  }

  run(): GuidedResult {
    const { options } = this;
    const { strategies = ['random', 'priorities', 'coverage', 'mutation'], budget } = options;
    while (this.steps < budget && this.found === undefined) {
      this.walk(strategies[this.runs % strategies.length] as GuidedStrategy);
      if (this.runs % PROGRESS_EVERY === 0 && options.onProgress?.(this.steps) === false) break;
    }
    return this.result();
  }

  private chooser(strategy: GuidedStrategy): Chooser {
    const length = this.options.length ?? RUN_LENGTH;
    return strategy === 'priorities'
      ? priorityChooser(this.random, length, PRIORITY_CHANGES)
      : randomChooser(this.random);
  }

  private walk(strategy: GuidedStrategy): void {
    const { space, random, options } = this;
    const { length = RUN_LENGTH } = options;
    const chooser = this.chooser(strategy);
    const starts = space.initial();
    const known = (strategy === 'coverage' || strategy === 'mutation') && this.corpus.length > 0;
    const changes = strategy === 'mutation' ? CHANGED : 0;
    const prefix = known ? (this.corpus[random.below(this.corpus.length)] as readonly number[]) : [];
    const path: number[] = [known ? (prefix[0] as number) : random.below(starts.length)];
    let words: Int32Array = (starts[path[0] as number] as Int32Array).slice();
    let isNew = this.meet(words, path);
    for (let depth = 1; depth <= length && this.found === undefined; depth++) {
      if (!this.expand(words)) {
        this.judge(words, path, true);
        break;
      }
      const follows = depth < prefix.length && (changes === 0 || random.below(changes) > 0);
      // Once a choice was another, what was chosen later may not be there.
      const via = follows
        ? (prefix[depth] as number) % this.out.count
        : chooser.choose(space, this.out, depth);
      this.count(via);
      words = this.after(words, via);
      path.push(via);
      isNew = this.meet(words, path) || isNew;
    }
    this.runs++;
    this.longest = Math.max(this.longest, path.length - 1);
    this.runsSinceNew = isNew ? 0 : this.runsSinceNew + 1;
  }

  /** Whether anything may happen; its steps are then in `out`. */
  private expand(words: Int32Array): boolean {
    const { space, out } = this;
    space.hash(words, 0, words.length);
    out.clear();
    space.expand(words, 0, words.length, space.low, space.high, out);
    return out.count > 0;
  }

  private count(via: number): void {
    this.steps++;
    const kind = this.space.kindOf(this.out, via);
    this.kinds[kind] = (this.kinds[kind] ?? 0) + 1;
  }

  private after(words: Int32Array, via: number): Int32Array {
    const { space, out } = this;
    const target = new Int32Array(space.roomAfter(words.length));
    return target.slice(0, space.write(words, 0, words.length, out, via, target, 0));
  }

  /** Judges a state that was not met before; whether it holds a part that was not. */
  private meet(words: Int32Array, path: readonly number[]): boolean {
    const { space, seen, parts } = this;
    space.hash(words, 0, words.length);
    if (!seen.add(space.low, space.high)) return false;
    this.judge(words, path, false);
    let isNew = false;
    words.forEach((word, at) => {
      const place = Math.min(at, space.fixed);
      if (parts.add(mixLow(place, word), mixHigh(place, word))) isNew = true;
    });
    if (isNew) {
      if (this.corpus.length < CORPUS) this.corpus.push([...path]);
      else this.corpus[this.random.below(CORPUS)] = [...path];
    }
    return isNew;
  }

  private judge(words: Int32Array, path: readonly number[], stuck: boolean): void {
    const { space } = this;
    const found = space.judge(words, 0, words.length, this.pending, stuck);
    if (found === 0) return;
    this.pending &= ~found;
    space.properties.forEach(({ kind }, property) => {
      if ((found & (1 << property)) === 0 || kind === 'reachable') return;
      this.found ??= { property, path: [...path] };
    });
  }

  private result(): GuidedResult {
    const { space, runs, steps, seen, parts, runsSinceNew, longest, kinds, found } = this;
    const shown = (index: number): boolean => (this.pending & (1 << index)) === 0;
    const notShown = space.properties.flatMap(({ name, kind }, i) =>
      kind === 'reachable' && !shown(i) ? [name] : [],
    );
    const { clipped } = space;
    const base = { model: space.name, runs, steps, runsSinceNew, longest, kinds, clipped, notShown };
    const sizes = { states: seen.size, parts: parts.size };
    if (found === undefined)
      return {
        ...base,
        ...sizes,
        status: 'undecided',
        reason: `nothing was violated in ${runs} runs of ${steps} steps`,
      };
    const trace = this.shortened(found.property, found.path);
    const property = space.properties[found.property]?.name ?? '';
    const reason = `${property} is violated after ${trace.steps.length} steps: ${trace.seen}`;
    return { ...base, ...sizes, status: 'violated', reason, counterexample: { ...trace, property } };
  }

  /** Leaves out what is not needed, step by step, from the end. */
  private shortened(property: number, path: readonly number[]): ExploreTrace {
    let texts =
      this.follow(path[0] as number, this.texts(path), property)?.steps.map(({ text }) => text) ?? [];
    for (let size = Math.max(1, texts.length >> 1); ; size >>= 1) {
      for (let at = texts.length - size; at >= 0; at -= size) {
        const fewer = [...texts.slice(0, at), ...texts.slice(at + size)];
        const run = this.follow(path[0] as number, fewer, property);
        if (run !== undefined) texts = run.steps.map(({ text }) => text);
      }
      if (size === 1) break;
    }
    return this.follow(path[0] as number, texts, property) as ExploreTrace;
  }

  private texts(path: readonly number[]): string[] {
    const { space } = this;
    let words: Int32Array = (space.initial()[path[0] as number] as Int32Array).slice();
    return path.slice(1).map((via) => {
      this.expand(words);
      const { text } = space.describe(words, 0, words.length, this.out, via);
      this.expand(words);
      words = this.after(words, via);
      return text;
    });
  }

  /** Follows steps by their texts, passing over those that are not enabled, until the promise breaks; undefined when it does not. */
  private follow(start: number, texts: readonly string[], property: number): ExploreTrace | undefined {
    const { space } = this;
    const first = (space.initial()[start] as Int32Array).slice();
    let words: Int32Array = first;
    const steps: StepText[] = [];
    const { kind } = space.properties[property] as { readonly kind: string };
    const broken = (): boolean => {
      const stuck = kind === 'terminal';
      if (stuck && this.expand(words)) return false;
      return (space.judge(words, 0, words.length, 1 << property, stuck) & (1 << property)) !== 0;
    };
    for (const text of texts) {
      if (broken()) break;
      this.expand(words);
      for (let i = 0; i < this.out.count; i++) {
        const step = space.describe(words, 0, words.length, this.out, i);
        if (step.text !== text) continue;
        steps.push(step);
        words = this.after(words, i);
        break;
      }
    }
    if (!broken()) return undefined;
    const seen = space.explain(words, 0, words.length, property);
    return { initial: space.show(first, 0, first.length), steps, seen };
  }
}
