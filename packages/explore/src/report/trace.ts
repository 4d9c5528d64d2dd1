import { type Space, type StepText, Successors } from '../engine/space.ts';
import type { ExploreTrace } from './result.ts';

/**
 * Takes the steps of a path again and spells them out, and at the end what a property looked at. `path` is as `Search.pathTo`
 * gives it.
 */
export function followPath(space: Space, path: readonly number[], property: number): ExploreTrace {
  const [first = 0, ...vias] = path;
  const start = space.initial()[first] as Int32Array;
  let actual: Int32Array = start.slice();
  let kept = canonical(space, actual);
  const steps: StepText[] = [];
  for (const via of vias) {
    kept = canonical(space, successor(space, kept, via).words);
    // Symmetry keeps one state of each orbit; the run goes on from the one it is really in.
    const index = space.canonicalise === undefined ? via : stepInto(space, actual, kept);
    const { words, step } = successor(space, actual, index);
    steps.push(step);
    actual = words;
  }
  const seen = space.explain(actual, 0, actual.length, property);
  return { initial: space.show(start, 0, start.length), steps, seen };
}

function canonical(space: Space, words: Int32Array): Int32Array {
  const copy = words.slice();
  space.canonicalise?.(copy, 0, copy.length);
  return copy;
}

function expand(space: Space, words: Int32Array): Successors {
  const out = new Successors();
  space.hash(words, 0, words.length);
  space.expand(words, 0, words.length, space.low, space.high, out);
  return out;
}

function written(space: Space, words: Int32Array, out: Successors, index: number): Int32Array {
  const target = new Int32Array(space.roomAfter(words.length));
  return target.slice(0, space.write(words, 0, words.length, out, index, target, 0));
}

function successor(space: Space, words: Int32Array, index: number): { words: Int32Array; step: StepText } {
  const out = expand(space, words);
  const step = space.describe(words, 0, words.length, out, index);
  return { words: written(space, words, out, index), step };
}

/** The step from a state that leads into the orbit of another. */
function stepInto(space: Space, words: Int32Array, kept: Int32Array): number {
  const out = expand(space, words);
  for (let i = 0; i < out.count; i++) {
    const there = canonical(space, written(space, words, out, i));
    if (there.length === kept.length && there.every((word, at) => word === kept[at])) return i;
  }
  throw new RangeError(
    `Cannot follow a run of '${space.name}' as its symmetry is none: states of one orbit differ in their steps`,
  );
}
