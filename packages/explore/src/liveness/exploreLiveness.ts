import type { VerdictStatus } from '@holdfast/check';
import { type Bounds, resolveBounds } from '../bounds/bounds.ts';
import { type Explorable, explorable, type ExploreModel, isExplorable } from '../explorable.ts';
import type { ExploreResult, ExploreTrace } from '../report/result.ts';
import { grouped } from '../report/text.ts';
import { findLasso } from './leadsTo.ts';
import { StateGraph } from './stateGraph.ts';

/** How far to go. */
export interface LivenessOptions {
  /** The answer is undecided beyond this many states: all of them are kept, with all their steps. Default 2,000,000. */
  readonly maxStates?: number;
}

/** What became of one property of runs without end. */
export interface LivenessResult {
  readonly name: string;
  readonly status: VerdictStatus;
  readonly reason: string;
  /** A run that needs something and never gets it. */
  readonly trace?: ExploreTrace & { readonly loopsFrom: number };
}

const MOST_STATES = 2_000_000;

/**
 * Judges what a model says must lead to what, over all runs within the bounds that are weakly fair to what it calls fair. Exact at joins and
 * cycles: a violation is a way into a strongly connected component of states that all lack what is wanted, or to a state where
 * nothing fair can happen. A bound that ends a run for good counts as its end. Symmetry plays no part.
 */
export function exploreLiveness<S extends object, M, C, R>(
  model: ExploreModel<S, M, C, R> | Explorable,
  bounds?: Bounds,
  { maxStates = MOST_STATES }: LivenessOptions = {},
): readonly LivenessResult[] {
  const wanted = isExplorable(model) ? model : explorable(model);
  const space = wanted.open(resolveBounds(bounds ?? wanted.bounds), { symmetry: false });
  if (space.leadsTo.length === 0) return [];
  const graph = new StateGraph(space, maxStates);
  const states = grouped(graph.states);
  if (!graph.complete) {
    const reason = `more than ${grouped(maxStates)} states: not all were visited`;
    return space.leadsTo.map((name) => ({ name, status: 'undecided', reason }));
  }
  return space.leadsTo.map((name, index): LivenessResult => {
    const marks = [false, true].map((end) => {
      const mark = new Uint8Array(graph.states);
      for (let state = 0; state < graph.states; state++) {
        const words = graph.vector(state);
        mark[state] = space.satisfies(words, 0, words.length, index, end) ? 1 : 0;
      }
      return mark;
    }) as [Uint8Array, Uint8Array];
    const lasso = findLasso(graph, ...marks);
    if (lasso === undefined) return { name, status: 'holds', reason: `in all fair runs of ${states} states` };
    const { start, steps, loopsFrom } = lasso;
    const words = graph.vector(start);
    const ends =
      loopsFrom === steps.length
        ? `a run of ${loopsFrom} steps ends without it, and nothing fair is left to happen`
        : `after ${loopsFrom} steps the last ${steps.length - loopsFrom} may repeat for ever without it`;
    const initial = space.show(words, 0, words.length);
    return { name, status: 'violated', reason: ends, trace: { initial, steps, seen: ends, loopsFrom } };
  });
}

/** A result with what became of properties of runs without end beside those of states. */
export function withLiveness(result: ExploreResult, liveness: readonly LivenessResult[]): ExploreResult {
  const properties = [
    ...result.properties,
    ...liveness.map((one) => ({ ...one, kind: 'leads-to' as const })),
  ];
  const violated = liveness.find(({ status }) => status === 'violated');
  const statuses = [result.status, ...liveness.map(({ status }) => status)];
  const status = (['violated', 'undecided'] as const).find((worst) => statuses.includes(worst)) ?? 'holds';
  const shown = result.counterexample !== undefined || violated?.trace === undefined;
  return {
    ...result,
    status,
    properties,
    ...(shown ? {} : { counterexample: { property: violated.name, ...violated.trace } }),
  };
}
