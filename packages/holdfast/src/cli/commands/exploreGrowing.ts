import { type Bounds, type ExploreResult, type GrowingBound, GrowingBounds } from '@holdfast/explore';
import { printBounds } from '../../node/exploration/parseBounds.ts';
import type { ExplorationEnd } from '../../node/exploration/runExploration.ts';
import type { IterationEntry } from '../exploreCoverage.ts';
import { grouped, rounded, spent } from '../text.ts';

/** Why bounds are not raised any further: something is broken, larger ones change nothing, or were not asked for, or there was no more time. */
export type IterationsEnd = 'violated' | 'exhausted' | 'range' | 'budget';

/** What came of searches within ever larger bounds. */
export interface GrownEnd {
  /** The last search, and its bounds. */
  readonly last: ExplorationEnd;
  readonly bounds: Bounds;
  readonly iterations: readonly IterationEntry[];
  readonly end: IterationsEnd;
}

/**
 * Searches within the smallest bounds, then within larger ones. `search` hears how many states were visited before; `onIteration` is told of
 * each search once it has ended. That something is not reached counts once the bounds are not raised any more: larger ones may allow it.
 */
export async function exploreGrowing(
  base: Bounds,
  growing: readonly GrowingBound[],
  search: (bounds: Bounds, states: number) => Promise<ExplorationEnd>,
  onIteration: (iteration: IterationEntry) => void,
): Promise<GrownEnd> {
  const growth = new GrowingBounds(base, growing);
  const iterations: IterationEntry[] = [];
  let states = 0;
  let bounds = growth.next() as Bounds;
  for (;;) {
    const last = await search(bounds, states);
    const { result } = last;
    states += result.states;
    const heldBackBy = growth.tell(result.cuts);
    const iteration = entryOf(result, printBounds(bounds), heldBackBy, last.wallMs);
    iterations.push(iteration);
    onIteration(iteration);
    const ended = (end: IterationsEnd): GrownEnd => ({ last, bounds, iterations, end });
    if (isBroken(result)) return ended('violated');
    if (result.end !== 'complete') return ended('budget');
    // What a reduction leaves out may have been held back, too.
    if (growth.isExhausted && !result.partialOrder) {
      const names = growing.map(({ name }) => name).join(' or ');
      const reason = `${result.reason}; a larger bound on ${names} changes nothing`;
      return { ...ended('exhausted'), last: { ...last, result: { ...result, reason } } };
    }
    const next = growth.next();
    if (next === undefined) return ended('range');
    bounds = next;
  }
}

/** Whether a promise is broken that larger bounds cannot mend. */
function isBroken({ properties }: ExploreResult): boolean {
  return properties.some(({ status, kind }) => status === 'violated' && kind !== 'reachable');
}

function entryOf(
  result: ExploreResult,
  bounds: string,
  heldBackBy: readonly string[],
  wallMs: number,
): IterationEntry {
  const { status, end, states, generated, depth } = result;
  // What was not reached may be within larger bounds.
  const open = status === 'violated' && !isBroken(result) && heldBackBy.length > 0;
  return {
    bounds,
    verdict: open ? 'undecided' : status,
    end,
    states,
    generated,
    depth,
    heldBackBy,
    ms: rounded(wallMs),
  };
}

/** A search within some of the bounds, in a line. */
export function iterationText(iteration: IterationEntry, growing: readonly GrowingBound[]): string {
  const { states, depth, ms, verdict, heldBackBy, end } = iteration;
  const names = growing.map(({ name }) => name);
  const raised = iteration.bounds.split(',').filter((item) => names.includes(item.split('=')[0] ?? ''));
  const held = heldBackBy.length === 0 ? 'not held back' : `held back by ${heldBackBy.join(', ')}`;
  const how = end === 'complete' ? `${verdict}, ${held}` : `${verdict}, ended: ${end}`;
  return `${raised.join(' ')}  ${grouped(states)} states, depth ${depth}, ${spent(ms)}: ${how}`;
}
