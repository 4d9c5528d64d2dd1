import { createServer, type Server } from 'node:http';
import { isTolerated, readChaos, runChaos, valuesAt } from '@holdfast/live';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** A service of orders on loopback: it is up until told to fail, and down for good when broken. */
let server: Server;
let url = '';
let mode: 'well' | 'failing' = 'well';
const calls: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    calls.push(request.url ?? '');
    if (request.url === '/fail') mode = 'failing';
    if (request.url === '/heal') mode = 'well';
    const isUp = mode === 'well' || request.url !== '/orders';
    response.writeHead(isUp ? 200 : 503, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ orders: [{ id: 1 }, { id: 2 }], ok: isUp }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});

afterAll(() => new Promise((done) => server.close(done)));

/** The experiment of row S2.33; `action` is what its method does. */
function orders(action: string): string {
  return `
title: reading orders survives
description: the service answers while something happens to it
hypothesis: error rate below 1 %, p99 below 500 ms, order reads above 99 %
configuration: { base: { type: env, key: BASE } }
steady-state-hypothesis:
  title: orders can be read
  probes:
    - &read
      type: probe
      name: read-orders
      tolerance: 200
      provider: { type: http, url: '\${base}/orders', timeout: 2 }
method:
  - { type: action, name: act, provider: { type: http, url: '\${base}/${action}' } }
duration: 0.2s
metrics:
  - { name: error rate, probe: read-orders, of: errorRate, max: 0.01 }
  - { name: p99, probe: read-orders, of: latencyP99Ms, max: 500 }
  - { name: order reads, probe: read-orders, of: okRate, min: 0.99 }
rollbacks:
  - { type: action, name: broken-rollback, provider: { type: process, path: /nonexistent } }
  - { type: action, name: heal, provider: { type: http, url: '\${base}/heal' } }
`;
}

test('S2.33 a chaos experiment passes on a sound service with a verdict per metric', async () => {
  const journal = await runChaos(readChaos(orders('nothing'), 'orders.yaml'), { env: { BASE: url } });
  expect([journal.status, journal.deviated]).toEqual(['completed', false]);
  expect(journal.metrics.map(({ name, kept }) => [name, kept])).toEqual([
    ['error rate', true],
    ['p99', true],
    ['order reads', true],
  ]);
});

test('S2.33 a broken service fails its metrics, and the rollback runs although one of its steps fails', async () => {
  const journal = await runChaos(readChaos(orders('fail'), 'orders.yaml'), { env: { BASE: url } });
  expect(journal.deviated).toBe(true);
  expect(journal.metrics.find(({ name }) => name === 'error rate')?.kept).toBe(false);
  expect(journal.metrics.find(({ name }) => name === 'order reads')?.kept).toBe(false);
  expect(journal.rollbacks.map(({ status }) => status)).toEqual(['failed', 'succeeded']);
  expect(mode).toBe('well');
});

test('S2.33 without its steady state the method is not run, and the rollback is', async () => {
  mode = 'failing';
  calls.length = 0;
  const journal = await runChaos(readChaos(orders('fail'), 'orders.yaml'), { env: { BASE: url } });
  expect(journal.status).toBe('failed');
  expect(journal.run).toEqual([]);
  expect(calls).toEqual(['/orders', '/heal']);
});

test('an interrupted experiment leaves the rest of its method and rolls back', async () => {
  const stop = new AbortController();
  const text = orders('fail').replace('duration: 0.2s', 'duration: 60s');
  setTimeout(() => stop.abort(), 100);
  const journal = await runChaos(readChaos(text, 'orders.yaml'), { env: { BASE: url }, signal: stop.signal });
  expect(journal.status).toBe('interrupted');
  expect(mode).toBe('well');
});

test.each([
  [{ status: 200 }, 200, true],
  [{ status: 503 }, 200, false],
  [5, [1, 5], true],
  [6, [1, 5], false],
  ['b', ['a', 'b', 'c'], true],
  [{ status: 0, stdout: 'all well' }, { type: 'regex', target: 'stdout', pattern: 'well$' }, true],
  [
    { status: 200, body: { a: [{ n: 1 }, { n: 2 }] } },
    { type: 'jsonpath', path: '$.a[*].n', expect: [1, 2] },
    true,
  ],
  [{ status: 200, body: { a: [] } }, { type: 'jsonpath', path: '$.a[*]' }, false],
  [0.5, { type: 'range', range: [0, 1] }, true],
] as const)('a probe that gives %j under tolerance %j is tolerated: %s', (output, tolerance, expected) => {
  expect(isTolerated(output, tolerance)).toBe(expected);
});

test('a path in JSON finds values at any depth and a wrong one is refused', () => {
  expect(valuesAt({ a: { id: 1, b: [{ id: 2 }] } }, '$..id')).toEqual([1, 2]);
  expect(() => valuesAt({}, '$.a[?(@.x)]')).toThrow(/Cannot read/);
});
