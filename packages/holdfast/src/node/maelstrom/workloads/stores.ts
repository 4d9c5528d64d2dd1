import type { Plain } from '@holdfast/plain';
import { type Asked, type Draw, fieldOf, listOf, type Load, type WorkloadKind } from './workload.ts';

/** Ids that no two answers share. */
export const uniqueIds: WorkloadKind = {
  name: 'unique-ids',
  about: 'no id is given out twice',
  keys: 10,
  begin: (): Load => ({
    next: (): Asked => ({ f: 'generate', input: null, body: { type: 'generate' } }),
    output: (_asked, reply): Plain => fieldOf(reply, 'id'),
    isIdempotent: () => true,
    judged: () => [{ checker: 'unique-ids', settings: {} }],
  }),
};

/** Values written are below this: small, so that compare-and-set often succeeds. */
const VALUES = 5;
/** After so many operations a key has had enough for one search. */
const OPERATIONS_PER_KEY = 80;

/** Registers in one order. */
export const linKv: WorkloadKind = {
  name: 'lin-kv',
  about: 'a key-value store with compare-and-set, linearizable',
  keys: 2,
  begin({ keyCount }): Load {
    let count = 0;
    return {
      next(_client, draw): Asked {
        const round = Math.floor(count++ / (OPERATIONS_PER_KEY * keyCount));
        const key = String(round * keyCount + draw(keyCount));
        return kvRequest(key, draw);
      },
      output: (asked, reply): Plain => {
        if (asked.f === 'read') return fieldOf(reply, 'value');
        return asked.f === 'cas' ? true : null;
      },
      isIdempotent: (f) => f === 'read',
      judged: () => [{ checker: 'cas-register', settings: {} }],
    };
  },
};

/** Half reads, then twice as many compare-and-sets as writes. */
function kvRequest(key: string, draw: Draw): Asked {
  const kind = draw(6);
  if (kind < 3) return { f: 'read', key, input: null, body: { type: 'read', key } };
  const to = draw(VALUES);
  if (kind === 3) return { f: 'write', key, input: to, body: { type: 'write', key, value: to } };
  const from = draw(VALUES);
  return { f: 'cas', key, input: [from, to], body: { type: 'cas', key, from, to } };
}

type Micro = readonly [f: 'r' | 'append' | 'w', key: number, value: number | null];

/** Transactions over lists. */
export const txnListAppend: WorkloadKind = {
  name: 'txn-list-append',
  about: 'transactions that read lists and append to them',
  keys: 10,
  begin: (options) => transactions('append', options),
};

/** Transactions over registers. */
export const txnRwRegister: WorkloadKind = {
  name: 'txn-rw-register',
  about: 'transactions that read and write registers',
  keys: 10,
  begin: (options) => transactions('w', options),
};

interface TransactionOptions {
  readonly consistencyModels: string;
  readonly keyCount: number;
  readonly maxTxnLength: number;
  readonly maxWritesPerKey: number;
}

function transactions(
  write: 'append' | 'w',
  { consistencyModels, keyCount, maxTxnLength, maxWritesPerKey }: TransactionOptions,
): Load {
  const active = Array.from({ length: keyCount }, (_, key) => ({ key, writes: 0 }));
  let nextKey = keyCount;
  const micro = (draw: Draw): Micro => {
    const slot = draw(keyCount);
    const { key, writes } = active[slot] as { key: number; writes: number };
    if (draw(2) === 0) return ['r', key, null];
    // A key that was written often enough makes room for a new one: histories of a key stay small.
    active[slot] =
      writes + 1 >= maxWritesPerKey ? { key: nextKey++, writes: 0 } : { key, writes: writes + 1 };
    return [write, key, writes + 1];
  };
  return {
    next(_client, draw): Asked {
      const txn = Array.from({ length: 1 + draw(maxTxnLength) }, () => micro(draw));
      return {
        f: 'txn',
        input: txn as unknown as Plain,
        body: { type: 'txn', txn: txn as unknown as Plain },
      };
    },
    output: (_asked, reply): Plain => [...listOf(reply, 'txn')],
    isIdempotent: () => false,
    judged: () => [{ checker: consistencyModels, settings: {} }],
  };
}
