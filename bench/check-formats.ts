import { performance } from 'node:perf_hooks';
import {
  type FormatName,
  HistoryBuilder,
  parseHistory,
  parseHistoryColumns,
  printHistory,
} from '@holdfast/check';

/**
 * Parse speed of each history format on one core, in operations a second: best of several runs, JIT warm.
 * Run by `npx tsx --conditions=holdfast:source bench/check-formats.ts [operations]`.
 */

const OPERATIONS = Number(process.argv[2] ?? 200_000);
const RUNS = 5;
const CLIENTS = 10;
const CHUNK = 65_536;

/** Reads, writes and compare-and-sets of one register by several clients, a fixed sequence. */
function registerHistory(operations: number): ReturnType<HistoryBuilder['finish']> {
  const builder = new HistoryBuilder();
  for (let i = 0; i < operations; i++) {
    const at = i * 100;
    const kind = i % 5;
    const f = kind < 3 ? 'read' : kind === 3 ? 'write' : 'cas';
    const input = kind < 3 ? null : kind === 3 ? i : [i - 1, i];
    const id = builder.invoke(i % CLIENTS, f, input, at);
    builder.complete(id, kind === 4 && i % 2 === 0 ? 'fail' : 'ok', kind < 3 ? i : null, at + 450);
  }
  return builder.finish(operations * 100);
}

/** Transactions of four reads and writes each. */
function transactionHistory(transactions: number): ReturnType<HistoryBuilder['finish']> {
  const builder = new HistoryBuilder('index');
  for (let i = 0; i < transactions; i++) {
    const key = i % 1000;
    const output = [
      ['r', key, i > 1000 ? i : null],
      ['w', key, i + 1],
      ['r', key + 1, null],
      ['w', key + 1, i + 1],
    ];
    const input = output.map(([f, k, value]) => [
      f as string,
      k as number,
      f === 'r' ? null : (value ?? null),
    ]);
    builder.complete(builder.invoke(i % CLIENTS, 'txn', input, 2 * i), 'ok', output as never, 2 * i + 1);
  }
  return builder.finish(2 * transactions);
}

function best(run: () => void): number {
  let seconds = Number.POSITIVE_INFINITY;
  for (let i = 0; i < RUNS; i++) {
    const start = performance.now();
    run();
    seconds = Math.min(seconds, (performance.now() - start) / 1000);
  }
  return seconds;
}

function chunksOf(text: string): string[] {
  const chunks: string[] = [];
  for (let i = 0; i < text.length; i += CHUNK) chunks.push(text.slice(i, i + CHUNK));
  return chunks;
}

function row(name: string, text: string, seconds: number, count: number): void {
  const perSecond = Math.round(count / seconds).toLocaleString('en');
  const megabytes = (text.length / seconds / 1e6).toFixed(0);
  console.log(`${name.padEnd(28)}${perSecond.padStart(14)} operations/s${megabytes.padStart(8)} MB/s`);
}

function measure(format: FormatName, history: ReturnType<HistoryBuilder['finish']>, count: number): void {
  const text = Buffer.from(printHistory(history, format)).toString();
  const read = parseHistory(text, { format }).history.operations.length;
  if (read !== count) throw new Error(`${format}: ${read} operations read of ${count}`);
  row(
    format,
    text,
    best(() => parseHistory(text, { format })),
    count,
  );
  const chunks = chunksOf(text);
  row(
    `${format} into columns`,
    text,
    best(() => parseHistoryColumns(chunks, { format })),
    count,
  );
}

const building = best(() => void registerHistory(OPERATIONS));
console.log(
  `${'HistoryBuilder'.padEnd(28)}${Math.round(OPERATIONS / building)
    .toLocaleString('en')
    .padStart(14)} operations/s`,
);
const registers = registerHistory(OPERATIONS);
for (const format of ['jsonl', 'jepsen-log', 'jepsen-edn', 'elle-json', 'porcupine'] as const) {
  measure(
    format,
    registers,
    format === 'porcupine' ? registers.operations.filter((o) => o.outcome !== 'fail').length : OPERATIONS,
  );
}
const transactions = transactionHistory(OPERATIONS / 4);
console.log(`transactions of four reads and writes`);
for (const format of ['jsonl', 'jepsen-edn', 'plume', 'dbcop-hist', 'dbcop-json'] as const) {
  measure(format, transactions, OPERATIONS / 4);
}
