import { describe, expect, it } from 'vitest';
import { ANYCAST, Endpoint, Router, type StreamConnection } from '../../src/index.ts';
import { net, only } from '../transport/net.ts';

const SECOND = 1_000_000;
const MS = 1_000;

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
