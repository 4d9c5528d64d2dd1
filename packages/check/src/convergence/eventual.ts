import { equalPlain, type Plain } from '@holdfast/plain';
import type { Verdict } from '../verdict.ts';
import { type DifferingKey, differingKeys, tellDiffering } from './differing.ts';
import {
  type Replica,
  ReplicaRunError,
  type ReplicaState,
  type UpdateId,
  validateReplicas,
} from './replicas.ts';

/** When replicas must have become equal. Times are in the unit of the states. */
export interface ConvergenceOptions {
  /** From when on nothing was written and every fault was healed. */
  readonly quietAt: number;
  /** How long after that replicas may still differ. */
  readonly within: number;
  /** When the observation ended; not before `quietAt + within`, unless the replicas were equal by then. */
  readonly endedAt: number;
}

/** What became of the replicas. */
export interface ConvergenceVerdict extends Verdict {
  /** How long after `quietAt` the replicas were equal for good; undefined when they never were. */
  readonly lag: number | undefined;
  /** Where they differ when the bound is over; empty when they are equal. */
  readonly differing: readonly DifferingKey[];
  /** Of each replica the updates that others have applied and it has not, when the bound is over. */
  readonly missing: ReadonlyMap<string, readonly UpdateId[]>;
}

const PROMISE = 'eventual convergence';

/**
 * Judges whether replicas became equal, and stayed so, within a bound after writes had stopped and faults had healed. Throws
 * `ReplicaRunError` when the observation ended before that can be said.
 */
export function checkConvergence(
  replicas: readonly Replica[],
  options: ConvergenceOptions,
): ConvergenceVerdict {
  const { quietAt, within, endedAt } = options;
  validateReplicas(replicas, PROMISE);
  if (!(within >= 0) || !(endedAt >= quietAt)) {
    throw new ReplicaRunError(
      PROMISE,
      `within is ${within} and endedAt ${endedAt} for quietAt ${quietAt}; use a later end`,
    );
  }
  const deadline = quietAt + within;
  const { lag, compared } = settledAfter(replicas, quietAt, endedAt);
  if (lag === undefined && endedAt < deadline) {
    throw new ReplicaRunError(
      PROMISE,
      `the observation ended at ${endedAt} with the replicas still different, before the bound was over at ${deadline}; ` +
        'watch them for longer',
    );
  }
  const evidence = { examined: compared, steps: compared };
  if (lag !== undefined && lag <= within) {
    const reason = `${replicas.length} replicas were equal ${lag} after writes stopped, and stayed so (bound ${within})`;
    return { promise: PROMISE, status: 'holds', reason, evidence, lag, differing: [], missing: new Map() };
  }
  const differing = differingAt(replicas, deadline);
  const missing = missingAt(replicas, deadline);
  const later = lag === undefined ? `still not at the end (${endedAt - quietAt})` : `only after ${lag}`;
  const reason =
    differing.length === 0
      ? `Replicas differed again later than ${within} after writes stopped, and became equal for good ${later}`
      : `${within} after writes stopped replicas still differ, and became equal ${later}: ${tellDiffering(differing)}` +
        tellMissing(missing);
  return { promise: PROMISE, status: 'violated', reason, evidence, lag, differing, missing };
}

/** How long after `from` the replicas were equal for good, watching until `to`. */
function settledAfter(
  replicas: readonly Replica[],
  from: number,
  to: number,
): { lag: number | undefined; compared: number } {
  const times = new Set([from]);
  for (const { states } of replicas) for (const { at } of states) if (at > from && at <= to) times.add(at);
  let since: number | undefined;
  let compared = 0;
  for (const at of [...times].sort((a, b) => a - b)) {
    compared += replicas.length;
    const [first, ...others] = replicas.map((replica) => stateAt(replica, at));
    const isEqual =
      first !== undefined &&
      others.every((state) => state !== undefined && equalPlain(state.state, first.state));
    since = isEqual ? (since ?? at) : undefined;
  }
  return { lag: since === undefined ? undefined : since - from, compared };
}

/** What the replica held at a time; undefined before its first state. */
function stateAt({ states }: Replica, at: number): ReplicaState | undefined {
  let low = 0;
  let high = states.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((states[middle]?.at ?? at) <= at) low = middle + 1;
    else high = middle;
  }
  return states[low - 1];
}

function differingAt(replicas: readonly Replica[], at: number): DifferingKey[] {
  const states = new Map<string, Plain>();
  for (const replica of replicas) states.set(replica.name, stateAt(replica, at)?.state ?? null);
  return differingKeys(states);
}

function missingAt(replicas: readonly Replica[], at: number): Map<string, readonly UpdateId[]> {
  const all = new Set(replicas.flatMap((replica) => stateAt(replica, at)?.applied ?? []));
  const missing = new Map<string, readonly UpdateId[]>();
  for (const replica of replicas) {
    const own = new Set(stateAt(replica, at)?.applied);
    const lacking = [...all].filter((id) => !own.has(id));
    if (lacking.length > 0) missing.set(replica.name, lacking);
  }
  return missing;
}

const MOST_TOLD = 5;

function tellMissing(missing: ReadonlyMap<string, readonly UpdateId[]>): string {
  const told = [...missing].map(([name, ids]) => {
    const more = ids.length > MOST_TOLD ? ` and ${ids.length - MOST_TOLD} more` : '';
    return `${name} has not applied ${ids.slice(0, MOST_TOLD).join(', ')}${more}`;
  });
  return told.length === 0 ? '; all have applied the same updates' : `; ${told.join('; ')}`;
}
