import { Endpoint, FaultInjector, NatGateway, type StreamConnection } from '@holdfast/world';
import type { DiagnosisLab, Observation } from '../lab.ts';
import { countLines, MS, rigWorld, SECOND } from '../rig.ts';

const RUN_US = 240 * SECOND;
const CONNECTIONS = 12;
const IDLE_US = 20 * SECOND;

interface Reset {
  readonly atUs: number;
  readonly ageUs: number;
  readonly idleUs: number;
}

/** Long-lived connections that say something now and then; some of them are reset. */
export const randomResets: DiagnosisLab = {
  name: 'random-resets',
  symptom: 'Now and then a request meets a connection that is reset.',
  causes: [
    { name: 'idle-timeout', about: 'the gateway forgets connections that were idle for 20 seconds' },
    { name: 'deploy-churn', about: 'the service is deployed again and again, and forgets its connections' },
  ],
  evidence: [
    {
      name: 'connection-age',
      about: 'age and idle time of each connection that was reset',
      unit: 's idle at least',
      floor: 10,
    },
    { name: 'upstream-log', about: 'starts of the service', unit: 'starts', floor: 1 },
    {
      name: 'gateway-log',
      about: 'flows that the gateway has forgotten while idle',
      unit: 'flows',
      floor: 2,
    },
    { name: 'resets', about: 'how many, and when', unit: 'resets', floor: 1 },
    {
      name: 'retransmits',
      about: 'segments of open connections that were sent again',
      unit: 'segments',
      floor: 5,
    },
  ],
  run,
};

function run(cause: string | null, seed: number): Observation {
  const world = rigWorld(['client', 'gateway', 'service'], seed, { kind: 'constant', us: 2 * MS });
  const gateways: NatGateway[] = [];
  const idleUs = cause === 'idle-timeout' ? IDLE_US : 3_600 * SECOND;
  const table = {
    mostFlows: 10_000,
    idleUs,
    transitoryUs: 5 * SECOND,
    inside: [0],
    ports: [1_024, 65_000] as const,
  };
  world.start(1, (host) => {
    const gateway = new NatGateway(host, table);
    gateways.push(gateway);
    return gateway;
  });
  let starts = 0;
  new Endpoint(world, 2, (stack) => {
    starts++;
    stack.listen(80, (listener) => {
      const connection = listener.accept() as StreamConnection;
      connection.events = { readable: () => void connection.write(connection.read()) };
    });
  });
  if (cause === 'deploy-churn') {
    const injector = new FaultInjector(world, { models: ['crash-recovery'] });
    const times = [40, 80, 120, 160, 200].map((second) => second * SECOND);
    injector.schedule(
      times.map((atUs, id) => ({ id, kind: 'crash', host: 'service', atUs, forUs: 300 * MS })),
    );
  }
  const client = new Endpoint(world, 0, undefined, {}, { nextHop: () => 1 });
  const resets: Reset[] = [];
  const luck = world.choices.stream('traffic');
  for (let i = 0; i < CONNECTIONS; i++) talk(client, resets, () => luck.between(SECOND, 34 * SECOND, 'gap'));
  world.run(RUN_US);
  const idle = resets.map((reset) => reset.idleUs / SECOND);
  const retransmits = client.stack.open.reduce((sum, { figures }) => sum + figures.retransmits, 0);
  const leastIdle = resets.length === 0 ? 0 : Math.min(...idle);
  const expired = gateways[0]?.table.expired ?? 0;
  return {
    hasSymptom: resets.length >= 3,
    told: `${resets.length} requests met a reset in four minutes`,
    evidence: {
      'connection-age': {
        figure: leastIdle,
        lines: resets.map(
          ({ atUs, ageUs, idleUs: us }) =>
            `${(atUs / SECOND).toFixed(1)} s: reset at age ${(ageUs / SECOND).toFixed(1)} s, idle for ${(us / SECOND).toFixed(1)} s`,
        ),
      },
      'upstream-log': { figure: starts, lines: countLines({ 'starts of the service': starts }) },
      'gateway-log': { figure: expired, lines: countLines({ 'flows forgotten while idle': expired }) },
      resets: { figure: resets.length, lines: resets.map(({ atUs }) => `${(atUs / SECOND).toFixed(1)} s`) },
      retransmits: { figure: retransmits, lines: countLines({ 'segments sent again': retransmits }) },
    },
  };
}

/** One connection that says something after each gap, and is opened anew when it is lost. */
function talk(client: Endpoint, resets: Reset[], gapUs: () => number): void {
  const { world } = client.stack.host;
  let usedUs = world.nowUs;
  const open = (): void => {
    const connection: StreamConnection = client.stack.connect(2, 80, {
      readable: () => void connection.read(),
      closed: (why) => {
        const { openedUs } = connection;
        if (why === 'reset' && openedUs >= 0)
          resets.push({ atUs: world.nowUs, ageUs: world.nowUs - openedUs, idleUs: world.nowUs - usedUs });
        world.at(world.nowUs + SECOND, 'open again', open);
      },
    });
    const say = (): void => {
      if (connection.why !== undefined) return;
      // How long it was idle is seen when the answer is a reset: at the time of the word before this one.
      const before = usedUs;
      connection.write('ping');
      world.at(
        world.nowUs + 100 * MS,
        'said',
        () => (usedUs = connection.why === undefined ? world.nowUs : before),
      );
      world.at(world.nowUs + gapUs(), 'say', say);
    };
    world.at(world.nowUs + gapUs(), 'say', say);
    usedUs = world.nowUs;
  };
  open();
}
