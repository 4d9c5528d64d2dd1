import type { Plain } from '@holdfast/plain';
import type { Action, Answer } from '../history/recorder.ts';
import type { WorkloadEntry } from './file.ts';

/** What a workload asks, one arrival after another. */
export interface Load {
  /** What arrives together, each for a client of its own. */
  next(): readonly Action[];
  /** What a client was told. */
  learned?(action: Action, answer: Answer): void;
}

/** Which kinds of workload there are. */
export const LOADS = ['registers', 'list-append', 'write-skew', 'set', 'queue'] as const;
/** One of them. */
export type LoadName = (typeof LOADS)[number];

/** Appends to a list before it is left for a fresh one: long lists only cost. */
const LIST_MAX = 40;

/** Micro-operations of a transaction, at most. */
const STEPS_MAX = 4;

/** The load a file asks for; `random` gives numbers in [0, 1). */
export function loadOf(entry: WorkloadEntry, random: () => number): Load {
  switch (entry.of ?? 'registers') {
    case 'registers':
      return registers(entry, random);
    case 'list-append':
      return listAppend(entry, random);
    case 'write-skew':
      return writeSkew();
    case 'set':
      return set(entry, random);
    case 'queue':
      return queue(random);
  }
}

/** The mix, as names to draw from. */
function drawn(mix: Readonly<Record<string, number>>, random: () => number): () => string {
  const names = Object.entries(mix).flatMap(([f, weight]) => Array.from({ length: weight }, () => f));
  return () => names[Math.floor(random() * names.length)] ?? names[0] ?? 'read';
}

/** Registers: every written value is new, so that each read names its write; a compare expects what was learned last. */
function registers(
  { keys = 3, mode, mix = { read: 5, write: 4, cas: 1 } }: WorkloadEntry,
  random: () => number,
): Load {
  const draw = drawn(mix, random);
  const last = new Map<string, Plain>();
  let value = 0;
  return {
    next: () => {
      const key = `k${Math.floor(random() * keys) + 1}`;
      const f = draw();
      const written = ++value;
      if (f === 'read') return [{ f, key, input: null, ...(mode === undefined ? {} : { mode }) }];
      return [{ f, key, input: f === 'cas' ? [last.get(key) ?? null, written] : written }];
    },
    learned: ({ f, key = '', input }, { outcome, output }) => {
      if (outcome === 'ok' && f !== 'cas') last.set(key, f === 'read' ? output : input);
    },
  };
}

/** Transactions that read and append to lists; every appended value is new. After Jepsen's list-append. */
function listAppend({ keys = 3, mode }: WorkloadEntry, random: () => number): Load {
  let fresh = keys;
  const active = Array.from({ length: keys }, (_, i) => ({ name: `k${i + 1}`, length: 0 }));
  const step = (): Plain => {
    const at = Math.floor(random() * active.length);
    const list = active[at] as { name: string; length: number };
    if (random() < 0.5) return ['r', list.name, null];
    list.length++;
    if (list.length >= LIST_MAX) active[at] = { name: `k${++fresh}`, length: 0 };
    return ['append', list.name, list.length];
  };
  return {
    next: () => {
      const count = 1 + Math.floor(random() * STEPS_MAX);
      return [
        { f: 'txn', input: Array.from({ length: count }, step), ...(mode === undefined ? {} : { mode }) },
      ];
    },
  };
}

/** Pairs of transactions at once, on two fresh lists: each appends to its own and reads the other's. One at least must see the other. */
function writeSkew(): Load {
  let pair = 0;
  return {
    next: () => {
      const [left, right] = [`a${++pair}`, `b${pair}`];
      const txn = (own: string, other: string): Action => ({
        f: 'txn',
        input: [
          ['append', own, 1],
          ['r', other, null],
        ],
      });
      return [txn(left, right), txn(right, left)];
    },
  };
}

/** A set that is added to and read whole. */
function set({ mode, mix = { add: 4, read: 1 } }: WorkloadEntry, random: () => number): Load {
  const draw = drawn(mix, random);
  let element = 0;
  return {
    next: () => {
      if (draw() === 'add') return [{ f: 'add', key: 'set', input: ++element }];
      return [{ f: 'read-set', key: 'set', input: null, ...(mode === undefined ? {} : { mode }) }];
    },
  };
}

/** A queue: as much is taken out as is put in. */
function queue(random: () => number): Load {
  let element = 0;
  return {
    next: () =>
      random() < 0.5
        ? [{ f: 'enqueue', key: 'queue', input: ++element }]
        : [{ f: 'dequeue', key: 'queue', input: null }],
  };
}
