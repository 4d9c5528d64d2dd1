import type { CoordinationDefect } from '../defects.ts';
import type { Answer, CoordinationMachineState } from '../store.ts';
import { consul, type ConsulRequest } from './consul.ts';
import { etcd, type EtcdRequest } from './etcd.ts';
import { zooKeeper, type ZooKeeperRequest } from './zooKeeper.ts';

/** A request in the words of one of the services. */
export type ApiRequest =
  | { readonly api: 'zookeeper'; readonly request: ZooKeeperRequest }
  | { readonly api: 'etcd'; readonly request: EtcdRequest }
  | { readonly api: 'consul'; readonly request: ConsulRequest };

/**
 * A request as it is handed to the service. `stale`: a read is answered from what the node asked has, which may be behind (ZooKeeper's usual
 * reads, etcd's serializable range, Consul's stale mode); left out, it sees all that was acknowledged before.
 */
export type ApiCall = ApiRequest & { readonly f: 'api'; readonly stale?: boolean };

const READS: readonly string[] = [
  'exists',
  'get-data',
  'get-children',
  'range',
  'lease-time-to-live',
  'kv-get',
  'kv-list',
  'session-info',
];

/** Whether the request changes nothing. */
export function isApiRead({ request }: ApiCall): boolean {
  return READS.includes(request.op);
}

/** Carries a request out, within one entry of the log: nothing comes between its parts. */
export function callApi(
  state: CoordinationMachineState,
  call: ApiCall,
  defect: CoordinationDefect | undefined,
): Answer {
  switch (call.api) {
    case 'zookeeper':
      return zooKeeper(state, call.request, defect);
    case 'etcd':
      return etcd(state, call.request, defect);
    case 'consul':
      return consul(state, call.request, defect);
    default:
      return { error: 'unsupported' };
  }
}

/** Answers a request that changes nothing; another is refused. */
export function readApi(state: CoordinationMachineState, call: ApiCall): Answer {
  return isApiRead(call) ? callApi(state, call, undefined) : { error: 'unsupported' };
}
