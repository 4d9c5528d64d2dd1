import {
  type ApiRequest,
  type CounterRun,
  consulRecipes,
  etcdRecipes,
  type HeldLock,
  type Recipe,
  watchedEvent,
  zooKeeperRecipes,
} from '../../src/coordination/index.ts';
import { Program, finish } from './program.ts';
import { ask, command, put, type Run, settle, start, watch } from './support.ts';

/** What a counter-run saw, a line each; the last line says what failed. */
export interface Shown {
  readonly lines: readonly string[];
  /** Whether it failed as it should. */
  readonly failed: boolean;
  /** Whether the right answer, in the very same run, did not. */
  readonly rightHolds: boolean;
}

export const call = (run: Run, request: ApiRequest, id = 1, stale = false): Record<string, unknown> => {
  const result = ask(run, id, command({ f: 'api', ...request, ...(stale ? { stale } : {}) }));
  if (result?.ok !== true || !('value' in result)) throw new Error(JSON.stringify(result));
  return result.value as Record<string, unknown>;
};

const expire = (run: Run, name: string): void => {
  run.group.fire(1, `session/${name}`);
  settle(run.group);
};
const delays = (run: Run): string[] =>
  [...run.group.host(1).timers.keys()].filter((name) => name.startsWith('session/-'));

/** Two holders, one after the other, of which the first comes back: what a storage keeps with and without a check of tokens. */
function lateWrite(first: HeldLock, second: HeldLock, owner: number): Shown {
  const lines: string[] = [];
  let [highest, bare, fenced] = [0, 0, 0];
  for (const { session, token } of [second, first]) {
    lines.push(`session ${session} writes with token ${token}`);
    bare = session;
    if (token < highest) continue;
    highest = token;
    fenced = session;
  }
  lines.push(
    `session ${owner} holds the lock; without a check the storage keeps the write of session ${bare}`,
  );
  return { lines, failed: bare !== owner, rightHolds: fenced === owner };
}

function locked(recipe: (session: number) => Recipe<HeldLock>, open: (session: number) => Recipe<void>) {
  const run = start();
  for (const session of [7, 8]) finish(run, open(session));
  const first = finish(run, recipe(7));
  return { run, first };
}

function ownElection(): Shown {
  const alive = (self: number, side: readonly number[]): number => Math.min(self, ...side);
  const sides = [
    [1, 2],
    [3, 4, 5],
  ] as const;
  const leaders = sides.flatMap((side) => side.filter((id) => alive(id, side) === id));
  const run = start({ nodes: [1, 2, 3, 4, 5] });
  run.group.passes = ({ from, to }): boolean => from <= 2 === to <= 2;
  run.group.flying = [];
  // The side with a majority elects another; the old leader hears no quorum and steps down.
  for (const id of [3, 4, 5]) run.group.fire(id, 'leader-fresh');
  run.group.fire(3, 'election');
  run.group.settle();
  for (let i = 0; i < 2; i++) run.group.fire(1, 'quorum-check');
  const elected = run.group.ids.filter((id) => run.group.view(id)['role'] === 'leader');
  return {
    lines: [`cut into {1,2} and {3,4,5}: by heartbeats ${leaders.join(' and ')} lead at once`],
    failed: leaders.length === 2,
    rightHolds: elected.length === 1 && elected[0] === 3,
  };
}

function staleRead(): Shown {
  const { run, first } = locked(
    (session) => etcdRecipes.lock(session, 'chief'),
    (session) => etcdRecipes.open(session, 100),
  );
  const next = new Program(run, etcdRecipes.lock(8, 'chief')).go();
  run.group.passes = ({ from, to }): boolean => from !== 3 && to !== 3;
  run.group.flying = [];
  expire(run, '7');
  next.giveUpWatch();
  next.go();
  const request: ApiRequest = {
    api: 'etcd',
    request: { op: 'range', key: 'locks/chief/', prefix: true },
  };
  const named = (answer: Record<string, unknown>): unknown =>
    (answer['kvs'] as readonly { value: unknown }[])[0]?.value;
  const stale = named(call(run, request, 3, true));
  const fresh = named(call(run, request, 1));
  return {
    lines: [`session 8 leads; member 3, cut off, still names session ${String(stale)}`],
    failed: stale === first.session,
    rightHolds: fresh === 8,
  };
}

function oneShot(): Shown {
  const run = start();
  const zk = (request: Extract<ApiRequest, { api: 'zookeeper' }>['request']) =>
    call(run, { api: 'zookeeper', request });
  const path = '/flag';
  const { zxid } = zk({ op: 'create', path, data: 0, mode: 'persistent' }) as { zxid: number };
  const versions = [1, 2, 3].map(
    (data) => (zk({ op: 'set-data', path, data, version: -1 }) as { version: number }).version,
  );
  const told = ask(run, 2, watch(zxid + 1, path));
  const events = told?.ok === true && 'events' in told ? told.events : [];
  const notification = watchedEvent(events, { path, zxid });
  return {
    lines: [
      `${versions.length} changes, and one notification: ${notification?.type} ${notification?.path}`,
      'the client reads the last value, and does not know of the others',
    ],
    failed: notification !== undefined && versions.length === 3,
    rightHolds: events.length === 3,
  };
}

function fromNow(): Shown {
  const run = start({ keepEvents: 2 });
  for (const value of [1, 2, 3, 4]) ask(run, 1, put('flag', value));
  const resumed = ask(run, 2, watch(2, 'flag'));
  const compacted = resumed?.ok === false && resumed.error === 'compacted';
  const now = run.group.request(2, watch(5, 'flag'));
  ask(run, 1, put('flag', 5));
  const heard = run.group.replies.get(now);
  const told = heard?.ok === true && 'events' in heard ? heard.events.map(({ revision }) => revision) : [];
  return {
    lines: [
      `seen up to revision 1; from 2 on: ${compacted ? 'compacted' : 'served'}`,
      `beginning from now: told of ${told.join(', ')}; revisions 2 to 4 are told to nobody`,
    ],
    failed: compacted && told.length === 1,
    // Who reads again sees how things stand, and knows that it missed something.
    rightHolds: compacted,
  };
}

function lostUpdate(): Shown {
  const results = [false, true].map((conditional) => {
    const run = start();
    finish(run, etcdRecipes.write('limits', { a: 1, b: 1 }, 0));
    const seen = [1, 2].map(() => finish(run, etcdRecipes.read('limits')));
    const refused: number[] = [];
    for (const [at, change] of [{ a: 2 }, { b: 2 }].entries()) {
      const { value, version } = seen[at] as (typeof seen)[number];
      const next = { ...(value as object), ...change };
      const current = finish(run, etcdRecipes.read('limits')).version;
      if (!finish(run, etcdRecipes.write('limits', next, conditional ? version : current))) refused.push(at);
    }
    return { value: finish(run, etcdRecipes.read('limits')).value as { a: number; b: number }, refused };
  });
  const [bare, careful] = results;
  return {
    lines: [`a becomes 2, then b becomes 2 from what was read before: ${JSON.stringify(bare?.value)}`],
    failed: bare?.value.a === 1 && bare.value.b === 2,
    rightHolds: careful?.value.a === 2 && careful.refused.length === 1,
  };
}

function herd(): Shown {
  const WAITING = 12;
  const run = start();
  for (let session = 1; session <= WAITING + 1; session++) finish(run, zooKeeperRecipes.open(session, 100));
  const held = finish(run, zooKeeperRecipes.lock(1, 'file'));
  const queue = Array.from({ length: WAITING }, (_, i) =>
    new Program(run, zooKeeperRecipes.lock(i + 2, 'file')).go(),
  );
  const revision = run.group.view(1)['revision'] as number;
  const crowd = Array.from({ length: WAITING }, () => run.group.request(1, watch(revision + 1, held.key)));
  finish(run, zooKeeperRecipes.unlock(held));
  const woken = crowd.filter((request) => run.group.replies.has(request)).length;
  const next = queue.filter((program) => program.wasAnswered()).length;
  return {
    lines: [`${WAITING} wait; a release wakes ${woken} of those who all watch the key, ${next} of a queue`],
    failed: woken === WAITING,
    rightHolds: next === 1,
  };
}

function registration(): Shown {
  const run = start();
  ask(run, 1, command({ f: 'keep-alive', session: 7, ttlMs: 100 }));
  const etcd = (key: string, lease?: number): unknown =>
    call(run, {
      api: 'etcd',
      request: { op: 'put', key, value: key, ...(lease === undefined ? {} : { lease }) },
    });
  etcd('web/bare');
  etcd('web/leased', 7);
  // The instance crashes: it deletes nothing, and renews nothing.
  expire(run, '7');
  const { kvs } = call(run, { api: 'etcd', request: { op: 'range', key: 'web/', prefix: true } });
  const left = (kvs as readonly { key: string }[]).map(({ key }) => key);
  return {
    lines: [`the instance has crashed; callers still find ${left.join(', ')}`],
    failed: left.includes('web/bare'),
    rightHolds: !left.includes('web/leased'),
  };
}

function oneLog(): Shown {
  const cost = [3, 5, 7].map((size) => {
    const run = start({ nodes: Array.from({ length: size }, (_, i) => i + 1) });
    let messages = 0;
    run.group.passes = (): boolean => {
      messages++;
      return true;
    };
    run.group.request(1, put('order', 1));
    run.group.settle();
    return messages;
  });
  return {
    lines: [`messages a write with 3, 5 and 7 members: ${cost.join(', ')}; writes at once: one log`],
    failed: cost.every((count, i) => i === 0 || count > (cost[i - 1] as number)),
    // A database with partitions has a group for each: a write costs what one group costs.
    rightHolds: (cost[0] as number) < (cost[2] as number),
  };
}

export const COUNTER_RUNS: Readonly<Record<CounterRun, () => Shown>> = {
  'paused-holder': () => {
    const { run, first } = locked(
      (session) => zooKeeperRecipes.lock(session, 'file'),
      (session) => zooKeeperRecipes.open(session, 100),
    );
    expire(run, '7');
    const second = finish(run, zooKeeperRecipes.lock(8, 'file'));
    return lateWrite(first, second, finish(run, zooKeeperRecipes.leader('file')));
  },
  'lock-delay-too-short': () => {
    const { run, first } = locked(
      (session) => consulRecipes.lock(session, 'file'),
      (session) => consulRecipes.open(session, 100),
    );
    const second = new Program(run, consulRecipes.lock(8, 'file')).go();
    expire(run, '7');
    second.giveUpWatch();
    second.go();
    const kept = !second.isDone && delays(run).length === 1;
    for (const timer of delays(run)) run.group.fire(1, timer);
    settle(run.group);
    second.giveUpWatch();
    second.go();
    const owner = finish(run, consulRecipes.leader('file'));
    const shown = lateWrite(first, second.value as HeldLock, owner);
    const lines = ['the delay keeps session 8 out for a while, and ends', ...shown.lines];
    return { ...shown, lines, failed: kept && shown.failed };
  },
  'own-election-splits': ownElection,
  'one-shot-misses': oneShot,
  'watch-from-now-misses': fromNow,
  'stale-read': staleRead,
  'lost-update': lostUpdate,
  herd,
  'expired-registration-stays': registration,
  'data-through-one-log': oneLog,
};
