import { encodePlain } from '@holdfast/plain';
import { Successors } from '../../src/engine/space.ts';
import { type Bounds, type Explorable, resolveBounds } from '../../src/index.ts';

/** Every run of a system. */
export interface EveryRun {
  readonly runs: number;
  /** Runs that differ in more than the order of steps that have nothing in common. */
  readonly traces: ReadonlySet<string>;
  /** Last states. */
  readonly ends: ReadonlySet<string>;
}

/** Kinds of steps that use up a budget, and which. */
const BUDGETS = { crash: 'crashes', timer: 'timeouts', drop: 'drops', duplicate: 'duplicates' } as const;

interface Step {
  readonly node: number;
  readonly kind: string;
  readonly text: string;
}

/**
 * Follows every run of a system without properties to its end, as plainly as possible: each step in each state, nothing left out. Two runs are one trace
 * when each node takes the same steps in the same order, and so do those that share a budget. Undefined where there are more than `most` runs.
 */
export function everyRun(model: Explorable, within: Bounds, most: number): EveryRun | undefined {
  const bounds = resolveBounds(within);
  const space = model.open(bounds, { symmetry: false });
  const traces = new Set<string>();
  const ends = new Set<string>();
  let [runs, steps] = [0, 0];
  const traceOf = (run: readonly Step[]): string => {
    const shared = Object.entries(BUDGETS).map(([kind, budget]) =>
      bounds[budget] === Infinity ? [] : run.filter((step) => step.kind === kind).map(({ text }) => text),
    );
    const nodes = new Map<number, string[]>();
    for (const { node, text } of run) nodes.set(node, [...(nodes.get(node) ?? []), text]);
    return JSON.stringify([[...nodes].sort(([a], [b]) => a - b), shared]);
  };
  const follow = (words: Int32Array, run: readonly Step[], root: number): boolean => {
    const out = new Successors();
    space.hash(words, 0, words.length);
    space.expand(words, 0, words.length, space.low, space.high, out);
    if (++steps > 10 * most) return false;
    if (out.count === 0) {
      traces.add(`${root} ${traceOf(run)}`);
      ends.add(encodePlain(space.show(words, 0, words.length)));
      return ++runs <= most;
    }
    for (let i = 0; i < out.count; i++) {
      const { facts, kind, text } = space.describe(words, 0, words.length, out, i);
      const target = new Int32Array(space.roomAfter(words.length));
      const end = space.write(words, 0, words.length, out, i, target, 0);
      if (!follow(target.slice(0, end), [...run, { node: facts?.node ?? 0, kind, text }], root)) return false;
    }
    return true;
  };
  const whole = space.initial().every((words, root) => follow(words, [], root));
  return whole ? { runs, traces, ends } : undefined;
}
