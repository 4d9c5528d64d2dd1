import { Endpoint } from '@holdfast/world';
import { quantileOf } from '../../subjects/patterns/running.ts';
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

const RUN_US = 8 * SECOND;

/** A service, and something behind it that one request of ten needs: most are quick, the slowest of a hundred are not. */
export const highTail: DiagnosisLab = {
  name: 'high-tail-latency',
  symptom: 'Half of all requests are as quick as ever; the slowest of a hundred take ten times as long.',
  causes: [
    { name: 'packet-loss', about: 'one packet of fifty is lost between clients and service' },
    { name: 'queueing', about: 'requests come in bursts that the service works off one after the other' },
    { name: 'overloaded-dependency', about: 'what is behind the service has more to do than it can' },
  ],
  evidence: [
    { name: 'retransmits', about: 'segments that were sent again', unit: 'segments', floor: 5 },
    { name: 'queue-depth', about: 'requests that wait at the service', unit: 'at most', floor: 15 },
    { name: 'saturation', about: 'how busy what is behind the service is', unit: '% of the time', floor: 30 },
    { name: 'latency', about: 'the 99th of a hundred requests', unit: 'ms', floor: 50 },
    { name: 'service-log', about: 'pauses of the service', unit: 'pauses', floor: 1 },
  ],
  run,
};

function run(cause: string | null, seed: number): Observation {
  const world = rigWorld(['client', 'service', 'behind'], seed, { kind: 'constant', us: 600 });
  if (cause === 'packet-loss') between(world, 0, 1, { loss: 0.02 });
  const workers: Worker[] = [];
  const heavyUs = cause === 'overloaded-dependency' ? 160 * MS : 8 * MS;
  new Endpoint(world, 2, (stack) => {
    workers[1] = new Worker(stack, 81, 1, (_call, done) => void stack.host.after(heavyUs, 'work', done));
  });
  new Endpoint(world, 1, (stack) => {
    const behind = connectTo(stack, 2, 81);
    workers[0] = new Worker(stack, 80, 1, working(stack.host, MS, 3 * MS), (call, answer) => {
      if (call.method === 'report') ask(stack, behind, 'read', answer);
      else answer();
    });
  });
  const client = new Endpoint(world, 0);
  const muxes = Array.from({ length: 8 }, () => connectTo(client.stack, 1, 80));
  const timed: Timed[] = [];
  const luck = world.choices.stream('traffic');
  const request = (atUs: number, i: number): void => {
    const mux = muxes[i % muxes.length];
    if (mux === undefined) return;
    const method = i % 20 === 0 ? 'report' : 'get';
    world.at(atUs, 'request', () =>
      ask(client.stack, mux, method, () => timed.push({ atUs, ms: (world.nowUs - atUs) / MS })),
    );
  };
  for (let i = 0, atUs = SECOND; atUs < RUN_US; i++, atUs += 12 * MS)
    request(atUs + luck.below(5 * MS, 'offset'), i);
  if (cause === 'queueing')
    for (let atUs = 2 * SECOND; atUs < RUN_US; atUs += 3 * SECOND)
      for (let i = 1; i < 80; i++) if (i % 20 > 0) request(atUs, i);
  world.run(RUN_US + 5 * SECOND);
  const times = timed.map(({ ms }) => ms);
  const [median, tail] = [quantileOf(times, 0.5), quantileOf(times, 0.99)];
  const [service, behind] = workers;
  const retransmits = client.stack.open.reduce((sum, { figures }) => sum + figures.retransmits, 0);
  const busy = (100 * (behind?.busyUs ?? 0)) / (RUN_US - SECOND);
  const queue = service?.mostQueued ?? 0;
  return {
    hasSymptom: median < 10 && tail > 60,
    told: `median ${median.toFixed(1)} ms, 99th of a hundred ${tail.toFixed(0)} ms`,
    evidence: {
      retransmits: {
        figure: retransmits,
        lines: countLines({ 'segments the client sent again': retransmits }),
      },
      'queue-depth': { figure: queue, lines: countLines({ 'requests that waited at once, at most': queue }) },
      saturation: {
        figure: busy,
        lines: countLines({
          'time it was busy': `${busy.toFixed(0)} %`,
          'its longest queue': behind?.mostQueued ?? 0,
        }),
      },
      latency: { figure: tail, lines: bySecond(timed) },
      'service-log': {
        figure: service?.pausesUs.length ?? 0,
        lines: countLines({ 'times nothing was begun': service?.pausesUs.length ?? 0 }),
      },
    },
  };
}
