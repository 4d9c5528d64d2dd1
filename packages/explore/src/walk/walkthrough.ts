import { type Bounds, resolveBounds } from '../bounds/bounds.ts';
import type { Explorable } from '../explorable.ts';
import { type Space, type StepText, Successors } from '../engine/space.ts';

/** A step that may be taken now. */
export interface EnabledStep extends StepText {
  /** Promises that would be broken by it: violated after it. */
  readonly breaks: readonly string[];
}

/** Thrown when a run cannot be followed because a step of it is not enabled. */
export class StepNotEnabledError extends Error {
  readonly code = 'STEP_NOT_ENABLED';
  readonly step: string;
  readonly enabled: readonly string[];
  constructor(model: string, position: number, step: string, enabled: readonly string[]) {
    const instead = enabled.length === 0 ? 'nothing is' : enabled.slice(0, 5).join('; ');
    super(
      `Cannot follow this run of '${model}' as step ${position} is not enabled: ${step}; enabled: ${instead}`,
    );
    this.name = 'StepNotEnabledError';
    this.step = step;
    this.enabled = enabled;
  }
}

/**
 * A model taken step by step: the state at a point, the steps that may follow, what each would break, and back again. The
 * same steps are offered in the same order as exploration takes them; symmetry plays no part.
 */
export class Walkthrough {
  readonly model: string;
  private readonly space: Space;
  private readonly path: Int32Array[] = [];
  private readonly taken: StepText[] = [];
  private readonly out = new Successors();

  /** Starts in the first initial state, or the one given. Without bounds the model's own. */
  constructor(model: Explorable, bounds?: Bounds, start = 0) {
    this.model = model.name;
    this.space = model.open(resolveBounds(bounds ?? model.bounds), { symmetry: false });
    const states = this.space.initial();
    const first = states[start];
    if (first === undefined)
      throw new RangeError(
        `Cannot start '${model.name}' in initial state ${start} as it has ${states.length} of them, counted from 0`,
      );
    this.path.push(first.slice());
  }

  /** How many initial states there are. */
  get starts(): number {
    return this.space.initial().length;
  }

  /** The state it started from, plain. */
  get initial(): unknown {
    const [first] = this.path as [Int32Array];
    return this.space.show(first, 0, first.length);
  }

  /** Steps taken so far. */
  get steps(): readonly StepText[] {
    return this.taken;
  }

  private get words(): Int32Array {
    return this.path[this.path.length - 1] as Int32Array;
  }

  /** The state now, plain. */
  state(): unknown {
    return this.space.show(this.words, 0, this.words.length);
  }

  /** The promises the state now breaks, each with what it looked at. */
  broken(): readonly { readonly property: string; readonly seen: string }[] {
    const { words } = this;
    this.expand();
    const stuck = this.out.count + this.out.idle === 0;
    return this.brokenIn(words, stuck).map((index) => ({
      property: this.space.properties[index]?.name ?? '',
      seen: this.space.explain(words, 0, words.length, index),
    }));
  }

  /** The steps that may be taken now. */
  enabled(): readonly EnabledStep[] {
    const { space, words } = this;
    this.expand();
    const count = this.out.count;
    const steps: EnabledStep[] = [];
    for (let i = 0; i < count; i++) {
      const breaks = this.brokenIn(this.after(i)).map((index) => space.properties[index]?.name ?? '');
      this.expand();
      steps.push({ ...space.describe(words, 0, words.length, this.out, i), breaks });
    }
    return steps;
  }

  /** Takes an enabled step by its position. Throws `RangeError` where there is none. */
  take(index: number): StepText {
    const { space, words } = this;
    this.expand();
    if (!(Number.isInteger(index) && index >= 0 && index < this.out.count))
      throw new RangeError(`Cannot take step ${index} as ${this.out.count} are enabled, counted from 0`);
    const step = space.describe(words, 0, words.length, this.out, index);
    this.path.push(this.after(index));
    this.taken.push(step);
    return step;
  }

  /** Takes the enabled step that reads so. Throws `StepNotEnabledError`. */
  follow(text: string): StepText {
    const texts = this.texts();
    const index = texts.indexOf(text);
    if (index < 0) throw new StepNotEnabledError(this.model, this.taken.length + 1, text, texts);
    return this.take(index);
  }

  /** Takes the enabled step that reads so; false where there is none. */
  tryFollow(text: string): boolean {
    const index = this.texts().indexOf(text);
    if (index >= 0) this.take(index);
    return index >= 0;
  }

  /** Undoes the last step; false at the start. */
  back(): boolean {
    if (this.taken.length === 0) return false;
    this.path.pop();
    this.taken.pop();
    return true;
  }

  private texts(): string[] {
    const { space, words } = this;
    this.expand();
    return Array.from(
      { length: this.out.count },
      (_, i) => space.describe(words, 0, words.length, this.out, i).text,
    );
  }

  private expand(): void {
    const { space, words, out } = this;
    space.hash(words, 0, words.length);
    out.clear();
    space.expand(words, 0, words.length, space.low, space.high, out);
  }

  private after(index: number): Int32Array {
    const { space, words, out } = this;
    const target = new Int32Array(space.roomAfter(words.length));
    return target.slice(0, space.write(words, 0, words.length, out, index, target, 0));
  }

  private brokenIn(words: Int32Array, stuck = false): number[] {
    const { space } = this;
    let found = space.judge(words, 0, words.length, ~0, false);
    if (stuck) found |= space.judge(words, 0, words.length, ~0, true);
    const indexes = space.properties.map((_, i) => i);
    return indexes.filter((i) => (found & (1 << i)) !== 0 && space.properties[i]?.kind !== 'reachable');
  }
}

/** Follows a run by the texts of its steps, from whichever initial state allows it. Throws `StepNotEnabledError`. */
export function followRun(model: Explorable, bounds: Bounds, steps: readonly string[]): Walkthrough {
  let failed: StepNotEnabledError | undefined;
  for (let start = 0; ; start++) {
    const walk = new Walkthrough(model, bounds, start);
    try {
      for (const step of steps) walk.follow(step);
      return walk;
    } catch (error) {
      if (!(error instanceof StepNotEnabledError)) throw error;
      failed ??= error;
    }
    if (start + 1 >= walk.starts) throw failed;
  }
}
