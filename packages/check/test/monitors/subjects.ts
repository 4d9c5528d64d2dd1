import type { Plain } from '@holdfast/plain';
import type { ModelName } from '../../src/models/named.ts';
import { modelNamed } from '../../src/models/named.ts';
import type { ObjectAlgorithm } from '../../src/monitors/checkObject.ts';
import type { Call, Subject } from '../linearizable/generate.ts';
import type { Random } from '../linearizable/random.ts';

/** Histories for one specialist: a model, and calls in which no value is put in twice. */
export interface Unambiguous {
  readonly model: ModelName;
  readonly algorithm: ObjectAlgorithm;
  /** Calls for one history; `fresh` gives a value not used before. */
  readonly call: (random: Random, fresh: () => number) => Call;
}

const TAKEN: readonly Plain[] = [null, 1, 2, 3, 4, 5, 6];

export const unambiguous: Readonly<Record<string, Unambiguous>> = {
  queue: {
    model: 'fifo-queue',
    algorithm: 'queue',
    call: (random, fresh) =>
      random.chance(50)
        ? { f: 'enqueue', input: fresh(), outputs: [null] }
        : { f: 'dequeue', input: null, outputs: TAKEN },
  },
  stack: {
    model: 'stack',
    algorithm: 'stack',
    call: (random, fresh) =>
      random.chance(50)
        ? { f: 'push', input: fresh(), outputs: [null] }
        : { f: 'pop', input: null, outputs: TAKEN },
  },
  'priority queue': {
    model: 'priority-queue',
    algorithm: 'priority-queue',
    call: (random, fresh) => {
      const items = [1, 2, 3, 4, 5, 6].map((n): Plain => itemOf(n));
      if (random.chance(50)) return { f: 'insert', input: itemOf(fresh()), outputs: [null] };
      return { f: 'delete-min', input: null, outputs: [null, ...items] };
    },
  },
  'set read as a whole': {
    model: 'set',
    algorithm: 'set-chain',
    call: (random, fresh) => {
      if (random.chance(50)) return { f: 'add', input: fresh(), outputs: [null, true] };
      return { f: 'read', input: null, outputs: subsets([1, 2, 3, 4]) };
    },
  },
  counter: {
    model: 'counter',
    algorithm: 'counter',
    call: (random) =>
      random.chance(50)
        ? { f: 'add', input: 3, outputs: [null] }
        : { f: 'read', input: null, outputs: [0, 3, 6, 9, 12, 4] },
  },
  'counter going down': {
    model: 'counter',
    algorithm: 'counter',
    call: (random) =>
      random.chance(50)
        ? { f: 'decrement', input: null, outputs: [null] }
        : { f: 'read', input: null, outputs: [0, -1, -2, -3, 1] },
  },
};

/** Few numbers, some alone and some with a name, so that several items are equally small. */
function itemOf(n: number): Plain {
  const order = [0, 4, 2, 2, 1, 2, 4][n] ?? n;
  return n % 2 === 0 ? [order, `v${n}`] : [order, n];
}

function subsets(values: readonly number[]): Plain[] {
  const all: Plain[] = [];
  for (let bits = 0; bits < 1 << values.length; bits++) all.push(values.filter((_, i) => (bits >> i) & 1));
  return all;
}

/** The subject of one history. */
export function subjectOf({ model, call }: Unambiguous): Subject {
  const made = modelNamed(model);
  if (made === undefined) throw new RangeError(`no model ${model}`);
  let last = 0;
  return { model: made, call: (random) => call(random, () => ++last) };
}
