import type { Plain } from '@holdfast/plain';
import { textOf } from '../../errors.ts';
import type { Answer } from '../../history/recorder.ts';
import { ExchangeError } from '../../wire/exchange.ts';
import type { ConditionalStore } from '../conditional.ts';
import { ZK_CODE, zkCreate, zkData, zkGet, zkMulti, zkMultiCode, type ZkReply, zkVersion } from './jute.ts';

/** ZooKeeper's multi: nodes are set if the versions of others are those that were read. A node is made when it is first read, since what is not there has no version. */
export function zooKeeperStore(
  request: (make: (xid: number) => Buffer, deadlineMs: number) => Promise<ZkReply>,
): ConditionalStore {
  return {
    async get(key, deadlineMs) {
      const path = `/${key}`;
      for (;;) {
        const reply = await request((xid) => zkGet(xid, path), deadlineMs);
        if (reply.code === ZK_CODE.ok)
          return { key, value: JSON.parse(zkData(reply)) as Plain, version: zkVersion(reply) };
        if (reply.code !== ZK_CODE.noNode) throw new CodeError('get', reply.code);
        const made = await request((xid) => zkCreate(xid, path, 'null'), deadlineMs);
        if (made.code !== ZK_CODE.ok && made.code !== ZK_CODE.nodeExists)
          throw new CodeError('create', made.code);
      }
    },
    async commit(read, puts, deadlineMs) {
      const checks = read.map(({ key, version }) => [`/${key}`, Number(version)] as const);
      const sets = puts.map(([key, value]) => [`/${key}`, JSON.stringify(value)] as const);
      const code = zkMultiCode(await request((xid) => zkMulti(xid, checks, sets), deadlineMs));
      if (code !== ZK_CODE.ok && code !== ZK_CODE.badVersion) throw new CodeError('multi', code);
      return code === ZK_CODE.ok;
    },
    failure: zooKeeperFailure,
  };
}

/** A request was answered with a code that says nothing about its node. */
class CodeError extends Error {
  readonly code = 'ZOOKEEPER';
  constructor(what: string, answered: number) {
    super(`${what} answered ${answered}`);
  }
}

/** What is known after a request that was to change something. */
export function zooKeeperFailure(error: unknown): Answer {
  const certain = error instanceof ExchangeError && !error.sent;
  return { outcome: certain ? 'fail' : 'unknown', output: textOf(error) };
}
