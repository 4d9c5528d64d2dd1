import type { TransactionModel } from './models.ts';

/** Anomalies of single reads and writes; no cycle is needed to see them. */
export type DirectAnomalyName =
  | 'internal'
  | 'future-read'
  | 'garbage-read'
  | 'duplicate-elements'
  | 'incompatible-order'
  | 'cyclic-version-order'
  | 'G1a'
  | 'G1b'
  | 'dirty-update';

type CycleFamily = 'G0' | 'G1c' | 'G-single' | 'G-nonadjacent' | 'G2-item' | 'G2';

/** Cycles by their edges; the suffix says which order beside the data they need. */
export type CycleAnomalyName =
  | CycleFamily
  | `${CycleFamily}-process`
  | `${CycleFamily}-realtime`
  | 'lost-update'
  | 'fractured-read'
  | 'non-repeatable-read'
  | 'long-fork';

/** Every anomaly by its name. */
export type AnomalyName = DirectAnomalyName | CycleAnomalyName;

/** Why one transaction comes before another. */
export type DependencyKind = 'ww' | 'wr' | 'rw' | 'process' | 'realtime';

/** One typed edge of a cycle, between operations named by their ids. */
export interface Dependency {
  readonly from: number;
  readonly to: number;
  readonly kind: DependencyKind;
  /** Why, in words, with keys and values. */
  readonly sentence: string;
}

/** One anomaly found, with what shows it. */
export interface TransactionAnomaly {
  readonly name: AnomalyName;
  /** What people call it: `write skew`, `read skew`, `aborted read`. */
  readonly title: string;
  /** One sentence that names the transactions. */
  readonly sentence: string;
  /** Ids of the operations involved; for a cycle in its order. */
  readonly transactions: readonly number[];
  /** The cycle's edges, the last one leading back to the first transaction; empty when the anomaly is not a cycle. */
  readonly cycle: readonly Dependency[];
  /** The models this anomaly alone rules out, stronger ones included. */
  readonly rulesOut: readonly TransactionModel[];
}

const TITLES: Readonly<
  Record<
    DirectAnomalyName | CycleFamily | 'lost-update' | 'fractured-read' | 'non-repeatable-read' | 'long-fork',
    string
  >
> = {
  internal: 'own writes not seen',
  'future-read': 'own write read before it was made',
  'garbage-read': 'read of what nobody wrote',
  'duplicate-elements': 'element read twice',
  'incompatible-order': 'reads that no one order explains',
  'cyclic-version-order': 'versions that would have to precede themselves',
  G1a: 'aborted read',
  G1b: 'intermediate read',
  'dirty-update': 'update on top of an aborted one',
  G0: 'write cycle',
  G1c: 'cyclic information flow',
  'G-single': 'read skew',
  'G-nonadjacent': 'cycle whose anti-dependencies are apart',
  'G2-item': 'cycle of anti-dependencies',
  G2: 'phantom',
  'lost-update': 'lost update',
  'fractured-read': 'fractured read',
  'non-repeatable-read': 'non-repeatable read',
  'long-fork': 'long fork',
};

/** What people call an anomaly; `transactions` tells write skew from longer cycles of the same name. */
export function anomalyTitle(name: AnomalyName, transactions: number): string {
  const [, family, suffix] = /^(.*?)(-process|-realtime)?$/.exec(name) ?? [];
  const title = TITLES[(family ?? name) as keyof typeof TITLES];
  const base = name.startsWith('G2-item') && transactions === 2 ? 'write skew' : title;
  if (suffix === '-process') return `${base} against process order`;
  return suffix === '-realtime' ? `${base} against real time` : base;
}
