import type { Plain } from '@holdfast/plain';
import { type ApiRequest } from '../apis/api.ts';
import { type WatchedEvent, watchedEvent, type ZooKeeperRequest } from '../apis/zooKeeper.ts';
import { asked, type Configured, type CoordinationRecipes, type Recipe, tried, watched } from './recipe.ts';

const zk = (request: ZooKeeperRequest): ApiRequest => ({ api: 'zookeeper', request });

interface Stat {
  readonly czxid: number;
  readonly mzxid: number;
  readonly version: number;
  readonly ephemeralOwner: number;
}

/** Makes a persistent znode that may be there already. */
function* ensured(path: string): Recipe<void> {
  const { answer } = yield* tried(zk({ op: 'create', path, data: null, mode: 'persistent' }));
  if (answer['error'] !== undefined && answer['error'] !== 'node-exists') throw new RangeError(path);
}

/** A one-shot watch: waits for one notification about a path since it was read. */
function* notified(path: string, zxid: number, children = false): Recipe<WatchedEvent> {
  for (;;) {
    const event = watchedEvent(yield* watched(path, zxid + 1), { path, zxid, children });
    if (event !== undefined) return event;
    // None for a while, or some are forgotten: what is read next is newer than the watch anyway.
    const { answer } = yield* tried(zk({ op: 'exists', path }));
    const stat = answer['stat'] as unknown as Stat | undefined;
    if (!children && (stat === undefined || stat.mzxid > zxid)) return { type: 'node-data-changed', path };
  }
}

const lockPath = (name: string): string => `/locks/${name}`;

/** Those who hold or wait for a lock, first come first. */
function* candidates(name: string): Recipe<readonly string[]> {
  const { answer } = yield* tried(zk({ op: 'get-children', path: lockPath(name) }));
  return (answer['children'] ?? []) as readonly string[];
}

function* readConfig(name: string): Recipe<Configured> {
  const { answer, revision } = yield* tried(zk({ op: 'get-data', path: `/config/${name}` }));
  if (answer['error'] !== undefined) return { value: null, version: -1, at: revision };
  const { version } = answer['stat'] as unknown as Stat;
  return { value: answer['data'] ?? null, version, at: revision };
}

/**
 * Recipes on ZooKeeper's primitives (Hunt et al. 2010, section 2.4): the lock without herd effect, where each waits for the znode before its own.
 */
export const zooKeeperRecipes: CoordinationRecipes = {
  *open(session, ttlMs) {
    yield* asked(zk({ op: 'connect', session, timeoutMs: ttlMs }));
  },
  *lock(session, name) {
    const path = lockPath(name);
    yield* ensured('/locks');
    yield* ensured(path);
    const mode = 'ephemeral-sequential';
    const made = yield* asked(zk({ op: 'create', path: `${path}/n-`, data: session, mode, session }));
    const key = made.answer['path'] as string;
    for (;;) {
      const names = yield* candidates(name);
      const at = names.indexOf(key.slice(path.length + 1));
      if (at === -1) throw new RangeError(`${key} went with its session`);
      // The znode's own zxid: every later holder's is higher.
      if (at === 0) return { name, session, key, token: made.answer['zxid'] as number };
      const before = `${path}/${names[at - 1]}`;
      const { answer, revision } = yield* tried(zk({ op: 'exists', path: before }));
      if (answer['exists'] === true) yield* notified(before, revision);
    }
  },
  *unlock({ key }) {
    const { answer } = yield* tried(zk({ op: 'delete', path: key, version: -1 }));
    return answer['error'] === undefined;
  },
  *leader(name) {
    const names = yield* candidates(name);
    if (names[0] === undefined) return 0;
    const { answer } = yield* tried(zk({ op: 'get-data', path: `${lockPath(name)}/${names[0]}` }));
    return (answer['data'] ?? 0) as number;
  },
  read: readConfig,
  *write(name, value, version) {
    const path = `/config/${name}`;
    yield* ensured('/config');
    const request: ZooKeeperRequest =
      version === -1
        ? { op: 'create', path, data: value, mode: 'persistent' }
        : { op: 'set-data', path, data: value, version };
    const { answer } = yield* tried(zk(request));
    return answer['error'] === undefined;
  },
  *next(name, at) {
    yield* notified(`/config/${name}`, at);
    return yield* readConfig(name);
  },
  *register(session, service, address: Plain) {
    yield* ensured('/services');
    yield* ensured(`/services/${service}`);
    const path = `/services/${service}/i-`;
    yield* asked(zk({ op: 'create', path, data: address, mode: 'ephemeral-sequential', session }));
  },
  *discover(service) {
    const path = `/services/${service}`;
    const { answer, revision } = yield* tried(zk({ op: 'get-children', path }));
    const names = (answer['children'] ?? []) as readonly string[];
    const addresses: Plain[] = [];
    for (const name of names) {
      const { answer: found } = yield* tried(zk({ op: 'get-data', path: `${path}/${name}` }));
      // One that went in between is not there.
      if (found['error'] === undefined) addresses.push(found['data'] ?? null);
    }
    return { addresses, at: revision };
  },
};
