import { describe, expect, it } from 'vitest';
import type { ApiRequest } from '../../src/coordination/index.ts';
import { call } from './counterRuns.ts';
import { ask, broken, command, type Run, settle, start, watch } from './support.ts';

type RequestOf<A extends ApiRequest['api']> = Extract<ApiRequest, { readonly api: A }>['request'];

const revisionOf = (run: Run): number => run.group.view(1)['revision'] as number;

describe("ZooKeeper's primitives", () => {
  const zk = (run: Run, request: RequestOf<'zookeeper'>): Record<string, unknown> =>
    call(run, { api: 'zookeeper', request });
  const create = (
    run: Run,
    path: string,
    mode: Extract<RequestOf<'zookeeper'>, { op: 'create' }>['mode'] = 'persistent',
    session = 0,
  ): Record<string, unknown> => zk(run, { op: 'create', path, data: path, mode, session });

  it('S4.32 znodes: parents, versions, children, and the errors that say which of them does not fit', () => {
    const run = start();
    expect(create(run, '/a/b')).toMatchObject({ error: 'no-node' });
    expect(create(run, '/a')).toMatchObject({ path: '/a' });
    expect(create(run, '/a')).toMatchObject({ error: 'node-exists' });
    expect(create(run, '/a/b')).toMatchObject({ path: '/a/b' });
    expect(zk(run, { op: 'get-children', path: '/a' })).toMatchObject({ children: ['b'] });
    expect(zk(run, { op: 'get-children', path: '/' })).toMatchObject({ children: ['a'] });
    expect(zk(run, { op: 'delete', path: '/a', version: -1 })).toMatchObject({ error: 'not-empty' });
    const set = (version: number): Record<string, unknown> =>
      zk(run, { op: 'set-data', path: '/a', data: 'x', version });
    expect(set(0)).toMatchObject({ version: 1 });
    expect(set(0)).toMatchObject({ error: 'bad-version' });
    expect(zk(run, { op: 'get-data', path: '/a' })).toMatchObject({ data: 'x', stat: { version: 1 } });
    expect(zk(run, { op: 'delete', path: '/a/b', version: 3 })).toMatchObject({ error: 'bad-version' });
    expect(zk(run, { op: 'delete', path: '/a/b', version: 0 })).toMatchObject({ zxid: revisionOf(run) });
    expect(zk(run, { op: 'exists', path: '/a/b' })).toMatchObject({ exists: false });
    expect(broken(run)).toEqual([]);
  });

  it('S4.32 ephemeral and sequential znodes: they go with their session, and their numbers only rise', () => {
    const run = start();
    create(run, '/q');
    expect(create(run, '/q/e', 'ephemeral', 7)).toMatchObject({ error: 'session-expired' });
    zk(run, { op: 'connect', session: 7, timeoutMs: 100 });
    const first = create(run, '/q/n-', 'ephemeral-sequential', 7)['path'] as string;
    expect(first).toBe('/q/n-0000000000');
    expect(create(run, `${first}/below`)).toMatchObject({ error: 'no-children-for-ephemerals' });
    zk(run, { op: 'delete', path: first, version: -1 });
    expect(create(run, '/q/n-', 'persistent-sequential')).toMatchObject({ path: '/q/n-0000000001' });
    create(run, '/q/n-', 'ephemeral-sequential', 7);
    run.group.fire(1, 'session/7');
    settle(run.group);
    expect(zk(run, { op: 'get-children', path: '/q' })).toMatchObject({ children: ['n-0000000001'] });
    // An expired session does not come back.
    expect(zk(run, { op: 'ping', session: 7, timeoutMs: 100 })).toMatchObject({ error: 'session-expired' });
    expect(broken(run)).toEqual([]);
  });
});

describe("etcd's primitives", () => {
  const etcd = (run: Run, request: RequestOf<'etcd'>): Record<string, unknown> =>
    call(run, { api: 'etcd', request });

  it('S4.32 transactions: all conditions hold and the one list is carried out, else the other, and nothing of a refused one', () => {
    const run = start();
    const txn = (operand: number, value: string): Record<string, unknown> =>
      etcd(run, {
        op: 'txn',
        compare: [
          { key: 'a', target: 'version', result: 'equal', operand },
          { key: 'b', target: 'create', result: 'equal', operand: 0 },
        ],
        success: [
          { op: 'put', key: 'a', value },
          { op: 'range', key: 'a' },
        ],
        failure: [{ op: 'range', key: 'a' }],
      });
    expect(txn(0, 'x')).toMatchObject({
      succeeded: true,
      responses: [{}, { kvs: [{ key: 'a', value: 'x', version: 1, createRevision: 1, modRevision: 1 }] }],
    });
    expect(txn(0, 'y')).toMatchObject({ succeeded: false, responses: [{ kvs: [{ value: 'x' }] }] });
    expect(txn(1, 'z')).toMatchObject({ succeeded: true, responses: [{}, { kvs: [{ version: 2 }] }] });
    const before = revisionOf(run);
    const twice: RequestOf<'etcd'> = {
      op: 'txn',
      compare: [],
      success: [
        { op: 'put', key: 'c', value: 1 },
        { op: 'put', key: 'c', value: 2 },
      ],
      failure: [],
    };
    expect(etcd(run, twice)).toMatchObject({ error: 'duplicate-key' });
    expect(revisionOf(run)).toBe(before);
    for (const [target, result, operand, holds] of [
      ['mod', 'greater', before - 1, true],
      ['mod', 'less', before, false],
      ['value', 'equal', 'z', true],
      ['lease', 'not-equal', 0, false],
      ['value', 'greater', 1, false],
    ] as const) {
      const compare = [{ key: 'a', target, result, operand }];
      expect(etcd(run, { op: 'txn', compare, success: [], failure: [] })['succeeded']).toBe(holds);
    }
    expect(broken(run)).toEqual([]);
  });

  it('S4.32 leases and watches: keys go with their lease, and a watch from a compacted revision is told so', () => {
    const run = start();
    expect(etcd(run, { op: 'put', key: 'a', value: 1, lease: 7 })).toMatchObject({
      error: 'lease-not-found',
    });
    expect(etcd(run, { op: 'lease-grant', lease: 7, ttlMs: 100 })).toMatchObject({ lease: 7 });
    expect(etcd(run, { op: 'lease-grant', lease: 7, ttlMs: 100 })).toMatchObject({ error: 'lease-exists' });
    for (const key of ['a', 'b']) etcd(run, { op: 'put', key, value: 1, lease: 7 });
    expect(etcd(run, { op: 'lease-keep-alive', lease: 7 })).toMatchObject({ ttlMs: 100 });
    expect(etcd(run, { op: 'lease-time-to-live', lease: 7 })).toMatchObject({ ttlMs: 100 });
    expect(etcd(run, { op: 'lease-revoke', lease: 7 })).not.toHaveProperty('error');
    expect(etcd(run, { op: 'lease-revoke', lease: 7 })).toMatchObject({ error: 'lease-not-found' });
    expect(etcd(run, { op: 'lease-keep-alive', lease: 7 })).toMatchObject({ error: 'lease-not-found' });
    const told = ask(run, 2, watch(1));
    expect(told).toMatchObject({ events: [1, 2, 3, 4].map((revision) => ({ revision })) });
    expect(etcd(run, { op: 'compact', revision: 9 })).toMatchObject({ error: 'future-revision' });
    etcd(run, { op: 'compact', revision: 3 });
    expect(etcd(run, { op: 'compact', revision: 3 })).toMatchObject({ error: 'compacted' });
    expect(ask(run, 2, watch(3))).toMatchObject({ ok: false, error: 'compacted', compacted: 3 });
    expect(etcd(run, { op: 'delete-range', key: '', prefix: true })).toMatchObject({ deleted: 0 });
    expect(broken(run)).toEqual([]);
  });

  it('a request that changes something is not answered as a read, nor is one in no known words', () => {
    const run = start();
    for (const request of [
      { api: 'etcd', request: { op: 'put', key: 'a', value: 1 } },
      { api: 'other', request: { op: 'put', key: 'a', value: 1 } },
    ]) {
      const operation = { f: 'api', ...request } as never;
      const asked = ask(run, 1, command(operation));
      expect(asked).toMatchObject({ ok: true, revision: 1 });
    }
    expect(etcd(run, { op: 'range', key: 'a' })).toMatchObject({ kvs: [{ value: 1 }] });
  });
});

describe("Consul's primitives", () => {
  const consul = (run: Run, request: RequestOf<'consul'>): Record<string, unknown> =>
    call(run, { api: 'consul', request });
  const lock = (run: Run, session: number): Record<string, unknown> =>
    consul(run, { op: 'kv-put', key: 'lock', value: session, acquire: session });

  it('S4.32 check-and-set by ModifyIndex, for puts and deletes', () => {
    const run = start();
    const put = (value: number, cas?: number): unknown =>
      consul(run, { op: 'kv-put', key: 'a', value, ...(cas === undefined ? {} : { cas }) })['done'];
    expect([put(1, 0), put(2, 0), put(3)]).toEqual([true, false, true]);
    const { entries } = consul(run, { op: 'kv-get', key: 'a' });
    expect(entries).toMatchObject([{ value: 3, createIndex: 1, modifyIndex: 2, lockIndex: 0, session: 0 }]);
    expect(put(4, 2)).toBe(true);
    expect(consul(run, { op: 'kv-delete', key: 'a', cas: 2 })).toMatchObject({ done: false });
    expect(consul(run, { op: 'kv-delete', key: 'a', cas: 3 })).toMatchObject({ done: true });
    expect(consul(run, { op: 'kv-get', key: 'a' })).toMatchObject({ entries: [] });
  });

  it('S4.32 sessions, locks and lock-delay: who was invalidated leaves its lock free for nobody, for a while', () => {
    const run = start();
    const { group } = run;
    const opened = { op: 'session-create', ttlMs: 100, lockDelayMs: 1_000 } as const;
    for (const session of [7, 8, 9]) consul(run, { ...opened, session });
    expect(consul(run, { ...opened, session: 7 })).toMatchObject({ error: 'session-exists' });
    expect(lock(run, 6)).toMatchObject({ error: 'no-session' });
    expect(lock(run, 7)).toMatchObject({ done: true, lockIndex: 1 });
    expect(lock(run, 7)).toMatchObject({ done: true, lockIndex: 1 });
    expect(lock(run, 8)).toMatchObject({ done: false });
    // A lock that is given back is free at once.
    expect(consul(run, { op: 'kv-put', key: 'lock', value: 0, release: 8 })).toMatchObject({ done: false });
    expect(consul(run, { op: 'kv-put', key: 'lock', value: 0, release: 7 })).toMatchObject({ done: true });
    expect(lock(run, 8)).toMatchObject({ done: true, lockIndex: 2 });
    group.fire(1, 'session/8');
    settle(group);
    expect(consul(run, { op: 'kv-get', key: 'lock' })).toMatchObject({ entries: [{ session: 0 }] });
    expect(lock(run, 9)).toMatchObject({ done: false });
    const [delay] = [...group.host(1).timers.keys()].filter((name) => name.startsWith('session/-'));
    expect(group.host(1).timers.get(delay as string)).toEqual({ minMs: 1_000, maxMs: 1_000 });
    group.fire(1, delay as string);
    settle(group);
    expect(lock(run, 9)).toMatchObject({ done: true, lockIndex: 3 });
    // Locks are advisory: a put without a session is not kept out.
    expect(consul(run, { op: 'kv-put', key: 'lock', value: 'other' })).toMatchObject({ done: true });
    expect(broken(run)).toEqual([]);
  });

  it('S4.32 a session whose behavior is delete takes its keys along, and a blocking query hears of it', () => {
    const run = start();
    consul(run, { op: 'session-create', session: 7, ttlMs: 100, lockDelayMs: 0, behavior: 'delete' });
    expect(consul(run, { op: 'session-renew', session: 7 })).toMatchObject({ ttlMs: 100 });
    expect(consul(run, { op: 'session-info', session: 7 })).toMatchObject({ session: 7 });
    lock(run, 7);
    const blocked = run.group.request(2, watch(revisionOf(run) + 1, 'lock'));
    expect(run.group.replies.has(blocked)).toBe(false);
    consul(run, { op: 'session-destroy', session: 7 });
    expect(run.group.replies.get(blocked)).toMatchObject({ events: [{ key: 'lock', value: null }] });
    expect(consul(run, { op: 'kv-list', key: '' })).toMatchObject({ entries: [] });
    expect(consul(run, { op: 'session-renew', session: 7 })).toMatchObject({ error: 'no-session' });
  });
});
