import { describe, expect, it } from 'vitest';
import { ANYCAST, Endpoint, type LinkPolicy, Router, type StreamConnection } from '../../src/index.ts';
import { net, only } from '../transport/net.ts';

const SECOND = 1_000_000;
const MS = 1_000;

/** Round trips of small requests, one after the other over one connection, sorted, ms. */
function trips(link: Partial<LinkPolicy>): number[] {
  const world = net({ hosts: ['A', 'B'], link, seed: 7 });
  new Endpoint(world, 1, (stack) =>
    stack.listen(80, (listener) => {
      const connection = listener.accept() as StreamConnection;
      connection.events = { readable: () => void connection.write(connection.read()) };
    }),
  );
  const a = new Endpoint(world, 0);
  const times: number[] = [];
  let sentUs = 0;
  const ask = (): void => {
    sentUs = world.nowUs;
    connection.write('ping');
  };
  const connection: StreamConnection = a.stack.connect(1, 80, {
    opened: ask,
    readable: () => {
      connection.read();
      times.push((world.nowUs - sentUs) / MS);
      if (times.length < 400) ask();
    },
  });
  world.run(600 * SECOND);
  return times.toSorted((x, y) => x - y);
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor(sorted.length * share)] ?? 0;

describe('loss, latency and jitter', () => {
  it('S1.131 each moves a part of the distribution of its own: the least, the spread of the middle, the tail', () => {
    const knobs: Readonly<Record<string, Partial<LinkPolicy>>> = {
      calm: { latency: { kind: 'constant', us: 5 * MS } },
      latency: { latency: { kind: 'constant', us: 25 * MS } },
      jitter: { latency: { kind: 'uniform', minUs: 5 * MS, maxUs: 25 * MS } },
      loss: { latency: { kind: 'constant', us: 5 * MS }, loss: 0.02 },
    };
    const rows = Object.fromEntries(
      Object.entries(knobs).map(([name, link]) => {
        const sorted = trips(link);
        expect([name, sorted.length]).toEqual([name, 400]);
        const [least, spread] = [at(sorted, 0), at(sorted, 0.9) - at(sorted, 0.1)];
        return [name, { least, spread, tail: at(sorted, 0.99) - at(sorted, 0.9) }];
      }),
    );
    expect(rows['calm']).toEqual({ least: 10, spread: 0, tail: 0 });
    // Latency moves all of it, and widens nothing.
    expect(rows['latency']).toEqual({ least: 50, spread: 0, tail: 0 });
    // Jitter leaves the least where it is and widens the middle; the tail stays short.
    expect(rows['jitter']?.least).toBeLessThan(15);
    expect(rows['jitter']?.spread).toBeGreaterThan(15);
    expect(rows['jitter']?.tail).toBeLessThan(10);
    // Loss leaves least and middle alone, and makes a tail as long as the retransmission timeout.
    expect([rows['loss']?.least, rows['loss']?.spread]).toEqual([10, 0]);
    expect(rows['loss']?.tail).toBeGreaterThan(190);
  });
});

describe('anycast', () => {
  /** Two sites announce one address; the router knows which is nearer now. */
  function sites() {
    const world = net({ hosts: ['client', 'router', 'near', 'far'] });
    only(world, 1, 3, { latency: { kind: 'constant', us: 80 * MS } });
    only(world, 3, 1, { latency: { kind: 'constant', us: 80 * MS } });
    let router: Router | undefined;
    const route = (site: number) => ({ nextHop: (dst: number): number => (dst === ANYCAST ? site : dst) });
    world.start(1, (host) => (router = new Router(host, route(2))));
    for (const id of [2, 3])
      new Endpoint(
        world,
        id,
        (stack) =>
          stack.listen(80, (listener) => {
            const connection = listener.accept() as StreamConnection;
            connection.events = { readable: () => void connection.write(`${id}:${connection.read()}`) };
          }),
        {},
        { addresses: [ANYCAST], nextHop: () => 1 },
      );
    const client = new Endpoint(world, 0, undefined, {}, { nextHop: () => 1 });
    const connect = (): StreamConnection => {
      const connection = client.stack.connect(ANYCAST, 80);
      connection.write('x');
      return connection;
    };
    return { world, connect, turnTo: (site: number) => router?.change(route(site)) };
  }

  it('S1.131 a route that changes in the middle of a connection resets it: the other site has never heard of it', () => {
    const { world, connect, turnTo } = sites();
    const connection = connect();
    world.run(SECOND);
    expect(connection.read()).toBe('2:x');
    turnTo(3);
    world.run(2 * SECOND);
    expect(connection.state).toBe('established');
    connection.write('y');
    world.run(3 * SECOND);
    expect(connection.why).toBe('reset');
    const again = connect();
    world.run(4 * SECOND);
    expect(again.read()).toBe('3:x');
  });

  it('S1.131 a route that stays, or turns back before anything is said, does no harm', () => {
    const { world, connect, turnTo } = sites();
    const connection = connect();
    world.run(SECOND);
    turnTo(3);
    world.run(2 * SECOND);
    turnTo(2);
    connection.read();
    connection.write('y');
    world.run(3 * SECOND);
    expect([connection.read(), connection.state]).toEqual(['2:y', 'established']);
  });

  it('S1.131 the region that takes over is farther away: every trip takes longer, and says so', () => {
    const { world, connect, turnTo } = sites();
    const near = connect();
    world.run(SECOND);
    turnTo(3);
    const far = connect();
    world.run(3 * SECOND);
    const [nearUs, farUs] = [near, far].map(({ figures }) => figures.smoothedUs);
    expect([nearUs, farUs]).toEqual([20 * MS, 170 * MS]);
  });
});
