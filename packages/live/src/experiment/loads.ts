import type { Plain } from '@holdfast/plain';
import type { Action, Answer, Recorded } from '../history/recorder.ts';
import { holderIn } from '../subjects/changes.ts';
import type { WorkloadEntry } from './file.ts';
import { leaseLoad } from './leaseLoad.ts';

/** What a workload asks, one arrival after another. */
export interface Load {
  /** What arrives together, each for a client of its own: the first for the one that is named, of whom there is none while all are busy. */
  next(client?: number): readonly Action[];
  /** What a client was told, and when it asked and heard by the clock of the recording. */
  learned?(action: Action, answer: Answer, client: number, times: Times): void;
  /** How long a client stands still before it asks, and before it reads the answer. */
  stands?(action: Action): { readonly beforeMs: number; readonly afterMs: number };
}

/** Both ends of an operation, microseconds. */
export type Times = Pick<Recorded, 'invokedAt' | 'completedAt'>;

/** Which kinds of workload there are. */
export const LOADS = [
  'registers',
  'append',
  'set',
  'queue',
  'lock',
  'lease',
  'bank',
  'list-append',
  'write-skew',
  'watch',
] as const;
/** One of them. */
export type LoadName = (typeof LOADS)[number];

/** What each asks of a system when its mix does not say. */
export const LOAD_ACTIONS: Readonly<Record<LoadName, readonly string[]>> = {
  registers: ['read', 'write', 'cas'],
  append: ['append', 'read-list'],
  set: ['add', 'read-set'],
  queue: ['enqueue', 'dequeue'],
  lock: ['acquire', 'release'],
  lease: ['acquire-lease', 'renew-lease', 'release-lease', 'fenced-write'],
  bank: ['transfer', 'read-bank'],
  'list-append': ['txn'],
  'write-skew': ['txn'],
  watch: ['write', 'watch'],
};

/** Appends to a list before it is left for a fresh one: long lists only cost. */
const LIST_MAX = 40;

/** Micro-operations of a transaction, at most. */
const STEPS_MAX = 4;

/** What the loads have in common of an entry. */
type Asked = WorkloadEntry & { readonly keyPrefix: string; readonly reading: { readonly mode?: string } };

/** The load a file asks for; `random` gives numbers in [0, 1), `nowUs` the time clients have, which is that of the recording. */
export function loadOf(given: WorkloadEntry, random: () => number, nowUs: () => number = () => 0): Load {
  const { mode, keyPrefix = '' } = given;
  const entry: Asked = { ...given, keyPrefix, reading: mode === undefined ? {} : { mode } };
  switch (entry.of ?? 'registers') {
    case 'registers':
      return registers(entry, random);
    case 'append':
      return append(entry, random);
    case 'list-append':
      return listAppend(entry, random);
    case 'write-skew':
      return writeSkew(entry);
    case 'set':
      return set(entry, random);
    case 'queue':
      return queue(entry, random);
    case 'lock':
      return lock(entry);
    case 'lease':
      return leaseLoad(entry, random, nowUs);
    case 'bank':
      return bank(entry, random);
    case 'watch':
      return watched(entry, random);
  }
}

/** The mix, as names to draw from. */
function drawn(mix: Readonly<Record<string, number>>, random: () => number): () => string {
  const names = Object.entries(mix).flatMap(([f, weight]) => Array.from({ length: weight }, () => f));
  return () => names[Math.floor(random() * names.length)] ?? names[0] ?? 'read';
}

/** Registers: every written value is new, so that each read names its write; a compare expects what was learned last. */
function registers(
  { keys = 3, keyPrefix, reading, mix = { read: 5, write: 4, cas: 1 } }: Asked,
  random: () => number,
): Load {
  const draw = drawn(mix, random);
  const last = new Map<string, Plain>();
  let value = 0;
  return {
    next: () => {
      const key = `${keyPrefix}k${Math.floor(random() * keys) + 1}`;
      const f = draw();
      const written = ++value;
      if (f === 'read') return [{ f, key, input: null, ...reading }];
      return [{ f, key, input: f === 'cas' ? [last.get(key) ?? null, written] : written }];
    },
    learned: ({ f, key = '', input }, { outcome, output }) => {
      if (outcome === 'ok' && f !== 'cas') last.set(key, f === 'read' ? output : input);
    },
  };
}

/** Lists by name, each left for a fresh one when it is long enough. */
class Lists {
  private readonly active: { name: string; length: number }[];
  private readonly keyPrefix: string;
  private fresh: number;

  constructor(keys: number, keyPrefix: string) {
    this.active = Array.from({ length: keys }, (_, i) => ({ name: `${keyPrefix}k${i + 1}`, length: 0 }));
    this.keyPrefix = keyPrefix;
    this.fresh = keys;
  }

  /** One to read. */
  one(random: () => number): string {
    return this.active[Math.floor(random() * this.active.length)]?.name ?? '';
  }

  /** One to append to, and a value that is new to it. */
  grown(random: () => number): readonly [name: string, value: number] {
    const at = Math.floor(random() * this.active.length);
    const list = this.active[at] as { name: string; length: number };
    list.length++;
    if (list.length >= LIST_MAX) this.active[at] = { name: `${this.keyPrefix}k${++this.fresh}`, length: 0 };
    return [list.name, list.length];
  }
}

/** Logs that are appended to and read whole. */
function append(
  { keys = 2, keyPrefix, reading, mix = { append: 3, 'read-list': 2 } }: Asked,
  random: () => number,
): Load {
  const draw = drawn(mix, random);
  const lists = new Lists(keys, keyPrefix);
  return {
    next: () => {
      const f = draw();
      if (f === 'read-list') return [{ f, key: lists.one(random), input: null, ...reading }];
      const [key, input] = lists.grown(random);
      return [{ f, key, input }];
    },
  };
}

/** Transactions that read and append to lists; every appended value is new. After Jepsen's list-append. */
function listAppend({ keys = 3, keyPrefix, reading }: Asked, random: () => number): Load {
  const lists = new Lists(keys, keyPrefix);
  const step = (): Plain =>
    random() < 0.5 ? ['r', lists.one(random), null] : ['append', ...lists.grown(random)];
  return {
    next: () => {
      const count = 1 + Math.floor(random() * STEPS_MAX);
      return [{ f: 'txn', input: Array.from({ length: count }, step), ...reading }];
    },
  };
}

/** Pairs of transactions at once, on two fresh lists: each appends to its own and reads the other's. One at least must see the other. */
function writeSkew({ keyPrefix }: Asked): Load {
  let pair = 0;
  return {
    next: () => {
      const [left, right] = [`${keyPrefix}a${++pair}`, `${keyPrefix}b${pair}`];
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
function set({ keyPrefix, reading, mix = { add: 4, read: 1 } }: Asked, random: () => number): Load {
  const draw = drawn(mix, random);
  const key = `${keyPrefix}set`;
  let element = 0;
  return {
    next: () => {
      if (draw() === 'add') return [{ f: 'add', key, input: ++element }];
      return [{ f: 'read-set', key, input: null, ...reading }];
    },
  };
}

/** A queue: as much is taken out as is put in. */
function queue({ keyPrefix, reading }: Asked, random: () => number): Load {
  const key = `${keyPrefix}queue`;
  let element = 0;
  return {
    next: () =>
      random() < 0.5
        ? [{ f: 'enqueue', key, input: ++element }]
        : [{ f: 'dequeue', key, input: null, ...reading }],
  };
}

/** A lock that every client tries to take, and gives back when its turn comes again. Who does not know whether it took the lock tries anew under another name. */
function lock({ keyPrefix }: Asked): Load {
  const key = `${keyPrefix}mutex`;
  const holding = new Map<number, string>();
  let takes = 0;
  return {
    next: (client = 0) => {
      const holder = holding.get(client);
      if (holder !== undefined) return [{ f: 'release', key, input: { holder } }];
      return [{ f: 'acquire', key, input: { holder: `c${client}-${++takes}` } }];
    },
    learned: ({ f, input }, { outcome }, client) => {
      if (f === 'acquire' && outcome === 'ok') holding.set(client, holderIn(input));
      // What is not known to be given back is not touched again: it may be somebody else's by now.
      if (f === 'release') holding.delete(client);
    },
  };
}

/** Money in an account nobody has touched. */
const OPENING = 10;
/** Money of one transfer, at most. */
const TRANSFER_MAX = 5;

/** A bank whose money only moves: transfers between accounts, and reads of all of them at once. After Jepsen's bank. */
function bank(
  { keys = 5, keyPrefix, reading, mix = { transfer: 3, 'read-bank': 2 } }: Asked,
  random: () => number,
): Load {
  const draw = drawn(mix, random);
  const key = `${keyPrefix}bank`;
  const accounts = Array.from({ length: Math.max(2, keys) }, (_, i) => `a${i + 1}`);
  const opening = OPENING;
  return {
    next: () => {
      if (draw() !== 'transfer') return [{ f: 'read-bank', key, input: { accounts, opening }, ...reading }];
      const at = Math.floor(random() * accounts.length);
      const further = 1 + Math.floor(random() * (accounts.length - 1));
      const [from, to] = [accounts[at] ?? '', accounts[(at + further) % accounts.length] ?? ''];
      return [
        { f: 'transfer', key, input: { from, to, amount: 1 + Math.floor(random() * TRANSFER_MAX), opening } },
      ];
    },
  };
}

/** Writes to keys that are watched at every member meanwhile. */
function watched({ keys = 3, keyPrefix }: Asked, random: () => number): Load {
  let value = 0;
  return {
    next: () => {
      const key = `${keyPrefix}watched${Math.floor(random() * keys) + 1}`;
      return [{ f: 'write', key, input: ++value }];
    },
  };
}
