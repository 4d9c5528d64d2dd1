import { encodePlain, type Plain } from '@holdfast/plain';
import { anomalyTitle, type Dependency, type DependencyKind, type TransactionAnomaly } from './anomalies.ts';
import type { TransactionColumns } from './columns.ts';
import { type Cycle, type CycleEdge, isPhantom, KIND_NAMES, nameCycle } from './cycle.ts';
import type { Finding } from './findings.ts';
import { PROCESS, REALTIME, RW, WR } from './graph.ts';
import { modelsForbidding, READS_BY_NAME, strongerThan, type TransactionModel } from './models.ts';
import type { DirectAnomalyName } from './anomalies.ts';

/** `T12`: a transaction by the id of its operation. */
export function transactionLabel(columns: TransactionColumns, transaction: number): string {
  return `T${columns.id[transaction]}`;
}

function text(value: Plain): string {
  return typeof value === 'string' ? value : encodePlain(value);
}

/** A cycle as an anomaly: typed edges with a sentence each, and one sentence for the whole. */
export function explainCycle(
  columns: TransactionColumns,
  cycle: Cycle,
  violated: Iterable<TransactionModel>,
): TransactionAnomaly {
  const name = nameCycle(columns, cycle);
  const edges = fromLowest(cycle).map(
    (edge): Dependency => ({
      from: columns.id[edge.from] as number,
      to: columns.id[edge.to] as number,
      kind: KIND_NAMES.get(edge.kind) as DependencyKind,
      sentence: edgeSentence(columns, edge),
    }),
  );
  const title = anomalyTitle(name, cycle.length);
  const first = `T${edges[0]?.from}`;
  return {
    name,
    title,
    sentence: `${title} (${name}): ${edges.map((edge) => edge.sentence).join('; ')}; so ${first} would have to come before itself`,
    transactions: edges.map((edge) => edge.from),
    cycle: edges,
    rulesOut: strongerThan(violated).filter(
      (model) => !isPhantom(columns, cycle) || !READS_BY_NAME.has(model),
    ),
  };
}

/** The same cycle, beginning at the transaction invoked first. */
function fromLowest(cycle: Cycle): Cycle {
  const lowest = Math.min(...cycle.map((edge) => edge.from));
  const first = cycle.findIndex((edge) => edge.from === lowest);
  return [...cycle.slice(first), ...cycle.slice(0, first)];
}

/** An anomaly of a single read or write. */
export function explainFinding(columns: TransactionColumns, finding: Finding): TransactionAnomaly {
  const title = anomalyTitle(finding.name, finding.transactions.length);
  return {
    name: finding.name,
    title,
    sentence: `${title} (${finding.name}): ${finding.sentence}`,
    transactions: finding.transactions.map((transaction) => columns.id[transaction] as number),
    cycle: [],
    rulesOut: modelsForbidding(finding.name as DirectAnomalyName),
  };
}

/** Why the edge's second transaction comes after its first. */
function edgeSentence(columns: TransactionColumns, edge: CycleEdge): string {
  const from = transactionLabel(columns, edge.from);
  const to = transactionLabel(columns, edge.to);
  if (edge.kind === PROCESS) {
    const process = columns.processes[columns.session[edge.from] as number];
    return `${from} came before ${to} in process ${process}`;
  }
  if (edge.kind === REALTIME) {
    return `${from} completed at ${columns.completedAt[edge.from]}, before ${to} was invoked at ${columns.invokedAt[edge.to]}`;
  }
  const op = edge.fromOperation >= 0 ? edge.fromOperation : edge.toOperation;
  const key = text(columns.keys[(columns.target[op] as number) >> 1] ?? null);
  const written = valueOf(columns, edge.toOperation);
  if (edge.kind === RW) return antiSentence(columns, edge, key, written);
  const did = columns.workload === 'list-append' ? 'appended' : 'written';
  if (edge.kind === WR) {
    const value = valueOf(columns, edge.fromOperation);
    const how = columns.workload === 'list-append' ? `${key} up to ${value}` : `${key} = ${value}`;
    return `${to} read ${how}, which ${from} had ${did}`;
  }
  const before = valueOf(columns, edge.fromOperation);
  return columns.workload === 'list-append'
    ? `${to} appended ${written} to ${key} after ${from}'s ${before}`
    : `${to} overwrote ${key} = ${before} of ${from} with ${written}`;
}

function antiSentence(columns: TransactionColumns, edge: CycleEdge, key: string, written: string): string {
  const from = transactionLabel(columns, edge.from);
  const to = transactionLabel(columns, edge.to);
  const read = edge.fromOperation;
  if (columns.unfound?.has(read) === true)
    return `${from} scanned and found no ${key}, to which ${to} wrote ${written}`;
  if (columns.workload === 'list-append') {
    const last = listRead(columns, read).at(-1);
    const upTo = last === undefined ? 'while it was empty' : `up to ${encodePlain(columns.decode(last))}`;
    return `${from} read ${key} ${upTo} and did not see ${written}, which ${to} appended`;
  }
  return `${from} read ${key} = ${valueOf(columns, read)}, which ${to} overwrote with ${written}`;
}

/** The codes of the list that a reading micro-operation returned. */
export function listRead(columns: TransactionColumns, read: number): readonly number[] {
  const length = columns.value[read] as number;
  if (length < 0) return columns.oddReads[~length]?.values ?? [];
  return columns.longest[(columns.target[read] as number) >> 1]?.slice(0, length) ?? [];
}

function valueOf(columns: TransactionColumns, op: number): string {
  return op < 0 ? '?' : encodePlain(columns.decode(columns.value[op] as number));
}
