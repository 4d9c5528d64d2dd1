import type { Plain } from '@holdfast/plain';
import type { ApiRequest } from '../apis/api.ts';
import type { EtcdRequest } from '../apis/etcd.ts';
import { asked, type Configured, type CoordinationRecipes, type Recipe, watched } from './recipe.ts';

const etcd = (request: EtcdRequest): ApiRequest => ({ api: 'etcd', request });

interface KeyValue {
  readonly key: string;
  readonly value: Plain;
  readonly createRevision: number;
  readonly modRevision: number;
}

function* range(
  key: string,
  prefix = false,
): Recipe<{ readonly kvs: readonly KeyValue[]; readonly at: number }> {
  const { answer, revision } = yield* asked(etcd({ op: 'range', key, prefix }));
  return { kvs: answer['kvs'] as unknown as readonly KeyValue[], at: revision };
}

/** Those who hold or wait for a lock, first come first. */
function* queue(name: string): Recipe<{ readonly kvs: readonly KeyValue[]; readonly at: number }> {
  const { kvs, at } = yield* range(`locks/${name}/`, true);
  return { kvs: kvs.toSorted((a, b) => a.createRevision - b.createRevision), at };
}

function* readConfig(name: string): Recipe<Configured> {
  const { kvs, at } = yield* range(`config/${name}`);
  return { value: kvs[0]?.value ?? null, version: kvs[0]?.modRevision ?? 0, at };
}

/**
 * Recipes on etcd's primitives, as its client library has them (etcd documentation, "concurrency API"): keys under a prefix with a lease each,
 * in the order of their create revisions.
 */
export const etcdRecipes: CoordinationRecipes = {
  *open(session, ttlMs) {
    yield* asked(etcd({ op: 'lease-grant', lease: session, ttlMs }));
  },
  *lock(session, name) {
    const key = `locks/${name}/${session}`;
    yield* asked(
      etcd({
        op: 'txn',
        compare: [{ key, target: 'create', result: 'equal', operand: 0 }],
        success: [{ op: 'put', key, value: session, lease: session }],
        // Asked for before: the place in the queue is kept.
        failure: [],
      }),
    );
    for (;;) {
      const { kvs, at } = yield* queue(name);
      const place = kvs.findIndex((other) => other.key === key);
      const own = kvs[place];
      if (own === undefined) throw new RangeError(`${key} went with its lease`);
      if (place === 0) return { name, session, key, token: own.createRevision };
      const before = kvs[place - 1] as KeyValue;
      yield* watched(before.key, at + 1);
    }
  },
  *unlock({ key, token }) {
    const { answer } = yield* asked(
      etcd({
        op: 'txn',
        compare: [{ key, target: 'create', result: 'equal', operand: token }],
        success: [{ op: 'delete-range', key }],
        failure: [],
      }),
    );
    return answer['succeeded'] === true;
  },
  *leader(name) {
    const { kvs } = yield* queue(name);
    return (kvs[0]?.value ?? 0) as number;
  },
  read: readConfig,
  *write(name, value, version) {
    const key = `config/${name}`;
    const { answer } = yield* asked(
      etcd({
        op: 'txn',
        compare: [{ key, target: 'mod', result: 'equal', operand: version }],
        success: [{ op: 'put', key, value }],
        failure: [],
      }),
    );
    return answer['succeeded'] === true;
  },
  *next(name, at) {
    for (;;) {
      yield* watched(`config/${name}`, at + 1);
      // Events, a while without any, or a compaction: the key says how things stand.
      const found = yield* readConfig(name);
      if (found.version > at || (found.version === 0 && found.at > at)) return found;
    }
  },
  *register(session, service, address) {
    const key = `services/${service}/${session}`;
    yield* asked(etcd({ op: 'put', key, value: address, lease: session }));
  },
  *discover(service) {
    const { kvs, at } = yield* range(`services/${service}/`, true);
    return { addresses: kvs.map(({ value }) => value), at };
  },
};
