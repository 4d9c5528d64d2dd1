import {
  checkTransactionColumns,
  type TransactionColumns,
  transactionColumns,
  type TransactionModel,
  type TransactionVerdict,
} from '@holdfast/check';
import {
  causalColumns,
  type Isolation,
  type ListWorkload,
  registerHistory,
  type RegisterWorkload,
  strictListHistory,
} from './lib/txnGenerators.ts';

/**
 * Transactions: how long a verdict takes on long histories that are right (and on some that are not). Generating is not counted;
 * reading operations into columns is given apart. Best and median of the runs, processor time of the whole process.
 *
 *     npx tsx --conditions=holdfast:source bench/check-transactions.ts [runs] [scale] [lists | causal | search]
 */

const RUNS = Number(process.argv[2] ?? 3);
const SCALE = Number(process.argv[3] ?? 1);
const scaled = (count: number): number => Math.max(100, Math.round(count * SCALE));

function timed<T>(work: () => T): { result: T; median: number; best: number } {
  const times: number[] = [];
  let result = work();
  for (let run = 0; run < RUNS; run++) {
    const start = process.cpuUsage();
    result = work();
    const { user, system } = process.cpuUsage(start);
    times.push((user + system) / 1_000);
  }
  times.sort((a, b) => a - b);
  return { result, median: times[times.length >> 1] ?? Number.NaN, best: times[0] ?? Number.NaN };
}

function line(
  name: string,
  count: number,
  { median, best }: { median: number; best: number },
  verdict = '',
): void {
  const rate = Math.round(count / (best / 1000)).toLocaleString('en');
  console.log(
    `${name.padEnd(58)} ${median.toFixed(0).padStart(7)} ms  best ${best.toFixed(0).padStart(7)} ms  ${rate.padStart(11)} txn/s  ${verdict}`,
  );
}

function check(name: string, columns: TransactionColumns, model: TransactionModel): TransactionVerdict {
  const { result, ...times } = timed(() => checkTransactionColumns(columns, { model, minimal: false }));
  line(name, columns.count, times, `${result.status}, ${result.evidence.steps.toLocaleString('en')} steps`);
  return result;
}

function lists(): void {
  const shape: ListWorkload = {
    transactions: scaled(500_000),
    processes: 20,
    activeKeys: 10,
    writesPerKey: 32,
    longest: 4,
    seed: 1,
  };
  const history = strictListHistory(shape);
  const read = timed(() => transactionColumns(history, 'list-append'));
  line('list-append: operations into columns', shape.transactions, read);
  check('list-append: strict-serializable, all anomalies, columns', read.result, 'strict-serializable');
  const both = timed(() =>
    checkTransactionColumns(transactionColumns(history, 'list-append'), { minimal: false }),
  );
  line('list-append: the same from operations', shape.transactions, both, both.result.status);
}

function causal(keys: number): void {
  const shape: RegisterWorkload = {
    transactions: scaled(1_000_000),
    sessions: 100,
    keys,
    operations: 8,
    readPercent: 50,
    seed: 2,
  };
  const columns = causalColumns(shape);
  check(`registers: causal, 100 sessions, 8 operations, ${keys} keys`, columns, 'causal');
  check(`registers: read-atomic, the same`, columns, 'strong-session-read-atomic');
  check(`registers: read-committed, the same`, columns, 'strong-session-read-committed');
}

function searched(isolation: Isolation, model: TransactionModel, keys: number, flaw: boolean): void {
  const shape: RegisterWorkload = {
    transactions: scaled(5000),
    sessions: 20,
    keys,
    operations: 10,
    readPercent: 50,
    seed: 3,
  };
  const history = registerHistory(shape, isolation, flaw);
  const columns = transactionColumns(history, 'rw-register');
  check(`registers: ${model}, ${keys} keys${flaw ? ', one lost update' : ''}`, columns, model);
  if (model === 'strict-serializable') return;
  const sessionsOnly = transactionColumns({ ...history, order: 'session' }, 'rw-register');
  check(`  without times`, sessionsOnly, model);
}

const only = process.argv[4];
if (only === undefined || only === 'lists') lists();
if (only === undefined || only === 'causal') for (const keys of [1000, 100_000]) causal(keys);
if (only === undefined || only === 'search') {
  for (const keys of [200, 2000]) {
    for (const flaw of [false, true]) {
      searched('serializable', 'serializable', keys, flaw);
      searched('serializable', 'strict-serializable', keys, flaw);
      searched('snapshot', 'snapshot-isolation', keys, flaw);
      searched('snapshot', 'strong-session-snapshot-isolation', keys, flaw);
    }
  }
}
