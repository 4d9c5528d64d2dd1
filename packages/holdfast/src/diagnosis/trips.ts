import { Endpoint, type LinkPolicy, type StreamConnection } from '@holdfast/world';
import { type Curve, curveSvg } from '../learning/index.ts';
import { quantileOf } from '../subjects/patterns/running.ts';
import { between, MS, rigWorld, SECOND } from './rig.ts';

/** How a link is changed, one knob at a time: each way, from 5 ms without loss. */
export const PATH_KNOBS: Readonly<Record<string, Partial<LinkPolicy>>> = {
  calm: { latency: { kind: 'constant', us: 5 * MS } },
  latency: { latency: { kind: 'constant', us: 25 * MS } },
  jitter: { latency: { kind: 'uniform', minUs: 5 * MS, maxUs: 25 * MS } },
  loss: { latency: { kind: 'constant', us: 5 * MS }, loss: 0.02 },
};

const SHARES = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99];

/** Round trips of so many small requests, one after the other over one stream connection, ms. Stops after ten minutes. */
export function roundTripsOver(link: Partial<LinkPolicy>, count: number, seed: number): number[] {
  const world = rigWorld(['client', 'server'], seed, { kind: 'constant', us: MS });
  between(world, 0, 1, link);
  new Endpoint(world, 1, (stack) =>
    stack.listen(80, (listener) => {
      const connection = listener.accept() as StreamConnection;
      connection.events = { readable: () => void connection.write(connection.read()) };
    }),
  );
  const client = new Endpoint(world, 0);
  const times: number[] = [];
  let sentUs = 0;
  const ask = (): void => {
    sentUs = world.nowUs;
    connection.write('ping');
  };
  const connection: StreamConnection = client.stack.connect(1, 80, {
    opened: ask,
    readable: () => {
      connection.read();
      times.push((world.nowUs - sentUs) / MS);
      if (times.length < count) ask();
    },
  });
  world.run(600 * SECOND);
  return times;
}

/** What share of requests took how long at most, a curve for each knob (S1.131). */
export function pathCurves(seed: number): readonly Curve[] {
  return Object.entries(PATH_KNOBS).map(([name, link]) => {
    const times = roundTripsOver(link, 300, seed);
    const points = SHARES.map((share) => {
      const ms = quantileOf(times, share);
      const percent = 100 * share;
      return {
        x: percent,
        y: ms,
        says: `${name}: ${percent} of 100 requests took at most ${ms.toFixed(1)} ms`,
      };
    });
    return { name, points };
  });
}

/** The same as a picture. */
export function pathCurvesSvg(seed: number): string {
  return curveSvg({
    title: 'Latency, jitter and loss',
    description:
      'What share of requests took how long at most: latency lifts the curve, jitter tilts its middle, loss bends its end.',
    x: 'of 100 requests',
    y: 'ms at most',
    curves: pathCurves(seed),
  });
}
