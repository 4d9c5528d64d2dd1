import type { Plain } from '@holdfast/plain';
import type { Action, Answer } from '../../history/recorder.ts';
import { GrpcClient } from '../../wire/grpc.ts';
import { encodeMessage, type Message } from '../../wire/protobuf.ts';
import type { WatchEvent, WatchRequest } from '../cluster.ts';
import type { ConditionalStore } from '../conditional.ts';
import { changeOptimistically } from '../optimistic.ts';
import { leaseAction } from './leases.ts';
import { lock, renew } from './locks.ts';
import { etcdStore, failureOf } from './store.ts';

/** What a member says of itself. */
export interface EtcdStatus {
  readonly memberId: bigint;
  readonly clusterId: bigint;
  readonly leaderId: bigint;
  readonly term: bigint;
  readonly revision: number;
  /** Of the server's program. */
  readonly version: string;
}

/** The kind of an event that deletes a key. */
const DELETED = 1;

const EQUAL = 0;
const BY_CREATE_REVISION = 1;
const BY_VALUE = 3;

/** One member of etcd, asked over its gRPC interface; every call is one attempt. */
export class EtcdClient {
  readonly grpc: GrpcClient;
  private readonly store: ConditionalStore;

  constructor(address: string) {
    this.grpc = new GrpcClient(address);
    this.store = etcdStore(this.grpc);
  }

  /** Performs an action of the register vocabulary; never rejects. */
  async perform(action: Action, deadlineMs: number): Promise<Answer> {
    try {
      return await this.attempt(action, deadlineMs);
    } catch (error) {
      return failureOf(error, action.f === 'read' || action.f === 'read-set');
    }
  }

  /** What the member says of itself, or a rejection. */
  async status(deadlineMs: number): Promise<EtcdStatus> {
    const answer = await this.grpc.call('/etcdserverpb.Maintenance/Status', new Uint8Array(), deadlineMs);
    const header = answer.message(1);
    return {
      clusterId: header.big(1),
      memberId: header.big(2),
      revision: header.int(3),
      version: answer.text(2),
      leaderId: answer.big(4),
      term: answer.big(6),
    };
  }

  /** Watches keys, from now on when told from revision 0; ends with the returned function. `onEnd` hears of its end, whoever ended it. */
  watch(
    { prefix, fromRevision, progress = false }: WatchRequest,
    onEvent: (event: WatchEvent) => void,
    onEnd: () => void = () => undefined,
  ): () => void {
    const stream = this.grpc.open(
      '/etcdserverpb.Watch/Watch',
      (answer) => {
        const events = answer.messages(11);
        const isOfMaking = answer.int(3) === 1 || answer.int(4) === 1;
        if (events.length === 0 && !isOfMaking)
          onEvent({ key: '', revision: answer.message(1).int(3), value: null, kind: 'progress' });
        for (const event of events) {
          const kv = event.message(2);
          const isDeleted = event.int(1) === DELETED;
          onEvent({
            key: kv.text(1),
            revision: kv.int(3),
            value: isDeleted ? null : valueOf(kv),
            kind: isDeleted ? 'delete' : 'put',
          });
        }
      },
      onEnd,
    );
    const end = Buffer.from(prefix);
    end.writeUInt8((end.at(-1) ?? 0) + 1, end.length - 1);
    stream.send(
      encodeMessage([
        [
          1,
          encodeMessage([
            [1, prefix],
            [2, end],
            [3, fromRevision],
          ]),
        ],
      ]),
    );
    if (progress) stream.send(encodeMessage([[3, new Uint8Array()]]));
    return () => stream.close();
  }

  private async deleted(key: string, deadlineMs: number): Promise<Answer> {
    const request = encodeMessage([[1, key]]);
    const answer = await this.grpc.call('/etcdserverpb.KV/DeleteRange', request, deadlineMs);
    return { outcome: 'ok', output: answer.int(2), detail: revisions(answer) };
  }

  /** Answered once it is decided on; one in full once the store has done it. */
  private async compacted(revision: number, inFull: boolean, deadlineMs: number): Promise<Answer> {
    const request = encodeMessage([
      [1, revision],
      [2, inFull ? 1 : undefined],
    ]);
    const answer = await this.grpc.call('/etcdserverpb.KV/Compact', request, deadlineMs);
    return { outcome: 'ok', output: null, detail: revisions(answer) };
  }

  private async attempt({ f, key = '', input, mode }: Action, deadlineMs: number): Promise<Answer> {
    switch (f) {
      case 'read': {
        const isLocal = mode === 'serializable';
        const request = encodeMessage([
          [1, key],
          [7, isLocal ? 1 : undefined],
        ]);
        const answer = await this.grpc.call('/etcdserverpb.KV/Range', request, deadlineMs);
        return { outcome: 'ok', output: valueOf(answer.messages(2)[0]), detail: revisions(answer) };
      }
      case 'write': {
        const request = encodeMessage([
          [1, key],
          [2, JSON.stringify(input)],
        ]);
        const answer = await this.grpc.call('/etcdserverpb.KV/Put', request, deadlineMs);
        return { outcome: 'ok', output: null, detail: revisions(answer) };
      }
      case 'delete':
        return this.deleted(key, deadlineMs);
      case 'compact':
      case 'compact-in-full':
        return this.compacted(Number(input), f === 'compact-in-full', deadlineMs);
      case 'cas': {
        const [expected, next] = input as readonly [Plain, Plain];
        const answer = await this.grpc.call(
          '/etcdserverpb.KV/Txn',
          casRequest(key, expected, next),
          deadlineMs,
        );
        // A comparison that found another value is an observation, not a failure.
        return { outcome: 'ok', output: answer.int(2) === 1, detail: revisions(answer) };
      }
      case 'add': {
        const request = encodeMessage([
          [1, `${key}/${JSON.stringify(input)}`],
          [2, JSON.stringify(input)],
        ]);
        const answer = await this.grpc.call('/etcdserverpb.KV/Put', request, deadlineMs);
        return { outcome: 'ok', output: null, detail: revisions(answer) };
      }
      case 'read-set': {
        const request = encodeMessage([
          [1, `${key}/`],
          [2, `${key}0`], // The text after all that begin with a slash behind the key.
          [7, mode === 'serializable' ? 1 : undefined],
        ]);
        const answer = await this.grpc.call('/etcdserverpb.KV/Range', request, deadlineMs);
        return { outcome: 'ok', output: answer.messages(2).map(valueOf), detail: revisions(answer) };
      }
      case 'lock':
        return lock(this.grpc, key, input, deadlineMs);
      case 'renew':
        return renew(this.grpc, key, deadlineMs);
      default: {
        const action = { f, key, input };
        const changed =
          (await leaseAction(this.grpc, action, deadlineMs)) ??
          (await changeOptimistically(this.store, action, deadlineMs));
        return changed ?? { outcome: 'fail', output: `etcd has no action '${f}'` };
      }
    }
  }
}

function casRequest(key: string, expected: Plain, next: Plain): Uint8Array {
  const compare =
    expected === null
      ? encodeMessage([
          [1, EQUAL],
          [2, BY_CREATE_REVISION],
          [3, key],
          [5, 0],
        ])
      : encodeMessage([
          [1, EQUAL],
          [2, BY_VALUE],
          [3, key],
          [7, JSON.stringify(expected)],
        ]);
  const put = encodeMessage([
    [1, key],
    [2, JSON.stringify(next)],
  ]);
  return encodeMessage([
    [1, compare],
    [2, encodeMessage([[2, put]])],
  ]);
}

function valueOf(kv: Message | undefined): Plain {
  return kv === undefined ? null : (JSON.parse(kv.text(5)) as Plain);
}

/** The store's revision and term in which an answer was given. */
export function revisions(answer: Message): Plain {
  return { revision: answer.message(1).int(3), term: Number(answer.message(1).big(4)) };
}
