import { type VerdictStatus, worstStatus } from '@holdfast/check';
import { collisionOdds } from '../engine/fingerprints.ts';
import type {
  FingerprintBits,
  PartialOrderKind,
  SearchEnd,
  SearchOrder,
  Witness,
} from '../engine/searchOptions.ts';
import type { PropertyName, Space, SpaceWork } from '../engine/space.ts';
import type { ExploreResult, ExploreTrace, PropertyResult } from './result.ts';
import { grouped } from './text.ts';
import { followPath } from './trace.ts';

/** How a search came out, whoever made it. */
export interface SearchOutcome {
  readonly order: SearchOrder;
  readonly states: number;
  readonly generated: number;
  readonly depth: number;
  readonly queued: number;
  readonly bytes: number;
  readonly confusions: number;
  readonly end: SearchEnd | undefined;
  readonly unexpanded: number;
  /** Of dynamic partial order: runs followed to their end, and runs given up as what could follow is known. */
  readonly complete?: number;
  readonly blocked?: number;
  /** States expanded more than once; depth first within a bound on steps only. */
  readonly revisited?: number;
  /** Why no more states could be written to disk. */
  readonly spillFailure?: string | undefined;
  readonly witnesses: readonly Witness[];
  /** Which initial state, and then which step of each state in turn, leads to a state. */
  pathTo(state: number): readonly number[];
}

/** What goes into a result beside what was found. */
export interface OutcomeContext {
  /** The bounds in words. */
  readonly bounds: string;
  readonly exact: boolean;
  readonly bits: FingerprintBits;
  readonly interned: boolean;
  readonly work: SpaceWork;
  readonly clipped: Readonly<Record<string, number>>;
  /** Bounds that kept steps from being taken, but for that on steps. */
  readonly cuts: readonly string[];
}

/** Makes a result of a search's outcome: verdicts, reasons and runs. */
export function resultOf(space: Space, search: SearchOutcome, context: OutcomeContext): ExploreResult {
  const { states, generated, queued, bytes, confusions, unexpanded, order, revisited = 0 } = search;
  // A level that a bound keeps from being expanded was found all the same.
  const depth = search.depth + (order === 'breadth' && unexpanded > 0 ? 1 : 0);
  const { exact, bits, interned, bounds, work } = context;
  const clipped = unexpanded === 0 ? context.clipped : { ...context.clipped, rounds: unexpanded };
  const empty = generated === space.initial().length && search.end === 'complete';
  const covered = search.end === 'complete' && !empty;
  const properties = space.properties.map((property, index) =>
    judged(space, search, property, index, covered),
  );
  const violated = properties.some((property) => property.status === 'violated');
  const status: VerdictStatus = violated ? 'violated' : covered ? worst(properties) : 'undecided';
  const first = search.witnesses.find(({ property }) => properties[property]?.status === 'violated');
  const found = first === undefined ? undefined : properties[first.property];
  return {
    model: space.name,
    bounds,
    status,
    reason: empty ? 'nothing can happen within these bounds' : coverage(search, clipped, kindOf(space)),
    properties,
    states,
    generated,
    depth,
    queued,
    end: search.end ?? 'cancelled',
    search: order,
    revisited,
    clipped,
    cuts: unexpanded === 0 ? context.cuts : [...context.cuts, 'rounds'].sort(),
    symmetry: space.canonicalise !== undefined,
    partialOrder: kindOf(space) !== 'off',
    reduction: kindOf(space),
    ...(search.complete === undefined
      ? {}
      : { runs: { complete: search.complete, blocked: search.blocked ?? 0 } }),
    exact,
    interned,
    fingerprintBits: bits,
    // Dynamic partial order remembers no states, so it confuses none.
    collisionOdds: exact || kindOf(space) === 'dynamic' ? 0 : collisionOdds(states, bits),
    confusions,
    bytes,
    work,
    ...(found?.trace === undefined ? {} : { counterexample: { property: found.name, ...found.trace } }),
  };
}

function kindOf(space: Space): PartialOrderKind {
  if (space.dependence !== undefined) return 'dynamic';
  return space.ample === undefined ? 'off' : 'ample';
}

function coverage(
  search: SearchOutcome,
  clipped: Readonly<Record<string, number>>,
  reduced: PartialOrderKind,
): string {
  const { states, depth, queued, end } = search;
  const clips = Object.entries(clipped).map(([bound, n]) => `${bound} ${grouped(n)} times`);
  const limits = clips.length === 0 ? '' : `; held back by bounds: ${clips.join(', ')}`;
  const all = `${grouped(states)} states`;
  // Level 1 holds the initial states; the level that was begun last is not done.
  const looked = depth < 2 ? 'only initial states' : `all runs of up to ${depth - 2} steps`;
  const runs =
    search.order === 'depth'
      ? `runs of up to ${grouped(depth - 1)} steps were followed, ${grouped(queued)} states on the last of them were left`
      : `${looked} were looked at, ${grouped(queued)} states were left`;
  switch (end) {
    case 'complete':
      if (reduced === 'dynamic')
        return `all ${grouped(search.complete ?? 0)} runs that differ in more than order were followed to their ends, through ${all}${limits}`;
      return `all ${all}${reduced === 'ample' ? ' that partial order leaves' : ''} were visited${limits}`;
    case 'violated':
      return `stopped at the first violation among ${all}${limits}`;
    case 'states':
      return `stopped at the limit of states, ${all}: ${runs}${limits}`;
    case 'bytes':
      return `stopped for want of memory at ${all}: ${runs}${limits}`;
    case 'disk':
      return `stopped as states that wait found no room on disk (${search.spillFailure ?? ''}), ${all}: ${runs}${limits}`;
    default:
      return `cancelled at ${all}: ${runs}${limits}`;
  }
}

function judged(
  space: Space,
  search: SearchOutcome,
  { name, kind }: PropertyName,
  index: number,
  done: boolean,
): PropertyResult {
  const witness = search.witnesses.find(({ property }) => property === index);
  const states = grouped(search.states);
  if (witness === undefined) {
    if (kind === 'reachable') {
      const reason = done ? `no state of ${states} shows it` : `none of ${states} states so far shows it`;
      return { name, kind, status: done ? 'violated' : 'undecided', reason };
    }
    const reason = done ? `in all ${states} states` : `not violated in ${states} states so far`;
    return { name, kind, status: done ? 'holds' : 'undecided', reason };
  }
  const trace: ExploreTrace = followPath(space, search.pathTo(witness.state), index);
  const steps = `${trace.steps.length} step${trace.steps.length === 1 ? '' : 's'}`;
  return kind === 'reachable'
    ? { name, kind, status: 'holds', reason: `shown after ${steps}`, trace }
    : { name, kind, status: 'violated', reason: `violated after ${steps}: ${trace.seen}`, trace };
}

function worst(properties: readonly PropertyResult[]): VerdictStatus {
  return worstStatus(
    properties.map(({ name, status, reason }) => ({
      promise: name,
      status,
      reason,
      evidence: { examined: 0, steps: 0 },
    })),
  );
}
