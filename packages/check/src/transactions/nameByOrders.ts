import { splitIntoComponents } from './components.ts';
import type { Cycle } from './cycle.ts';
import { buildGraph } from './graph.ts';
import { modelsForbiddingCycle, strongerThan, type TransactionModel } from './models.ts';
import type { OrderProblem } from './orderProblem.ts';
import { PATTERN_SEARCHES, PatternSearch } from './patterns.ts';
import type { VersionedHistory } from './versions.ts';

/** Orders of versions tried at most; a history with more is not small. */
const ORDER_LIMIT = 5000;
const STEP_LIMIT = 1_000_000;

/** The cycle that stands against a model in the order of versions that speaks least against it. */
export interface MildestCycle {
  readonly cycle: Cycle;
  /** How many orders of versions there are; each has a cycle. */
  readonly orders: number;
}

/**
 * Names what is wrong with a small history that no order of versions saves: of the cycles that the orders leave, the one
 * that only the strongest models forbid. Undefined when there are too many orders, or one of them has no cycle.
 */
export function mildestCycle(problem: OrderProblem, model: TransactionModel): MildestCycle | undefined {
  let mildest: { cycle: Cycle; rank: number } | undefined;
  let orders = 0;
  for (const places of everyOrder(problem)) {
    if (++orders > ORDER_LIMIT) return undefined;
    const found = firstCycle(
      problem,
      problem.complete((write) => places.get(write) ?? 0),
      model,
    );
    if (found === undefined) return undefined;
    const milder = mildest === undefined || found.rank > mildest.rank;
    const shorter = found.rank === mildest?.rank && found.cycle.length < mildest.cycle.length;
    if (milder || shorter) mildest = found;
  }
  return mildest && { cycle: mildest.cycle, orders };
}

/** Places for the writes of all groups, in every way. */
function* everyOrder(problem: OrderProblem, group = 0): Generator<Map<number, number>> {
  const open = problem.groups[group];
  if (open === undefined) {
    yield new Map();
    return;
  }
  for (const rest of everyOrder(problem, group + 1)) {
    for (const order of permutations([...open.writes])) {
      const places = new Map(rest);
      order.forEach((write, place) => places.set(write, place));
      yield places;
    }
  }
}

function* permutations(items: readonly number[]): Generator<readonly number[]> {
  if (items.length === 0) yield [];
  for (const [i, item] of items.entries()) {
    for (const rest of permutations([...items.slice(0, i), ...items.slice(i + 1)])) yield [item, ...rest];
  }
}

/** The first cycle that rules the model out, weakest patterns first. */
function firstCycle(
  problem: OrderProblem,
  history: VersionedHistory,
  model: TransactionModel,
): { cycle: Cycle; rank: number } | undefined {
  const included = new Uint8Array(problem.columns.count);
  for (const t of problem.transactions) included[t] = 1;
  const { graphs } = splitIntoComponents(buildGraph(history, included));
  const searches = graphs.map((graph) => new PatternSearch(history, graph, STEP_LIMIT));
  let rank = 0;
  for (const [pattern, levels] of PATTERN_SEARCHES) {
    for (const level of levels) {
      rank++;
      if (!strongerThan(modelsForbiddingCycle(pattern, level)).includes(model)) continue;
      for (const search of searches) {
        const cycle = search.find(pattern, level);
        if (cycle !== undefined && cycle !== 'spent') return { cycle, rank };
      }
    }
  }
  return undefined;
}
