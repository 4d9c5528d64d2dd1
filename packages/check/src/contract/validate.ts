import type { Operation } from '../history/operation.ts';
import { type ConsistencyName, consistencyNames, isConsistencyName } from '../litmus/spectrum.ts';
import type { Model } from '../models/model.ts';
import {
  AVAILABILITY_CLASSES,
  type Contract,
  claimsAnything,
  claimsOf,
  DURING_PARTITION,
  type OperationPromise,
} from './promise.ts';
import { writesAs } from './register.ts';

/** Why a contract cannot be judged, or cannot be kept by anybody. */
export interface ContractProblem {
  /** The operation it is about. */
  readonly operation: string;
  readonly problem: string;
  readonly mend: string;
}

/** Thrown for a contract that cannot be judged as written. */
export class ContractError extends Error {
  readonly code = 'BAD_CONTRACT';
  readonly operation: string;
  constructor({ operation, problem, mend }: ContractProblem) {
    super(`Cannot judge operation '${operation}' by its contract: it ${problem}; ${mend}`);
    this.name = 'ContractError';
    this.operation = operation;
  }
}

/** Models that nobody can keep who accepts everything on both sides of a partition (Gilbert, Lynch 2002; Brewer 2012). */
const NEEDS_AUTHORITY: ReadonlySet<ConsistencyName> = new Set([
  'linearizable',
  'sequential',
  'regular',
  'safe',
  'bounded-versions',
  'bounded-time',
]);

/** Models that take any sequential specification. */
const OF_ANY_OBJECT: ReadonlySet<ConsistencyName> = new Set(['linearizable', 'sequential']);

/**
 * Everything that is wrong with a contract over these operations, judged by this model; null when what they do follows none. A contract
 * without problems can be judged, and is not refuted by the CAP theorem alone.
 */
export function contractProblems(
  contract: Contract,
  operations: readonly string[],
  model: Model | null,
): ContractProblem[] {
  const problems: ContractProblem[] = [];
  for (const operation of operations) {
    const promise = contract[operation];
    if (promise === undefined) continue;
    const add = (problem: string, mend: string): void => {
      problems.push({ operation, problem, mend });
    };
    if (!checkWords(promise, add)) continue;
    checkNumbers(promise, add);
    checkModel(promise, operation, operations, model, add);
    checkCap(promise, operation, model, add);
  }
  return problems;
}

type Add = (problem: string, mend: string) => void;

/** False when the words are not those of a contract, so that nothing else can be said. */
function checkWords(
  { consistency, duringPartition, availability, scope }: OperationPromise,
  add: Add,
): boolean {
  const names: readonly unknown[] = typeof consistency === 'object' ? consistency : [consistency];
  const isModel = (name: unknown): boolean => typeof name === 'string' && isConsistencyName(name);
  const at = names.findIndex((name) => name !== 'unclaimed' && !isModel(name));
  if (at !== -1 || names.length === 0) {
    const strange = names[at];
    add(
      `claims '${String(strange)}', which is no consistency model`,
      `claim one of ${consistencyNames.join(', ')}, or unclaimed`,
    );
    return false;
  }
  if (!DURING_PARTITION.includes(duringPartition)) {
    add(
      `does '${String(duringPartition)}' during a partition`,
      `say duringPartition with one of ${DURING_PARTITION.join(', ')}`,
    );
    return false;
  }
  if (availability !== undefined && !AVAILABILITY_CLASSES.includes(availability)) {
    add(`is available '${String(availability)}'`, `say one of ${AVAILABILITY_CLASSES.join(', ')}`);
    return false;
  }
  if (scope !== undefined && scope !== 'key' && scope !== 'whole') {
    add(`has the scope '${String(scope)}'`, "say 'key' or 'whole'");
    return false;
  }
  return true;
}

function checkNumbers({ freshness, deadline, agreeWithin, consistency }: OperationPromise, add: Add): void {
  const { versions, within } = freshness ?? {};
  if (freshness !== undefined && versions === undefined && within === undefined) {
    add('bounds freshness by nothing', 'give versions, or a time within which');
  }
  if (versions !== undefined && !(Number.isInteger(versions) && versions >= 0)) {
    add(`may be ${versions} versions behind`, 'give a whole number from 0');
  }
  if (within !== undefined && !(Number.isSafeInteger(within) && within >= 0)) {
    add(`may be ${within} behind in time`, 'give a whole number from 0, in the unit of the history');
  }
  if (deadline !== undefined && !(deadline > 0)) {
    add(`has a deadline of ${deadline}`, 'give a time above 0, in the unit of the history');
  }
  if (agreeWithin !== undefined && !(agreeWithin >= 0)) {
    add(`has reads agree within ${agreeWithin}`, 'give a time from 0, in the unit of the history');
  }
  const named = typeof consistency === 'string' ? [consistency] : consistency;
  if (named.includes('bounded-versions') && versions === undefined) {
    add('bounds staleness by versions without saying how many', 'give freshness.versions');
  }
  if (named.includes('bounded-time') && within === undefined) {
    add('bounds staleness in time without saying how much', 'give freshness.within');
  }
}

function checkModel(
  promise: OperationPromise,
  operation: string,
  operations: readonly string[],
  model: Model | null,
  add: Add,
): void {
  if (!claimsAnything(promise)) return;
  const claims = claimsOf(promise);
  const told = claims.length === 0 ? 'fresh' : claims.join(' and ');
  if (model === null) {
    add(
      `claims to be ${told}, and there is no sequential model to judge that by`,
      'claim nothing (unclaimed), or name a model',
    );
    return;
  }
  const ofRegisters = claims.filter((claim) => !OF_ANY_OBJECT.has(claim));
  if (ofRegisters.length === 0 && promise.freshness === undefined) return;
  const what = ofRegisters[0] ?? 'freshness';
  if (model.register === undefined) {
    add(
      `claims ${what}, which is judged on reads and writes, and ${model.name} has none`,
      'claim linearizable, sequential or nothing (unclaimed), or take a model of registers',
    );
    return;
  }
  if (model.register.kindOf(probe(operation)) === 'other') {
    add(
      `claims ${what}, which is judged on reads and writes, and it is neither`,
      'claim linearizable, sequential or nothing (unclaimed)',
    );
    return;
  }
  const strange = operations.find((f) => writesAs(probe(f), model) === 'not a write');
  if (strange === undefined) return;
  add(
    `claims ${what}, which is judged on reads and writes, and what '${strange}' makes of a value is neither`,
    `leave '${strange}' out of the workload, or claim linearizable, sequential or nothing (unclaimed)`,
  );
}

function checkCap(promise: OperationPromise, operation: string, model: Model | null, add: Add): void {
  const strong = claimsOf(promise).find((claim) => NEEDS_AUTHORITY.has(claim));
  const { duringPartition, availability, freshness } = promise;
  const needs = strong ?? (freshness === undefined ? undefined : 'fresh');
  if (needs !== undefined && duringPartition === 'accept-and-merge') {
    add(
      `claims to be ${needs} and accepts on both sides of a partition, which nobody can keep`,
      "say duringPartition: 'reject', or claim causal or eventual",
    );
  }
  if (availability === 'total' && duringPartition === 'reject') {
    add(
      'promises every node an answer and rejects during a partition',
      "say availability: 'with-authority', or duringPartition: 'serve-stale' or 'accept-and-merge'",
    );
  }
  if (availability === 'total' && freshness !== undefined) {
    add(
      'promises every node an answer that is never older than a bound, which no partition lasts less than',
      "say availability: 'with-authority', or leave the bound out",
    );
  }
  if (duringPartition === 'serve-stale' && model?.register?.kindOf(probe(operation)) === 'write') {
    add('serves stale values during a partition, and it is a write', "say 'reject' or 'accept-and-merge'");
  }
}

/** An operation of that name, as far as models tell operations apart by it. */
function probe(f: string): Operation {
  return {
    id: 0,
    process: 0,
    f,
    input: f === 'cas' ? [0, 1] : 0,
    outcome: 'ok',
    output: 0,
    invokedAt: 0,
    completedAt: 0,
  };
}
