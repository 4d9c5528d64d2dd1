import {
  ClientCall,
  Endpoint,
  FramedMux,
  HTTP2_LIKE,
  type Mux,
  NameLookup,
  Resolver,
  secure,
  type SecurityOptions,
  serve,
  serveZone,
  type StreamConnection,
} from '@holdfast/world';
import type { DiagnosisLab, Observation } from '../lab.ts';
import { between, countLines, MS, rigWorld, SECOND } from '../rig.ts';

const FULL: SecurityOptions = { version: '1.2', resumes: false, earlyData: false };
const PHASES = ['dns', 'connect', 'tls', 'request'] as const;

/** One request after a long silence, and more right after it: the first is slow. */
export const slowFirstRequest: DiagnosisLab = {
  name: 'slow-first-request',
  symptom: 'The first request after a while takes much longer than those that follow.',
  causes: [
    { name: 'dns', about: 'the name has expired, and its authority is far away' },
    { name: 'cold-pool', about: 'the pool has closed its idle connections: one is opened first' },
    { name: 'tls', about: 'the connection is open, and trust is made anew, without a ticket' },
  ],
  evidence: [
    ...PHASES.map((phase) => ({
      name: `phase-${phase}`,
      about: `what the first request spent on ${phase}`,
      unit: 'ms',
      floor: 20,
    })),
    { name: 'total', about: 'what the first request and those after it took in all', unit: 'ms', floor: 20 },
    { name: 'retransmits', about: 'segments that were sent again', unit: 'segments', floor: 1 },
  ],
  run,
};

function run(cause: string | null, seed: number): Observation {
  const world = rigWorld(['client', 'resolver', 'authority', 'service'], seed, {
    kind: 'uniform',
    minUs: 300,
    maxUs: 600,
  });
  between(world, 0, 3, { latency: { kind: 'uniform', minUs: 29 * MS, maxUs: 31 * MS } });
  between(world, 1, 2, { latency: { kind: 'constant', us: 90 * MS } });
  const asking = { timeoutUs: SECOND, attempts: 2 };
  const ttlUs = cause === 'dns' ? 30 * SECOND : 3_600 * SECOND;
  new Endpoint(world, 2, (stack) => {
    serveZone(stack, { records: { 'shop.example': { addresses: [3], ttlUs } }, negativeTtlUs: SECOND });
  });
  new Endpoint(world, 1, (stack) => {
    void new Resolver(stack, { ...asking, authority: 2, mostPending: 100, mostEntries: 100 });
  });
  const words = cause === 'tls' ? FULL : { version: '1.3' as const, resumes: true, earlyData: true };
  new Endpoint(world, 3, (stack) =>
    stack.listen(443, (listener) => {
      const connection = listener.accept() as StreamConnection;
      secure(connection, false, words, () =>
        serve(stack.host, new FramedMux(connection, false, HTTP2_LIKE), (call) => {
          call.events = { readable: () => void call.read(), asked: () => call.end() };
        }),
      );
    }),
  );
  const client = new Endpoint(world, 0);
  const lookup = new NameLookup(client.stack, 6_000, { ...asking, resolver: 1 });
  const state: { connection: StreamConnection | undefined; mux: Mux | undefined } = {
    connection: undefined,
    mux: undefined,
  };
  const connect = (): StreamConnection => (state.connection = client.stack.connect(3, 443));
  // What is warm before the silence stays so, but for what the cause takes away.
  lookup.find('shop.example', () => undefined);
  if (cause !== 'cold-pool') connect();
  world.run(SECOND);
  if (cause === null || cause === 'dns')
    secure(state.connection as StreamConnection, true, words, (owed) => {
      state.mux = new FramedMux(state.connection as StreamConnection, true, HTTP2_LIKE, owed);
    });
  world.run(60 * SECOND);
  const first = phases(client, lookup, state, connect, words);
  world.run(70 * SECOND);
  const second = phases(client, lookup, state, connect, words);
  world.run(80 * SECOND);
  const retransmits = client.stack.open.reduce((sum, { figures }) => sum + figures.retransmits, 0);
  return observed(first, second, retransmits);
}

function observed(
  first: Readonly<Record<string, number>>,
  second: Readonly<Record<string, number>>,
  retransmits: number,
): Observation {
  const total = (of: Readonly<Record<string, number>>): number =>
    PHASES.reduce((sum, phase) => sum + (of[phase] ?? 0), 0);
  const evidence = PHASES.map((phase) => [
    `phase-${phase}`,
    {
      figure: first[phase] ?? 0,
      lines: [
        `first request: ${(first[phase] ?? 0).toFixed(1)} ms`,
        `the next one: ${(second[phase] ?? 0).toFixed(1)} ms`,
      ],
    },
  ]);
  return {
    hasSymptom: total(first) > 1.7 * total(second),
    told: `the first request took ${total(first).toFixed(0)} ms, the next one ${total(second).toFixed(0)} ms`,
    evidence: {
      ...Object.fromEntries(evidence),
      total: {
        figure: total(first),
        lines: countLines({ first: `${total(first).toFixed(0)} ms`, next: `${total(second).toFixed(0)} ms` }),
      },
      retransmits: { figure: retransmits, lines: countLines({ 'segments sent again': retransmits }) },
    },
  };
}

/** Makes one request, and notes how long each phase of it took, ms; to be read once the world has gone on. */
function phases(
  client: Endpoint,
  lookup: NameLookup,
  state: { connection: StreamConnection | undefined; mux: Mux | undefined },
  connect: () => StreamConnection,
  words: SecurityOptions,
): Readonly<Record<string, number>> {
  const took: Record<string, number> = {};
  const { host } = client.stack;
  let sinceUs = host.world.nowUs;
  const note = (phase: string): void => {
    took[phase] = (host.world.nowUs - sinceUs) / MS;
    sinceUs = host.world.nowUs;
  };
  const request = (): void => {
    note('tls');
    const how = { method: 'get', body: 'x'.repeat(200), withinUs: 5 * SECOND };
    const call: ClientCall = new ClientCall(host, state.mux as Mux, how, {
      readable: () => void call.read(),
      done: () => note('request'),
    });
  };
  const trust = (): void => {
    note('connect');
    if (state.mux !== undefined) return request();
    secure(state.connection as StreamConnection, true, words, (owed) => {
      state.mux = new FramedMux(state.connection as StreamConnection, true, HTTP2_LIKE, owed);
      request();
    });
  };
  lookup.find('shop.example', () => {
    note('dns');
    if (state.connection?.state === 'established') return trust();
    connect().events = { opened: trust };
  });
  return took;
}
