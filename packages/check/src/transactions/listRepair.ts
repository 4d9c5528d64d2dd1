import { ABORTED, type TransactionColumns } from './columns.ts';
import type { Findings } from './findings.ts';
import { NO_POSITION } from './versions.ts';

/** Chains with the doubtful keys' ones replaced by clean reads, and the lengths of those keys' reads along them. */
export interface RepairedKeys {
  readonly chains: readonly (readonly number[])[];
  /** Per reading micro-operation of a repaired key: its length along the chain, or `NO_POSITION`. */
  readonly lengths: ReadonlyMap<number, number>;
}

interface ListRead {
  readonly operation: number;
  readonly transaction: number;
  readonly values: readonly number[];
}

/**
 * Looks at every read of the doubtful keys, reports what is wrong with it (duplicate elements, garbage, aborted
 * reads, dirty updates, incompatible orders) and takes the longest clean read of each as its order of versions.
 */
export function repairKeys(
  columns: TransactionColumns,
  doubtful: ReadonlySet<number>,
  transactionOf: Int32Array,
  findings: Findings,
): RepairedKeys {
  const reads = collectReads(columns, doubtful, transactionOf);
  const writers = collectWriters(columns, doubtful, transactionOf);
  const chains = columns.longest.slice();
  const lengths = new Map<number, number>();
  for (const key of [...doubtful].sort((a, b) => a - b)) {
    const all = reads.get(key) ?? [];
    const clean = all.filter((read) => isClean(columns, key, read, writers.get(key) ?? new Map(), findings));
    let longest: ListRead | undefined;
    for (const read of clean) if (read.values.length > (longest?.values.length ?? 0)) longest = read;
    const chain = longest?.values ?? [];
    chains[key] = chain;
    for (const read of all) lengths.set(read.operation, NO_POSITION);
    for (const read of clean) {
      if (longest === undefined || isPrefix(read.values, chain))
        lengths.set(read.operation, read.values.length);
      else reportIncompatible(key, read, longest, findings);
    }
  }
  return { chains, lengths };
}

function collectReads(
  columns: TransactionColumns,
  keys: ReadonlySet<number>,
  transactionOf: Int32Array,
): Map<number, ListRead[]> {
  const { target, value, longest, oddReads } = columns;
  const reads = new Map<number, ListRead[]>();
  for (let op = 0; op < target.length; op++) {
    const code = target[op] as number;
    const key = code >> 1;
    if ((code & 1) === 0 || !keys.has(key)) continue;
    const length = value[op] as number;
    const values = length < 0 ? oddReads[~length]?.values : longest[key]?.slice(0, length);
    const list = reads.get(key) ?? [];
    list.push({ operation: op, transaction: transactionOf[op] as number, values: values ?? [] });
    reads.set(key, list);
  }
  return reads;
}

/** Who appended each value: a live transaction where there is one. */
function collectWriters(
  columns: TransactionColumns,
  keys: ReadonlySet<number>,
  transactionOf: Int32Array,
): Map<number, Map<number, number>> {
  const { target, value, outcome } = columns;
  const writers = new Map<number, Map<number, number>>();
  for (let op = 0; op < target.length; op++) {
    const code = target[op] as number;
    const key = code >> 1;
    if ((code & 1) === 1 || !keys.has(key)) continue;
    const byValue = writers.get(key) ?? new Map<number, number>();
    const t = transactionOf[op] as number;
    if (!byValue.has(value[op] as number) || outcome[t] !== ABORTED) byValue.set(value[op] as number, t);
    writers.set(key, byValue);
  }
  return writers;
}

/** Reports what is wrong with one read by itself; true when nothing is. */
function isClean(
  columns: TransactionColumns,
  key: number,
  read: ListRead,
  writers: ReadonlyMap<number, number>,
  findings: Findings,
): boolean {
  const label = (transaction: number): string => findings.label(transaction);
  const reader = label(read.transaction);
  const list = (): string => `${reader} read ${findings.key(key)} = ${findings.values(read.values)}`;
  const seen = new Set<number>();
  const repeated = read.values.find((item) => seen.size === seen.add(item).size);
  if (repeated !== undefined) {
    findings.add(
      'duplicate-elements',
      [read.transaction],
      () => `${list()}, with ${findings.value(repeated)} twice`,
    );
    return false;
  }
  const garbage = read.values.find((item) => !writers.has(item));
  if (garbage !== undefined) {
    const sentence = (): string => `${list()}, where nobody ever appended ${findings.value(garbage)}`;
    findings.add('garbage-read', [read.transaction], sentence);
    return false;
  }
  const isAborted = (item: number): boolean => columns.outcome[writers.get(item) as number] === ABORTED;
  const aborted = read.values.findIndex(isAborted);
  if (aborted < 0) return true;
  const dirty = read.values[aborted] as number;
  const by = writers.get(dirty) as number;
  findings.add(
    'G1a',
    [read.transaction, by],
    () => `${list()}, though ${label(by)}, which appended ${findings.value(dirty)}, aborted`,
  );
  const onTop = read.values.find((item, i) => i > aborted && !isAborted(item));
  if (onTop !== undefined) {
    const victim = writers.get(onTop) as number;
    const sentence = (): string =>
      `${label(victim)} appended ${findings.value(onTop)} to ${findings.key(key)} on top of ${findings.value(dirty)}, ` +
      `which ${label(by)} had appended before it aborted`;
    findings.add('dirty-update', [victim, by], sentence);
  }
  return false;
}

function isPrefix(values: readonly number[], chain: readonly number[]): boolean {
  return values.length <= chain.length && values.every((item, i) => item === chain[i]);
}

function reportIncompatible(key: number, read: ListRead, longest: ListRead, findings: Findings): void {
  findings.add(
    'incompatible-order',
    [read.transaction, longest.transaction],
    () =>
      `${findings.label(read.transaction)} read ${findings.key(key)} = ${findings.values(read.values)} and ` +
      `${findings.label(longest.transaction)} read ${findings.values(longest.values)}: neither begins with the other`,
  );
}
