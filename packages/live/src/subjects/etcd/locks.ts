import { hashString, type Plain } from '@holdfast/plain';
import type { Answer } from '../../history/recorder.ts';
import { type GrpcClient, GrpcError } from '../../wire/grpc.ts';
import { encodeMessage } from '../../wire/protobuf.ts';

const EQUAL = 0;
const BY_CREATE_REVISION = 1;
const TTL_SECONDS = 5;

/** What a lock is taken with. */
interface LockInput {
  /** Becomes the key's value. */
  readonly holder?: Plain;
  readonly ttlSeconds?: number;
}

/** The lease that a lock's key lives by: named by the key, so that any client of any member can renew it. */
export function leaseOf(key: string): number {
  return (hashString(key) & 0x3fff_ffff) + 1;
}

/** Takes a lock: grants its lease, and makes the key unless it is there. `ok` with whether it was taken. */
export async function lock(grpc: GrpcClient, key: string, input: Plain, deadlineMs: number): Promise<Answer> {
  const { holder = null, ttlSeconds = TTL_SECONDS } = (input ?? {}) as LockInput;
  const lease = leaseOf(key);
  const grant = encodeMessage([
    [1, ttlSeconds],
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
    [2, JSON.stringify(holder)],
    [3, lease],
  ]);
  const request = encodeMessage([
    [1, isAbsent],
    [2, encodeMessage([[2, put]])],
  ]);
  const answer = await grpc.call('/etcdserverpb.KV/Txn', request, deadlineMs);
  return { outcome: 'ok', output: answer.int(2) === 1 };
}

/** Renews a lock's lease: `ok` with the seconds it lives from now on, `fail` when it is gone. */
export function renew(
  grpc: GrpcClient,
  key: string,
  deadlineMs: number,
  lease: number = leaseOf(key),
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stream.close();
      reject(new GrpcError(4, `no answer in ${deadlineMs} ms`, true));
    }, deadlineMs);
    const stream = grpc.open(
      '/etcdserverpb.Lease/LeaseKeepAlive',
      (answer) => {
        clearTimeout(timer);
        const seconds = answer.int(3);
        stream.close();
        resolve(
          seconds > 0 ? { outcome: 'ok', output: seconds } : { outcome: 'fail', output: 'the lease is gone' },
        );
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
    stream.send(encodeMessage([[1, lease]]));
  });
}
