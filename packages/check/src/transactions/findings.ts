import { encodePlain } from '@holdfast/plain';
import type { TransactionColumns } from './columns.ts';
import type { AnomalyName } from './anomalies.ts';

/** How many examples of one anomaly are kept; more of the same teach nothing. */
export const EXAMPLES_PER_ANOMALY = 8;

/** An anomaly that is not a cycle: what one transaction read or wrote is wrong by itself. */
export interface Finding {
  readonly name: AnomalyName;
  /** Transaction numbers, the one that saw it first. */
  readonly transactions: readonly number[];
  /** One sentence. */
  readonly sentence: string;
}

/** Collects findings, a few of each name, and counts all of them. */
export class Findings {
  readonly list: Finding[] = [];
  readonly counts: Map<AnomalyName, number> = new Map();
  private readonly columns: TransactionColumns;

  constructor(columns: TransactionColumns) {
    this.columns = columns;
  }

  /** Keeps the finding if there are few of its name; the sentence is only made then. */
  add(name: AnomalyName, transactions: readonly number[], sentence: () => string): void {
    const seen = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, seen);
    if (seen <= EXAMPLES_PER_ANOMALY) this.list.push({ name, transactions, sentence: sentence() });
  }

  /** `T12`: a transaction by its operation's id. */
  label(transaction: number): string {
    return `T${this.columns.id[transaction]}`;
  }

  key(key: number): string {
    const name = this.columns.keys[key] ?? null;
    return typeof name === 'string' ? name : encodePlain(name);
  }

  value(code: number): string {
    return encodePlain(this.columns.decode(code));
  }

  values(codes: readonly number[]): string {
    return `[${codes.map((code) => this.value(code)).join(', ')}]`;
  }
}
