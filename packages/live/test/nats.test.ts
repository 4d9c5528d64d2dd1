import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NatsFrame, publishFrame, statusIn, takeNats } from '../src/subjects/nats/protocol.ts';

const SENT = Buffer.from(
  'INFO {"server_name":"N1"}\r\nPING\r\nMSG _INBOX.a.1 1 5\r\nhello\r\n' +
    'HMSG _INBOX.a.2 1 30 30\r\nNATS/1.0 503 No Responders\r\n\r\n\r\n' +
    "-ERR 'Unknown'\r\nMSG x 1 $R 2\r\n\r\n\r\n",
);

function framesOf(pieces: readonly Buffer[]): NatsFrame[] {
  const frames: NatsFrame[] = [];
  let held = Buffer.alloc(0);
  for (const piece of pieces) {
    held = Buffer.concat([held, piece]);
    for (let taken = takeNats(held); taken !== undefined; taken = takeNats(held)) {
      held = held.subarray(taken.length);
      frames.push(taken.frame);
    }
  }
  expect(held.length).toBe(0);
  return frames;
}

describe('the NATS protocol', () => {
  it('is read the same however the bytes arrive', () => {
    const whole = framesOf([SENT]);
    expect(whole.map(({ kind }) => kind)).toEqual([
      'other',
      'ping',
      'message',
      'message',
      'error',
      'message',
    ]);
    const [, , first, second, , last] = whole;
    expect(first?.kind === 'message' && first.payload.toString()).toBe('hello');
    expect(second?.kind === 'message' && statusIn(second.headers)).toBe(503);
    // A payload may hold line ends.
    expect(last?.kind === 'message' && last.payload.toString()).toBe('\r\n');
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: SENT.length - 1 }), { maxLength: 12 }), (cuts) => {
        const places = [0, ...[...new Set(cuts)].sort((a, b) => a - b), SENT.length];
        const pieces = places.slice(1).map((end, i) => SENT.subarray(places[i], end));
        expect(framesOf(pieces)).toEqual(whole);
      }),
      { seed: 5, numRuns: 100 },
    );
  });

  it('publishes with and without headers, lengths counted in bytes', () => {
    expect(publishFrame('s', 'r', Buffer.from('é')).toString()).toBe('PUB s r 2\r\né\r\n');
    expect(publishFrame('s', 'r', Buffer.from('x'), { A: '1' }).toString()).toBe(
      'HPUB s r 18 19\r\nNATS/1.0\r\nA: 1\r\n\r\nx\r\n',
    );
    expect(statusIn('')).toBeUndefined();
  });
});
