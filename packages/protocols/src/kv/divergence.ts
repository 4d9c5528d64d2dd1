import { clonePlain, firstDifference, hashPlain, type Plain } from '@holdfast/plain';
import type { Machine } from './machine.ts';

/** Two replicas that applied the same commands and are not in the same state. */
export interface Divergence {
  /** The first applied index at which they were seen to differ. */
  readonly index: number;
  /** The replica that was at that index first, and the one that differs from it. */
  readonly nodes: readonly [number, number];
  /** The first field that differs, as a path (`accounts.alice.updatedAt`). */
  readonly field: string;
  readonly values: readonly [Plain, Plain];
}

/** Compared states are forgotten when this many later ones have been seen. */
const DEFAULT_KEPT = 1_000;

/**
 * Holds replicas to their promise: equal state at equal applied index. Replicas report their state after applying; the first
 * report for an index is kept and the others are compared with it. Reports may skip indexes and arrive in any order.
 */
export class DivergenceDetector {
  /** How many states were compared with another replica's. */
  compared = 0;
  private readonly seen = new Map<number, { node: number; digest: number; state: Plain }>();
  private readonly kept: number;

  /** Keeps at most `kept` states for comparison; of those beyond, the ones reported first are forgotten. */
  constructor(kept: number = DEFAULT_KEPT) {
    this.kept = kept;
  }

  /** Reports the state of `node` at applied index `index`; gives the divergence, if this shows one. */
  observe(node: number, index: number, state: Plain): Divergence | undefined {
    const digest = hashPlain(state);
    const first = this.seen.get(index);
    if (first === undefined) {
      this.seen.set(index, { node, digest, state: clonePlain(state) });
      if (this.seen.size > this.kept) this.seen.delete(this.seen.keys().next().value as number);
      return undefined;
    }
    this.compared++;
    if (first.digest === digest) return undefined;
    const field = firstDifference(first.state, state) ?? '';
    return {
      index,
      nodes: [first.node, node],
      field,
      values: [valueAt(first.state, field), valueAt(state, field)],
    };
  }
}

function valueAt(value: Plain, path: string): Plain {
  let here: Plain | undefined = value;
  for (const key of path.split(/[.[\]]+/)) {
    if (key === '' || typeof here !== 'object' || here === null) continue;
    here = (here as { readonly [key: string]: Plain | undefined })[key];
  }
  return here === undefined ? null : clonePlain(here);
}

/** A log carried out by two versions of a machine. */
export interface ReplayReport {
  /** Commands replayed. */
  readonly commands: number;
  /** The digest of the final state, by the new version. */
  readonly digest: number;
  /** Undefined when both versions agree at every index. */
  readonly divergence: Divergence | undefined;
}

/**
 * Replays a log by an old and a new version of a machine. They agree when every result and every state is equal; a
 * declared migration maps the old version's state to what the new version's must be. In the report node 1 is the old version, 2 the new.
 */
export function replayVersions<Old, New>(
  commands: readonly Plain[],
  before: Machine<Old>,
  after: Machine<New>,
  migrate: (state: Plain) => Plain = (state) => state,
): ReplayReport {
  const old = before.init();
  const state = after.init();
  const detector = new DivergenceDetector(1);
  let divergence: Divergence | undefined;
  for (let i = 0; i < commands.length && divergence === undefined; i++) {
    const command = commands[i] as Plain;
    const expected = before.apply(old, command);
    const result = after.apply(state, command);
    detector.observe(1, i + 1, { result: expected, state: migrate(clonePlain(old) as Plain) });
    divergence = detector.observe(2, i + 1, { result, state: state as Plain });
  }
  return { commands: commands.length, digest: hashPlain(state), divergence };
}
