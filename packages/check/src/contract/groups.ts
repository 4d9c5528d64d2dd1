import type { History, Operation } from '../history/operation.ts';
import { type ConsistencyName, impliedBy } from '../litmus/spectrum.ts';
import type { Model } from '../models/model.ts';
import {
  claimsAnything,
  claimsOf,
  type Contract,
  type FaultInterval,
  type OperationPromise,
} from './promise.ts';
import { writesAs } from './register.ts';

/** One thing claimed, by some kinds of operations. */
export interface Claim {
  readonly name: ConsistencyName;
  readonly scope: 'key' | 'whole';
  readonly versions?: number;
  readonly within?: number;
  /** `eventual`: from how long after the last change on reads agree. */
  readonly agreeWithin?: number;
  /** The operations that claim it. */
  readonly operations: readonly string[];
}

/** A part of a history to be judged by one claim, and what its operations were in the history. */
export interface ClaimedHistory {
  readonly history: History;
  readonly originals: readonly Operation[];
  /** Operations that claim nothing about consistency, and those that claim something else: left out where they only read. */
  readonly unclaimed: number;
  readonly others: number;
  /** Reads a partition allows to be stale: left out of anything stronger than that they were written. */
  readonly softened: number;
}

/** Everything that is claimed, in order of strength. */
export function claimsIn(contract: Contract, operations: readonly string[]): Claim[] {
  const found = new Map<string, Claim>();
  const add = (operation: string, claim: Omit<Claim, 'operations'>): void => {
    const key = JSON.stringify({ ...claim });
    const before = found.get(key);
    found.set(key, { ...claim, operations: [...(before?.operations ?? []), operation] });
  };
  for (const operation of operations) {
    const promise = contract[operation];
    if (promise === undefined) continue;
    for (const claim of claimsOfPromise(promise)) add(operation, claim);
  }
  return [...found.values()];
}

function claimsOfPromise(promise: OperationPromise): Omit<Claim, 'operations'>[] {
  const { scope = 'whole', freshness, agreeWithin } = promise;
  const claims: Omit<Claim, 'operations'>[] = [];
  for (const name of claimsOf(promise)) {
    if (name === 'bounded-versions' || name === 'bounded-time') continue;
    claims.push({
      name,
      scope: name === 'linearizable' ? 'whole' : scope,
      ...(name !== 'eventual' || agreeWithin === undefined ? {} : { agreeWithin }),
    });
  }
  const { versions, within } = freshness ?? {};
  if (versions !== undefined) claims.push({ name: 'bounded-versions', scope: 'whole', versions });
  if (within !== undefined) claims.push({ name: 'bounded-time', scope: 'whole', within });
  return claims;
}

/**
 * The operations a claim is judged on. Those that make it stay as they are. Of the others those that only read are left out; those that
 * change something and promise at least as much stay, too, and the rest may have happened at any time from their invocation on, or never.
 * Reads that may be stale during a partition are left out of what is judged when they overlap one.
 */
export function claimedHistory(
  history: History,
  contract: Contract,
  model: Model,
  claim: Claim,
  partitions: readonly FaultInterval[],
): ClaimedHistory {
  const isOfRegisters = claim.name !== 'linearizable' && claim.name !== 'sequential';
  const makes = new Set(claim.operations);
  const isSimple = claim.operations.every((f) => contract[f]?.duringPartition !== 'serve-stale');
  if (isSimple && history.operations.every(({ f }) => makes.has(f))) {
    return { history, originals: history.operations, unclaimed: 0, others: 0, softened: 0 };
  }
  let process = history.operations.reduce((most, operation) => Math.max(most, operation.process), 0);
  const kept: Operation[] = [];
  const originals: Operation[] = [];
  let unclaimed = 0;
  let others = 0;
  let softened = 0;
  for (const operation of history.operations) {
    const isSoft = makes.has(operation.f) && isStaleAllowed(operation, contract, model, claim, partitions);
    if (isSoft) softened++;
    let judged: Operation | undefined = operation;
    if (!makes.has(operation.f) || isSoft) {
      judged = contextOf(operation, contract, model, claim, isOfRegisters);
      if (judged === undefined && !isSoft) {
        if (claimsNothing(contract[operation.f])) unclaimed++;
        else others++;
      }
      if (judged?.outcome === 'unknown' && operation.outcome !== 'unknown')
        judged = { ...judged, process: ++process };
    }
    if (judged === undefined) continue;
    originals.push(operation);
    kept.push(judged.id === kept.length ? judged : { ...judged, id: kept.length });
  }
  return { history: { ...history, operations: kept }, originals, unclaimed, others, softened };
}

function claimsNothing(promise: OperationPromise | undefined): boolean {
  return promise === undefined || !claimsAnything(promise);
}

function isStaleAllowed(
  operation: Operation,
  contract: Contract,
  model: Model,
  claim: Claim,
  partitions: readonly FaultInterval[],
): boolean {
  if (claim.name === 'eventual' || contract[operation.f]?.duringPartition !== 'serve-stale') return false;
  if (model.observes?.(operation) !== true) return false;
  return partitions.some(({ from, to }) => operation.invokedAt < to && operation.completedAt >= from);
}

/** An operation that does not make the claim, as what it may have done to others; undefined when it did nothing to them. */
function contextOf(
  operation: Operation,
  contract: Contract,
  model: Model,
  claim: Claim,
  isOfRegisters: boolean,
): Operation | undefined {
  if (operation.outcome === 'fail' || model.observes?.(operation) === true) return undefined;
  const promise = contract[operation.f];
  const isAsStrong =
    promise !== undefined &&
    claimsOf(promise).some((name) => name === claim.name || impliedBy(name).includes(claim.name));
  if (!isOfRegisters) {
    return isAsStrong
      ? operation
      : { ...operation, outcome: 'unknown', output: null, completedAt: Number.POSITIVE_INFINITY };
  }
  const written = writesAs(operation, model);
  if (written === 'nothing' || written === 'not a write') return undefined;
  // A compare-and-set becomes the write it amounted to, under the name by which the model knows writes.
  const isWrite = model.register?.kindOf(operation) === 'write';
  const write = isWrite ? operation : { ...operation, f: 'write', input: written.value, output: null };
  if (isAsStrong) return write;
  return { ...write, outcome: 'unknown', output: null, completedAt: Number.POSITIVE_INFINITY };
}
