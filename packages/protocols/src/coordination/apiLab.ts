import type { LabCall, LabDefect, LabOperation, ProtocolLab } from '../lab/lab.ts';
import type { ApiRequest } from './apis/api.ts';
import { COORDINATION_API_PROMISES, CoordinationApiMonitor } from './apiMonitor.ts';
import { coordinationCommandOf, coordinationLab } from './lab.ts';
import type {
  CoordinationCommand,
  CoordinationMessage,
  CoordinationResult,
  CoordinationState,
} from './state.ts';

/** Sessions of Consul's, beside those of the miniature. */
const CONSUL_SESSIONS = 10;
const TTL_MS = 400;
const LOCK_DELAY_MS = 300;
/** Znodes that clients take away by name. */
const FIRST_NODES = 30;

const own = (f: string, weight: number, input?: LabOperation['input']): LabOperation => ({
  f,
  weight,
  judged: false,
  ...(input === undefined ? {} : { input }),
});

/** A call as a request in a service's words; undefined for what the miniature is asked in its own. */
function requestOf({ f, process, input }: LabCall): ApiRequest | undefined {
  const session = 1 + (process % 3);
  const ofConsul = CONSUL_SESSIONS + session;
  switch (f) {
    case 'zk-parent':
      return { api: 'zookeeper', request: { op: 'create', path: '/q', data: null, mode: 'persistent' } };
    case 'zk-create':
      return {
        api: 'zookeeper',
        request: { op: 'create', path: '/q/n-', data: input, mode: 'ephemeral-sequential', session },
      };
    case 'zk-delete': {
      const path = `/q/n-${`${input as number}`.padStart(10, '0')}`;
      return { api: 'zookeeper', request: { op: 'delete', path, version: -1 } };
    }
    case 'etcd-txn': {
      const key = 'etcd/lock';
      const compare = [{ key, target: 'create', result: 'equal', operand: 0 }] as const;
      const success = [{ op: 'put', key, value: input, lease: session }] as const;
      return { api: 'etcd', request: { op: 'txn', compare, success, failure: [{ op: 'range', key }] } };
    }
    case 'consul-session':
      return {
        api: 'consul',
        request:
          input === 0
            ? { op: 'session-create', session: ofConsul, ttlMs: TTL_MS, lockDelayMs: LOCK_DELAY_MS }
            : { op: 'session-renew', session: ofConsul },
      };
    case 'consul-acquire':
      return {
        api: 'consul',
        request: { op: 'kv-put', key: 'consul/lock', value: input, acquire: ofConsul },
      };
    case 'consul-release':
      return { api: 'consul', request: { op: 'kv-put', key: 'consul/lock', value: null, release: ofConsul } };
    default:
      return undefined;
  }
}

function commandOf(call: LabCall): CoordinationCommand {
  const request = requestOf(call);
  if (request === undefined) return coordinationCommandOf(call);
  const { process, sequence } = call;
  return { kind: 'do', client: process + 1, sequence, operation: { f: 'api', ...request } };
}

const DEFECTS: readonly LabDefect[] = [
  {
    name: 'numbers-by-children',
    about: 'numbers a sequential znode by how many children there are',
    breaks: 'sequential names are given once',
  },
  {
    name: 'keeps-lock-index',
    about: 'gives the next holder of a lock the token of the last one',
    breaks: 'one session a lock index',
  },
  {
    name: 'ignores-lock-delay',
    about: 'gives a lock away as soon as the session of its holder is over',
    breaks: 'locks rest for their delay',
  },
];

/** The same three members, asked in the words of ZooKeeper, etcd and Consul. */
export const coordinationApisLab: ProtocolLab<
  CoordinationState,
  CoordinationMessage,
  CoordinationCommand,
  CoordinationResult
> = {
  ...coordinationLab,
  name: 'coordination-apis',
  about: 'locks, queues and sessions in the words of ZooKeeper, etcd and Consul, on three nodes of Raft',
  monitor: () => new CoordinationApiMonitor(),
  promises: COORDINATION_API_PROMISES,
  operations: [
    ...coordinationLab.operations.filter(({ f }) => f !== 'cas' && f !== 'write'),
    own('zk-parent', 1),
    own('zk-create', 4, (draw) => draw.unique()),
    own('zk-delete', 2, (draw) => draw.below(FIRST_NODES, 'node')),
    own('etcd-txn', 2, (draw) => draw.unique()),
    own('consul-session', 6, (draw) => draw.below(2, 'renew')),
    own('consul-acquire', 4, (draw) => draw.unique()),
    own('consul-release', 1),
  ],
  command: commandOf,
  load: { ...coordinationLab.load, ratePerSecond: 50 },
  defects: DEFECTS,
};
