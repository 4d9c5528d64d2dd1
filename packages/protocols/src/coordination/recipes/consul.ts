import type { Plain } from '@holdfast/plain';
import type { ApiRequest } from '../apis/api.ts';
import type { ConsulRequest } from '../apis/consul.ts';
import { asked, type Configured, type CoordinationRecipes, type Recipe, watched } from './recipe.ts';

const consul = (request: ConsulRequest): ApiRequest => ({ api: 'consul', request });

interface Entry {
  readonly key: string;
  readonly value: Plain;
  readonly modifyIndex: number;
  readonly lockIndex: number;
  readonly session: number;
}

function* entries(
  op: 'kv-get' | 'kv-list',
  key: string,
): Recipe<{ readonly found: readonly Entry[]; readonly index: number }> {
  const { answer, revision } = yield* asked(consul({ op, key }));
  return { found: answer['entries'] as unknown as readonly Entry[], index: revision };
}

/** A blocking query: waits until something under the prefix has changed since the index, or a while has passed, and reads. */
function* blocking(key: string, index: number): Recipe<readonly Entry[]> {
  yield* watched(key, index + 1);
  return (yield* entries('kv-get', key)).found;
}

function* readConfig(name: string): Recipe<Configured> {
  const { found, index } = yield* entries('kv-get', `config/${name}`);
  return { value: found[0]?.value ?? null, version: found[0]?.modifyIndex ?? 0, at: index };
}

/**
 * Recipes on Consul's primitives (Consul documentation, "Application leader election"): a key locked by a session, blocking queries, check-and-set. The token is
 * the lock index: with key and session the sequencer.
 */
export const consulRecipes: CoordinationRecipes = {
  *open(session, ttlMs) {
    yield* asked(consul({ op: 'session-create', session, ttlMs, lockDelayMs: ttlMs }));
  },
  *lock(session, name) {
    const key = `locks/${name}`;
    for (;;) {
      const { answer, revision } = yield* asked(
        consul({ op: 'kv-put', key, value: session, acquire: session }),
      );
      if (answer['done'] === true) return { name, session, key, token: answer['lockIndex'] as number };
      // HeldLock, or its lock-delay runs, which no change of the key ends: after a while it is tried again.
      yield* blocking(key, revision);
    }
  },
  *unlock({ key, session }) {
    const { answer } = yield* asked(consul({ op: 'kv-put', key, value: null, release: session }));
    return answer['done'] === true;
  },
  *leader(name) {
    const { found } = yield* entries('kv-get', `locks/${name}`);
    return found[0]?.session ?? 0;
  },
  read: readConfig,
  *write(name, value, version) {
    const { answer } = yield* asked(consul({ op: 'kv-put', key: `config/${name}`, value, cas: version }));
    return answer['done'] === true;
  },
  *next(name, at) {
    for (;;) {
      const [entry] = yield* blocking(`config/${name}`, at);
      if (entry !== undefined && entry.modifyIndex > at) return yield* readConfig(name);
    }
  },
  *register(session, service, address) {
    const key = `services/${service}/${session}`;
    yield* asked(consul({ op: 'kv-put', key, value: address, acquire: session }));
  },
  *discover(service) {
    const { found, index } = yield* entries('kv-list', `services/${service}/`);
    // A key outlives its session here: only those that are held count.
    const held = found.filter(({ session }) => session !== 0);
    return { addresses: held.map(({ value }) => value), at: index };
  },
};
