import type { MicroOperation } from '@holdfast/check';
import { equalPlain, type Plain } from '@holdfast/plain';
import type { Action } from '../history/recorder.ts';

/** What an operation makes of the keys it has read. */
export interface Changed {
  readonly puts: readonly (readonly [key: string, value: Plain])[];
  readonly output: Plain;
  /** It cannot be done as things are: certainly nothing happens. */
  readonly outcome?: 'fail';
}

/** An operation as the keys it reads, and what it makes of their values. */
export interface Change {
  readonly keys: readonly string[];
  of(values: ReadonlyMap<string, Plain>): Changed;
}

/** Who holds a lock, and how often it was taken so far: the number fences off those who held it before. */
interface Lock {
  readonly holder: string | null;
  readonly token: number;
}

/** A transfer between two accounts; an account nobody has touched holds `opening`. */
export interface TransferInput {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
  readonly opening: number;
}

/** Which accounts to read, and what those hold that nobody has touched. */
export interface BalancesInput {
  readonly accounts: readonly string[];
  readonly opening: number;
}

/** Actions that read keys and change them by what they read. */
export const CHANGES = [
  'cas',
  'add',
  'read-set',
  'append',
  'read-list',
  'enqueue',
  'dequeue',
  'acquire',
  'release',
  'fenced-write',
  'transfer',
  'read-bank',
  'txn',
] as const;

/** The same without those that touch more than one key. */
export const CHANGES_OF_ONE_KEY: readonly string[] = CHANGES.filter(
  (f) => f !== 'transfer' && f !== 'read-bank' && f !== 'txn',
);

/** An action as a change of what keys hold; undefined for other actions. */
export function changeOf(action: Action): Change | undefined {
  const { f, key = '', input } = action;
  switch (f) {
    case 'transfer':
      return transfer(key, transferIn(input));
    case 'read-bank':
      return balances(key, balancesIn(input));
    case 'txn':
      return transaction(input as readonly MicroOperation[]);
    default: {
      const change = ofOne(action);
      return change === undefined
        ? undefined
        : { keys: [key], of: (values) => change(values.get(key) ?? null) };
    }
  }
}

function ofOne({ f, key = '', input }: Action): ((value: Plain) => Changed) | undefined {
  switch (f) {
    case 'cas': {
      const [expected = null, next = null] = input as readonly Plain[];
      // A comparison that found another value is an observation, not a failure.
      return (value) =>
        equalPlain(value, expected) ? { puts: [[key, next]], output: true } : { puts: [], output: false };
    }
    case 'add':
    case 'append':
    case 'enqueue':
      return (value) => ({ puts: [[key, [...listOf(value), input]]], output: null });
    case 'read-set':
    case 'read-list':
      return (value) => ({ puts: [], output: [...listOf(value)] });
    case 'dequeue':
      return (value) => {
        const [first, ...rest] = listOf(value);
        if (first === undefined) return { puts: [], outcome: 'fail', output: 'empty' };
        return { puts: [[key, rest]], output: first };
      };
    case 'acquire':
      return (value) => {
        const { holder, token } = lockOf(value);
        if (holder !== null) return { puts: [], outcome: 'fail', output: `held by ${holder}` };
        return { puts: [[key, { holder: holderIn(input), token: token + 1 }]], output: token + 1 };
      };
    case 'release':
      return (value) => {
        const { holder, token } = lockOf(value);
        const own = holderIn(input);
        if (holder !== own) return { puts: [], outcome: 'fail', output: `${own} does not hold ${key}` };
        return { puts: [[key, { holder: null, token }]], output: null };
      };
    case 'fenced-write':
      return (value) => fencedWrite(key, value, fencedIn(input));
    default:
      return undefined;
  }
}

/** What is written under a lease: with its token, so that those who have lost it are told apart. */
export interface FencedInput {
  readonly token: number;
  readonly value: Plain;
  /** True, the broken twin: tokens are written and not compared. */
  readonly unfenced: boolean;
}

/** What a fenced write is asked for with; absent parts are nothing. */
export function fencedIn(input: Plain): FencedInput {
  const { token = 0, value = null, unfenced = false } = (input ?? {}) as Partial<FencedInput>;
  return { token, value, unfenced };
}

/** Stores what comes with the newest token so far, and refuses what comes with an older one. */
function fencedWrite(key: string, held: Plain, { token, value, unfenced }: FencedInput): Changed {
  const newest = (held as Partial<FencedInput> | null)?.token ?? 0;
  if (token >= newest || unfenced) return { puts: [[key, { token, value }]], output: null };
  return { puts: [], outcome: 'fail', output: `fenced off by token ${newest}` };
}

function transfer(bank: string, { from, to, amount, opening }: TransferInput): Change {
  const [payer, payee] = [accountKey(bank, from), accountKey(bank, to)];
  return {
    keys: [payer, payee],
    of: (values) => {
      const [has, had] = [balanceIn(values, payer, opening), balanceIn(values, payee, opening)];
      if (has < amount) return { puts: [], outcome: 'fail', output: `${from} has ${has}` };
      return {
        puts: [
          [payer, has - amount],
          [payee, had + amount],
        ],
        output: null,
      };
    },
  };
}

function balances(bank: string, { accounts, opening }: BalancesInput): Change {
  return {
    keys: accounts.map((name) => accountKey(bank, name)),
    of: (values) => ({
      puts: [],
      output: Object.fromEntries(
        accounts.map((name) => [name, balanceIn(values, accountKey(bank, name), opening)]),
      ),
    }),
  };
}

/** Reads and appends to lists in their order; what it has appended itself it reads. */
function transaction(steps: readonly MicroOperation[]): Change {
  return {
    keys: [...new Set(steps.map(([, key]) => String(key)))],
    of: (values) => {
      const lists = new Map([...values].map(([key, value]) => [key, listOf(value)]));
      const touched = new Set<string>();
      const output = steps.map(([f, name, value]): Plain => {
        const key = String(name);
        const list = lists.get(key) ?? [];
        if (f === 'r') return ['r', name, list.length === 0 ? null : [...list]];
        lists.set(key, [...list, value as Plain]);
        touched.add(key);
        return [f, name, value as Plain];
      });
      return { puts: [...touched].map((key) => [key, [...(lists.get(key) ?? [])]]), output };
    },
  };
}

/** What a transfer is asked for with; absent parts are nothing. */
export function transferIn(input: Plain): TransferInput {
  const { from = '', to = '', amount = 0, opening = 0 } = (input ?? {}) as Partial<TransferInput>;
  return { from, to, amount, opening };
}

/** What balances are asked for with. */
export function balancesIn(input: Plain): BalancesInput {
  const { accounts = [], opening = 0 } = (input ?? {}) as Partial<BalancesInput>;
  return { accounts, opening };
}

function accountKey(bank: string, account: string): string {
  return `${bank}-${account}`;
}

function balanceIn(values: ReadonlyMap<string, Plain>, key: string, opening: number): number {
  const value = values.get(key);
  return typeof value === 'number' ? value : opening;
}

function listOf(value: Plain): readonly Plain[] {
  return Array.isArray(value) ? (value as readonly Plain[]) : [];
}

function lockOf(value: Plain): Lock {
  return value === null ? { holder: null, token: 0 } : (value as unknown as Lock);
}

/** Who asks for a lock. */
export function holderIn(input: Plain): string {
  const { holder = null } = (input ?? {}) as { readonly holder?: Plain };
  return typeof holder === 'string' ? holder : JSON.stringify(holder);
}
