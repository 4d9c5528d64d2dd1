import { describe, expect, it } from 'vitest';
import {
  enqueue,
  freshness,
  joinFlight,
  landFlight,
  messageConsumed,
  messageFailed,
  nextMessage,
  PolicyError,
  readCached,
  startConsumerQueue,
  startSingleFlight,
} from '../../src/delivery/index.ts';

describe('single flight', () => {
  it('one caller computes, those who come meanwhile share, and the next one computes again', () => {
    const single = startSingleFlight<number>();
    expect([1, 2, 3].map((caller) => joinFlight(single, 'k', caller))).toEqual(['lead', 'follow', 'follow']);
    expect(joinFlight(single, 'constructor', 9)).toBe('lead');
    expect(landFlight(single, 'k')).toEqual([1, 2, 3]);
    expect(landFlight(single, 'k')).toEqual([]);
    expect(joinFlight(single, 'k', 4)).toBe('lead');
    expect(single.counts).toEqual({ led: 3, shared: 2 });
  });

  it('a value is served fresh, then served while it is refreshed, then computed', () => {
    const options = freshness({ softMs: 100, hardMs: 200 });
    expect([99, 100, 199, 200].map((now) => readCached(options, 0, now))).toEqual([
      'serve',
      'serve-and-refresh',
      'serve-and-refresh',
      'compute',
    ]);
    expect(readCached(options, undefined, 0)).toBe('compute');
    expect(() => freshness({ softMs: 100, hardMs: 99 })).toThrow(PolicyError);
  });
});

describe('a consumer queue', () => {
  /** Consumes ten messages of which the third always fails, with so many tries in all. */
  function consume(maxFailures: number, tries: number): ReturnType<typeof startConsumerQueue> {
    const queue = startConsumerQueue(maxFailures);
    for (let value = 1; value <= 10; value++) enqueue(queue, value);
    for (let i = 0; i < tries; i++) {
      const message = nextMessage(queue);
      if (message === undefined) break;
      if (message.value === 3) messageFailed(queue, message.id, 'does not parse');
      else messageConsumed(queue, message.id);
    }
    return queue;
  }

  it('S1.142 a poison message is set aside after its last try and the others get on; without that none after it does', () => {
    const guarded = consume(4, 100);
    expect([guarded.consumed, guarded.waiting.length]).toEqual([9, 0]);
    expect(guarded.deadLetters).toEqual([
      { message: { id: 3, value: 3, failures: 4 }, why: 'does not parse' },
    ]);
    const stuck = consume(Number.POSITIVE_INFINITY, 100);
    expect([stuck.consumed, stuck.waiting.length, stuck.deadLetters.length]).toEqual([2, 8, 0]);
  });

  it('only the first message can be settled', () => {
    const queue = startConsumerQueue(1);
    enqueue(queue, 'a');
    enqueue(queue, 'b');
    expect([messageConsumed(queue, 2), messageFailed(queue, 2, '')]).toEqual([false, 'stale']);
    expect(messageFailed(queue, 1, 'no')).toBe('set-aside');
    expect(messageConsumed(queue, 2)).toBe(true);
    expect(() => startConsumerQueue(0)).toThrow(PolicyError);
  });
});
