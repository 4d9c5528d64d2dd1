import { describe, expect, it } from 'vitest';
import {
  Endpoint,
  judgeStream,
  numbered,
  type Segment,
  type StreamConnection,
  type StreamDefect,
  type StreamGuarantee,
} from '../../src/index.ts';
import { net, pour, transfer, type TransferOptions } from './net.ts';

const TEXT = numbered(120_000);
/** Everything a network does to packets. */
const ROUGH = {
  loss: 0.03,
  duplicate: 0.05,
  reorder: 0.1,
  reorderExtra: { kind: 'uniform', minUs: 1_000, maxUs: 30_000 },
} as const;

/** One byte of the data changes. */
const flipOne = (payload: unknown): unknown => {
  const segment = payload as Segment;
  if (segment.kind !== 'segment' || segment.data === '') return payload;
  return { ...segment, data: `${segment.data.slice(0, 9)}?${segment.data.slice(10)}` };
};

/** Two words of 16 bits change places, which their sum does not notice. */
const swapWords = (payload: unknown): unknown => {
  const segment = payload as Segment;
  if (segment.kind !== 'segment' || segment.data.length < 8) return payload;
  const { data } = segment;
  return { ...segment, data: data.slice(2, 8) + data.slice(0, 2) + data.slice(8) };
};

function breaches(options: Partial<TransferOptions>): StreamGuarantee[] {
  const { taken, sender } = transfer({ bytes: TEXT, link: ROUGH, ...options });
  const beyondWindowBytes = taken.connection?.receiver.beyondWindowBytes ?? 0;
  // Whoever never sends again can at best wait.
  const finished = sender.why === 'finished' || options.knobs?.defect === 'never-resends';
  const found = judgeStream({ written: TEXT, read: taken.text, finished, beyondWindowBytes });
  return found.map(({ guarantee }) => guarantee);
}

describe('the contract of a stream transport', () => {
  it('S2.4 bytes come in order, each once, unaltered and all of them, over a network that loses, doubles, reorders and alters', () => {
    for (const seed of [1, 2, 3]) {
      expect(breaches({ seed, link: { ...ROUGH, corrupt: 0.02 }, mangle: flipOne })).toEqual([]);
    }
    const { sender, taken } = transfer({ bytes: TEXT, link: ROUGH });
    expect([sender.why, taken.heard]).toEqual(['finished', ['finished']]);
    expect(sender.figures.retransmits).toBeGreaterThan(5);
    expect(taken.connection?.figures.duplicateBytes).toBeGreaterThan(0);
    expect(taken.connection?.receiver.earlyBytes).toBeGreaterThan(0);
  });

  const TWINS: readonly [StreamDefect, StreamGuarantee, Partial<TransferOptions>][] = [
    ['delivers-as-it-comes', 'ordered', {}],
    ['never-resends', 'complete', {}],
    ['keeps-duplicates', 'duplicate-free', {}],
    ['trusts-every-segment', 'error-free', { link: { corrupt: 0.02 }, mangle: flipOne }],
  ];
  for (const [defect, guarantee, trouble] of TWINS) {
    it(`S2.4 a transport that ${defect} is caught: not ${guarantee}; the right one holds under the same faults`, () => {
      expect(breaches({ ...trouble, knobs: { defect } })).toEqual([guarantee]);
      expect(breaches(trouble)).toEqual([]);
    });
  }

  it('S2.4 a reader that does not read stops the sender at its window; a sender that ignores the window is caught', () => {
    const slow = { bytes: TEXT, reads: false, receiver: { receiveBufferBytes: 10_000 } };
    const kept = transfer(slow);
    expect(kept.taken.connection?.readable).toBe(10_000);
    expect(kept.taken.connection?.receiver.beyondWindowBytes).toBe(0);
    expect(kept.sender.figures.windowClosedUs).toBeGreaterThan(50_000_000);
    const ignored = transfer({ ...slow, knobs: { defect: 'ignores-window' } });
    expect(ignored.taken.connection?.receiver.beyondWindowBytes).toBeGreaterThan(10_000);
  });
});

describe('what a stream transport does not promise', () => {
  it('S2.4 message boundaries: two writes are read as one, and one write in pieces', () => {
    const whole = transfer({ bytes: numbered(4_000) });
    expect(whole.taken.pieces.map(({ length }) => length)).toEqual([1_460, 1_460, 1_080]);
    expect(whole.taken.text).toBe(numbered(4_000));
  });

  it('S2.4 a reader that takes each read for a message misreads; one that counts bytes does not', () => {
    const messages = ['first', 'second, and longer than a segment: '.padEnd(2_000, '.'), 'third'];
    const framed = messages.map((text) => `${String(text.length).padStart(5, '0')}${text}`).join('');
    const { taken } = transfer({ bytes: framed });
    expect(taken.pieces).not.toEqual(messages);
    const parsed: string[] = [];
    let rest = '';
    for (const piece of taken.pieces) {
      rest += piece;
      while (rest.length >= 5 && rest.length >= 5 + Number(rest.slice(0, 5))) {
        parsed.push(rest.slice(5, 5 + Number(rest.slice(0, 5))));
        rest = rest.slice(5 + (parsed.at(-1)?.length ?? 0));
      }
    }
    expect(parsed).toEqual(messages);
  });

  it('S2.4 bounded latency: the same byte takes a hundred times as long when its first copies are lost', () => {
    const bytes = numbered(100);
    const calm = transfer({ bytes }).doneUs;
    const late = [1, 2, 3, 4, 5, 6].map((seed) => transfer({ bytes, link: { loss: 0.6 }, seed }));
    expect(calm).toBe(15_000);
    expect(Math.max(...late.map(({ doneUs }) => doneUs))).toBeGreaterThan(100 * calm);
  });

  it('S2.4 bounded bandwidth: what the path carries is what it carries', () => {
    const at = (bitsPerSecond: number): number =>
      transfer({ bytes: TEXT, link: { bitsPerSecond, maxQueueUs: 50_000 } }).doneUs;
    expect(at(1_000_000)).toBeGreaterThan(5 * at(10_000_000));
  });

  it('S2.4 that a connection succeeds: nobody there, nobody listening', () => {
    expect(transfer({ bytes: 'x', link: { answer: 'swallow' } }).sender.why).toBe('connect-timeout');
  });

  it('S2.4 X31 that errors are all found: two words that change places pass the checksum', () => {
    expect(breaches({ link: { corrupt: 0.02 }, mangle: swapWords })).toEqual(['error-free']);
  });

  it('S2.4 X31 duplicate elimination beyond one connection: what a reset leaves unknown, a retry doubles', () => {
    const world = net({ hosts: ['A', 'B'] });
    let charged = '';
    new Endpoint(world, 1, (stack) =>
      stack.listen(80, (listener) => {
        const connection = listener.accept() as StreamConnection;
        connection.events = { readable: () => (charged += connection.read()) };
      }),
    );
    const a = new Endpoint(world, 0);
    const first = a.stack.connect(1, 80);
    pour(first, 'charge 5;', false);
    world.run(18_000);
    // It has arrived; what would say so has not.
    expect([charged, first.sender.inFlight]).toEqual(['charge 5;', 9]);
    first.abort();
    pour(a.stack.connect(1, 80), 'charge 5;', false);
    world.run(100_000);
    expect(charged).toBe('charge 5;charge 5;');
  });
});
