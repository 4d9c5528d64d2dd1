import type { Plain } from '@holdfast/plain';
import type { Operation, Outcome } from '../history/operation.ts';
import { TRANSACTION } from '../history/transaction.ts';
import {
  ABORTED,
  COMMITTED,
  NO_VALUE,
  type TransactionColumns,
  TransactionColumnsBuilder,
} from './columns.ts';
import { listRead } from './explain.ts';
import { SCAN } from './scans.ts';

type Micro = readonly ['append' | 'w' | 'r' | 'unfound', Plain, Plain];

/**
 * Parts of a history without some of its transactions: what those wrote disappears from the lists of the rest, and reads
 * of a register that returned it disappear altogether. If a history has an explanation, so has every part of it.
 */
export class HistoryParts {
  private readonly columns: TransactionColumns;
  /** Per key and value: who wrote it. */
  private readonly writers = new Map<number, Map<number, number[]>>();

  /** Prepares for parts of the given transactions. */
  constructor(columns: TransactionColumns, transactions: readonly number[]) {
    this.columns = columns;
    const { target, value, start, count } = columns;
    for (const t of transactions) {
      for (let op = start[t] as number; op < (start[t + 1] as number); op++) {
        this.writers.set((target[op] as number) >> 1, new Map());
      }
    }
    for (let t = 0; t < count; t++) {
      for (let op = start[t] as number; op < (start[t + 1] as number); op++) {
        const code = target[op] as number;
        const byValue = (code & 1) === 1 ? undefined : this.writers.get(code >> 1);
        if (byValue === undefined) continue;
        const writers = byValue.get(value[op] as number) ?? [];
        writers.push(t);
        byValue.set(value[op] as number, writers);
      }
    }
  }

  /** The part with these transactions, in columns; operation ids stay what they were. */
  columnsOf(transactions: readonly number[]): TransactionColumns {
    const { columns } = this;
    const builder = new TransactionColumnsBuilder(columns.workload, {
      initial: columns.decode(columns.initial),
      realtime: columns.realtime,
    });
    const kept = new Set(transactions);
    for (const t of [...kept].sort((a, b) => a - b)) {
      const process = columns.processes[columns.session[t] as number] as number;
      const invokedAt = columns.invokedAt[t] as number;
      builder.begin(
        columns.id[t] as number,
        process,
        invokedAt,
        columns.completedAt[t] as number,
        outcomeOf(columns, t),
      );
      for (const [f, key, value] of this.steps(t, kept)) {
        if (f === 'r') builder.read(key, value);
        else if (f === 'unfound') builder.notFound(key);
        else builder.write(key, value);
      }
    }
    return builder.finish();
  }

  /** The same part as operations. */
  operationsOf(transactions: readonly number[]): readonly Operation[] {
    const { columns } = this;
    const kept = new Set(transactions);
    return [...kept]
      .sort((a, b) => a - b)
      .map((t): Operation => {
        const output = this.steps(t, kept).map(shown);
        const outcome = outcomeOf(columns, t);
        return {
          id: columns.id[t] as number,
          process: columns.processes[columns.session[t] as number] as number,
          f: TRANSACTION,
          input: output.map(([f, key, value]) => [f, key, f === 'r' || f === SCAN ? null : value]),
          outcome,
          output: outcome === 'ok' ? output : null,
          invokedAt: columns.invokedAt[t] as number,
          completedAt: columns.completedAt[t] as number,
        };
      });
  }

  /** What a transaction did, seen without those left out. */
  private steps(t: number, kept: ReadonlySet<number>): Micro[] {
    const { columns } = this;
    const { start, target, value } = columns;
    const steps: Micro[] = [];
    for (let op = start[t] as number; op < (start[t + 1] as number); op++) {
      const code = target[op] as number;
      const key = columns.keys[code >> 1] ?? null;
      const item = value[op] as number;
      if (columns.unfound?.has(op) === true) {
        steps.push(['unfound', key, null]);
        continue;
      }
      if ((code & 1) === 0)
        steps.push([columns.workload === 'list-append' ? 'append' : 'w', key, columns.decode(item)]);
      else if (columns.workload === 'list-append') {
        const list = listRead(columns, op).filter((each) => this.stays(code >> 1, each, kept));
        steps.push(['r', key, list.map((each) => columns.decode(each))]);
      } else if (item === columns.initial || this.stays(code >> 1, item, kept)) {
        steps.push(['r', key, item === NO_VALUE || item === columns.initial ? null : columns.decode(item)]);
      }
    }
    return steps;
  }

  /** What nobody wrote stays, and what is left of its writers. */
  private stays(key: number, code: number, kept: ReadonlySet<number>): boolean {
    const writers = this.writers.get(key)?.get(code);
    return writers === undefined || writers.some((t) => kept.has(t));
  }
}

/** What a scan did not find, as a scan of that key alone. */
function shown([f, key, value]: Micro): readonly [string, Plain, Plain] {
  if (f !== 'unfound') return [f, key, value];
  return typeof key === 'string' ? [SCAN, key, []] : ['r', key, null];
}

function outcomeOf(columns: TransactionColumns, t: number): Outcome {
  if (columns.outcome[t] === COMMITTED) return 'ok';
  return columns.outcome[t] === ABORTED ? 'fail' : 'unknown';
}
