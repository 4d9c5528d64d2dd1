import type { Plain } from '@holdfast/plain';
import { describe, expect, it } from 'vitest';
import { guarded } from '../../src/core/guard.ts';
import {
  askBreaker,
  BreakerOptionsError,
  claimKey,
  commitWithEvent,
  delivery,
  type DeliveryMessage,
  type DeliveryResult,
  type DeliverySemantics,
  type DeliveryState,
  finishKey,
  forgetCall,
  IdempotencyError,
  idempotencyState,
  idempotencySteps,
  markPublished,
  nextToPublish,
  receiveOnce,
  recordCall,
  startBreaker,
  startIdempotency,
  startInbox,
  startOutbox,
} from '../../src/delivery/index.ts';
import { CoreGroup, randomSchedule } from '../support/coreGroup.ts';

const MESSAGES = 20;

/** Effects of each message after a bad link, crashes of both ends, and a good link; and what it cost. */
function deliver(
  semantics: DeliverySemantics,
  seed: number,
): { counts: number[]; sent: number; kept: number } {
  const core = guarded(delivery({ sender: 1, receiver: 2, semantics }));
  const group = new CoreGroup<DeliveryState, DeliveryMessage, Plain, DeliveryResult>(core, [1, 2]);
  for (let message = 1; message <= MESSAGES; message++) group.request(1, message);
  let sent = 0;
  group.passes = (): boolean => {
    sent++;
    return true;
  };
  sent += group.flying.length;
  randomSchedule(group, { seed, steps: 300, command: () => null, ask: () => false });
  group.autoSync = true;
  for (const id of [1, 2]) if (!group.isUp(id)) group.boot(id);
  group.syncAll();
  group.settle();
  group.fire(1, 'retry');
  group.settle();
  const counts = new Array<number>(MESSAGES).fill(0);
  for (const number of group.state(2).effects) {
    if (number <= MESSAGES) counts[number - 1] = (counts[number - 1] ?? 0) + 1;
  }
  return { counts, sent, kept: Object.keys(group.state(1).unanswered).length };
}

describe('delivery over a link that loses and repeats', () => {
  it('S2.7 effects of at most once, at least once and effectively once, with what each costs', () => {
    const seen = {
      'at-most-once': new Set<number>(),
      'at-least-once': new Set<number>(),
      once: new Set<number>(),
    };
    const sent = { most: 0, least: 0, once: 0 };
    for (let seed = 1; seed <= 60; seed++) {
      const most = deliver('at-most-once', seed);
      const least = deliver('at-least-once', seed);
      const once = deliver('effectively-once', seed);
      for (const count of most.counts) seen['at-most-once'].add(count);
      for (const count of least.counts) seen['at-least-once'].add(count);
      for (const count of once.counts) seen.once.add(count);
      sent.most += most.sent;
      sent.least += least.sent;
      sent.once += once.sent;
      expect([least.kept, once.kept]).toEqual([0, 0]);
    }
    expect([...seen['at-most-once']].sort((a, b) => a - b)).toEqual([0, 1]);
    expect(Math.min(...seen['at-least-once'])).toBe(1);
    expect(Math.max(...seen['at-least-once'])).toBeGreaterThan(1);
    expect([...seen.once]).toEqual([1]);
    expect(sent.least).toBeGreaterThan(2 * sent.most);
    expect(sent.once).toBeGreaterThan(2 * sent.most);
  });
});

/** All orders of two deliveries of three steps each, as 0s and 1s. */
function interleavings(): number[][] {
  const orders: number[][] = [];
  for (let bits = 0; bits < 64; bits++) {
    const order = [0, 1, 2, 3, 4, 5].map((at) => (bits >> at) & 1);
    if (order.filter((who) => who === 1).length === 3) orders.push(order);
  }
  return orders;
}

describe('a sender', () => {
  it('holds a bounded number of messages, and is the only one', () => {
    const core = delivery({ sender: 1, receiver: 2, semantics: 'at-least-once', maxUnanswered: 1 });
    const group = new CoreGroup(core, [1, 2]);
    const first = group.request(1, 'a');
    expect(group.replies.get(group.request(1, 'b'))).toEqual({ ok: false, error: 'too-many-unanswered' });
    expect(group.replies.get(group.request(2, 'c'))).toEqual({ ok: false, error: 'not-sender' });
    group.settle();
    expect(group.replies.get(first)).toEqual({ ok: true });
    expect(group.state(2).effects).toEqual([1]);
  });
});

describe('idempotency', () => {
  const options = { limit: 10, keepMs: 1_000, lastRetryMs: 500 };

  it('S2.23 X15 check, then act: two effects in 18 of 20 interleavings; with an atomic claim in none', () => {
    let doubled = 0;
    let doubledAtomic = 0;
    for (const order of interleavings()) {
      let [effects, stored] = [0, false];
      const next = [0, 0];
      const absent = [false, false];
      const table = startIdempotency(options);
      let atomicEffects = 0;
      const claims = [0, 0];
      for (const who of order) {
        const step = next[who] ?? 0;
        next[who] = step + 1;
        if (step === 0) {
          absent[who] = !stored;
          const answer = claimKey(table, 'key', 'pay', 0);
          if (answer.do === 'run') claims[who] = answer.claim;
        } else if (step === 1) {
          if (absent[who] === true) effects++;
          if (claims[who] !== 0) atomicEffects++;
        } else {
          stored = true;
          finishKey(table, 'key', { claim: claims[who] ?? 0, state: 'succeeded', response: 'paid' }, 0);
        }
      }
      if (effects === 2) doubled++;
      if (atomicEffects !== 1) doubledAtomic++;
    }
    expect(interleavings()).toHaveLength(20);
    expect(doubled).toBe(18);
    expect(doubledAtomic).toBe(0);
  });

  it('S1.112 goes through its five states, and no other way', () => {
    const table = startIdempotency(options);
    const end = (claim: number, state: 'succeeded' | 'retryable' | 'failed'): boolean =>
      finishKey(table, 'a', { claim, state, response: state }, 1);
    expect(idempotencyState(table, 'a')).toBe('missing');
    expect(end(1, 'succeeded')).toBe(false);
    expect(claimKey(table, 'a', { n: 1 }, 0)).toEqual({ do: 'run', claim: 1 });
    expect(idempotencyState(table, 'a')).toBe('in-progress');
    expect(claimKey(table, 'a', { n: 1 }, 0)).toEqual({ do: 'wait' });
    expect(end(1, 'retryable')).toBe(true);
    expect(idempotencyState(table, 'a')).toBe('retryable');
    expect(claimKey(table, 'a', { n: 1 }, 1)).toEqual({ do: 'run', claim: 2 });
    expect(end(1, 'succeeded'), 'an old claim changes nothing').toBe(false);
    expect(end(2, 'succeeded')).toBe(true);
    expect(end(2, 'failed')).toBe(false);
    expect(claimKey(table, 'a', { n: 1 }, 2)).toEqual({
      do: 'replay',
      state: 'succeeded',
      response: 'succeeded',
    });
    expect(claimKey(table, 'a', { n: 2 }, 2)).toEqual({ do: 'refuse', why: 'other-payload' });
    expect(claimKey(table, 'b', 1, 2)).toEqual({ do: 'run', claim: 3 });
    finishKey(table, 'b', { claim: 3, state: 'failed', response: 'no funds' }, 2);
    expect(claimKey(table, 'b', 1, 3)).toEqual({ do: 'replay', state: 'failed', response: 'no funds' });
    expect(idempotencyState(table, 'constructor')).toBe('missing');
  });

  it('S1.112 the life of a key, by every event in every state', () => {
    const steps = idempotencySteps();
    expect(steps).toHaveLength(5 * 6);
    const moves = steps.filter(({ state, next }) => state !== next);
    expect(moves.map(({ state, event, next }) => `${state} -> ${next}: ${event}`)).toEqual([
      'missing -> in-progress: request, same payload',
      'missing -> in-progress: request, other payload',
      'in-progress -> succeeded: run succeeds',
      'in-progress -> retryable: run fails without effect',
      'in-progress -> failed: run fails for good',
      'succeeded -> missing: kept long enough',
      'retryable -> in-progress: request, same payload',
      'retryable -> missing: kept long enough',
      'failed -> missing: kept long enough',
    ]);
    const asked = steps.filter(({ event }) => event.startsWith('request'));
    expect(asked.map(({ answer }) => answer)).toEqual([
      'run it',
      'run it',
      'in progress',
      'refused: another payload',
      'the response again',
      'refused: another payload',
      'run it',
      'refused: another payload',
      'the failure again',
      'refused: another payload',
    ]);
  });

  it('S1.111 any number of duplicates gives one effect and the same answer; forgetting too early is refused', () => {
    for (let duplicates = 0; duplicates <= 5; duplicates++) {
      const table = startIdempotency(options);
      let effects = 0;
      const answers = new Set<unknown>();
      for (let at = 0; at <= duplicates; at++) {
        const answer = claimKey(table, 'pay', 100, at * 100);
        if (answer.do === 'run') {
          effects++;
          finishKey(table, 'pay', { claim: answer.claim, state: 'succeeded', response: effects }, at * 100);
          answers.add(effects);
        } else if (answer.do === 'replay') answers.add(answer.response);
      }
      expect(effects).toBe(1);
      expect([...answers]).toEqual([1]);
    }
    expect(() => startIdempotency({ ...options, lastRetryMs: 1_000 })).toThrow(IdempotencyError);
    const table = startIdempotency({ ...options, limit: 1 });
    claimKey(table, 'a', 0, 0);
    expect(claimKey(table, 'b', 0, 9_999), 'a key in progress is not forgotten').toEqual({
      do: 'refuse',
      why: 'table-full',
    });
    finishKey(table, 'a', { claim: 1, state: 'succeeded', response: null }, 9_999);
    expect(claimKey(table, 'b', 0, 10_999)).toEqual({ do: 'run', claim: 2 });
  });
});

describe('outbox and inbox', () => {
  /** Three changes are committed and relayed; the process stops after so many steps, then another one finishes. */
  function crashAfter(steps: number): { committed: Plain[]; published: number[]; effects: Plain[] } {
    const outbox = startOutbox();
    const inbox = startInbox();
    const published: number[] = [];
    let left = steps;
    const step = (): boolean => left-- > 0;
    const relay = (): void => {
      for (let event = nextToPublish(outbox); event !== undefined; event = nextToPublish(outbox)) {
        if (!step()) return;
        published.push(event.id);
        if (!step()) return;
        receiveOnce(inbox, event);
        if (!step()) return;
        markPublished(outbox, event.id);
      }
    };
    for (const change of ['a', 'b', 'c']) {
      if (!step()) break;
      commitWithEvent(outbox, change);
      relay();
    }
    left = Number.POSITIVE_INFINITY;
    relay();
    return { committed: outbox.changes, published, effects: inbox.effects };
  }

  it('S1.116 S1.117 a crash at every point: all that is committed is published, nothing else, and has one effect', () => {
    let twice = 0;
    for (let steps = 0; steps <= 12; steps++) {
      const { committed, published, effects } = crashAfter(steps);
      expect([...new Set(published)]).toEqual(committed.map((_, at) => at + 1));
      expect(effects, `crash after ${steps} steps`).toEqual(committed);
      if (published.length > committed.length) twice++;
    }
    expect(twice, 'the relay may publish twice').toBe(6);
  });

  it('S1.117 memory and effect apart: a crash between them loses or repeats, whichever comes first', () => {
    const event = commitWithEvent(startOutbox(), 'a');
    const remembered = startInbox();
    remembered.seen[event.id] = true;
    receiveOnce(remembered, event);
    expect(remembered.effects).toEqual([]);
    const acted = startInbox();
    acted.effects.push(event.value);
    receiveOnce(acted, event);
    expect(acted.effects).toEqual(['a', 'a']);
    const whole = startInbox();
    expect([receiveOnce(whole, event), receiveOnce(whole, event)]).toEqual([true, false]);
    expect(whole.effects).toEqual(['a']);
  });
});

describe('circuit breaker', () => {
  const options = { failures: 3, openMs: 100, probes: 2, successes: 2 };

  it('S1.115 opens after failures in a row, probes, and closes; no call passes while open', () => {
    let breaker = startBreaker(options);
    for (const ok of [false, false, true, false, false]) breaker = recordCall(breaker, 0, ok, 0);
    expect(breaker.state).toBe('closed');
    breaker = recordCall(breaker, 0, false, 10);
    expect(breaker).toMatchObject({ state: 'open', openUntilMs: 110 });
    for (const now of [10, 50, 109]) expect(askBreaker(breaker, now).allowed).toBe(false);
    const allowed: boolean[] = [];
    for (let call = 0; call < 4; call++) {
      const answer = askBreaker(breaker, 110);
      allowed.push(answer.allowed);
      breaker = answer.breaker;
    }
    expect(allowed).toEqual([true, true, false, false]);
    expect(breaker.state).toBe('half-open');
    const { period } = breaker;
    breaker = recordCall(breaker, period - 1, false, 111);
    expect(breaker.state, 'a late result of before says nothing').toBe('half-open');
    breaker = recordCall(breaker, period, true, 111);
    expect(breaker.state).toBe('half-open');
    expect(recordCall(breaker, period, false, 112)).toMatchObject({ state: 'open', openUntilMs: 212 });
    breaker = recordCall(breaker, period, true, 112);
    expect(breaker).toMatchObject({ state: 'closed', failed: 0, probing: 0 });
    expect(askBreaker(breaker, 112).allowed).toBe(true);
    expect(() => startBreaker({ ...options, probes: 0 })).toThrow(BreakerOptionsError);
  });

  it('a probe that its caller gave up makes room for another, and says nothing', () => {
    let breaker = startBreaker({ ...options, failures: 1, probes: 1 });
    breaker = recordCall(breaker, breaker.period, false, 0);
    breaker = askBreaker(breaker, 100).breaker;
    expect(askBreaker(breaker, 100).allowed).toBe(false);
    expect(forgetCall(breaker, breaker.period - 1)).toBe(breaker);
    breaker = forgetCall(breaker, breaker.period);
    expect([breaker.state, askBreaker(breaker, 100).allowed]).toEqual(['half-open', true]);
    expect(forgetCall(breaker, breaker.period)).toBe(breaker);
  });
});
