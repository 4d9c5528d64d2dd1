import { describe, expect, it } from 'vitest';
import {
  ACK,
  checksumOf,
  Endpoint,
  numbered,
  type Packet,
  Router,
  type RouterOptions,
  type StreamConnection,
  type StreamOptions,
  SYN,
} from '../../src/index.ts';
import { net, only, pour, sink, type Sink, transfer } from './net.ts';

const SECOND = 1_000_000;

/** How a connection through a router ends that takes packets up to 1,200 bytes. */
function throughNarrow(knobs: Partial<StreamOptions>, router: RouterOptions): string {
  const world = net({ hosts: ['A', 'R', 'B'] });
  world.start(1, (host) => new Router(host, router));
  const place = { nextHop: (): number => 1 };
  let taken: Sink | undefined;
  new Endpoint(world, 2, (stack) => (taken = sink(stack)), knobs, place);
  const a = new Endpoint(world, 0, undefined, knobs, place);
  const connection = a.stack.connect(2, 80);
  pour(connection, numbered(20_000));
  world.run(600 * SECOND);
  return `${connection.why}, ${taken?.text.length} bytes`;
}

/** SYNs from addresses that never answer, while one client wants to connect. */
function flooded(knobs: Partial<StreamOptions>): string {
  const world = net({ hosts: ['A', 'B', 'mallory', 'nowhere'] });
  const b = new Endpoint(world, 1, (stack) => void sink(stack), knobs);
  const mallory = world.start(2, () => ({ onMessage: () => undefined, onTimer: () => undefined }));
  for (let port = 1; port <= 100; port++) {
    const opening = { src: 3, dst: 1, srcPort: port, dstPort: 80, flags: SYN, seq: 0, ack: 0 };
    const rest = { window: 0, data: '', mss: 1_460, df: true, kind: 'segment' } as const;
    world.at(port * 1_000, 'flood', () => {
      mallory.send(1, {
        ...opening,
        ...rest,
        checksum: checksumOf({ ...opening, ...rest }),
      } satisfies Packet);
    });
  }
  const a = new Endpoint(world, 0, undefined, { synRetries: 1 });
  let why = 'open';
  world.at(SECOND / 2, 'connect', () => a.stack.connect(1, 80, { closed: (reason) => (why = reason) }));
  world.run(10 * SECOND);
  return `${why}, ${b.stack.counters.synsDropped > 0 ? 'SYNs dropped' : 'none dropped'}`;
}

/** Six clients connect and write; the server accepts nobody. */
function unaccepted(knobs: Partial<StreamOptions>): string[] {
  const world = net({ hosts: ['A', 'B'] });
  new Endpoint(world, 1, (stack) => stack.listen(80), { synRetries: 2, ...knobs });
  const a = new Endpoint(world, 0, undefined, { maxRetransmits: 3 });
  const ends = Array.from({ length: 6 }, () => a.stack.connect(1, 80));
  for (const connection of ends) pour(connection, 'hello', false);
  world.run(120 * SECOND);
  return ends.map(({ why, sender }) => why ?? (sender.inFlight === 0 ? 'taken' : 'waits'));
}

/** Two ends that fall silent for an hour after a word. */
function silent(knobs: Partial<StreamOptions>): string {
  const world = net({ hosts: ['A', 'B'] });
  new Endpoint(world, 1, (stack) => void sink(stack));
  const a = new Endpoint(world, 0, undefined, knobs);
  const connection: StreamConnection = a.stack.connect(1, 80);
  pour(connection, 'hello', false);
  world.run(3_600 * SECOND);
  return connection.why ?? connection.state;
}

describe('each knob of the stream transport alone changes what is seen', () => {
  it('S1.128 handshake: repetitions of the opening, and the first wait, decide how long a dead address takes', () => {
    const gaveUpUs = (knobs: Partial<StreamOptions>): number => {
      const world = net({ hosts: ['A', 'B'], link: { answer: 'swallow' } });
      const a = new Endpoint(world, 0, undefined, knobs);
      let atUs = -1;
      a.stack.connect(1, 80, {
        closed: (why) => {
          if (why === 'connect-timeout') atUs = world.nowUs;
        },
      });
      world.run(120 * SECOND);
      return atUs;
    };
    expect(gaveUpUs({ synRetries: 1 })).toBe(3 * SECOND);
    expect(gaveUpUs({ synRetries: 4 })).toBe(31 * SECOND);
    expect(gaveUpUs({ synRetries: 4, initialRtoUs: 200_000 })).toBe(6_200_000);
  });

  it('S1.128 slow start: a first window of one segment costs three round trips more, no doubling costs more still', () => {
    const bytes = numbered(20 * 1_460);
    const done = (knobs: Partial<StreamOptions>): number =>
      transfer({ bytes, knobs: { receiveBufferBytes: 1 << 20, ...knobs } }).doneUs;
    const ten = done({});
    const one = done({ initialWindowSegments: 1 });
    // 10 + 10 against 1 + 2 + 4 + 8 + 5 segments.
    expect([ten, one]).toEqual([25_000, 55_000]);
    expect(done({ initialWindowSegments: 1, slowStart: false })).toBeGreaterThan(one);
  });

  it('S1.128 retransmission: least timeout, backoff and number of repetitions each decide what an outage does', () => {
    // Everything but the handshake is lost for six tenths of a second.
    const outage = (knobs: Partial<StreamOptions>): [string | undefined, number] => {
      const world = net({ hosts: ['A', 'B'] });
      let taken: Sink | undefined;
      new Endpoint(world, 1, (stack) => (taken = sink(stack)));
      const a = new Endpoint(world, 0, undefined, knobs);
      const connection = a.stack.connect(1, 80);
      pour(connection, 'hello');
      world.run(8_000);
      const ends = only(world, 0, 1, { loss: 1 });
      world.at(611_000, 'over', ends);
      let cameUs = -1;
      world.observe(() => {
        if (cameUs < 0 && taken?.text === 'hello') cameUs = world.nowUs;
      });
      world.run(60 * SECOND);
      return [connection.why, cameUs];
    };
    // Sent at 10, 210, 610 and 1,410 ms; at 10, 210, 410, 610 and 810; at 10, 40, 100, 220, 460 and 940.
    expect(outage({})).toEqual(['finished', 1_415_000]);
    expect(outage({ backoff: 1 })).toEqual(['finished', 815_000]);
    expect(outage({ minRtoUs: 10_000 })).toEqual(['finished', 945_000]);
    expect(outage({ maxRetransmits: 2 })).toEqual(['timeout', -1]);
  });

  it('S1.128 congestion: without a congestion window a narrow path is flooded with what it drops', () => {
    const wasted = (congestion: StreamOptions['congestion']): number => {
      const { sender, why } = transfer({
        bytes: numbered(300_000),
        link: { bitsPerSecond: 4_000_000, maxQueueUs: 30_000 },
        knobs: { congestion },
      });
      expect(why).toEqual(['finished']);
      return sender.figures.retransmittedBytes;
    };
    expect(wasted('none')).toBeGreaterThan(2 * wasted('reno'));
  });

  it('S1.128 path MTU: a router that answers makes segments smaller; one that does not swallows the large ones only', () => {
    const narrow = { mtuBytes: 1_200 };
    const blackHole = { ...narrow, answersTooBig: false };
    expect(throughNarrow({}, {})).toBe('finished, 20000 bytes');
    expect(throughNarrow({}, narrow)).toBe('finished, 20000 bytes');
    expect(throughNarrow({}, blackHole)).toBe('timeout, 0 bytes');
    expect(throughNarrow({ pathMtu: 'probing' }, blackHole)).toBe('finished, 20000 bytes');
    expect(throughNarrow({ pathMtu: 'fragment' }, blackHole)).toBe('finished, 20000 bytes');
    expect(throughNarrow({ mtuBytes: 1_200 }, blackHole)).toBe('finished, 20000 bytes');
  });

  it('S1.128 idle timeout and keepalive: one ends a silent connection, the other leaves a living one open', () => {
    expect(silent({})).toBe('established');
    expect(silent({ idleTimeoutUs: 60 * SECOND })).toBe('idle');
    expect(silent({ keepalive: { idleUs: 30 * SECOND, intervalUs: SECOND, probes: 3 } })).toBe('established');
  });

  it('S1.128 SYN backlog: a small one keeps everybody out while half-open connections fill it', () => {
    expect(flooded({ synBacklog: 64 })).toBe('connect-timeout, SYNs dropped');
    expect(flooded({ synBacklog: 128 })).toBe('open, none dropped');
  });

  it('S1.128 accept queue: whoever finds it full believes to be connected and waits, or is reset', () => {
    expect(unaccepted({ acceptQueue: 6 })).toEqual(Array(6).fill('taken'));
    const ignored = unaccepted({ acceptQueue: 4 });
    expect(ignored.slice(0, 4)).toEqual(Array(4).fill('taken'));
    expect(ignored.slice(4)).toEqual(['timeout', 'timeout']);
    const reset = unaccepted({ acceptQueue: 4, acceptOverflow: 'reset' });
    expect(reset.slice(4)).toEqual(['reset', 'reset']);
  });

  it('S1.128 socket buffers: the receive buffer bounds what a long path carries, the send buffer what a write takes', () => {
    const bytes = numbered(400_000);
    const done = (receiveBufferBytes: number): number =>
      transfer({ bytes, receiver: { receiveBufferBytes }, knobs: { sendBufferBytes: 1 << 20 } }).doneUs;
    // A window a round trip: 10,000 bytes each 10 ms.
    expect(done(10_000)).toBeGreaterThan(390_000);
    expect(done(200_000)).toBeLessThan(150_000);
    const world = net({ hosts: ['A', 'B'] });
    new Endpoint(world, 1, (stack) => void sink(stack));
    const writes = (sendBufferBytes: number): number =>
      new Endpoint(world, 0, undefined, { sendBufferBytes }).stack.connect(1, 80).write(bytes);
    expect([writes(1_000), writes(100_000)]).toEqual([1_000, 100_000]);
  });

  it('S1.128 time-wait: whoever closes first keeps the name of the connection taken for so long', () => {
    const left = (timeWaitUs: number): string[] => {
      const world = net({ hosts: ['A', 'B'] });
      new Endpoint(world, 1, (stack) => void sink(stack));
      const a = new Endpoint(world, 0, undefined, { timeWaitUs });
      pour(a.stack.connect(1, 80), 'hello');
      world.run(SECOND);
      return a.stack.open.map(({ state }) => state);
    };
    expect([left(60 * SECOND), left(0)]).toEqual([['time-wait'], []]);
  });

  it('a knob out of range is refused by name', () => {
    const world = net({ hosts: ['A'] });
    const made = (knobs: Partial<StreamOptions>) => (): unknown => new Endpoint(world, 0, undefined, knobs);
    expect(made({ synBacklog: 0 })).toThrow(/synBacklog/);
    expect(made({ initialRtoUs: 1, minRtoUs: 2 })).toThrow(/initialRtoUs/);
    expect([ACK, SYN]).toEqual([2, 1]);
  });
});
