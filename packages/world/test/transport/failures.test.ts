import { describe, expect, it } from 'vitest';
import {
  Endpoint,
  FaultInjector,
  type Packet,
  numbered,
  Router,
  type StreamConnection,
  type StreamOptions,
  type World,
} from '../../src/index.ts';
import { net, only, pour, sink, type Sink } from './net.ts';
import { incast } from './incast.ts';

const SECOND = 1_000_000;
const KEEPALIVE = { idleUs: 10 * SECOND, intervalUs: SECOND, probes: 3 };

interface Pair {
  readonly world: World;
  readonly a: Endpoint;
  readonly b: Endpoint;
  readonly client: StreamConnection;
  readonly server: Sink;
  readonly why: string[];
}

/** An open connection on which nothing is being said. */
function open(knobs: Partial<StreamOptions> = {}): Pair {
  const world = net({ hosts: ['A', 'B'] });
  let server: Sink | undefined;
  const b = new Endpoint(world, 1, (stack) => (server = sink(stack)), knobs);
  const a = new Endpoint(world, 0, undefined, knobs);
  const why: string[] = [];
  const client = a.stack.connect(1, 80, { closed: (reason) => why.push(reason) });
  pour(client, 'hello', false);
  world.run(SECOND);
  if (server === undefined) throw new Error('nobody listens');
  return { world, a, b, client, server, why };
}

describe('how a stream connection fails', () => {
  it('S2.5 reset: the other side has restarted, and does not know the connection that is written to', () => {
    const { world, client, why } = open();
    const injector = new FaultInjector(world, { models: ['crash-recovery'] });
    injector.schedule([{ id: 0, kind: 'crash', host: 'B', atUs: 2 * SECOND, forUs: SECOND }]);
    world.run(5 * SECOND);
    expect([why, client.state]).toEqual([[], 'established']);
    client.write('are you there?');
    world.run(6 * SECOND);
    expect(why).toEqual(['reset']);
  });

  it('S2.5 reset: a forged one that does not stand where bytes are awaited changes nothing', () => {
    const { world, client, why } = open();
    const forged = { kind: 'segment', ...client.flow, seq: 1, ack: 0, flags: 8, window: 0 } as const;
    expect(forged.seq).not.toBe(client.receiver.next);
    client.receive({ ...forged, data: '', checksum: 0, mss: 0, df: false });
    expect([why, client.state]).toEqual([[], 'established']);
    client.receive({ ...forged, seq: client.receiver.next, data: '', checksum: 0, mss: 0, df: false });
    expect([why, world.nowUs]).toEqual([['reset'], SECOND]);
  });

  it('S2.5 connect timeout: nobody answers; refused: somebody says no; both differ in how long that takes', () => {
    const fails = (link: Parameters<typeof net>[0]['link'], listens: boolean): [string, number] => {
      const world = net({ hosts: ['A', 'B'], ...(link === undefined ? {} : { link }) });
      new Endpoint(world, 1, (stack) => void (listens && sink(stack)));
      const a = new Endpoint(world, 0);
      let end: [string, number] = ['open', 0];
      a.stack.connect(1, 80, { closed: (why) => (end = [why, world.nowUs]) });
      world.run(120 * SECOND);
      return end;
    };
    // 1 + 2 + 4 + 8 + 16 seconds.
    expect(fails({ answer: 'swallow' }, true)).toEqual(['connect-timeout', 31 * SECOND]);
    expect(fails({}, false)).toEqual(['refused', 10_000]);
    expect(fails({}, true)).toEqual(['open', 0]);
  });

  it('S2.5 half-open: a dead peer is found only by keepalive or by writing', () => {
    const dies = (knobs: Partial<StreamOptions>, writes: boolean): [readonly string[], string] => {
      const { world, client, why } = open(knobs);
      const injector = new FaultInjector(world, { models: ['crash-stop', 'crash-recovery'] });
      injector.schedule([{ id: 0, kind: 'crash', host: 'B', atUs: 2 * SECOND, forUs: 0 }]);
      world.run(3 * SECOND);
      if (writes) client.write('are you there?');
      world.run(3_600 * SECOND);
      return [why, client.state];
    };
    expect(dies({}, false)).toEqual([[], 'established']);
    expect(dies({}, true)).toEqual([['timeout'], 'closed']);
    expect(dies({ keepalive: KEEPALIVE }, false)).toEqual([['keepalive'], 'closed']);
  });

  it('S2.5 half-open: keepalive leaves a living silent peer alone', () => {
    const { world, client, why } = open({ keepalive: KEEPALIVE });
    world.run(3_600 * SECOND);
    expect([why, client.state]).toEqual([[], 'established']);
  });

  it('S2.5 head-of-line: one lost segment keeps back all bytes after it, although they have come', () => {
    const arrivals = (loses: boolean): number[] => {
      const world = net({ hosts: ['A', 'R', 'B'], link: { bitsPerSecond: 0 } });
      let lost = false;
      world.start(1, (host) => {
        const router = new Router(host);
        return {
          onMessage: (from, payload) => {
            const packet = payload as Packet;
            const isThird =
              packet.kind === 'segment' && packet.data.startsWith(numbered(2_920 + 8).slice(-8));
            if (loses && isThird && !lost) lost = true;
            else router.onMessage(from, payload);
          },
          onTimer: () => undefined,
        };
      });
      const times: number[] = [];
      new Endpoint(
        world,
        2,
        (stack) => {
          const taken = sink(stack);
          world.observe(() => {
            while (times.length < Math.floor(taken.text.length / 1_460)) times.push(world.nowUs);
          });
        },
        {},
        { nextHop: () => 1 },
      );
      const a = new Endpoint(world, 0, undefined, {}, { nextHop: () => 1 });
      pour(a.stack.connect(2, 80), numbered(8 * 1_460));
      world.run(10 * SECOND);
      return times;
    };
    const [calm, held] = [arrivals(false), arrivals(true)];
    expect(new Set(calm)).toEqual(new Set([30_000]));
    // The two before it come at their time; the five behind it wait for it.
    expect(held.slice(0, 2)).toEqual([30_000, 30_000]);
    expect(held.slice(2).every((us) => us >= 50_000)).toBe(true);
  });

  it('S2.5 incast: goodput collapses beyond a fan-in, and does not with a shorter least timeout', () => {
    const few = incast(2, {});
    expect([few > 700, incast(6, {}) > 700]).toEqual([true, true]);
    expect(incast(24, {})).toBeLessThan(few / 20);
    expect(incast(24, { minRtoUs: 1_000, initialRtoUs: 1_000 })).toBeGreaterThan(500);
  });

  it('S2.5 one lossy direction alone is enough to lose a connection', () => {
    const { world, client, why } = open();
    only(world, 1, 0, { loss: 1 });
    client.write('lost answers');
    world.run(3_600 * SECOND);
    expect(why).toEqual(['timeout']);
  });

  it('S2.5 a lost segment is sent again in time also while the other side keeps talking', () => {
    // Found on a busy connection: each segment that came put the timer off, and what was lost waited for seconds.
    const { world, a, server } = open();
    const client = a.stack.open[0] as StreamConnection;
    const before = server.text.length;
    const heals = only(world, 0, 1, { loss: 1 });
    client.write('lost at first');
    world.run(SECOND + 20_000);
    heals();
    for (let ms = 0; ms < 3_000; ms += 50)
      world.at(world.nowUs + ms * 1_000, 'talk', () => server.connection?.write('busy'));
    world.run(2 * SECOND);
    expect(server.text.slice(before)).toBe('lost at first');
  });
});
