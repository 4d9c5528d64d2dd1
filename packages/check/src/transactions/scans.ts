import { encodePlain, type Plain } from '@holdfast/plain';
import type { Operation } from '../history/operation.ts';
import type { TransactionColumns, TransactionColumnsBuilder } from './columns.ts';
import { TransactionInputError } from './errors.ts';
import { Int32Column } from './growable.ts';

/**
 * A read of all keys that begin with a text: `['scan', 'user:', [['user:1', 5], ...]]`, `''` for every key. It answers with the keys that
 * have a value. What the range holds is known from the history: every key that anybody names. Such a predicate looks at keys alone, so a key
 * that was not found had its initial version, and everything that follows for reads by name follows here; but who writes the key
 * later is in an anti-dependency of a predicate, a phantom.
 */
export const SCAN = 'scan';

/** What a scan asked for and found. */
interface Scan {
  readonly prefix: string;
  readonly rows: readonly (readonly [key: Plain, value: Plain])[];
}

/** The range of a scan, by the text its keys begin with. Throws `TransactionInputError`. */
export function scanRange(id: number, step: Plain): string {
  const prefix = (step as readonly Plain[])[1];
  if (typeof prefix === 'string') return prefix;
  throw new TransactionInputError(
    'BAD_MICRO_OPERATION',
    id,
    `found a scan of ${encodePlain(prefix)}, not of a text that keys begin with`,
  );
}

/** A scan that was answered. Throws `TransactionInputError`. */
export function scanOf(id: number, step: Plain): Scan {
  const prefix = scanRange(id, step);
  const rows = (step as readonly Plain[])[2];
  const fail = (why: string): never => {
    throw new TransactionInputError('BAD_MICRO_OPERATION', id, `its scan of ${encodePlain(prefix)} ${why}`);
  };
  if (!Array.isArray(rows)) return fail(`found ${encodePlain(rows)}, not a list of keys and values`);
  const seen = new Set<string>();
  for (const row of rows as readonly Plain[]) {
    if (!Array.isArray(row) || row.length !== 2)
      return fail(`found ${encodePlain(row)}, not a key and a value`);
    const [key = null, value = null] = row as readonly Plain[];
    const name = nameOf(key);
    if (!name.startsWith(prefix)) return fail(`found the key ${name}, which is not in its range`);
    if (seen.has(name)) return fail(`found the key ${name} twice`);
    if (value === null) return fail(`found the key ${name} without a value`);
    seen.add(name);
  }
  return { prefix, rows: rows as Scan['rows'] };
}

/** Every key that a history names, in order of appearance. */
export function keysOf(operations: Iterable<Operation>): readonly Plain[] {
  const keys = new Map<string, Plain>();
  const add = (key: Plain): void => {
    const name = encodePlain(key);
    if (!keys.has(name)) keys.set(name, key);
  };
  for (const { input, output, outcome } of operations) {
    const steps = outcome === 'ok' ? output : input;
    if (!Array.isArray(steps)) continue;
    for (const step of steps as readonly Plain[]) {
      if (!Array.isArray(step)) continue;
      const [f, key = null, rows] = step as readonly Plain[];
      if (f !== SCAN) add(key);
      else if (Array.isArray(rows))
        for (const row of rows as readonly Plain[])
          if (Array.isArray(row)) add((row as readonly Plain[])[0] ?? null);
    }
  }
  return [...keys.values()];
}

/** Puts a scan into columns: a read of each key found, and one that found nothing for each other key of the range. */
export function addScan(
  builder: TransactionColumnsBuilder,
  { prefix, rows }: Scan,
  keys: readonly Plain[],
): void {
  const found = new Set(rows.map(([key]) => nameOf(key)));
  for (const [key, value] of rows) builder.read(key, value);
  for (const key of keys) {
    const name = nameOf(key);
    if (name.startsWith(prefix) && !found.has(name)) builder.notFound(key);
  }
}

/** What a scan compares the beginning of. */
export function nameOf(key: Plain): string {
  return typeof key === 'string' ? key : encodePlain(key);
}

/** The same transactions without what scans did not find: only reads by name, and of what was found. */
export function withoutUnfound(columns: TransactionColumns): TransactionColumns {
  const { unfound = new Set<number>(), count, start, target, value, oddReads } = columns;
  const kept = new Int32Column();
  const starts = new Int32Array(count + 1);
  for (let t = 0; t < count; t++) {
    for (let op = start[t] as number; op < (start[t + 1] as number); op++)
      if (!unfound.has(op)) kept.push(op);
    starts[t + 1] = kept.length;
  }
  const operations = kept.values();
  const place = new Map<number, number>();
  for (const { operation } of oddReads) place.set(operation, operations.indexOf(operation));
  return {
    ...columns,
    start: starts,
    target: operations.map((op) => target[op] as number),
    value: operations.map((op) => value[op] as number),
    oddReads: oddReads.map((odd) => ({ ...odd, operation: place.get(odd.operation) ?? odd.operation })),
    unfound: undefined,
  };
}
