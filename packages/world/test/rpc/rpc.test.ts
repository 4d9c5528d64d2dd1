import { describe, expect, it } from 'vitest';
import {
  ClientCall,
  type Mux,
  Pipe,
  roundTrips,
  type SecurityOptions,
  type ServedCall,
} from '../../src/index.ts';
import { ask, type Kind, rpcNet, type RpcNet } from './rpcNet.ts';

const MS = 1_000;

/** Answers with so many bytes as soon as it is asked. */
const answers =
  (bytes: number) =>
  (call: ServedCall): void => {
    let left = bytes;
    const more = (): void => {
      left -= call.write('a'.repeat(left));
      if (left === 0) call.end();
    };
    call.events = { asked: more, writable: () => left > 0 && more() };
  };

/** Four calls at once, the first packet of their answers lost or not: when each was done, from when they were asked. */
function fourCalls(kind: Kind, loses: boolean): number[] {
  const rpc = rpcNet({ kind, handle: answers(2_400) });
  const muxes: Mux[] = [];
  for (let i = 0; i < (kind === 'h1' ? 4 : 1); i++) rpc.connect(null, (mux) => muxes.push(mux));
  rpc.world.run(100 * MS);
  const asked = rpc.world.nowUs;
  if (loses) rpc.lose(1);
  const calls = [0, 1, 2, 3].map((i) => ask(rpc, muxes[i % muxes.length] as Mux, `get-${i}`));
  rpc.world.run(5_000 * MS);
  expect(calls.map(({ status }) => status)).toEqual(Array(4).fill('ok'));
  return calls.map(({ doneUs }) => doneUs - asked);
}

function stalled(kind: Kind): number {
  const calm = fourCalls(kind, false);
  return fourCalls(kind, true).filter((us, i) => us > (calm[i] ?? 0) + 5 * MS).length;
}

describe('head-of-line blocking', () => {
  it('S1.130 one lost packet stalls all four calls over one ordered connection, and one of four over ordered streams', () => {
    expect(stalled('h2')).toBe(4);
    expect(stalled('h3')).toBe(1);
    // A connection for each call has the same effect, at the price of four connections.
    expect(stalled('h1')).toBe(1);
  });

  it('S1.130 over one connection with one exchange at a time calls wait for each other; over others they do not', () => {
    const slow = (call: ServedCall): void => {
      call.events = {
        asked: () => {
          const takes = call.method === 'slow' ? 500 * MS : 0;
          rpc.server.stack.host.after(takes, 'work', () => call.end());
        },
      };
    };
    let rpc: RpcNet = rpcNet({ kind: 'h2', handle: slow });
    const quick = (kind: Kind): [number, string | undefined] => {
      rpc = rpcNet({ kind, handle: slow });
      let mux: Mux | undefined;
      rpc.connect(null, (each) => (mux = each));
      rpc.world.run(100 * MS);
      if (mux === undefined) throw new Error('not connected');
      const first = ask(rpc, mux, 'slow');
      let second = ask(rpc, mux, 'quick');
      const again = mux;
      // Whoever finds no room asks when there is.
      again.onRoom = () => {
        if (second.status === 'resource-exhausted') second = ask(rpc, again, 'quick');
      };
      rpc.world.run(5_000 * MS);
      expect(first.status).toBe('ok');
      return [second.doneUs - 100 * MS, second.status];
    };
    expect(quick('h2')).toEqual([10 * MS, 'ok']);
    expect(quick('h3')).toEqual([10 * MS, 'ok']);
    expect(quick('h1')).toEqual([520 * MS, 'ok']);
  });
});

describe('flow control of streams', () => {
  it('S1.130 a slow reader stops the sender at the window, and no other call', () => {
    for (const kind of ['h2', 'h3'] as const) {
      let written = 0;
      const rpc = rpcNet({
        kind,
        handle: (call) => {
          if (call.method !== 'large') return answers(1_000)(call);
          const more = (): void => {
            for (let took = 1; took > 0; written += took) took = call.write('a'.repeat(10_000));
          };
          call.events = { asked: more, writable: more };
        },
        options: { streamWindow: 30_000, sendBuffer: 20_000 },
      });
      let mux: Mux | undefined;
      rpc.connect(null, (each) => (mux = each));
      rpc.world.run(100 * MS);
      const request = { method: 'large', body: '', withinUs: 60_000_000 };
      const large = new ClientCall(rpc.client.stack.host, mux as Mux, request, {});
      rpc.world.run(2_000 * MS);
      // Of the window one byte is the verdict.
      expect([kind, written, large.readable]).toEqual([kind, 49_999, 29_999]);
      const other = ask(rpc, mux as Mux, 'small');
      rpc.world.run(2_200 * MS);
      expect([kind, other.status, written]).toEqual([kind, 'ok', 49_999]);
      large.read(20_000);
      rpc.world.run(2_400 * MS);
      expect(written).toBeGreaterThan(60_000);
      expect(large.readable).toBeLessThanOrEqual(30_000);
    }
  });

  it('S1.130 backpressure crosses a proxy that takes only what it can pass on; one that takes all keeps it all', () => {
    const through = (bounded: boolean): [number, number] => {
      let written = 0;
      const pipes: Pipe[] = [];
      const origin = rpcNet({
        kind: 'h2',
        handle: (call) => {
          const more = (): void => {
            for (let took = 1; took > 0 && written < 1_000_000; written += took)
              took = call.write('a'.repeat(20_000));
          };
          call.events = { asked: more, writable: more };
        },
      });
      let upstream: Mux | undefined;
      origin.connect(null, (mux) => (upstream = mux));
      origin.world.run(100 * MS);
      let client = 0;
      const drain = {
        // The client of the proxy takes ten bytes a millisecond.
        write: (data: string): number => {
          const room = Math.max(0, Math.floor(origin.world.nowUs / 100) - client);
          client += Math.min(room, data.length);
          return Math.min(room, data.length);
        },
      };
      const request = { method: 'large', body: '', withinUs: 60_000_000 };
      const call: ClientCall = new ClientCall(origin.client.stack.host, upstream as Mux, request, {
        readable: () => pipes[0]?.move(),
      });
      const pipe = new Pipe(call, drain, bounded);
      pipes.push(pipe);
      for (let ms = 110; ms < 3_000; ms += 10) origin.world.at(ms * MS, 'room', () => pipes[0]?.move());
      origin.world.run(3_000 * MS);
      return [pipe.mostHeld, written];
    };
    const [held, written] = through(true);
    expect(held).toBeLessThanOrEqual(4_096);
    expect(written).toBeLessThan(200_000);
    const [heaped, all] = through(false);
    expect([heaped > 900_000, all >= 1_000_000]).toEqual([true, true]);
  });
});

describe('deadlines and cancellation', () => {
  /** A server that works for five seconds on each call, and counts the milliseconds it worked for nobody. */
  function working(kind: Kind): { rpc: RpcNet; wasted: () => number } {
    let wastedUs = 0;
    const rpc: RpcNet = rpcNet({
      kind,
      handle: (call) => {
        const { host } = rpc.server.stack;
        const begunUs = host.world.nowUs;
        const work = host.after(5_000 * MS, 'work', () => {
          wastedUs += Math.max(0, host.world.nowUs - begunUs - 100 * MS);
          call.end();
        });
        call.events = { calledOff: () => host.cancelTimer(work) };
      },
    });
    return { rpc, wasted: () => wastedUs / MS };
  }

  function calledOff(
    kind: Kind,
    how: { sendsDeadline: boolean; cut: boolean; cancels?: boolean },
  ): [string, number, number] {
    const { rpc, wasted } = working(kind);
    let mux: Mux | undefined;
    rpc.connect(null, (each) => (mux = each));
    rpc.world.run(100 * MS);
    const request = { method: 'work', body: '', withinUs: 100 * MS, sendsDeadline: how.sendsDeadline };
    const call = new ClientCall(rpc.client.stack.host, mux as Mux, request, {});
    rpc.world.run(150 * MS);
    if (how.cut) rpc.cut();
    if (how.cancels === true) call.cancel();
    rpc.world.run(20_000 * MS);
    return [call.status ?? 'open', (call.doneUs - 100 * MS) / MS, wasted()];
  }

  for (const kind of ['h1', 'h2', 'h3'] as const) {
    it(`S1.130 ${kind}: a call ends at its deadline, and the server stops with it; cut off, only one that was told`, () => {
      const told = { sendsDeadline: true, cut: false };
      expect(calledOff(kind, told)).toEqual(['deadline-exceeded', 100, 0]);
      expect(calledOff(kind, { ...told, cancels: true })).toEqual(['cancelled', 50, 0]);
      expect(calledOff(kind, { sendsDeadline: true, cut: true })).toEqual(['deadline-exceeded', 100, 0]);
      const [status, , wasted] = calledOff(kind, { sendsDeadline: false, cut: true });
      expect([status, wasted]).toEqual(['deadline-exceeded', 4_900]);
    });
  }

  it('S1.130 a connection that is lost makes its calls unavailable', () => {
    const { rpc } = working('h2');
    let mux: Mux | undefined;
    rpc.connect(null, (each) => (mux = each));
    rpc.world.run(100 * MS);
    const call = ask(rpc, mux as Mux, 'work');
    rpc.world.run(200 * MS);
    for (const connection of rpc.server.stack.open) connection.abort();
    rpc.world.run(300 * MS);
    expect([call.status, (mux as Mux).isClosed]).toEqual(['unavailable', true]);
  });
});

describe('setting up', () => {
  const FULL = { version: '1.3', resumes: false, earlyData: false } as const;
  const CASES: readonly [string, SecurityOptions | null, number][] = [
    ['no security', null, 2],
    ['1.3', FULL, 3],
    ['1.3 with a ticket', { ...FULL, resumes: true }, 3],
    ['1.3 with a ticket and early data', { ...FULL, resumes: true, earlyData: true }, 2],
    ['1.2', { ...FULL, version: '1.2' }, 4],
    ['1.2 with a ticket', { ...FULL, version: '1.2', resumes: true }, 3],
  ];

  /** Round trips of 10 ms from nothing to the first byte of an answer. */
  function firstByte(kind: Kind, security: SecurityOptions | null, knobs = {}, resumes = false): number {
    const rpc = rpcNet({ kind, handle: answers(10), security, knobs });
    let call: ClientCall | undefined;
    rpc.connect(security, (mux) => (call = ask(rpc, mux, 'get')), resumes);
    rpc.world.run(5_000 * MS);
    return (call?.firstUs ?? -1) / (10 * MS);
  }

  it('S1.130 security costs round trips: two of 1.2, one of 1.3 or of a ticket, none with early data', () => {
    for (const [name, security, expected] of CASES)
      expect([name, firstByte('h2', security)]).toEqual([name, expected]);
    expect(CASES.slice(1).map(([, security]) => roundTrips(security as SecurityOptions))).toEqual([
      1, 1, 0, 2, 1,
    ]);
  });

  it('S1.130 over packets opening and security are one round trip, or none with a ticket', () => {
    expect([firstByte('h3', null), firstByte('h3', null, {}, true)]).toEqual([2, 1]);
  });

  it('S1.130 certificates that do not fit the first window cost more, and a ticket saves that', () => {
    const knobs = { initialWindowSegments: 1 };
    expect(firstByte('h2', FULL, knobs)).toBeGreaterThan(3);
    expect(firstByte('h2', { ...FULL, resumes: true }, knobs)).toBe(3);
  });
});
