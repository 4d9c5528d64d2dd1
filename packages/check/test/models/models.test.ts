import type { Plain } from '@holdfast/plain';
import { describe, expect, it } from 'vitest';
import type { Operation, Outcome } from '../../src/history/operation.ts';
import { appendLogModel } from '../../src/models/appendLog.ts';
import { casRegisterModel } from '../../src/models/casRegister.ts';
import { counterModel } from '../../src/models/counter.ts';
import { fencedLockModel } from '../../src/models/fencedLock.ts';
import { fifoQueueModel } from '../../src/models/fifoQueue.ts';
import { kvModel } from '../../src/models/kv.ts';
import { illegal, type Model, UnsupportedOperationError } from '../../src/models/model.ts';
import { multiRegisterModel } from '../../src/models/multiRegister.ts';
import { mutexModel } from '../../src/models/mutex.ts';
import { modelNamed, modelNames } from '../../src/models/named.ts';
import { priorityQueueModel } from '../../src/models/priorityQueue.ts';
import { registerModel } from '../../src/models/register.ts';
import { setModel } from '../../src/models/set.ts';
import { stackModel } from '../../src/models/stack.ts';
import { uniqueIdsModel } from '../../src/models/uniqueIds.ts';

interface Extra {
  readonly outcome?: Outcome;
  readonly process?: number;
  readonly key?: string;
}

function op(f: string, input: Plain, output: Plain = null, extra: Extra = {}): Operation {
  const { outcome = 'ok', process = 0, key } = extra;
  return { id: 0, process, f, key, input, outcome, output, invokedAt: 0, completedAt: 1 };
}

/** How many of the operations can happen one after another before one is illegal. */
function accepted<S>(model: Model<S>, ...operations: Operation[]): number {
  let state = model.init();
  for (const [i, operation] of operations.entries()) {
    const after = model.step(state, operation);
    if (after === illegal) return i;
    state = after;
  }
  return operations.length;
}

const UNKNOWN: Extra = { outcome: 'unknown' };
const enq = (value: Plain, extra?: Extra): Operation => op('enqueue', value, null, extra);
const deq = (value: Plain, extra?: Extra): Operation => op('dequeue', null, value, extra);

describe('built-in models', () => {
  it('are found by name, each under its own', () => {
    expect(modelNames).toHaveLength(13);
    for (const name of modelNames) expect(modelNamed(name)?.name).toBe(name);
    expect(modelNamed('toString')).toBeUndefined();
    expect(modelNamed('no-such-model')).toBeUndefined();
  });

  it('name the operation and what they expect when they do not know it', () => {
    for (const name of modelNames) {
      const model = modelNamed(name);
      const odd = op('frobnicate', null);
      expect(() => model?.step(model.init(), odd)).toThrow(UnsupportedOperationError);
      expect(() => model?.step(model.init(), odd)).toThrow(
        `(frobnicate) as an operation of model '${name}': use f '`,
      );
    }
  });
});

describe('register', () => {
  it('answers reads with the last write, at first with its initial value', () => {
    const write = op('write', 1);
    expect(accepted(registerModel(), op('read', null), write, op('read', null, 1), op('read', null))).toBe(3);
    expect(accepted(registerModel({ initial: 0 }), op('r', null, 0), op('w', 5), op('r', null, 5))).toBe(3);
    expect(accepted(registerModel({ initial: 0 }), op('read', null))).toBe(0);
  });
});

describe('cas-register', () => {
  const model = casRegisterModel();
  const cas = (from: Plain, to: Plain, output: Plain = null, extra?: Extra): Operation =>
    op('cas', [from, to], output, extra);

  it('sets when the value is the one expected, and only then', () => {
    expect(accepted(model, op('write', 1), cas(1, 2), op('read', null, 2), cas(1, 3))).toBe(3);
    expect(accepted(model, op('write', 1), cas(2, 3, null, UNKNOWN))).toBe(1);
  });

  it('takes a compare that failed for an observation: the value was another one', () => {
    const failed = cas(1, 2, null, { outcome: 'fail' });
    expect(model.failedIsObservation?.(failed)).toBe(true);
    expect(model.observes?.(failed)).toBe(true);
    expect(accepted(model, op('write', 3), failed, cas(1, 2, false), op('read', null, 3))).toBe(4);
    expect(accepted(model, op('write', 1), failed)).toBe(1);
    expect(accepted(model, op('write', 1), cas(1, 2, false))).toBe(1);
  });

  it('takes a failure with an error text, and a failed write, for one without effect', () => {
    expect(model.failedIsObservation?.(cas(1, 2, 'connection refused', { outcome: 'fail' }))).toBe(false);
    expect(model.failedIsObservation?.(op('write', 1, null, { outcome: 'fail' }))).toBe(false);
    expect(model.failedIsObservation?.(cas(1, 2, [1, 2], { outcome: 'fail' }))).toBe(true);
  });
});

describe('kv', () => {
  const model = kvModel();

  it('puts, appends, compares and deletes; a key without a value reads as null or the empty text', () => {
    const get = (value: Plain): Operation => op('get', null, value);
    expect(accepted(model, get(null), get(''), op('put', 'a'), op('append', 'b'), get('ab'))).toBe(5);
    expect(
      accepted(
        model,
        op('append', 'b'),
        get('b'),
        op('delete', null, true),
        get(null),
        op('del', null, false),
      ),
    ).toBe(5);
    expect(
      accepted(
        model,
        op('put', 'a'),
        op('cas', ['a', 'c']),
        get('c'),
        op('cas', ['a', 'd'], false),
        get('c'),
      ),
    ).toBe(5);
    expect(accepted(model, op('cas', [null, 'new']), get('new'), op('cas', ['old', 'x']))).toBe(2);
    expect(accepted(model, op('put', 'a'), op('delete', null, false))).toBe(1);
    expect(accepted(model, op('put', 7), op('append', 'b'))).toBe(1);
  });

  it('sees that a text read must begin with the present one unless something replaces it', () => {
    const seen = op('get', null, 'abc');
    const reaches = (state: Plain, ...changes: Operation[]): boolean | undefined =>
      model.canReach?.(state, seen, changes);
    expect(reaches('abc')).toBe(true);
    expect(reaches('ab')).toBe(false);
    expect(reaches('ab', op('append', 'c'))).toBe(true);
    expect(reaches('b', op('append', 'c'))).toBe(false);
    expect(reaches('b', op('append', 'c'), op('put', 'a'))).toBe(true);
    expect(reaches('b', op('append', 'c'), op('put', 'x'))).toBe(false);
    expect(reaches('b', op('delete', null))).toBe(true);
  });
});

describe('multi-register', () => {
  const model = multiRegisterModel();

  it('does the steps of a transaction at once and in order', () => {
    const txn = (...steps: Plain[][]): Operation => op('txn', [], steps);
    expect(
      accepted(model, txn(['w', 'x', 1], ['r', 'x', 1], ['r', 'y', null]), op('read', null, 1, { key: 'x' })),
    ).toBe(2);
    expect(accepted(model, txn(['write', 'x', 1], ['read', 'y', 2]))).toBe(0);
    expect(accepted(model, op('write', 4, null, { key: 'y' }), txn(['r', 'y', 4]), txn(['r', 'x', 4]))).toBe(
      2,
    );
  });

  it('takes the writes of an unknown transaction from its input', () => {
    const lost = op(
      'txn',
      [
        ['w', 'x', 1],
        ['r', 'y', null],
      ],
      'timeout',
      UNKNOWN,
    );
    expect(accepted(model, lost, op('read', null, 1, { key: 'x' }))).toBe(2);
    expect(model.observes?.(lost)).toBe(false);
    expect(model.observes?.(op('txn', [['r', 'y', null]], null, UNKNOWN))).toBe(true);
  });
});

describe('counter', () => {
  it('adds, and may answer with the value after', () => {
    const model = counterModel();
    const read = (value: number): Operation => op('read', null, value);
    expect(
      accepted(model, read(0), op('add', 3), op('increment', null, 4), op('dec', 2), read(2), read(3)),
    ).toBe(5);
    expect(accepted(model, op('inc', null, 2))).toBe(0);
    expect(model.canReach?.(2, read(3), [op('dec', 1)])).toBe(false);
    expect(model.canReach?.(2, read(3), [op('add', 5)])).toBe(true);
  });
});

describe('set', () => {
  it('holds each element once and reads in any order', () => {
    const model = setModel();
    const read = (...elements: Plain[]): Operation => op('read', null, elements);
    expect(
      accepted(model, read(), op('add', 2), op('add', 1, true), op('add', 1, false), read(2, 1), read(1)),
    ).toBe(5);
    expect(
      accepted(
        model,
        op('add', 'a'),
        op('remove', 'a', true),
        op('remove', 'a', false),
        op('contains', 'a', false),
      ),
    ).toBe(4);
    expect(accepted(model, op('add', 10), op('contains', 10, false))).toBe(1);
  });
});

describe('fifo-queue, stack and priority-queue', () => {
  it('give back in their own order, and null when empty', () => {
    expect(
      accepted(
        fifoQueueModel(),
        deq(null),
        enq('a'),
        enq('b'),
        deq('a'),
        op('peek', null, 'b'),
        deq('b'),
        deq('c'),
      ),
    ).toBe(6);
    const push = (value: Plain): Operation => op('push', value);
    const pop = (value: Plain): Operation => op('pop', null, value);
    expect(
      accepted(
        stackModel(),
        pop(null),
        push('a'),
        push('b'),
        op('peek', null, 'b'),
        pop('b'),
        pop('a'),
        pop('a'),
      ),
    ).toBe(6);
    const insert = (value: Plain): Operation => op('insert', value);
    const min = (value: Plain, extra?: Extra): Operation => op('delete-min', null, value, extra);
    expect(
      accepted(
        priorityQueueModel(),
        insert(3),
        insert(1),
        insert(2),
        min(1),
        min(2),
        min(3),
        min(null),
        min(3),
      ),
    ).toBe(7);
  });

  it('let an unknown take change what is there, but only where there is something', () => {
    expect(accepted(fifoQueueModel(), enq('a'), enq('b'), deq(null, UNKNOWN), deq('b'))).toBe(4);
    expect(accepted(fifoQueueModel(), deq(null, UNKNOWN))).toBe(0);
    expect(
      accepted(stackModel(), op('push', 'a'), op('pop', null, null, UNKNOWN), op('pop', null, null)),
    ).toBe(3);
  });

  it('leave open which of equal priority an unknown take took', () => {
    const insert = (value: Plain): Operation => op('insert', value);
    const min = (value: Plain, extra?: Extra): Operation => op('delete-min', null, value, extra);
    const both = [insert([1, 'a']), insert([1, 'b']), insert([2, 'c']), min(null, UNKNOWN)];
    expect(accepted(priorityQueueModel(), ...both, min([1, 'a']), min([2, 'c']))).toBe(6);
    expect(accepted(priorityQueueModel(), ...both, min([1, 'b']), min([2, 'c']))).toBe(6);
    expect(accepted(priorityQueueModel(), ...both, min([1, 'a']), min([1, 'b']))).toBe(5);
    expect(accepted(priorityQueueModel(), ...both, min([2, 'c']))).toBe(4);
  });
});

describe('mutex and fenced-lock', () => {
  const acquire = (process: number, token: Plain = null, outcome: Outcome = 'ok'): Operation =>
    op('acquire', null, token, { process, outcome });
  const release = (process: number): Operation => op('release', null, null, { process });

  it('admit one holder at a time', () => {
    expect(accepted(mutexModel(), acquire(1), release(1), acquire(2), acquire(3))).toBe(3);
    expect(accepted(mutexModel(), release(1))).toBe(0);
    expect(accepted(mutexModel(), acquire(1), release(2))).toBe(2);
    expect(accepted(mutexModel({ owners: true }), acquire(1), release(2))).toBe(1);
    expect(accepted(mutexModel({ owners: true }), acquire(1, null, 'unknown'), release(1))).toBe(2);
  });

  it('S1.25 give out fencing tokens that only grow, also where leases expire', () => {
    expect(
      accepted(fencedLockModel(), acquire(1, 5), release(1), acquire(2, 6), release(2), acquire(1, 6)),
    ).toBe(4);
    expect(accepted(fencedLockModel(), acquire(1, 5), acquire(2, 6))).toBe(1);
    expect(
      accepted(fencedLockModel({ leases: true }), acquire(1, 5), acquire(2, 6), release(1), acquire(3, 6)),
    ).toBe(3);
    expect(accepted(fencedLockModel(), acquire(1, null, 'unknown'), acquire(2, 1))).toBe(1);
  });
});

describe('unique-ids and append-log', () => {
  it('make every id an object of its own, that can be given out once', () => {
    const model = uniqueIdsModel();
    const first = op('generate', null, 'a');
    expect(model.key?.(first)).not.toBe(model.key?.(op('generate', null, 'b')));
    expect(accepted(model, first, first)).toBe(1);
  });

  it('grow a log at its end only', () => {
    const model = appendLogModel();
    const append = (value: Plain, offset: Plain = null): Operation => op('append', value, offset);
    expect(
      accepted(model, append('a', 0), append('b'), append('c', 2), op('read', null, ['a', 'b', 'c'])),
    ).toBe(4);
    expect(accepted(model, append('a'), op('read', 0, 'a'), op('read', 1), op('read', 0))).toBe(3);
    expect(accepted(model, append('a', 1))).toBe(0);
    expect(model.canReach?.(['a'], op('read', null, ['b', 'a']), [append('b')])).toBe(false);
    expect(model.canReach?.(['b'], op('read', null, ['b', 'a']), [append('a')])).toBe(true);
  });
});
