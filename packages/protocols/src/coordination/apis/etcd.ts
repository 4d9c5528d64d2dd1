import { equalPlain, type Plain } from '@holdfast/plain';
import type { CoordinationDefect } from '../defects.ts';
import {
  type Answer,
  compact,
  type CoordinationMachineState,
  endSession,
  heldAt,
  keepAlive,
  keysUnder,
  put,
  remove,
} from '../store.ts';

/** A condition of a transaction. A key that is not there has create, mod and version 0, no lease and the value null. */
export interface EtcdCompare {
  readonly key: string;
  readonly target: 'create' | 'mod' | 'version' | 'lease' | 'value';
  readonly result: 'equal' | 'not-equal' | 'greater' | 'less';
  readonly operand: Plain;
}

/** What a transaction may do. */
export type EtcdOperation =
  | { readonly op: 'range'; readonly key: string; readonly prefix?: boolean }
  | { readonly op: 'put'; readonly key: string; readonly value: Plain; readonly lease?: number }
  | { readonly op: 'delete-range'; readonly key: string; readonly prefix?: boolean };

/** etcd's requests. Leases are named by whoever asks for one, as etcd allows; times in milliseconds (etcd counts in seconds). */
export type EtcdRequest =
  | EtcdOperation
  | {
      readonly op: 'txn';
      readonly compare: readonly EtcdCompare[];
      readonly success: readonly EtcdOperation[];
      readonly failure: readonly EtcdOperation[];
    }
  | { readonly op: 'lease-grant'; readonly lease: number; readonly ttlMs: number }
  | { readonly op: 'lease-keep-alive' | 'lease-revoke' | 'lease-time-to-live'; readonly lease: number }
  | { readonly op: 'compact'; readonly revision: number };

/** What a key holds. */
interface Stored {
  readonly data: Plain;
  /** Changes since it was created, from 1. */
  readonly version: number;
}

/**
 * etcd's key-value, transaction and lease requests (etcd documentation, "API", v3). Errors: `lease-not-found`, `lease-exists`, `duplicate-key` (a transaction that puts a
 * key twice), `compacted`, `future-revision`. Unlike in etcd each change of a transaction has a revision of its own, one after the other. Watches are
 * those of the service: from any revision on, or told `compacted`.
 */
export function etcd(
  state: CoordinationMachineState,
  request: EtcdRequest,
  defect: CoordinationDefect | undefined,
): Answer {
  switch (request.op) {
    case 'txn': {
      const succeeded = request.compare.every((condition) => holds(state, condition));
      const chosen = succeeded ? request.success : request.failure;
      const refused = refusal(state, chosen);
      // All or nothing.
      if (refused !== undefined) return { error: refused };
      return { succeeded, responses: chosen.map((operation) => run(state, operation) as Plain) };
    }
    case 'lease-grant':
      if (state.sessions[request.lease] !== undefined) return { error: 'lease-exists' };
      keepAlive(state, request.lease, request.ttlMs);
      return { lease: request.lease };
    case 'lease-keep-alive':
    case 'lease-time-to-live': {
      const session = state.sessions[request.lease];
      if (session === undefined) return { error: 'lease-not-found' };
      if (request.op === 'lease-keep-alive') keepAlive(state, request.lease, session.ttlMs);
      return { lease: request.lease, ttlMs: session.ttlMs };
    }
    case 'lease-revoke': {
      const { error } = endSession(state, request.lease, defect);
      return error === undefined ? {} : { error: 'lease-not-found' };
    }
    case 'compact':
      if (request.revision <= state.compacted) return { error: 'compacted', compacted: state.compacted };
      if (request.revision > state.revision) return { error: 'future-revision' };
      compact(state, request.revision);
      return {};
    default: {
      const refused = refusal(state, [request]);
      return refused === undefined ? run(state, request) : { error: refused };
    }
  }
}

/** Why operations cannot be carried out together; undefined when they can. */
function refusal(state: CoordinationMachineState, operations: readonly EtcdOperation[]): string | undefined {
  const written = new Set<string>();
  for (const operation of operations) {
    if (operation.op !== 'put') continue;
    const { key, lease = 0 } = operation;
    if (written.has(key)) return 'duplicate-key';
    written.add(key);
    if (lease !== 0 && state.sessions[lease] === undefined) return 'lease-not-found';
  }
  return undefined;
}

function run(state: CoordinationMachineState, operation: EtcdOperation): Answer {
  const { key } = operation;
  if (operation.op === 'put') {
    const version = versionOf(state, key) + 1;
    put(state, key, { data: operation.value, version }, operation.lease ?? 0);
    return {};
  }
  const keys = operation.prefix === true ? keysUnder(state, key) : [key];
  const there = keys.filter((name) => heldAt(state, name) !== undefined);
  if (operation.op === 'range') return { kvs: there.map((name) => describe(state, name) as Plain) };
  for (const name of there) remove(state, name);
  return { deleted: there.length };
}

const versionOf = (state: CoordinationMachineState, key: string): number =>
  (heldAt(state, key)?.value as unknown as Stored | undefined)?.version ?? 0;

/** A key as `range` shows it. */
function describe(state: CoordinationMachineState, key: string): Answer {
  const { value, created, modified, session } = heldAt(state, key) as NonNullable<ReturnType<typeof heldAt>>;
  const { data, version } = value as unknown as Stored;
  return { key, value: data, createRevision: created, modRevision: modified, version, lease: session };
}

function holds(state: CoordinationMachineState, { key, target, result, operand }: EtcdCompare): boolean {
  const held = heldAt(state, key);
  const stored = held?.value as unknown as Stored | undefined;
  const found: Plain = {
    create: held?.created ?? 0,
    mod: held?.modified ?? 0,
    version: stored?.version ?? 0,
    lease: held?.session ?? 0,
    value: stored?.data ?? null,
  }[target];
  if (result === 'equal') return equalPlain(found, operand);
  if (result === 'not-equal') return !equalPlain(found, operand);
  if (typeof found !== typeof operand || found === null || operand === null) return false;
  return result === 'greater' ? found > operand : found < operand;
}
