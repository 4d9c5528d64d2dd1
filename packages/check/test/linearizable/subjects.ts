import type { Plain } from '@holdfast/plain';
import { appendLogModel } from '../../src/models/appendLog.ts';
import { casRegisterModel } from '../../src/models/casRegister.ts';
import { counterModel } from '../../src/models/counter.ts';
import { fencedLockModel } from '../../src/models/fencedLock.ts';
import { fifoQueueModel } from '../../src/models/fifoQueue.ts';
import { kvModel } from '../../src/models/kv.ts';
import { multiRegisterModel } from '../../src/models/multiRegister.ts';
import { mutexModel } from '../../src/models/mutex.ts';
import { priorityQueueModel } from '../../src/models/priorityQueue.ts';
import { registerModel } from '../../src/models/register.ts';
import { setModel } from '../../src/models/set.ts';
import { stackModel } from '../../src/models/stack.ts';
import { uniqueIdsModel } from '../../src/models/uniqueIds.ts';
import type { Subject } from './generate.ts';
import type { Random } from './random.ts';

const VALUES: readonly Plain[] = [null, 1, 2, 3];

const MANY: readonly Plain[] = Array.from({ length: 14 }, (_, i) => i + 1);

const NUMBERED: readonly Plain[] = Array.from({ length: 26 }, (_, i) => i + 1);

/** None begins another one. */
const TOKENS = ['a', 'be', 'c', 'dee', 'e', 'fee', 'gee', 'h'];

/** Up to three tokens one behind the other. */
function textsOf(tokens: readonly string[]): string[] {
  const two = tokens.flatMap((a) => tokens.map((b) => a + b));
  return [...tokens, ...two, ...two.flatMap((a) => tokens.map((b) => a + b))];
}

/** The number given out last in the history that is being drawn. */
const lastNumber = new WeakMap<Random, number>();

function value(random: Random): Plain {
  return 1 + random.below(3);
}

/** What each built-in model is exercised with: few values, so that results often agree by chance. */
export const subjects: Readonly<Record<string, Subject>> = {
  register: {
    model: registerModel(),
    call: (random) =>
      random.chance(55)
        ? { f: 'read', input: null, outputs: VALUES }
        : { f: 'write', input: value(random), outputs: [null] },
  },
  'register, values mostly unique': {
    model: registerModel(),
    call: (random) =>
      random.chance(55)
        ? { f: 'read', input: null, outputs: [null, ...MANY] }
        : { f: 'write', input: random.pick(MANY), outputs: [null] },
  },
  'registers, two keys': {
    model: registerModel(),
    call: (random) => {
      const key = random.pick(['x', 'y']);
      return random.chance(50)
        ? { f: 'read', key, input: null, outputs: [null, 1, 2] }
        : { f: 'write', key, input: 1 + random.below(2), outputs: [null] };
    },
  },
  'cas-register': {
    model: casRegisterModel(),
    call: (random) => {
      if (random.chance(35)) return { f: 'read', input: null, outputs: VALUES };
      if (random.chance(40)) return { f: 'write', input: value(random), outputs: [null] };
      return { f: 'cas', input: [value(random), value(random)], outputs: [null, null, false] };
    },
  },
  'cas-register, each value set once': {
    model: casRegisterModel(),
    call: (random) => {
      if (random.chance(35)) return { f: 'read', input: null, outputs: [null, ...NUMBERED] };
      const latest = lastNumber.get(random) ?? 0;
      lastNumber.set(random, latest + 1);
      if (random.chance(40)) return { f: 'write', input: latest + 1, outputs: [null] };
      const expected = random.chance(70) ? latest : random.below(latest + 1);
      return {
        f: 'cas',
        input: [expected === 0 ? null : expected, latest + 1],
        outputs: [null, null, false],
      };
    },
  },
  kv: {
    model: kvModel(),
    call: (random) => {
      const key = random.pick(['x', 'x', 'x', 'y']);
      const texts = ['', 'a', 'b', 'ab', 'ba', 'aa', 'bb', 'aba', 'bab', 'abb'];
      if (random.chance(40)) return { f: 'get', key, input: null, outputs: texts };
      if (random.chance(50)) return { f: 'append', key, input: random.pick(['a', 'b']), outputs: [null] };
      if (random.chance(40)) return { f: 'put', key, input: random.pick(['a', 'b']), outputs: [null] };
      if (random.chance(60)) {
        return {
          f: 'cas',
          key,
          input: [random.pick(['a', 'ab']), random.pick(['a', 'b'])],
          outputs: [null, false],
        };
      }
      return { f: 'delete', key, input: null, outputs: [null, true, false] };
    },
  },
  'kv, texts that grow': {
    model: kvModel(),
    call: (random) => {
      const known = TOKENS.slice(0, lastNumber.get(random) ?? 0);
      if (random.chance(45)) return { f: 'get', input: null, outputs: ['', ...textsOf(known.slice(-4))] };
      // Now and then one is used again.
      const isAgain = known.length > 0 && random.chance(20);
      if (!isAgain) lastNumber.set(random, known.length + 1);
      const input = isAgain ? random.pick(known) : (TOKENS[known.length % TOKENS.length] as string);
      return { f: random.chance(75) ? 'append' : 'put', input, outputs: [null] };
    },
  },
  'multi-register': {
    model: multiRegisterModel(),
    call: (random) => {
      const names = ['x', 'y'];
      const input = names
        .filter(() => random.chance(70))
        .map((name): Plain[] => (random.chance(50) ? ['r', name, null] : ['w', name, value(random)]));
      const outputs = [null, 1, 2, 3].flatMap((x) => [null, 1, 2, 3].map((y) => withReads(input, x, y)));
      return { f: 'txn', input, outputs };
    },
  },
  counter: {
    model: counterModel(),
    call: (random) => {
      if (random.chance(45)) return { f: 'read', input: null, outputs: [-2, -1, 0, 1, 2, 3, 4] };
      if (random.chance(40)) return { f: 'add', input: 1 + random.below(2), outputs: [null] };
      return { f: random.pick(['increment', 'dec']), input: null, outputs: [null, -1, 0, 1, 2, 3] };
    },
  },
  set: {
    model: setModel(),
    call: (random) => {
      if (random.chance(35))
        return { f: 'read', input: null, outputs: [[], [1], [2], [2, 1], [3], [1, 3], [3, 2], [1, 2, 3]] };
      if (random.chance(20)) return { f: 'contains', input: value(random), outputs: [true, false] };
      return { f: random.pick(['add', 'add', 'remove']), input: value(random), outputs: [null, true, false] };
    },
  },
  'fifo-queue': {
    model: fifoQueueModel(),
    call: (random) => {
      if (random.chance(45)) return { f: 'enqueue', input: value(random), outputs: [null] };
      return { f: random.pick(['dequeue', 'dequeue', 'peek']), input: null, outputs: VALUES };
    },
  },
  stack: {
    model: stackModel(),
    call: (random) => {
      if (random.chance(45)) return { f: 'push', input: value(random), outputs: [null] };
      return { f: random.pick(['pop', 'pop', 'peek']), input: null, outputs: VALUES };
    },
  },
  'priority-queue': {
    model: priorityQueueModel(),
    call: (random) => {
      const items: readonly Plain[] = [1, 2, [1, 'a'], [1, 'b']];
      if (random.chance(50)) return { f: 'insert', input: random.pick(items), outputs: [null] };
      return { f: 'delete-min', input: null, outputs: [null, ...items] };
    },
  },
  mutex: {
    model: mutexModel(),
    call: (random) => ({ f: random.pick(['acquire', 'release']), input: null, outputs: [null] }),
  },
  'mutex with owners': {
    model: mutexModel({ owners: true }),
    call: (random) => ({ f: random.pick(['acquire', 'release']), input: null, outputs: [null] }),
  },
  'fenced-lock': {
    model: fencedLockModel(),
    call: (random) =>
      random.chance(50)
        ? { f: 'acquire', input: null, outputs: [1, 2, 3, 4] }
        : { f: 'release', input: null, outputs: [null] },
  },
  'fenced-lock with leases': {
    model: fencedLockModel({ leases: true }),
    call: (random) =>
      random.chance(60)
        ? { f: 'acquire', input: null, outputs: [1, 2, 3, 4] }
        : { f: 'release', input: null, outputs: [null] },
  },
  'unique-ids': {
    model: uniqueIdsModel(),
    call: (random) => ({
      f: 'generate',
      input: null,
      outputs: [1, 2, 3, 4, 5, 6, 7, 8, 9, random.below(100)],
    }),
  },
  'append-log': {
    model: appendLogModel(),
    call: (random) => {
      if (random.chance(45)) return { f: 'append', input: 1 + random.below(2), outputs: [null, 0, 1, 2] };
      if (random.chance(40)) return { f: 'read', input: random.below(3), outputs: [null, 1, 2] };
      return { f: 'read', input: null, outputs: [[], [1], [2], [1, 1], [1, 2], [2, 1], [2, 2], [1, 2, 1]] };
    },
  },
};

/** The transaction with its reads of x and y filled in. */
function withReads(input: readonly (readonly Plain[])[], x: Plain, y: Plain): Plain {
  return input.map((step) => (step[0] === 'r' ? ['r', step[1] ?? null, step[1] === 'x' ? x : y] : step));
}
