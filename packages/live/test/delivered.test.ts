import type { Plain } from '@holdfast/plain';
import { expect, test } from 'vitest';
import { judgeEveryChange, judgeNewest } from '../src/experiment/delivered.ts';
import type { Recorded } from '../src/history/recorder.ts';
import { takeNats } from '../src/subjects/nats/protocol.ts';
import type { WatchEvent } from '../src/subjects/cluster.ts';

/** An acknowledged write that took one unit of time; revision 0 where the store does not say. */
function written(key: string, input: Plain, at: number, revision = 0): Recorded {
  const answer = { outcome: 'ok', output: null, detail: { revision } } as const;
  const action = { f: 'write', key, input };
  return { id: at, action, client: 'c', member: 'N1', answer, invokedAt: at, completedAt: at + 1 };
}

const event = (key: string, value: Plain, revision: number): WatchEvent => ({
  key,
  revision,
  value,
  kind: 'put',
});

test('where a store does not say in which revision it wrote, what came is held against the time of the writes', () => {
  const writes = [written('a', 1, 0), written('b', 2, 10), written('a', 3, 20)];
  const whole = [event('a', 1, 100), event('b', 2, 200), event('a', 3, 300)];
  expect(judgeEveryChange(whole, writes).status).toBe('holds');
  expect(judgeEveryChange(whole.slice(0, 2), writes).status).toBe('undecided');
  expect(judgeEveryChange([event('a', 1, 100), event('a', 3, 300)], writes)).toEqual({
    status: 'violated',
    reason:
      'the write of 2 to b was never delivered, though 3 to a, written when it had been acknowledged, was',
  });
  const swapped = [event('b', 2, 100), event('a', 1, 200), event('a', 3, 300)];
  expect(judgeEveryChange(swapped, writes).reason).toMatch(/the write of 1 to a was delivered behind 2 to b/);
  // What was written at once may come in either order.
  expect(judgeEveryChange(swapped.slice(0, 2), [written('a', 1, 0), written('b', 2, 1)]).status).toBe(
    'holds',
  );
  expect(judgeEveryChange([...whole, event('a', 3, 300)], writes).status).toBe('violated');
});

test('of a watch that promises the newest only the last state of every key must come, and none go back', () => {
  const writes = [written('a', 1, 0, 5), written('a', 2, 10, 6), written('b', 3, 20, 7)];
  expect(judgeNewest([event('a', 2, 6), event('b', 3, 7)], writes).status).toBe('holds');
  expect(judgeNewest([event('a', 1, 5), event('b', 3, 7)], writes)).toMatchObject({
    status: 'violated',
    reason: expect.stringMatching(/write of 2 to a in revision 6 was never delivered/) as unknown,
  });
  expect(judgeNewest([event('a', 2, 6)], writes).status).toBe('undecided');
  expect(judgeNewest([event('a', 2, 6), event('b', 3, 7), event('a', 1, 5)], writes).status).toBe('violated');
  expect(judgeNewest([event('a', 9, 6), event('b', 3, 7)], writes).status).toBe('violated');
});

test('a message of NATS says which subscription it is for, and where its acknowledgement goes', () => {
  const taken = (text: string): unknown => takeNats(Buffer.from(text))?.frame;
  expect(taken('MSG s.a 1 $JS.ACK.S.C.1.7.2.9.0 2\r\nhi\r\n')).toMatchObject({
    subject: 's.a',
    subscription: '1',
    replyTo: '$JS.ACK.S.C.1.7.2.9.0',
  });
  expect(taken('MSG s.a 4 2\r\nhi\r\n')).toMatchObject({ subscription: '4', replyTo: '' });
  expect(taken('HMSG s.a 1 to 12 14\r\nNATS/1.0\r\n\r\nhi\r\n')).toMatchObject({
    subscription: '1',
    replyTo: 'to',
    headers: 'NATS/1.0\r\n\r\n',
  });
});
