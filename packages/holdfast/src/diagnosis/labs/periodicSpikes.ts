import { Endpoint, NameLookup, Resolver, type ResolverEvent, serveZone } from '@holdfast/world';
import type { DiagnosisLab, Observation } from '../lab.ts';
import {
  ask,
  between,
  bySecond,
  connectTo,
  countLines,
  MS,
  rigWorld,
  SECOND,
  type Timed,
  Worker,
  working,
} from '../rig.ts';

const HOSTS = ['client', 'resolver', 'authority', 'service', 'agents'] as const;
const PERIOD_US = 4 * SECOND;
const RUN_US = 17 * SECOND;
/** A request that takes longer is part of a spike. */
const SPIKE_MS = 100;

/** Requests look a name up and ask a service; every few seconds they take ten times as long. */
export const periodicSpikes: DiagnosisLab = {
  name: 'periodic-spikes',
  symptom: 'Every few seconds requests take ten times as long, for a moment.',
  causes: [
    {
      name: 'dns-expiry',
      about: 'the name is remembered for a few seconds only, and its authority is far away',
    },
    { name: 'synchronized-refresh', about: 'all agents refresh what they know at the same instant' },
    { name: 'batch-job', about: 'the service stands still while a batch runs' },
  ],
  evidence: [
    {
      name: 'dns-events',
      about: 'what the resolver did with each question',
      unit: 'questions that had expired',
      floor: 1,
    },
    {
      name: 'arrivals',
      about: 'requests that arrive at the service',
      unit: 'in the fullest 50 ms',
      floor: 20,
    },
    { name: 'service-log', about: 'when the service began nothing', unit: 'pauses', floor: 1 },
    {
      name: 'latency',
      about: 'what requests took, second by second',
      unit: 'seconds with a slow one',
      floor: 1,
    },
    { name: 'retransmits', about: 'segments of the client that were sent again', unit: 'segments', floor: 2 },
  ],
  run,
};

function run(cause: string | null, seed: number): Observation {
  const world = rigWorld(HOSTS, seed, { kind: 'constant', us: 600 });
  between(world, 1, 2, { latency: { kind: 'constant', us: 120 * MS } });
  const events: ResolverEvent[] = [];
  const ttlUs = cause === 'dns-expiry' ? PERIOD_US : 3_600 * SECOND;
  const asking = { timeoutUs: SECOND, attempts: 2 };
  new Endpoint(world, 2, (stack) => {
    serveZone(stack, { records: { 'shop.example': { addresses: [3], ttlUs } }, negativeTtlUs: SECOND });
  });
  new Endpoint(world, 1, (stack) => {
    const heard = (event: ResolverEvent): void => void events.push(event);
    void new Resolver(stack, { ...asking, authority: 2, mostPending: 100, mostEntries: 100, heard });
  });
  const services: Worker[] = [];
  new Endpoint(world, 3, (stack) => services.push(new Worker(stack, 80, 1, working(stack.host, MS, 3 * MS))));
  const client = new Endpoint(world, 0);
  const agents = new Endpoint(world, 4);
  const lookup = new NameLookup(client.stack, 6_000, { ...asking, resolver: 1 });
  const mux = connectTo(client.stack, 3, 80);
  const fleet = connectTo(agents.stack, 3, 80);
  const timed: Timed[] = [];
  for (let atUs = SECOND; atUs < RUN_US; atUs += 50 * MS)
    world.at(atUs, 'request', () =>
      lookup.find('shop.example', () =>
        ask(client.stack, mux, 'get', () => timed.push({ atUs, ms: (world.nowUs - atUs) / MS })),
      ),
    );
  // Agents refresh all the time; in one run all of them at once.
  const spread = world.choices.stream('agents');
  for (let atUs = 2 * SECOND; atUs < RUN_US; atUs += PERIOD_US)
    for (let agent = 0; agent < 60; agent++) {
      const offset = cause === 'synchronized-refresh' ? 0 : spread.below(PERIOD_US, 'offset');
      world.at(atUs + offset, 'refresh', () => ask(agents.stack, fleet, 'refresh', () => undefined));
    }
  if (cause === 'batch-job')
    for (let atUs = 3 * SECOND; atUs < RUN_US; atUs += PERIOD_US)
      world.at(atUs, 'batch', () => services[0]?.pause(200 * MS));
  world.run(RUN_US + 2 * SECOND);
  const [service] = services;
  const retransmits = client.stack.open.reduce((sum, { figures }) => sum + figures.retransmits, 0);
  return observed(events, timed, service, retransmits);
}

function observed(
  events: readonly ResolverEvent[],
  timed: readonly Timed[],
  service: Worker | undefined,
  retransmits: number,
): Observation {
  const settled = timed.filter(({ atUs }) => atUs >= 2 * SECOND);
  const slow = new Set(
    settled.filter(({ ms }) => ms > SPIKE_MS).map(({ atUs }) => Math.floor(atUs / SECOND)),
  );
  const expired = events.filter(({ kind, atUs }) => kind === 'expired' && atUs >= 2 * SECOND);
  const arrivals = fullest(service?.arrivalsUs ?? [], 50 * MS);
  return {
    hasSymptom: slow.size >= 3 && slow.size <= 8,
    told: `in ${slow.size} of 15 seconds some requests took more than ${SPIKE_MS} ms`,
    evidence: {
      'dns-events': {
        figure: expired.length,
        lines: [
          ...expired.map(
            ({ atUs, name }) =>
              `${(atUs / SECOND).toFixed(3)} s: ${name} had expired; the authority was asked`,
          ),
          `${events.filter(({ kind }) => kind === 'hit').length} answers from the cache`,
        ],
      },
      arrivals: {
        figure: arrivals,
        lines: countLines({ 'most requests within 50 ms': arrivals, all: service?.arrivalsUs.length ?? 0 }),
      },
      'service-log': {
        figure: service?.pausesUs.length ?? 0,
        lines: [
          `${service?.pausesUs.length ?? 0} times nothing was begun for 200 ms`,
          `longest queue ${service?.mostQueued ?? 0}`,
        ],
      },
      latency: { figure: slow.size, lines: bySecond(settled) },
      retransmits: { figure: retransmits, lines: countLines({ 'segments sent again': retransmits }) },
    },
  };
}

function fullest(timesUs: readonly number[], widthUs: number): number {
  let most = 0;
  let from = 0;
  for (const [i, us] of timesUs.entries()) {
    while (us - (timesUs[from] ?? 0) > widthUs) from++;
    most = Math.max(most, i - from + 1);
  }
  return most;
}
