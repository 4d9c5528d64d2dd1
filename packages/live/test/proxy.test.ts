import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Toxic, TcpProxy } from '@holdfast/live';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { calmPort } from './calmPort.ts';

/** A server that says everything back. */
let echo: Server;
let upstream = '';

beforeAll(async () => {
  echo = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  });
  await new Promise<void>((done) => echo.listen(0, '127.0.0.1', done));
  const address = echo.address();
  upstream = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});

afterAll(() => new Promise((done) => echo.close(done)));

interface Heard {
  readonly text: string;
  readonly pieces: number;
  readonly ms: number;
  readonly error: string;
}

/** Sends a text through a proxy with these toxics, ends, and hears what comes back until the connection closes or `waitMs` is over. */
async function through(toxics: readonly Toxic[], text: string, waitMs = 5_000): Promise<Heard> {
  const proxy = new TcpProxy({ upstream, random: () => 0.5 });
  await proxy.enable();
  for (const toxic of toxics) proxy.add(toxic);
  const started = performance.now();
  const [host = '', port = ''] = proxy.address.split(':');
  const socket: Socket = connect({ host, port: Number(port) });
  let heard = '';
  let pieces = 0;
  let error = '';
  socket.on('data', (bytes: Buffer) => {
    heard += bytes.toString();
    pieces++;
  });
  socket.on('error', (problem: NodeJS.ErrnoException) => {
    error = problem.code ?? problem.message;
  });
  socket.end(text);
  await new Promise<void>((done) => {
    const timer = setTimeout(done, waitMs);
    socket.on('close', () => {
      clearTimeout(timer);
      done();
    });
  });
  const ms = performance.now() - started;
  socket.destroy();
  await proxy.disable();
  return { text: heard, pieces, ms, error };
}

test('a proxy without toxics passes everything both ways', async () => {
  const text = 'x'.repeat(100_000);
  expect((await through([], text)).text).toBe(text);
});

test('latency holds what comes back for its time and no less', async () => {
  const { text, ms } = await through(
    [{ name: 'l', type: 'latency', stream: 'downstream', attributes: { latency: 120 } }],
    'hello',
  );
  expect(text).toBe('hello');
  expect(ms).toBeGreaterThanOrEqual(118);
});

test('a limit ends the connection after so many bytes', async () => {
  const { text } = await through(
    [{ name: 'd', type: 'limit_data', stream: 'upstream', attributes: { bytes: 3 } }],
    'hello',
  );
  expect(text).toBe('hel');
});

test('a timeout swallows everything and closes', async () => {
  const { text, ms } = await through(
    [{ name: 't', type: 'timeout', stream: 'upstream', attributes: { timeout: 60 } }],
    'hello',
  );
  expect(text).toBe('');
  expect(ms).toBeGreaterThanOrEqual(58);
});

test('a reset is seen as a reset', async () => {
  const { error } = await through(
    [{ name: 'r', type: 'reset_peer', stream: 'upstream', attributes: { timeout: 0 } }],
    'hello',
  );
  expect(error).toBe('ECONNRESET');
});

test('a slicer passes everything in small pieces', async () => {
  const slicer: Toxic = {
    name: 's',
    type: 'slicer',
    stream: 'downstream',
    attributes: { average_size: 1, delay: 3_000 },
  };
  const { text, pieces } = await through([slicer], 'abcde');
  expect(text).toBe('abcde');
  expect(pieces).toBeGreaterThan(1);
});

test('what packet loss leaves out of a stream does not come, in bursts as far as it is correlated', async () => {
  const lossy = (loss_rate: number, correlation = 0): Toxic => ({
    name: 'l',
    stream: 'upstream',
    type: 'packet_loss',
    attributes: { loss_rate, correlation },
  });
  // The dice always show one half.
  expect((await through([lossy(0.4)], 'hello')).text).toBe('hello');
  expect((await through([lossy(0.6)], 'hello')).text).toBe('');
});

test('a toxic strikes only its share of connections, and one that makes no sense is refused', async () => {
  const rare: Toxic = {
    name: 'q',
    type: 'limit_data',
    stream: 'upstream',
    toxicity: 0.4,
    attributes: { bytes: 1 },
  };
  expect((await through([rare], 'hello')).text).toBe('hello');
  expect((await through([{ ...rare, toxicity: 0.6 }], 'hello')).text).toBe('h');
  const proxy = new TcpProxy({ upstream });
  expect(() => proxy.add({ ...rare, toxicity: 2 })).toThrow(/toxicity is 2; give a share from 0 to 1/);
});

test('a proxy that is disabled refuses, and listens at the same place when it is enabled again', async () => {
  const proxy = new TcpProxy({ upstream, port: await calmPort() });
  await proxy.enable();
  const { address } = proxy;
  await proxy.disable();
  const [host = '', port = ''] = address.split(':');
  const refused = await new Promise((done) =>
    connect({ host, port: Number(port) }).on('error', (error: NodeJS.ErrnoException) => done(error.code)),
  );
  expect(refused).toBe('ECONNREFUSED');
  await proxy.enable();
  expect(proxy.address).toBe(address);
  await proxy.disable();
});
