import type { Plain } from '@holdfast/plain';
import { describe, expect, it } from 'vitest';
import {
  type ApiTask,
  claimKey,
  delivery,
  type DeliveryMessage,
  type DeliveryResult,
  type DeliveryState,
  finishKey,
  gradeApi,
  startIdempotency,
} from '../../src/delivery/index.ts';
import { CoreGroup } from '../support/coreGroup.ts';

interface Row {
  readonly amount: number;
  readonly status: number;
}

const answered = (held: Row, amount: number): { status: number; body: Plain } =>
  held.amount === amount ? { status: held.status, body: 'charged' } : { status: 422, body: 'other amount' };

/** The effect and its record are one transaction; whoever comes second finds it when it looks again. */
const right: ApiTask = function* (store, { key, amount }) {
  const held = store.get(key) as unknown as Row | null;
  if (held !== null) return answered(held, amount);
  yield;
  // One claim at a time: who does not get it waits for the record.
  const claim = `claim/${key}`;
  if (store.get(key) === null && store.putIfAbsent(claim, 'taken')) {
    store.chargeAndPut(amount, key, { amount, status: 200 });
    return { status: 200, body: 'charged' };
  }
  yield;
  const found = store.get(key) as unknown as Row | null;
  return found === null ? { status: 409, body: 'in progress' } : answered(found, amount);
};

/** The source's own: look, charge, write down. */
const checkThenAct: ApiTask = function* (store, { key, amount }) {
  const held = store.get(key) as unknown as Row | null;
  if (held !== null) return answered(held, amount);
  yield;
  store.chargeAndPut(amount, key, { amount, status: 200 });
  return { status: 200, body: 'charged' };
};

const effectFirst: ApiTask = function* (store, { key, amount }) {
  const held = store.get(key) as unknown as Row | null;
  if (held !== null) return answered(held, amount);
  store.charge(amount);
  yield;
  store.put(key, { amount, status: 200 });
  return { status: 200, body: 'charged' };
};

const claimFirst: ApiTask = function* (store, { key, amount }) {
  if (!store.putIfAbsent(key, { amount, status: 200 }))
    return answered(store.get(key) as unknown as Row, amount);
  yield;
  store.charge(amount);
  return { status: 200, body: 'charged' };
};

const anyPayload: ApiTask = function* (store, { key, amount }) {
  yield;
  if (store.get(key) !== null) return { status: 200, body: 'charged' };
  store.chargeAndPut(amount, key, 'done');
  return { status: 200, body: 'charged' };
};

const noKey: ApiTask = function* (store, { amount }) {
  yield;
  store.charge(amount);
  return { status: 200, body: 'charged' };
};

const failed = (task: ApiTask): string[] =>
  gradeApi(task).flatMap(({ name, passed }) => (passed ? [] : [name]));

const RETRY = 'a retry has one effect and the same answer';
const PAYLOAD = 'another payload under the same key is refused';
const COPIES = 'two copies at once have one effect';
const TWICE = 'a crash between any two steps does not charge twice';
const LOST = 'a crash between any two steps does not lose the charge for ever';

describe('an API task: idempotent by a key', () => {
  it('S4.26 passes an API that charges and records in one step', () => {
    expect(failed(right)).toEqual([]);
  });

  it.each([
    ['looks, then acts (X15)', checkThenAct, [COPIES]],
    ['charges before it writes down', effectFirst, [COPIES, TWICE]],
    ['claims for good before it charges', claimFirst, [LOST]],
    ['takes any payload for the first', anyPayload, [PAYLOAD]],
    ['has no key', noKey, [RETRY, PAYLOAD, COPIES, TWICE]],
  ] as const)('S4.26 an API that %s fails, and is told the run', (_, task, cases) => {
    expect(failed(task)).toEqual(cases);
    for (const { passed, because } of gradeApi(task)) if (!passed) expect(because).toMatch(/\d|nobody/);
  });

  it('S4.26 a hop that removes duplicates does so in vain: the retry is another message to it; the end must know the key', () => {
    // The hop is perfect: each message it takes is delivered once, whatever the link does.
    const core = delivery({ sender: 1, receiver: 2, semantics: 'effectively-once' });
    const hop = new CoreGroup<DeliveryState, DeliveryMessage, Plain, DeliveryResult>(core, [1, 2]);
    let said = 0;
    hop.passes = (): boolean => ++said % 3 !== 0;
    // The client hears no answer, and asks again: with the same key, in another message.
    for (let attempt = 1; attempt <= 2; attempt++) hop.request(1, { key: 'k', amount: 5 });
    for (let round = 0; round < 6; round++) {
      hop.settle();
      hop.fire(1, 'retry');
    }
    hop.settle();
    const { effects } = hop.state(2);
    expect(effects).toHaveLength(2);
    const table = startIdempotency({ limit: 10, keepMs: 1_000, lastRetryMs: 900 });
    let charged = 0;
    for (const _ of effects) {
      const claim = claimKey(table, 'k', 5, 0);
      if (claim.do !== 'run') continue;
      charged++;
      finishKey(table, 'k', { claim: claim.claim, state: 'succeeded', response: 'charged' }, 0);
    }
    expect(charged).toBe(1);
  });
});
