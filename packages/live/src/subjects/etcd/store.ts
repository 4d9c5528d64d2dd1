import type { Plain } from '@holdfast/plain';
import { GRPC_STATUS, type GrpcClient, GrpcError } from '../../wire/grpc.ts';
import { encodeMessage } from '../../wire/protobuf.ts';
import type { Answer } from '../../history/recorder.ts';
import { textOf } from '../../errors.ts';
import type { ConditionalStore } from '../conditional.ts';

const EQUAL = 0;
const BY_MODIFICATION = 2;

/** Statuses with which etcd refuses a request before it can have had any effect. */
const REFUSALS: ReadonlySet<number> = new Set([
  GRPC_STATUS.invalidArgument,
  GRPC_STATUS.resourceExhausted,
  GRPC_STATUS.failedPrecondition,
  GRPC_STATUS.notFound,
  GRPC_STATUS.outOfRange,
  GRPC_STATUS.unimplemented,
]);

/** etcd's transactions: keys are put if the revisions in which others were last changed are those that were read. */
export function etcdStore(grpc: GrpcClient): ConditionalStore {
  return {
    async get(key, deadlineMs) {
      const answer = await grpc.call('/etcdserverpb.KV/Range', encodeMessage([[1, key]]), deadlineMs);
      const [kv] = answer.messages(2);
      return {
        key,
        value: kv === undefined ? null : (JSON.parse(kv.text(5)) as Plain),
        version: kv?.int(3) ?? 0,
      };
    },
    async commit(read, puts, deadlineMs) {
      const compares = read.map(({ key, version }) =>
        encodeMessage([
          [1, EQUAL],
          [2, BY_MODIFICATION],
          [3, key],
          [6, Number(version)],
        ]),
      );
      const requests = puts.map(([key, value]) => {
        const put = encodeMessage([
          [1, key],
          [2, JSON.stringify(value)],
        ]);
        return encodeMessage([[2, put]]);
      });
      const request = encodeMessage([
        ...compares.map((compare) => [1, compare] as const),
        ...requests.map((one) => [2, one] as const),
      ]);
      const answer = await grpc.call('/etcdserverpb.KV/Txn', request, deadlineMs);
      return answer.int(2) === 1;
    },
    failure: (error) => failureOf(error, false),
  };
}

/** What is known after an attempt that did not succeed. Reads change nothing, so they certainly had no effect. */
export function failureOf(error: unknown, isRead: boolean): Answer {
  const certain = isRead || (error instanceof GrpcError && (!error.sent || REFUSALS.has(error.status)));
  return { outcome: certain ? 'fail' : 'unknown', output: textOf(error) };
}
