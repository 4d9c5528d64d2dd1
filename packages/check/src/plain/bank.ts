import type { Plain } from '@holdfast/plain';
import type { History, Operation } from '../history/operation.ts';
import { isMicroOperations, type MicroOperation, TRANSACTION } from '../history/transaction.ts';
import { UnsupportedOperationError } from '../models/model.ts';
import type { Checker, CheckerVerdict } from './checker.ts';
import { count, FindingLog, type FindingWeight, verdictOf } from './findings.ts';
import { listed, Narrator, ofKey, show } from './words.ts';

const PROMISE = 'money is neither created nor destroyed';
const NAME = 'bank';
const EXPECTED =
  "use f 'read' with account balances as output, {name: amount} or a list of [name, amount]; or 'txn' with ['r', name, amount]";

/** What the bank is known to hold. */
export interface BankOptions {
  /** All money, always. Unless told, every read must show as much as the first one that completed. */
  readonly total?: number;
  /** The accounts a read shows, all of them. Unless told, as many and the same as the first read shows. */
  readonly accounts?: readonly string[];
  /** True: an account may be overdrawn. False, the default: none is ever below zero. */
  readonly overdraft?: boolean;
}

type Kind = 'wrong-total' | 'negative' | 'wrong-accounts';

const WEIGHTS: Readonly<Record<Kind, FindingWeight>> = {
  'wrong-accounts': 'violation',
  'wrong-total': 'violation',
  negative: 'violation',
};

/**
 * Money moves between accounts; every read shows all accounts at once and always the same money. What transfers did is not
 * asked, so a history with reads alone will do.
 *
 * - `wrong-total`: a read shows more or less money than there is: it saw half of a transfer (read skew), or a transfer was lost in part.
 * - `negative`: an account is below zero. `wrong-accounts`: a read lacks an account, or shows one that is none.
 *
 * Operations: `read` with balances as output, an object or a list of pairs (null: no such account); `txn` with nothing but
 * `['r', name, amount]`. `transfer`, transactions that write and all others are left out. One bank per `key`. One pass, no real
 * time needed. Throws `UnsupportedOperationError` for balances that are not numbers. After Jepsen's `bank`.
 */
export function bankChecker(options: BankOptions = {}): Checker {
  return { name: NAME, promise: PROMISE, check: (history) => checkBank(history, options) };
}

interface Snapshot {
  readonly read: Operation;
  readonly balances: ReadonlyMap<string, number>;
  readonly total: number;
}

/** Judges a history by `bankChecker`. */
export function checkBank(history: History, options: BankOptions = {}): CheckerVerdict {
  const log = new FindingLog<Kind>(WEIGHTS);
  const narrator = new Narrator(history);
  const banks = new Map<string, Snapshot[]>();
  for (const operation of history.operations) {
    const isRead = operation.f === 'read' || isReadOnly(operation);
    if (!isRead && operation.f !== 'transfer' && operation.f !== TRANSACTION) log.ignored++;
    if (!isRead || operation.outcome !== 'ok') continue;
    log.examined++;
    const key = operation.key ?? '';
    const bank = banks.get(key) ?? [];
    banks.set(key, bank);
    bank.push(snapshotOf(operation));
  }
  for (const bank of banks.values()) new Bank(bank, options, log, narrator).judge();
  return verdictOf(log, {
    promise: PROMISE,
    holds: `${count(log.examined, 'read')} of ${count(banks.size, 'bank')} showed the same money in the same accounts`,
    nothing: log.examined === 0 ? 'no balances were read' : undefined,
    counts: { reads: log.examined },
  });
}

class Bank {
  private readonly snapshots: readonly Snapshot[];
  private readonly options: BankOptions;
  private readonly log: FindingLog<Kind>;
  private readonly narrator: Narrator;
  /** The read others are compared with where the options say nothing. */
  private readonly first: Snapshot;

  constructor(
    snapshots: readonly Snapshot[],
    options: BankOptions,
    log: FindingLog<Kind>,
    narrator: Narrator,
  ) {
    this.snapshots = snapshots;
    this.options = options;
    this.log = log;
    this.narrator = narrator;
    this.first = snapshots.reduce((a, b) => (b.read.completedAt < a.read.completedAt ? b : a));
  }

  judge(): void {
    for (const snapshot of this.snapshots) {
      this.log.steps += snapshot.balances.size;
      if (this.checkAccounts(snapshot)) this.checkTotal(snapshot);
      if (this.options.overdraft !== true) this.checkBalances(snapshot);
    }
  }

  /** True when the read shows the right accounts; a total is compared only then. */
  private checkAccounts(snapshot: Snapshot): boolean {
    const { accounts } = this.options;
    const { balances, read } = snapshot;
    const expected = accounts === undefined ? this.first.balances : new Set(accounts);
    const lacking = [...expected.keys()].filter((name) => !balances.has(name));
    const strange = [...balances.keys()].filter((name) => !expected.has(name));
    if (lacking.length === 0 && strange.length === 0) return true;
    this.log.add('wrong-accounts', () => {
      const parts = [
        ...lacking.map((name) => `lacks account ${name}`),
        ...strange.map((name) => `shows account ${name}`),
      ];
      const compared = this.comparedWith(accounts === undefined);
      return {
        sentence: `${this.tell(read)}, which ${listed(parts)}${compared.words}`,
        operations: [...compared.operations, read],
      };
    });
    return false;
  }

  private checkTotal(snapshot: Snapshot): void {
    const total = this.options.total ?? this.first.total;
    if (snapshot.total === total) return;
    this.log.add('wrong-total', () => {
      const compared = this.comparedWith(this.options.total === undefined);
      const difference = snapshot.total - total;
      const what = difference > 0 ? `${difference} too much` : `${-difference} too little`;
      return {
        sentence: `${this.tell(snapshot.read)}, ${snapshot.total} in all, ${what}: there is ${total}${compared.words}`,
        operations: [...compared.operations, snapshot.read],
      };
    });
  }

  private checkBalances({ read, balances }: Snapshot): void {
    for (const [name, amount] of balances) {
      if (amount >= 0) continue;
      this.log.add('negative', () => ({
        sentence: `${this.tell(read)}, with account ${name} at ${amount}`,
        operations: [read],
      }));
    }
  }

  private comparedWith(isFirst: boolean): { words: string; operations: Operation[] } {
    if (!isFirst) return { words: '', operations: [] };
    return { words: `, as ${this.tell(this.first.read)} saw`, operations: [this.first.read] };
  }

  private tell(read: Operation): string {
    return this.narrator.tell(read, `read ${show(read.output)}${ofKey(read, 'from')}`);
  }
}

function snapshotOf(read: Operation): Snapshot {
  const balances = new Map<string, number>();
  let total = 0;
  for (const [name, amount] of pairsOf(read)) {
    if (amount === null || amount === undefined) continue;
    if (typeof amount !== 'number') throw new UnsupportedOperationError(NAME, read, EXPECTED);
    balances.set(name, amount);
    total += amount;
  }
  return { read, balances, total };
}

function isReadOnly({ f, output }: Operation): boolean {
  return f === TRANSACTION && isMicroOperations(output) && output.every(([step]) => step === 'r');
}

function pairsOf(read: Operation): [name: string, amount: Plain | undefined][] {
  const { output } = read;
  if (typeof output !== 'object' || output === null)
    throw new UnsupportedOperationError(NAME, read, EXPECTED);
  if (!Array.isArray(output)) return Object.entries(output);
  if (isReadOnly(read))
    return (output as readonly MicroOperation[]).map(([, name, amount]) => [String(name), amount]);
  return (output as readonly Plain[]).map((pair) => {
    const [name, amount] = Array.isArray(pair) ? (pair as readonly Plain[]) : [];
    if (typeof name !== 'string' && typeof name !== 'number') {
      throw new UnsupportedOperationError(NAME, read, EXPECTED);
    }
    return [String(name), amount];
  });
}
