import {
  ClientCall,
  Endpoint,
  FramedMux,
  HTTP2_LIKE,
  type Mux,
  NatGateway,
  serve,
  type ServedCall,
  type StreamConnection,
  type World,
} from '@holdfast/world';
import type { DiagnosisLab, Observation } from '../lab.ts';
import { between, countLines, MS, rigWorld, SECOND } from '../rig.ts';

const RUN_US = 90 * SECOND;
const PROXY_IDLE_US = 10 * SECOND;
const MESSAGE_BYTES = 1_000;
const WINDOW_BYTES = 16_384;
/** A message that takes longer has been held up. */
const STALL_MS = 500;

/** A stream of messages through a proxy, in busy and in quiet times, beside other streams of the same connection. */
export const streamStalls: DiagnosisLab = {
  name: 'grpc-stream-stalls',
  symptom: 'A stream of messages stands still: for a while, or for good.',
  causes: [
    { name: 'flow-control', about: 'the reader stops reading, and its window closes' },
    { name: 'proxy-timeout', about: 'the proxy forgets what is quiet for ten seconds, and tells nobody' },
    { name: 'head-of-line', about: 'packets of the connection are lost, and every stream waits for them' },
  ],
  evidence: [
    {
      name: 'stream-window',
      about: 'how long the window of the reader had no room for a message',
      unit: 's',
      floor: 2,
    },
    {
      name: 'proxy-config',
      about: 'what the proxy forgets after how long, and how often it did',
      unit: 'flows forgotten',
      floor: 0.5,
    },
    {
      name: 'retransmits',
      about: 'segments of the connection that were sent again while the proxy still knew it',
      unit: 'segments',
      floor: 12,
    },
    { name: 'delay', about: 'from writing a message to reading it', unit: 'ms at most', floor: 500 },
    {
      name: 'connections',
      about: 'connections that the server has taken from the client',
      unit: 'connections',
      floor: 1,
    },
  ],
  run,
};

function run(cause: string | null, seed: number): Observation {
  const world = rigWorld(['client', 'proxy', 'server'], seed, { kind: 'constant', us: 3 * MS });
  const proxies: NatGateway[] = [];
  const idleUs = cause === 'proxy-timeout' ? PROXY_IDLE_US : 3_600 * SECOND;
  const table = {
    mostFlows: 1_000,
    idleUs,
    transitoryUs: 5 * SECOND,
    inside: [0],
    ports: [1_024, 65_000] as const,
  };
  world.start(1, (host) => {
    const proxy = new NatGateway(host, table);
    proxies.push(proxy);
    return proxy;
  });
  if (cause === 'head-of-line') between(world, 0, 1, { loss: 0.15 });
  const { written, servers } = serveMessages(world);
  const client = new Endpoint(world, 0, undefined, {}, { nextHop: () => 1 });
  const mux: Mux = new FramedMux(client.stack.connect(2, 443), true, {
    ...HTTP2_LIKE,
    streamWindow: WINDOW_BYTES,
  });
  let fullUs = 0;
  const readUs: number[] = [];
  let come = 0;
  const isReading = (): boolean =>
    cause !== 'flow-control' || world.nowUs < 20 * SECOND || world.nowUs > 32 * SECOND;
  const read = (): void => {
    if (!isReading()) return;
    come += watch.read().length;
    while (readUs.length < Math.floor(come / MESSAGE_BYTES)) readUs.push(world.nowUs);
  };
  const how = { method: 'watch', body: '', withinUs: 3_600 * SECOND };
  const watch: ClientCall = new ClientCall(client.stack.host, mux, how, { readable: read });
  world.at(33 * SECOND, 'reads again', read);
  // A reader that has a window full of unread bytes has none to offer.
  for (let atUs = SECOND; atUs < RUN_US; atUs += 200 * MS)
    world.at(atUs, 'window', () => {
      if (WINDOW_BYTES - watch.readable < MESSAGE_BYTES) fullUs += 200 * MS;
    });
  world.run(RUN_US + 5 * SECOND);
  const delays = written.map((us, i) => ((readUs[i] ?? RUN_US + 5 * SECOND) - us) / MS);
  const forgotten = proxies[0]?.table.expired ?? 0;
  return observed(delays, { fullUs, idleUs, forgotten }, servers);
}

/** A server that writes messages to whoever watches: when it wrote each, and its connections. */
function serveMessages(world: World): {
  readonly written: readonly number[];
  readonly servers: readonly StreamConnection[];
} {
  const written: number[] = [];
  const stream: { call: ServedCall | undefined } = { call: undefined };
  const servers: StreamConnection[] = [];
  new Endpoint(world, 2, (stack) =>
    stack.listen(443, (listener) => {
      const connection = listener.accept() as StreamConnection;
      servers.push(connection);
      serve(
        stack.host,
        new FramedMux(connection, false, { ...HTTP2_LIKE, streamWindow: WINDOW_BYTES }),
        (call) => {
          if (call.method === 'watch') stream.call = call;
          else call.events = { asked: () => call.end() };
        },
      );
    }),
  );
  // Messages five times a second, but for a quiet quarter of a minute.
  for (let atUs = 2 * SECOND; atUs < RUN_US; atUs += 200 * MS) {
    if (atUs > 40 * SECOND && atUs < 55 * SECOND) continue;
    world.at(atUs, 'message', () => {
      written.push(world.nowUs);
      stream.call?.write('m'.repeat(MESSAGE_BYTES));
    });
  }
  return { written, servers };
}

function observed(
  delays: readonly number[],
  {
    fullUs,
    idleUs,
    forgotten,
  }: { readonly fullUs: number; readonly idleUs: number; readonly forgotten: number },
  servers: readonly StreamConnection[],
): Observation {
  const stalled = delays.filter((ms) => ms > STALL_MS).length;
  const retransmits = forgotten > 0 ? 0 : servers.reduce((sum, { figures }) => sum + figures.retransmits, 0);
  const worst = Math.max(...delays);
  return {
    hasSymptom: stalled >= 3,
    told: `${stalled} of ${delays.length} messages took more than ${STALL_MS} ms, or never came`,
    evidence: {
      'stream-window': {
        figure: fullUs / SECOND,
        lines: countLines({
          'window too small for a message': `${(fullUs / SECOND).toFixed(1)} s`,
          'window of a stream': `${WINDOW_BYTES} bytes`,
        }),
      },
      'proxy-config': {
        figure: forgotten,
        lines: countLines({ 'idle timeout': `${idleUs / SECOND} s`, 'flows forgotten': forgotten }),
      },
      retransmits: {
        figure: retransmits,
        lines: countLines({ 'segments the server sent again': retransmits }),
      },
      delay: { figure: worst, lines: [`slowest ${worst.toFixed(0)} ms`, `${stalled} over ${STALL_MS} ms`] },
      connections: { figure: servers.length, lines: countLines({ 'connections taken': servers.length }) },
    },
  };
}
