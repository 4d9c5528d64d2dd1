import type { DirectAnomalyName } from './anomalies.ts';

/**
 * Shapes of cycles that models forbid, over ww (next version), wr (reads from) and rw (overwrites what was read):
 *
 * - `G0`: ww alone. `G1c`: ww and wr.
 * - `observed-vanished`: T read from U, and later in its program order a version older than one U wrote.
 * - `fractured-read`: the same in any order of the two reads, so that T saw a part of U.
 * - `G-monotonic`: exactly one rw, which leaves a read made after the event at which the cycle enters.
 * - `lost-update`: T read x and wrote x, and another's write of x lies between the version read and the one written.
 * - `G-causal`: T read a version of x older than one written in its causal past (process order and wr).
 * - `G-single`: exactly one rw (read skew). `G-nonadjacent`: no two rw in a row (so a long fork, too).
 * - `G-prefix`: no two rw in a row, and none right after a ww.
 * - `G-update`: at most one of the transactions wrote nothing.
 * - `G2-item`: any (write skew is the smallest one that is none of the others).
 */
export type CyclePattern =
  | 'G0'
  | 'G1c'
  | 'observed-vanished'
  | 'fractured-read'
  | 'G-monotonic'
  | 'lost-update'
  | 'G-causal'
  | 'G-single'
  | 'G-nonadjacent'
  | 'G-prefix'
  | 'G-update'
  | 'G2-item';

/** Which orders beside the data count as dependencies: none, process order, or process order and real time. */
export type OrderLevel = 'none' | 'process' | 'realtime';

/** One consistency model: what a history must not contain. */
export interface ModelDefinition {
  readonly order: OrderLevel;
  readonly forbids: readonly CyclePattern[];
  /** Aborted and intermediate reads, and updates on top of aborted ones, are forbidden from read committed on. */
  readonly committedOnly: boolean;
  /** The next weaker models; every history of this one is a history of theirs. */
  readonly implies: readonly TransactionModel[];
  /** Where the definition comes from. */
  readonly source: string;
}

/** The models a history of transactions can be judged by. */
export type TransactionModel =
  | 'read-uncommitted'
  | 'strong-session-read-uncommitted'
  | 'strong-read-uncommitted'
  | 'read-committed'
  | 'strong-session-read-committed'
  | 'strong-read-committed'
  | 'monotonic-atomic-view'
  | 'monotonic-view'
  | 'cursor-stability'
  | 'read-atomic'
  | 'strong-session-read-atomic'
  | 'causal'
  | 'prefix'
  | 'consistent-view'
  | 'strong-session-consistent-view'
  | 'strong-consistent-view'
  | 'parallel-snapshot-isolation'
  | 'update-serializable'
  | 'snapshot-isolation'
  | 'strong-session-snapshot-isolation'
  | 'strong-snapshot-isolation'
  | 'repeatable-read'
  | 'strong-session-repeatable-read'
  | 'strong-repeatable-read'
  | 'serializable'
  | 'strong-session-serializable'
  | 'strict-serializable';

const ADYA = 'Adya, Weak Consistency (PhD thesis, MIT, 1999)';
const CERONE = 'Cerone and Gotsman, Analysing Snapshot Isolation (PODC 2016)';
const BISWAS = 'Biswas and Enea, On the Complexity of Checking Transactional Consistency (OOPSLA 2019)';
const SESSIONS = 'Daudjee and Salem, Lazy Database Replication with Snapshot Isolation (VLDB 2006)';
const BAILIS = 'Bailis et al., Highly Available Transactions (VLDB 2013)';
const G1: readonly CyclePattern[] = ['G0', 'G1c'];

function model(
  order: OrderLevel,
  forbids: readonly CyclePattern[],
  implies: readonly TransactionModel[],
  source: string,
): ModelDefinition {
  return { order, forbids, committedOnly: forbids.includes('G1c'), implies, source };
}

/**
 * The models and how they imply one another. A `strong-session-` model counts process order as a dependency, a
 * `strong-` one also real time. Without scans `repeatable-read` (PL-2.99) and `serializable` (PL-3) coincide,
 * and so do `parallel-snapshot-isolation` and `strong-session-consistent-view`; both names are kept because people use both.
 * `cursor-stability` takes every read that precedes a write of the same key in its transaction as made through a cursor.
 */
export const TRANSACTION_MODELS: Readonly<Record<TransactionModel, ModelDefinition>> = {
  'read-uncommitted': model('none', ['G0'], [], `PL-1: ${ADYA}, 3.2.1`),
  'strong-session-read-uncommitted': model(
    'process',
    ['G0'],
    ['read-uncommitted'],
    `PL-1 with sessions: ${SESSIONS}`,
  ),
  'strong-read-uncommitted': model(
    'realtime',
    ['G0'],
    ['strong-session-read-uncommitted'],
    `PL-1 with real time: ${ADYA}`,
  ),
  'read-committed': model('none', G1, ['read-uncommitted'], `PL-2: ${ADYA}, 3.2.2`),
  'strong-session-read-committed': model(
    'process',
    G1,
    ['read-committed', 'strong-session-read-uncommitted'],
    `PL-2 with sessions: ${SESSIONS}`,
  ),
  'strong-read-committed': model(
    'realtime',
    G1,
    ['strong-session-read-committed', 'strong-read-uncommitted'],
    `PL-2 with real time: ${ADYA}`,
  ),
  'monotonic-atomic-view': model(
    'none',
    [...G1, 'observed-vanished'],
    ['read-committed'],
    `${BAILIS}, 5.1.2`,
  ),
  'monotonic-view': model('none', [...G1, 'G-monotonic'], ['monotonic-atomic-view'], `PL-2L: ${ADYA}, 4.2.2`),
  'cursor-stability': model('none', [...G1, 'lost-update'], ['read-committed'], `PL-CS: ${ADYA}, 4.2.1`),
  'read-atomic': model(
    'none',
    [...G1, 'fractured-read'],
    ['monotonic-atomic-view'],
    `${BISWAS}, without sessions`,
  ),
  'strong-session-read-atomic': model(
    'process',
    [...G1, 'fractured-read'],
    ['read-atomic', 'strong-session-read-committed'],
    BISWAS,
  ),
  causal: model('process', [...G1, 'G-causal'], ['strong-session-read-atomic'], BISWAS),
  prefix: model('process', [...G1, 'G-prefix'], ['causal'], BISWAS),
  'consistent-view': model(
    'none',
    [...G1, 'G-single'],
    ['read-atomic', 'monotonic-view', 'cursor-stability'],
    `PL-2+: ${ADYA}, 4.2.3`,
  ),
  'strong-session-consistent-view': model(
    'process',
    [...G1, 'G-single'],
    ['consistent-view', 'causal', 'parallel-snapshot-isolation'],
    `PL-2+ with sessions: ${ADYA}`,
  ),
  'strong-consistent-view': model(
    'realtime',
    [...G1, 'G-single'],
    ['strong-session-consistent-view', 'strong-read-committed'],
    `PL-2+ with real time: ${ADYA}`,
  ),
  'parallel-snapshot-isolation': model(
    'process',
    [...G1, 'G-single'],
    ['consistent-view', 'causal', 'strong-session-consistent-view'],
    CERONE,
  ),
  'update-serializable': model('none', [...G1, 'G-update'], ['consistent-view'], `PL-3U: ${ADYA}, 4.2.4`),
  'snapshot-isolation': model(
    'none',
    [...G1, 'G-nonadjacent'],
    ['consistent-view'],
    `PL-SI: ${ADYA}, 4.3; ${CERONE}`,
  ),
  'strong-session-snapshot-isolation': model(
    'process',
    [...G1, 'G-nonadjacent'],
    ['snapshot-isolation', 'parallel-snapshot-isolation', 'prefix'],
    `${CERONE}; ${SESSIONS}`,
  ),
  'strong-snapshot-isolation': model(
    'realtime',
    [...G1, 'G-nonadjacent'],
    ['strong-session-snapshot-isolation', 'strong-consistent-view'],
    SESSIONS,
  ),
  'repeatable-read': model(
    'none',
    [...G1, 'G2-item'],
    ['snapshot-isolation', 'update-serializable', 'serializable'],
    `PL-2.99: ${ADYA}, 3.2.4`,
  ),
  'strong-session-repeatable-read': model(
    'process',
    [...G1, 'G2-item'],
    ['repeatable-read', 'strong-session-snapshot-isolation', 'strong-session-serializable'],
    `PL-2.99 with sessions: ${SESSIONS}`,
  ),
  'strong-repeatable-read': model(
    'realtime',
    [...G1, 'G2-item'],
    ['strong-session-repeatable-read', 'strong-snapshot-isolation', 'strict-serializable'],
    `PL-2.99 with real time: ${ADYA}`,
  ),
  serializable: model(
    'none',
    [...G1, 'G2-item'],
    ['snapshot-isolation', 'update-serializable', 'repeatable-read'],
    `PL-3: ${ADYA}, 3.2.3`,
  ),
  'strong-session-serializable': model(
    'process',
    [...G1, 'G2-item'],
    ['serializable', 'strong-session-snapshot-isolation', 'strong-session-repeatable-read'],
    SESSIONS,
  ),
  'strict-serializable': model(
    'realtime',
    [...G1, 'G2-item'],
    ['strong-session-serializable', 'strong-snapshot-isolation', 'strong-repeatable-read'],
    'Papadimitriou, The Serializability of Concurrent Database Updates (JACM 1979); PL-SS of Adya',
  ),
};

/**
 * Models that forbid anti-dependencies of reads by name and put up with phantoms (Adya 3.2.4: long locks on items, short ones on
 * predicates). Where transactions scan, they imply no more than read committed and one another.
 */
export const READS_BY_NAME: ReadonlySet<TransactionModel> = new Set([
  'cursor-stability',
  'repeatable-read',
  'strong-session-repeatable-read',
  'strong-repeatable-read',
]);

/** All model names, weaker ones before the stronger ones that imply them. */
export const TRANSACTION_MODEL_NAMES: readonly TransactionModel[] = Object.keys(
  TRANSACTION_MODELS,
) as TransactionModel[];

/** Anomalies of single reads and writes that read uncommitted and read uncommitted only puts up with. */
const UNCOMMITTED: ReadonlySet<DirectAnomalyName> = new Set(['G1a', 'G1b', 'dirty-update']);

/** The models that a single read or write of this kind rules out by itself. */
export function modelsForbidding(name: DirectAnomalyName): readonly TransactionModel[] {
  if (!UNCOMMITTED.has(name)) return TRANSACTION_MODEL_NAMES;
  return TRANSACTION_MODEL_NAMES.filter((each) => TRANSACTION_MODELS[each].committedOnly);
}

const LEVELS: readonly OrderLevel[] = ['none', 'process', 'realtime'];

/** The models that a cycle of this pattern, counting orders up to this level, rules out by itself. */
export function modelsForbiddingCycle(pattern: CyclePattern, order: OrderLevel): readonly TransactionModel[] {
  const level = LEVELS.indexOf(order);
  return TRANSACTION_MODEL_NAMES.filter((each) => {
    const definition = TRANSACTION_MODELS[each];
    return definition.forbids.includes(pattern) && LEVELS.indexOf(definition.order) >= level;
  });
}

/** All models that the given ones being violated rules out: they and every stronger one, in the table's order. */
export function strongerThan(violated: Iterable<TransactionModel>): readonly TransactionModel[] {
  const out = new Set<TransactionModel>(violated);
  for (let grew = true; grew; ) {
    grew = false;
    for (const name of TRANSACTION_MODEL_NAMES) {
      if (out.has(name) || !TRANSACTION_MODELS[name].implies.some((weaker) => out.has(weaker))) continue;
      out.add(name);
      grew = true;
    }
  }
  return TRANSACTION_MODEL_NAMES.filter((name) => out.has(name));
}

/** All models that the given one holding makes hold: it and every weaker one, in the table's order. */
export function weakerThan(model: TransactionModel): readonly TransactionModel[] {
  const out = new Set<TransactionModel>([model]);
  for (const name of out) for (const weaker of TRANSACTION_MODELS[name].implies) out.add(weaker);
  return TRANSACTION_MODEL_NAMES.filter((name) => out.has(name));
}

/** The strongest model that can be judged, with or without real time. */
export function strongestModel(realtime: boolean): TransactionModel {
  return realtime ? 'strict-serializable' : 'strong-session-serializable';
}

/** The strongest model that says nothing of real time and is implied by this one. */
export function sessionVariant(model: TransactionModel): TransactionModel {
  const weaker =
    model === 'strict-serializable'
      ? 'strong-session-serializable'
      : model.replace(/^strong-/, 'strong-session-');
  return TRANSACTION_MODEL_NAMES.find((name) => name === weaker) ?? 'strong-session-serializable';
}
