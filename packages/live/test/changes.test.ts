import { readFileSync } from 'node:fs';
import type { Plain } from '@holdfast/plain';
import {
  assertActions,
  loadsOf,
  LOADS,
  type LoadName,
  readExperiment,
  SYSTEMS,
  systemNamed,
} from '@holdfast/live';
import { expect, test } from 'vitest';
import { Follower } from '../src/experiment/follower.ts';
import type { Answer, Recorded } from '../src/history/recorder.ts';
import { type ConditionalStore, type Held, unguardedStore } from '../src/subjects/conditional.ts';
import type { Cluster, WatchEvent, WatchRequest } from '../src/subjects/cluster.ts';
import { changeOptimistically } from '../src/subjects/optimistic.ts';
import { zkMultiCode } from '../src/subjects/zookeeper/jute.ts';

/** A store in memory that can be overtaken: before each commit somebody else may write. */
function memory(overtake: (values: Map<string, Held>) => void = () => undefined): ConditionalStore & {
  readonly values: Map<string, Held>;
  commits: number;
} {
  const values = new Map<string, Held>();
  const held = (key: string): Held => values.get(key) ?? { key, value: null, version: 0 };
  return {
    values,
    commits: 0,
    get: (key) => Promise.resolve(held(key)),
    commit(read, puts) {
      this.commits++;
      overtake(values);
      if (read.some(({ key, version }) => held(key).version !== version)) return Promise.resolve(false);
      for (const [key, value] of puts)
        values.set(key, { key, value, version: Number(held(key).version) + 1 });
      return Promise.resolve(true);
    },
    failure: () => ({ outcome: 'unknown', output: 'nobody says' }),
  };
}

/** What a list of operations answers, one after another. */
async function answersOf(
  store: ConditionalStore,
  actions: readonly (readonly [f: string, key: string, input: Plain])[],
): Promise<Plain[]> {
  const answers: Plain[] = [];
  for (const [f, key, input] of actions) {
    const answer = await changeOptimistically(store, { f, key, input }, 1_000);
    answers.push([answer?.outcome ?? 'none', answer?.output ?? null]);
  }
  return answers;
}

test('changes answer as their models say, one after another', async () => {
  const bank = { accounts: ['a', 'b'], opening: 10 };
  expect(
    await answersOf(memory(), [
      ['cas', 'x', [null, 1]],
      ['cas', 'x', [2, 3]],
      ['add', 's', 7],
      ['read-set', 's', null],
      ['enqueue', 'q', 1],
      ['enqueue', 'q', 2],
      ['dequeue', 'q', null],
      ['dequeue', 'q', null],
      ['dequeue', 'q', null],
      ['acquire', 'l', { holder: 'one' }],
      ['acquire', 'l', { holder: 'two' }],
      ['release', 'l', { holder: 'two' }],
      ['release', 'l', { holder: 'one' }],
      ['acquire', 'l', { holder: 'two' }],
      ['transfer', 'bank', { from: 'a', to: 'b', amount: 4, opening: 10 }],
      ['transfer', 'bank', { from: 'a', to: 'b', amount: 7, opening: 10 }],
      ['read-bank', 'bank', bank],
    ]),
  ).toEqual([
    ['ok', true],
    ['ok', false],
    ['ok', null],
    ['ok', [7]],
    ['ok', null],
    ['ok', null],
    ['ok', 1],
    ['ok', 2],
    ['fail', 'empty'],
    ['ok', 1],
    ['fail', 'held by one'],
    ['fail', 'two does not hold l'],
    ['ok', null],
    ['ok', 2],
    ['ok', null],
    ['fail', 'a has 6'],
    ['ok', { a: 6, b: 14 }],
  ]);
});

test('a transaction reads what it has appended itself, and nothing it appends is lost', async () => {
  const store = memory();
  const steps = [
    ['append', 'k', 1],
    ['r', 'k', null],
    ['r', 'other', null],
  ];
  const answer = await changeOptimistically(store, { f: 'txn', input: steps }, 1_000);
  expect(answer?.output).toEqual([
    ['append', 'k', 1],
    ['r', 'k', [1]],
    ['r', 'other', null],
  ]);
  expect(store.values.get('k')?.value).toEqual([1]);
});

test('who was overtaken reads again; who always is fails; who hears nothing does not know', async () => {
  let others = 3;
  const overtaken = memory((values) => {
    if (others-- > 0) values.set('s', { key: 's', value: [`other ${others}`], version: 100 + others });
  });
  const added = await changeOptimistically(overtaken, { f: 'add', key: 's', input: 'mine' }, 1_000);
  expect([added?.outcome, overtaken.commits]).toEqual(['ok', 4]);
  expect(overtaken.values.get('s')?.value).toEqual(['other 0', 'mine']);

  let version = 0;
  const hopeless = memory((values) => values.set('s', { key: 's', value: [], version: --version }));
  const failed = await changeOptimistically(hopeless, { f: 'add', key: 's', input: 1 }, 20);
  expect(failed?.outcome).toBe('fail');

  const silent: ConditionalStore = { ...memory(), commit: () => Promise.reject(new Error('no answer')) };
  const outcome = async (f: string): Promise<string | undefined> =>
    (await changeOptimistically(silent, { f, key: 's', input: 1 }, 20))?.outcome;
  expect([await outcome('add'), await outcome('read-set')]).toEqual(['unknown', 'fail']);
  const deaf: ConditionalStore = { ...memory(), get: () => Promise.reject(new Error('no answer')) };
  expect((await changeOptimistically(deaf, { f: 'add', key: 's', input: 1 }, 20))?.outcome).toBe('fail');
});

test('the torn twin of a store loses what two clients add at once, and the store itself does not', async () => {
  const both = async (store: ConditionalStore): Promise<Plain> => {
    const add = (input: number): Promise<Answer | undefined> =>
      changeOptimistically(store, { f: 'add', key: 's', input }, 1_000);
    await Promise.all([add(1), add(2)]);
    return (
      (await changeOptimistically(store, { f: 'read-set', key: 's', input: null }, 1_000))?.output ?? null
    );
  };
  expect(await both(memory())).toHaveLength(2);
  const values = new Map<string, Plain>();
  const torn = unguardedStore(({ f, key = '', input }) => {
    if (f === 'write') values.set(key, input);
    return Promise.resolve({ outcome: 'ok', output: f === 'read' ? (values.get(key) ?? null) : null });
  });
  expect(await both(torn)).toHaveLength(1);
});

test('the code of a multi of ZooKeeper is that of the operation for which it failed', () => {
  const failed = (...codes: number[]): Buffer => {
    const bytes = Buffer.alloc(13 * codes.length);
    for (const [i, code] of codes.entries()) {
      bytes.writeInt32BE(-1, 13 * i);
      bytes.writeInt32BE(code, 13 * i + 9);
    }
    return bytes;
  };
  expect(zkMultiCode({ code: 0, body: failed(0, -103, -2) })).toBe(-103);
  expect(zkMultiCode({ code: -112, body: Buffer.alloc(0) })).toBe(-112);
  const done = Buffer.alloc(9);
  done.writeInt32BE(13);
  expect(zkMultiCode({ code: 0, body: done })).toBe(0);
});

const acknowledged = (revision: number, input: number): Recorded => ({
  id: revision,
  action: { f: 'write', key: 'w1', input },
  client: 'c',
  member: 'N1',
  answer: { outcome: 'ok', output: null, detail: { revision } },
  invokedAt: revision,
  completedAt: revision + 1,
});

/** A watch that delivers what it is told, and ends when `undefined` comes. */
async function followed(
  events: readonly (WatchEvent | undefined)[],
  resumes = true,
): Promise<{ status: string; from: number[] }> {
  const from: number[] = [];
  const left = [...events];
  const cluster = {
    watch: (
      _member: unknown,
      { fromRevision: revision }: WatchRequest,
      onEvent: (event: WatchEvent) => void,
      onEnd: () => void,
    ) => {
      from.push(revision);
      for (let event = left.shift(); event !== undefined; event = left.shift()) onEvent(event);
      if (left.length > 0) onEnd();
      return () => undefined;
    },
  };
  const clock = { nowUs: () => 0, sleep: () => Promise.resolve() };
  const member = { name: 'N1', index: 0, servers: [], address: '', dataFolder: '' };
  const follower = new Follower(cluster as Partial<Cluster> as Cluster, member, {
    keyPrefix: 'w',
    resumes,
    clock,
  });
  // What is opened anew is opened after a pause.
  await new Promise((done) => setImmediate(done));
  return {
    status: follower.judge([acknowledged(2, 1), acknowledged(3, 2), acknowledged(4, 3)]).status,
    from,
  };
}

const event = (revision: number, value: number): WatchEvent => ({ key: 'w1', revision, value, kind: 'put' });

test('a watch is complete when each acknowledged write came once, as it was written, in order', async () => {
  expect(await followed([event(2, 1), undefined, event(3, 2), event(4, 3)])).toEqual({
    status: 'holds',
    from: [1, 3],
  });
  expect(await followed([event(2, 1), undefined, event(4, 3)], false)).toEqual({
    status: 'violated',
    from: [1, 0],
  });
  expect((await followed([event(2, 1), event(3, 2)])).status).toBe('undecided');
  expect((await followed([event(2, 1), event(3, 2), event(2, 1), event(4, 3)])).status).toBe('violated');
  expect((await followed([event(2, 1), event(3, 7), event(4, 3)])).status).toBe('violated');
});

test('the table of workloads in docs/live.md is what each system can do', () => {
  const text = readFileSync(new URL('../../../docs/live.md', import.meta.url), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('| workload ') || / yes /.test(line));
  const [head = [], ...table] = rows.map((row) =>
    row
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
  const systems = head.slice(1, 1 + SYSTEMS.length);
  expect(systems).toEqual(SYSTEMS.map(({ name }) => `\`${name}\``));
  const told = new Map(table.map(([load = '', ...cells]) => [load.replaceAll('`', ''), cells]));
  expect([...told.keys()]).toEqual([...LOADS]);
  for (const [i, system] of SYSTEMS.entries()) {
    const able = LOADS.filter((load) => told.get(load)?.[i] === 'yes');
    expect([system.name, able]).toEqual([system.name, loadsOf(system)]);
  }
});

test.each([
  [
    'nats',
    'bank',
    /Cannot load nats with bank: it cannot transfer, read-bank; its workloads are registers, append, set, queue, lock, lease, watch; choose one of them, or etcd, redis, postgres, zookeeper/,
  ],
  ['rabbitmq', 'registers', /it cannot read, write, cas; its workloads are queue, lock/],
  ['rabbitmq', 'watch', /Cannot load rabbitmq with watch: it cannot write, watch/],
] as const)('%s loaded with %s is refused before the run, with what it can do', (system, of, says) => {
  const file = readExperiment(
    `{ format: holdfast-live/1, name: x, subject: { system: ${system} }, workload: { of: ${of} }, checks: [{ checker: bank }] }`,
    'x.yaml',
  );
  expect(() => assertActions(file, systemNamed(system))).toThrow(says);
  const others: LoadName[] = loadsOf(systemNamed(system));
  expect(others).not.toContain(of);
});

test.each([
  [
    'subject: { system: etcd, settings: { heartbeat: 50 } }',
    /Cannot use the setting 'heartbeat' with etcd: it has heartbeatMs/,
  ],
  [
    'subject: { system: etcd }\nworkload: { mode: quorum }',
    /Cannot use the mode 'quorum' with etcd: it has linearizable, serializable/,
  ],
  ['subject: { system: zookeeper }\nsteps: [{ read: { key: x, mode: linearizable } }]', /it has local, sync/],
  ['subject: { system: etcd }\nchecks: [{ checker: bnak }]', /Cannot judge by the checker 'bnak'/],
  ['subject: { system: etcd }\nchecks: [{ linearizable: registr }]', /Cannot judge by the model 'registr'/],
] as const)('a file with %j is refused before the run', (text, says) => {
  const checks = text.includes('checks:') ? '' : '\nchecks: [{ linearizable: register }]';
  const file = readExperiment(`format: holdfast-live/1\nname: x\n${text}${checks}\n`, 'x.yaml');
  expect(() => assertActions(file, systemNamed(file.subject.system))).toThrow(says);
});
