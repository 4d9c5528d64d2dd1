import { connect, createServer, type Server } from 'node:net';
import { ToxiproxyServer } from '@holdfast/live';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { calmPort } from './calmPort.ts';

/** A server that says everything back, and Toxiproxy's API before it. */
let echo: Server;
let upstream = '';
let toxiproxy: ToxiproxyServer;
let api = '';

beforeAll(async () => {
  echo = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  });
  await new Promise<void>((done) => echo.listen(0, '127.0.0.1', done));
  const address = echo.address();
  upstream = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  toxiproxy = new ToxiproxyServer(() => 0.5);
  api = `http://127.0.0.1:${await toxiproxy.listen(0)}`;
});

afterAll(async () => {
  await toxiproxy.close();
  await new Promise((done) => echo.close(done));
});

beforeEach(async () => {
  for (const name of Object.keys((await ask('GET', '/proxies')).body))
    await ask('DELETE', `/proxies/${name}`);
});

interface Said {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** What a client of Toxiproxy does: one request, JSON both ways. */
async function ask(method: string, path: string, body?: unknown): Promise<Said> {
  const given = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${api}${path}`, { method, headers: { 'user-agent': 'client' }, ...given });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

async function newProxy(name: string): Promise<string> {
  const listen = `127.0.0.1:${await calmPort()}`;
  const { status, body } = await ask('POST', '/proxies', { name, listen, upstream });
  expect(status).toBe(201);
  return String(body['listen']);
}

/** Says a text and hears what comes back: until so many bytes, the end, or `waitMs`. */
function heard(
  address: string,
  text: string,
  waitMs = 2_000,
): Promise<{ text: string; ms: number; end: string }> {
  const [host = '', port = ''] = address.split(':');
  const started = performance.now();
  return new Promise((resolve) => {
    let said = '';
    const socket = connect({ host, port: Number(port) });
    const end = (how: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text: said, ms: performance.now() - started, end: how });
    };
    const timer = setTimeout(() => end('silence'), waitMs);
    socket.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      if (said.length >= text.length) end('all');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'error'));
    socket.on('close', () => end('closed'));
    socket.write(text);
  });
}

test('proxies are created, listed, shown, disabled, enabled and deleted as the API of Toxiproxy says', async () => {
  const listen = await newProxy('store');
  const shown = { name: 'store', listen, upstream, enabled: true, toxics: [] };
  expect((await ask('GET', '/proxies')).body).toEqual({ store: shown });
  expect((await ask('GET', '/proxies/store')).body).toEqual(shown);
  expect((await heard(listen, 'hello')).text).toBe('hello');
  const down = await ask('POST', '/proxies/store', { enabled: false });
  expect(down.body).toEqual({ ...shown, enabled: false });
  expect((await heard(listen, 'hello')).end).toBe('ECONNREFUSED');
  expect((await ask('PATCH', '/proxies/store', { enabled: true })).body).toEqual(shown);
  expect((await heard(listen, 'hello')).text).toBe('hello');
  expect((await ask('DELETE', '/proxies/store')).status).toBe(204);
  expect((await heard(listen, 'hello')).end).toBe('ECONNREFUSED');
  expect((await ask('GET', '/proxies')).body).toEqual({});
});

test('toxics are created with their defaults, listed, changed and deleted, and strike connections', async () => {
  const listen = await newProxy('store');
  const latency = { type: 'latency', attributes: { latency: 120 } };
  const made = await ask('POST', '/proxies/store/toxics', latency);
  const whole = {
    name: 'latency_downstream',
    type: 'latency',
    stream: 'downstream',
    toxicity: 1,
    attributes: { latency: 120, jitter: 0 },
  };
  expect(made).toEqual({ status: 200, body: whole });
  expect((await heard(listen, 'hello')).ms).toBeGreaterThan(110);
  const changed = await ask('POST', '/proxies/store/toxics/latency_downstream', {
    attributes: { latency: 0 },
  });
  expect(changed.body['attributes']).toEqual({ latency: 0, jitter: 0 });
  expect((await ask('GET', '/proxies/store/toxics')).body).toEqual([changed.body]);
  expect((await ask('GET', '/proxies/store')).body['toxics']).toEqual([changed.body]);
  expect((await ask('DELETE', '/proxies/store/toxics/latency_downstream')).status).toBe(204);
  expect((await ask('GET', '/proxies/store/toxics/latency_downstream')).body).toEqual({
    error: 'toxic not found',
    status: 404,
  });
});

test('a timeout closes, a reset resets, a limit cuts, and half the toxicity spares this half', async () => {
  const listen = await newProxy('store');
  const strike = async (type: string, attributes: object, toxicity = 1): Promise<string> => {
    await ask('POST', '/proxies/store/toxics', { name: 't', type, toxicity, attributes });
    const { text, end } = await heard(listen, 'hello', 800);
    await ask('DELETE', '/proxies/store/toxics/t');
    return `${text} ${end}`;
  };
  expect(await strike('timeout', { timeout: 50 })).toBe(' closed');
  expect(await strike('timeout', { timeout: 0 })).toBe(' silence');
  expect(await strike('reset_peer', { timeout: 20 })).toBe(' ECONNRESET');
  expect(await strike('limit_data', { bytes: 3 })).toBe('hel closed');
  expect(await strike('timeout', { timeout: 50 }, 0.5)).toBe('hello all');
  expect(await strike('slicer', { average_size: 1, size_variation: 0, delay: 10 })).toBe('hello all');
  expect(await strike('bandwidth', { rate: 1_000 })).toBe('hello all');
  expect(await strike('slow_close', { delay: 10 })).toBe('hello all');
});

test('a timeout strikes a connection that is open already and says nothing', async () => {
  const listen = await newProxy('store');
  const [host = '', port = ''] = listen.split(':');
  const silent = connect({ host, port: Number(port) });
  const closed = new Promise<string>((done) => {
    silent.on('close', () => done('closed'));
    silent.on('error', () => undefined);
  });
  await new Promise((done) => silent.once('connect', done));
  await ask('POST', '/proxies/store/toxics', { type: 'timeout', attributes: { timeout: 30 } });
  expect(await closed).toBe('closed');
});

test('populate creates and replaces, reset enables all and takes all toxics away', async () => {
  const listen = await newProxy('one');
  await ask('POST', '/proxies/one/toxics', { type: 'timeout', attributes: { timeout: 0 } });
  await ask('POST', '/proxies/one', { enabled: false });
  const populated = await ask('POST', '/populate', [
    { name: 'one', listen, upstream },
    { name: 'two', listen: '[::]:0', upstream },
  ]);
  expect(populated.status).toBe(201);
  const proxies = populated.body['proxies'] as readonly Record<string, unknown>[];
  expect(proxies.map(({ name }) => name)).toEqual(['one', 'two']);
  expect(proxies[0]?.['toxics']).toHaveLength(1);
  expect(String(proxies[1]?.['listen'])).toMatch(/^127\.0\.0\.1:\d+$/);
  expect((await ask('POST', '/reset')).status).toBe(204);
  const one = await ask('GET', '/proxies/one');
  expect([one.body['enabled'], one.body['toxics']]).toEqual([true, []]);
  const moved = await ask('POST', '/proxies/one', { listen: '127.0.0.1:0' });
  expect(moved.body['listen']).not.toBe(listen);
  expect((await heard(String(moved.body['listen']), 'hello')).text).toBe('hello');
});

test('what cannot be done is answered with a status and a text', async () => {
  await newProxy('store');
  const refusals: readonly (readonly [string, string, unknown, number, RegExp])[] = [
    ['POST', '/proxies', { name: 'store', upstream }, 409, /already exists/],
    ['POST', '/proxies', { upstream }, 400, /missing required field: name/],
    ['POST', '/proxies', { name: 'x' }, 400, /missing required field: upstream/],
    ['POST', '/proxies', { name: 'x', upstream, listen: '192.0.2.1:80' }, 400, /only on loopback/],
    ['GET', '/proxies/none', undefined, 404, /proxy not found/],
    ['POST', '/proxies/store/toxics', { type: 'gremlin' }, 400, /invalid toxic type/],
    ['POST', '/proxies/store/toxics', { type: 'latency', stream: 'sideways' }, 400, /stream was invalid/],
    ['POST', '/proxies/store/toxics', { type: 'latency', toxicity: 2 }, 400, /toxicity is 2/],
    ['POST', '/proxies/store/toxics', { type: 'latency', attributes: { latency: 'x' } }, 400, /a number/],
    ['POST', '/populate', { not: 'a list' }, 400, /must be a list/],
    ['GET', '/nowhere', undefined, 404, /not found/],
  ];
  for (const [method, path, body, status, text] of refusals) {
    const said = await ask(method, path, body);
    expect([path, said.status, said.body['status']]).toEqual([path, status, status]);
    expect(said.body['error']).toMatch(text);
  }
  const browser = await fetch(`${api}/version`, { headers: { 'user-agent': 'Mozilla/5.0' } });
  expect(browser.status).toBe(403);
});

test('traffic is counted by proxy and direction, and the version is told', async () => {
  const listen = await newProxy('store');
  await heard(listen, 'hello');
  const text = await (await fetch(`${api}/metrics`)).text();
  expect(text).toMatch(/sent_bytes_total\{direction="upstream",.*proxy="store".*\} 5/);
  expect(text).toMatch(/received_bytes_total\{direction="downstream",.*\} 5/);
  expect((await ask('GET', '/version')).body).toEqual({ version: expect.stringMatching(/^2\./) });
});
