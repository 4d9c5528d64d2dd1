import { describe, expect, it } from 'vitest';
import {
  announce,
  Chooser,
  ConnectionPool,
  Endpoint,
  FlowBalancer,
  FramedMux,
  HashRing,
  HTTP2_LIKE,
  type Mux,
  moduloOwner,
  movedShare,
  NatGateway,
  type NatOptions,
  NoPortLeftError,
  type PoolGrant,
  type PoolOptions,
  Registry,
  RequestBalancer,
  serve,
  ServiceView,
  type StreamConnection,
  type StreamOptions,
  type TransportStack,
} from '../../src/index.ts';
import { ClientCall } from '../../src/rpc/index.ts';
import { net, pour, sink } from '../transport/net.ts';

const SECOND = 1_000_000;
const TABLE = { mostFlows: 1_000, idleUs: 300 * SECOND, transitoryUs: 30 * SECOND };

describe('consistent hashing', () => {
  const nodes = Array.from({ length: 10 }, (_, i) => `node-${i}`);
  const keys = Array.from({ length: 4_000 }, (_, i) => `key-${i}`);

  it('S1.129 a node that goes moves about 1/n of the keys, its own; one that comes about 1/(n + 1); modulo moves nearly all', () => {
    const ring = new HashRing(nodes);
    const without = new HashRing(nodes.slice(1));
    const owner = (of: HashRing) => (key: string) => of.owner(key);
    const gone = movedShare(keys, owner(ring), owner(without));
    expect(gone).toBeGreaterThan(0.07);
    expect(gone).toBeLessThan(0.13);
    for (const key of keys)
      if (ring.owner(key) !== 'node-0') expect(without.owner(key)).toBe(ring.owner(key));
    const come = movedShare(keys, owner(ring), owner(new HashRing([...nodes, 'node-10'])));
    expect(come).toBeGreaterThan(0.06);
    expect(come).toBeLessThan(0.12);
    const naive = (of: readonly string[]) => (key: string) => moduloOwner(of, key);
    expect(movedShare(keys, naive(nodes), naive(nodes.slice(1)))).toBeGreaterThan(0.85);
    expect([new HashRing([]).owner('x'), moduloOwner([], 'x')]).toEqual([undefined, undefined]);
  });

  it('S1.129 with one point for each node shares are uneven; with many they are within a quarter of each other', () => {
    const worst = (points: number): number => {
      const ring = new HashRing(nodes, points);
      const counts = nodes.map((node) => keys.filter((key) => ring.owner(key) === node).length);
      return Math.max(...counts) / 400;
    };
    expect(worst(1)).toBeGreaterThan(1.8);
    expect(worst(160)).toBeLessThan(1.25);
  });
});

describe('a balancer on the side of the client', () => {
  it('S1.129 takes turns, prefers who is least busy, and refuses when nobody has room, until somebody has', () => {
    const turns = new Chooser('round-robin');
    turns.become(['a', 'b', 'c']);
    expect([1, 2, 3, 4].map(() => turns.choose()?.name)).toEqual(['a', 'b', 'c', 'a']);
    const least = new Chooser('least-busy', 2);
    least.become(['a', 'b']);
    const taken = [1, 2, 3, 4, 5].map(() => least.choose());
    expect(taken.map((each) => each?.name)).toEqual(['a', 'b', 'a', 'b', undefined]);
    expect(least.refused).toBe(1);
    const [first] = least.backends;
    if (first !== undefined) least.done(first);
    expect(least.choose()?.name).toBe('a');
    const sick = new Chooser('consistent-hash');
    sick.become(['a', 'b']);
    for (const backend of sick.backends) backend.healthy = false;
    expect(sick.choose('k')).toBeUndefined();
  });
});

/** A gateway with a host behind it and a server outside. */
function behindNat(options: Partial<NatOptions>, knobs: Partial<StreamOptions> = {}) {
  const world = net({ hosts: ['inside', 'gateway', 'server'] });
  let nat: NatGateway | undefined;
  world.start(
    1,
    (host) => (nat = new NatGateway(host, { ...TABLE, inside: [0], ports: [1_000, 1_999], ...options })),
  );
  let server: TransportStack | undefined;
  new Endpoint(world, 2, (stack) => {
    server = stack;
    stack.listen(80, (listener) => {
      const connection = listener.accept() as StreamConnection;
      connection.events = {
        readable: () => connection.write(connection.read()),
        ended: () => connection.close(),
      };
    });
  });
  const inside = new Endpoint(world, 0, undefined, { synRetries: 1, ...knobs }, { nextHop: () => 1 });
  const connect = (): StreamConnection => {
    const connection = inside.stack.connect(2, 80);
    connection.write('hello');
    return connection;
  };
  return { world, connect, nat: () => nat as NatGateway, server: () => server as TransportStack };
}

describe('network address translation', () => {
  it('S1.129 the server sees the gateway; answers find their way back', () => {
    const { world, connect, server } = behindNat({});
    const [a, b] = [connect(), connect()];
    world.run(SECOND);
    expect([a.read(), b.read()]).toEqual(['hello', 'hello']);
    expect(server().open.map(({ flow }) => [flow.dst, flow.dstPort])).toEqual([
      [1, 1_000],
      [1, 1_001],
    ]);
  });

  it('S1.129 a full table drops new flows without a word, and takes them again once old ones are forgotten', () => {
    const { world, connect, nat } = behindNat({ mostFlows: 3, transitoryUs: 5 * SECOND });
    const all = [connect(), connect(), connect(), connect()];
    world.run(10 * SECOND);
    expect(all.map(({ why, state }) => why ?? state)).toEqual([
      ...Array(3).fill('established'),
      'connect-timeout',
    ]);
    expect(nat().table.full).toBeGreaterThan(0);
    for (const each of all.slice(0, 3)) each.abort();
    world.run(20 * SECOND);
    const again = connect();
    world.run(30 * SECOND);
    expect([again.state, nat().table.expired]).toEqual(['established', 3]);
  });

  it('S1.129 as many flows to one place as there are ports to lend; more are dropped', () => {
    const { world, connect, nat } = behindNat({ ports: [1_000, 1_001] });
    const all = [connect(), connect(), connect()];
    world.run(10 * SECOND);
    expect(all.map(({ why, state }) => why ?? state)).toEqual([
      'established',
      'established',
      'connect-timeout',
    ]);
    expect(nat().portsExhausted).toBeGreaterThan(0);
    all[0]?.abort();
    world.run(50 * SECOND);
    const again = connect();
    world.run(60 * SECOND);
    expect(again.state).toBe('established');
  });

  it('S1.129 a flow that was idle for too long is a stranger when it speaks again; keepalive keeps it known', () => {
    const after = (knobs: Partial<StreamOptions>): string => {
      const { world, connect } = behindNat({ idleUs: 60 * SECOND }, knobs);
      const connection = connect();
      world.run(200 * SECOND);
      connection.write('are you there?');
      world.run(210 * SECOND);
      return connection.why ?? connection.state;
    };
    expect(after({})).toBe('reset');
    expect(after({ keepalive: { idleUs: 30 * SECOND, intervalUs: SECOND, probes: 3 } })).toBe('established');
  });
});

describe('ephemeral ports', () => {
  it('S1.129 run out while connections that were closed first wait, and come back', () => {
    const world = net({ hosts: ['client', 'server'] });
    new Endpoint(world, 1, (stack) => void sink(stack));
    const client = new Endpoint(world, 0, undefined, {
      ephemeralPorts: [40_000, 40_003],
      timeWaitUs: 10 * SECOND,
    });
    const once = (): void => pour(client.stack.connect(1, 80), 'hello');
    for (let i = 0; i < 4; i++) once();
    world.run(SECOND);
    expect(client.stack.open.map(({ state }) => state)).toEqual(Array(4).fill('time-wait'));
    expect(once).toThrow(NoPortLeftError);
    expect(once).toThrow(/all 4 are taken/);
    // To another place the same ports are free.
    expect(() => client.stack.connect(1, 81)).not.toThrow();
    world.run(12 * SECOND);
    expect(once).not.toThrow();
  });
});

describe('a pool of connections', () => {
  function pooled(options: Partial<PoolOptions>) {
    const world = net({ hosts: ['client', 'server'] });
    new Endpoint(world, 1, (stack) => void sink(stack));
    const client = new Endpoint(world, 0);
    const limits = { most: 2, mostWaiting: 1, waitUs: SECOND, idleUs: 60 * SECOND, ...options };
    const pool = new ConnectionPool(client.stack.host, limits, (events) =>
      client.stack.connect(1, 80, events),
    );
    const acquire = (): PoolGrant[] => {
      const got: PoolGrant[] = [];
      pool.acquire((grant) => got.push(grant));
      return got;
    };
    return { world, pool, acquire };
  }
  const said = ([grant]: readonly PoolGrant[]): string =>
    grant === undefined ? 'waits' : 'refusal' in grant ? grant.refusal : grant.isNew ? 'new' : 'used again';

  it('S1.129 as many as it may, then waiting, then refusing; who is released goes to who waits', () => {
    const { world, pool, acquire } = pooled({});
    const all = [acquire(), acquire(), acquire(), acquire()];
    world.run(SECOND / 10);
    expect(all.map(said)).toEqual(['new', 'new', 'waits', 'pool-queue-full']);
    const [grant] = all[0] ?? [];
    if (grant !== undefined && 'connection' in grant) pool.release(grant.connection, true);
    expect(said(all[2] ?? [])).toBe('used again');
    const late = acquire();
    world.run(2 * SECOND);
    expect([said(late), pool.refused]).toEqual(['pool-wait-timeout', 2]);
  });

  it('S1.129 connections that nobody uses are closed, and old ones are not used again', () => {
    const { world, pool, acquire } = pooled({ idleUs: 10 * SECOND, mostAgeUs: 30 * SECOND });
    const once = (): string => {
      const got = acquire();
      world.run(world.nowUs + SECOND);
      const [grant] = got;
      if (grant !== undefined && 'connection' in grant) pool.release(grant.connection, true);
      return said(got);
    };
    expect([once(), once()]).toEqual(['new', 'used again']);
    world.run(30 * SECOND);
    expect(pool.size).toBe(0);
    expect(once()).toBe('new');
  });
});

describe('balancers in the path', () => {
  it('S1.129 the fourth layer gives flows to backends, turns away what has no room, and takes flows again', () => {
    const world = net({ hosts: ['client', 'balancer', 'one', 'two'] });
    let balancer: FlowBalancer | undefined;
    const options = { ...TABLE, transitoryUs: 2 * SECOND, policy: 'least-busy' as const, backends: [2, 3] };
    world.start(1, (host) => (balancer = new FlowBalancer(host, { ...options, mostFlowsEach: 1 })));
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
        { nextHop: () => 1 },
      );
    const client = new Endpoint(world, 0, undefined, { synRetries: 0 });
    const connect = (): StreamConnection => {
      const connection = client.stack.connect(1, 80);
      connection.write('x');
      return connection;
    };
    const all = [connect(), connect(), connect()];
    world.run(SECOND / 2);
    expect(all.map((each) => each.read())).toEqual(['2:x', '3:x', '']);
    world.run(2 * SECOND);
    expect([all[2]?.why, balancer?.chooser.refused]).toEqual(['connect-timeout', 1]);
    all[0]?.abort();
    world.run(5 * SECOND);
    const again = connect();
    world.run(6 * SECOND);
    expect(again.read()).toBe('2:x');
  });

  it('S1.129 the seventh layer gives requests of one connection to several backends, and says no when none has room', () => {
    const world = net({ hosts: ['client', 'balancer', 'one', 'two'] });
    for (const id of [2, 3])
      new Endpoint(world, id, (stack) =>
        stack.listen(80, (listener) =>
          serve(
            stack.host,
            new FramedMux(listener.accept() as StreamConnection, false, HTTP2_LIKE),
            (call) => {
              call.events = {
                asked: () => {
                  stack.host.after(SECOND / 10, 'work', () => {
                    call.write(String(id));
                    call.end();
                  });
                },
              };
            },
          ),
        ),
      );
    new Endpoint(world, 1, (stack) => {
      const balancer = new RequestBalancer(stack, { policy: 'round-robin', mostEach: 1, withinUs: SECOND });
      balancer.become(
        [2, 3].map((id) => ({
          name: String(id),
          mux: new FramedMux(stack.connect(id, 80), true, HTTP2_LIKE),
        })),
      );
      stack.listen(80, (listener) =>
        balancer.accept(new FramedMux(listener.accept() as StreamConnection, false, HTTP2_LIKE)),
      );
    });
    const client = new Endpoint(world, 0);
    const mux: Mux = new FramedMux(client.stack.connect(1, 80), true, HTTP2_LIKE);
    const ask = (): { call: ClientCall; text: () => string } => {
      let text = '';
      const request = { method: 'get', body: '', withinUs: SECOND };
      const call: ClientCall = new ClientCall(client.stack.host, mux, request, {
        readable: () => (text += call.read()),
      });
      return { call, text: () => text };
    };
    const all = [ask(), ask(), ask()];
    world.run(SECOND);
    expect(all.map(({ call, text }) => `${call.status} ${text()}`)).toEqual(['ok 2', 'ok 3', 'failed ']);
    const later = ask();
    world.run(2 * SECOND);
    expect(later.call.status).toBe('ok');
  });
});

describe('discovery', () => {
  function discovered(mostInstances: number, keepsLast: boolean) {
    const world = net({ hosts: ['registry', 'one', 'two', 'client'] });
    let registry: Registry | undefined;
    new Endpoint(world, 0, (stack) => (registry = new Registry(stack, mostInstances)));
    const how = { registry: 0, service: 'shop', everyUs: SECOND, ttlUs: 3 * SECOND };
    const said: (() => string)[] = [];
    const leave: (() => void)[] = [];
    for (const id of [1, 2])
      new Endpoint(world, id, (stack) => {
        const own = announce(stack, 700, how);
        said.push(own.said);
        leave.push(own.leave);
      });
    let view: ServiceView | undefined;
    new Endpoint(world, 3, (stack) => (view = new ServiceView(stack, 701, { ...how, keepsLast })));
    return { world, said, leave, registry: () => registry as Registry, view: () => view as ServiceView };
  }

  it('S1.129 instances that fall silent are forgotten after a while, and known again once they speak', () => {
    const { world, view } = discovered(10, true);
    world.run(2 * SECOND);
    expect(view().addresses).toEqual([1, 2]);
    world.crash(world.host(1));
    world.run(4 * SECOND);
    expect(view().addresses).toEqual([1, 2]);
    world.run(7 * SECOND);
    expect(view().addresses).toEqual([2]);
    world.restart(world.host(1));
    world.run(10 * SECOND);
    expect(view().addresses).toEqual([2, 1]);
  });

  it('S1.129 a full registry says so, and takes the next one when somebody leaves', () => {
    const { world, said, leave, view, registry } = discovered(1, true);
    world.run(2 * SECOND);
    expect([said.map((each) => each()), view().addresses]).toEqual([['accepted', 'full'], [1]]);
    expect(registry().refused).toBeGreaterThan(0);
    leave[0]?.();
    world.run(5 * SECOND);
    expect([said[1]?.(), view().addresses]).toEqual(['accepted', [2]]);
  });

  it('S1.129 while the registry is down a client that keeps its last view goes on; one that empties it has nobody left', () => {
    const left = (keepsLast: boolean): number => {
      const { world, view } = discovered(10, keepsLast);
      world.run(2 * SECOND);
      world.crash(world.host(0));
      world.run(20 * SECOND);
      return view().addresses.length;
    };
    expect([left(true), left(false)]).toEqual([2, 0]);
  });
});
