import {
  Endpoint,
  type HostId,
  NatGateway,
  type NatOptions,
  Router,
  type StreamConnection,
} from '@holdfast/world';
import type { DiagnosisLab, Observation } from '../lab.ts';
import { countLines, MS, rigWorld, SECOND } from '../rig.ts';

const OFFICES = [0, 1] as const;
const GATEWAY = 2;
const ROUTER = 4;
const SITES = [5, 6] as const;
const NOWHERE = 7;
const ACCESS = 8;
const HOSTS = [
  'office-1',
  'office-2',
  'gateway-1',
  'gateway-2',
  'router',
  'site-1',
  'site-2',
  'nowhere',
  'access-1',
  'access-2',
];
const SMALL = 100;
const LARGE = 6_000;

interface Attempt {
  readonly office: number;
  readonly site: number;
  readonly bytes: number;
  isAnswered: boolean;
}

/** Two offices behind gateways, two sites behind a router: some requests fail, and who looks at all of them sees no pattern. */
export const someClientsFail: DiagnosisLab = {
  name: 'some-clients-fail',
  symptom: 'Some clients cannot reach the service; others have no trouble.',
  causes: [
    { name: 'nat-ports', about: 'the gateway of one office has no ports left to lend' },
    { name: 'conntrack-full', about: 'the table of flows of one gateway is full' },
    { name: 'route', about: 'the route to one site leads nowhere' },
    { name: 'mtu', about: 'the path of one office takes smaller packets, and says so to nobody' },
  ],
  evidence: [
    { name: 'by-source', about: 'failures of each office', unit: '% between the offices', floor: 20 },
    { name: 'by-path', about: 'failures of each site', unit: '% between the sites', floor: 40 },
    {
      name: 'by-size',
      about: 'failures of small and of large requests',
      unit: '% between the sizes',
      floor: 30,
    },
    { name: 'nat-ports', about: 'flows for which the gateways had no port', unit: 'packets', floor: 2 },
    {
      name: 'conntrack-drops',
      about: 'flows for which the tables of the gateways had no room',
      unit: 'packets',
      floor: 2,
    },
    { name: 'overall', about: 'failures of all together', unit: '%', floor: 5 },
    {
      name: 'service-log',
      about: 'connections that the sites have turned away',
      unit: 'connections',
      floor: 1,
    },
  ],
  run,
};

function run(cause: string | null, seed: number): Observation {
  const world = rigWorld(HOSTS, seed, { kind: 'uniform', minUs: MS, maxUs: 3 * MS });
  const sick = world.choices.stream('sick').below(2, 'which');
  const gateways: NatGateway[] = [];
  const table = { mostFlows: 1_000, idleUs: 600 * SECOND, transitoryUs: 60 * SECOND };
  for (const office of OFFICES) {
    const isSick = office === sick;
    const options: NatOptions = {
      ...table,
      mostFlows: cause === 'conntrack-full' && isSick ? 12 : 1_000,
      inside: [office],
      ports: cause === 'nat-ports' && isSick ? [1_024, 1_029] : [1_024, 65_000],
      nextHop: (dst): HostId => (dst === office ? ACCESS + office : ROUTER),
    };
    world.start(GATEWAY + office, (host) => {
      const gateway = new NatGateway(host, options);
      gateways.push(gateway);
      return gateway;
    });
    // What is too large for a narrow way vanishes.
    const mtuBytes = cause === 'mtu' && isSick ? 1_200 : 1_500;
    const nextHop = (dst: number): HostId => (dst === office ? office : GATEWAY + office);
    world.start(ACCESS + office, (host) => new Router(host, { mtuBytes, answersTooBig: false, nextHop }));
  }
  const dead: number | undefined = SITES[sick];
  world.start(
    ROUTER,
    (host) => new Router(host, { nextHop: (dst) => (cause === 'route' && dst === dead ? NOWHERE : dst) }),
  );
  world.start(NOWHERE, () => ({ onMessage: () => undefined, onTimer: () => undefined }));
  const sites = SITES.map((id) => site(world, id));
  const attempts: Attempt[] = [];
  const offices = OFFICES.map(
    (id) =>
      new Endpoint(
        world,
        id,
        undefined,
        { synRetries: 1, maxRetransmits: 3 },
        { nextHop: () => ACCESS + id },
      ),
  );
  for (let i = 0; i < 80; i++)
    world.at(SECOND + i * 50 * MS, 'request', () => {
      const [office, target, bytes] = [
        i % 2,
        Math.floor(i / 2) % 2,
        Math.floor(i / 4) % 2 === 0 ? SMALL : LARGE,
      ];
      const attempt: Attempt = { office, site: target, bytes, isAnswered: false };
      attempts.push(attempt);
      const stack = offices[office]?.stack;
      const connection: StreamConnection | undefined = stack?.connect(SITES[target] ?? 0, 80, {
        readable: () => {
          attempt.isAnswered ||= connection?.read() !== '';
        },
      });
      connection?.write('x'.repeat(bytes));
    });
  world.run(40 * SECOND);
  return observed(
    attempts,
    gateways,
    sites.reduce((sum, each) => sum + each.stack.counters.synsDropped, 0),
  );
}

/** Answers once all of a request has come: small ones have 100 bytes, large ones 6,000. */
function site(world: ReturnType<typeof rigWorld>, id: number): Endpoint {
  return new Endpoint(
    world,
    id,
    (stack) =>
      stack.listen(80, (listener) => {
        const connection = listener.accept() as StreamConnection;
        let come = 0;
        connection.events = {
          readable: () => {
            come += connection.read().length;
            if (come === SMALL || come === LARGE) connection.write('answer');
          },
        };
      }),
    { synBacklog: 1_000, acceptQueue: 1_000 },
    { nextHop: () => ROUTER },
  );
}

function observed(
  attempts: readonly Attempt[],
  gateways: readonly NatGateway[],
  turnedAway: number,
): Observation {
  const failures = (of: readonly Attempt[]): number =>
    (100 * of.filter(({ isAnswered }) => !isAnswered).length) / Math.max(1, of.length);
  const split = (key: (attempt: Attempt) => string): { figure: number; lines: string[] } => {
    const groups = [...new Set(attempts.map(key))].toSorted();
    const shares = groups.map((group) => failures(attempts.filter((attempt) => key(attempt) === group)));
    return {
      figure: Math.max(...shares) - Math.min(...shares),
      lines: groups.map((group, i) => `${group}: ${(shares[i] ?? 0).toFixed(0)} % failed`),
    };
  };
  const overall = failures(attempts);
  const ports = gateways.reduce((sum, { portsExhausted }) => sum + portsExhausted, 0);
  const drops = gateways.reduce((sum, { table }) => sum + table.full, 0);
  return {
    hasSymptom: overall > 5 && overall < 95,
    told: `${overall.toFixed(0)} % of ${attempts.length} requests were not answered`,
    evidence: {
      'by-source': split(({ office }) => `office-${office + 1}`),
      'by-path': split(({ site: target }) => `site-${target + 1}`),
      'by-size': split(({ bytes }) => `${bytes} bytes`),
      'nat-ports': { figure: ports, lines: countLines({ 'flows without a port': ports }) },
      'conntrack-drops': { figure: drops, lines: countLines({ 'flows without room in the table': drops }) },
      overall: { figure: overall, lines: [`${overall.toFixed(0)} % failed`] },
      'service-log': { figure: turnedAway, lines: countLines({ 'SYNs dropped by the sites': turnedAway }) },
    },
  };
}
