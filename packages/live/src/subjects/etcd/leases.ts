import type { Action, Answer } from '../../history/recorder.ts';
import type { GrpcClient } from '../../wire/grpc.ts';
import { encodeMessage } from '../../wire/protobuf.ts';
import { type LeaseInput, leaseIn } from '../leases.ts';
import { leaseOf, renew } from './locks.ts';

const EQUAL = 0;
const BY_CREATE_REVISION = 1;

/**
 * A lease of etcd for every holder, and the key that lives by it: whoever makes the key holds the lease. etcd counts in whole seconds, from when it decides to grant
 * or to renew, which is after it was asked. The token is the revision in which the key was made. Undefined for other actions.
 */
export function leaseAction(
  grpc: GrpcClient,
  { f, key = '', input }: Action,
  deadlineMs: number,
): Promise<Answer> | undefined {
  const asked = leaseIn(input);
  switch (f) {
    case 'acquire-lease':
      return acquire(grpc, key, asked, deadlineMs);
    case 'renew-lease':
      return renew(grpc, key, deadlineMs, idOf(key, asked));
    case 'release-lease':
      return release(grpc, key, asked, deadlineMs);
    default:
      return undefined;
  }
}

async function acquire(
  grpc: GrpcClient,
  key: string,
  asked: LeaseInput,
  deadlineMs: number,
): Promise<Answer> {
  const held: Answer = { outcome: 'fail', output: 'held by another' };
  // What the asked member holds is enough to spare most of them the grant.
  const look = encodeMessage([
    [1, key],
    [7, 1],
  ]);
  const seen = await grpc.call('/etcdserverpb.KV/Range', look, deadlineMs);
  if (seen.messages(2).length > 0) return held;
  const lease = idOf(key, asked);
  const grant = encodeMessage([
    [1, Math.ceil(asked.ttlMs / 1_000)],
    [2, lease],
  ]);
  await grpc.call('/etcdserverpb.Lease/LeaseGrant', grant, deadlineMs);
  const isAbsent = encodeMessage([
    [1, EQUAL],
    [2, BY_CREATE_REVISION],
    [3, key],
    [5, 0],
  ]);
  const put = encodeMessage([
    [1, key],
    [2, JSON.stringify(asked.holder)],
    [3, lease],
  ]);
  const request = encodeMessage([
    [1, isAbsent],
    [2, encodeMessage([[2, put]])],
  ]);
  const answer = await grpc.call('/etcdserverpb.KV/Txn', request, deadlineMs);
  if (answer.int(2) === 1) return { outcome: 'ok', output: answer.message(1).int(3) };
  // Nothing lives by it: should this go wrong, it ends by itself.
  await revoke(grpc, lease, deadlineMs).catch(() => undefined);
  return held;
}

/** Ends the holder's own lease, and its key with it; the broken one deletes the key, whoever made it. */
async function release(
  grpc: GrpcClient,
  key: string,
  asked: LeaseInput,
  deadlineMs: number,
): Promise<Answer> {
  if (asked.anyOwner) await grpc.call('/etcdserverpb.KV/DeleteRange', encodeMessage([[1, key]]), deadlineMs);
  else await revoke(grpc, idOf(key, asked), deadlineMs);
  return { outcome: 'ok', output: null };
}

async function revoke(grpc: GrpcClient, lease: number, deadlineMs: number): Promise<void> {
  await grpc.call('/etcdserverpb.Lease/LeaseRevoke', encodeMessage([[1, lease]]), deadlineMs);
}

/** Named by key and holder, so that any client of any member can renew it. */
function idOf(key: string, { holder }: LeaseInput): number {
  return leaseOf(`${key} ${holder}`);
}
