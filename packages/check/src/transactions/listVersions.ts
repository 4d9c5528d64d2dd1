import { ABORTED, COMMITTED, type TransactionColumns } from './columns.ts';
import { TransactionInputError } from './errors.ts';
import { Findings } from './findings.ts';
import { Int32Column } from './growable.ts';
import { type RepairedKeys, repairKeys } from './listRepair.ts';
import {
  groupByKey,
  NO_POSITION,
  realtimeSuccessors,
  sessionSuccessors,
  transactionOfOperations,
  type VersionedHistory,
} from './versions.ts';

/** Versions of lists, and what is wrong with single reads and writes. */
export interface ListInference {
  readonly history: VersionedHistory;
  readonly findings: Findings;
}

/** Nobody wrote this version. */
const NOBODY = -1;

/** Writers of the elements of each key's chain, and the place of each append in it. */
export interface LocatedChains {
  readonly keyStart: Int32Array;
  readonly chainValue: Int32Array;
  /** Micro-operation that appended each element: its index, or `NOBODY`. */
  readonly writer: Int32Array;
  /** 1 where the writer went on to append to the same key in the same transaction. */
  readonly intermediate: Uint8Array;
  /** Per micro-operation: an append's place in its chain, or `NO_POSITION`. */
  readonly position: Int32Array;
  readonly transactionOf: Int32Array;
  /** Keys whose chain has an element twice, from nobody, or from an aborted transaction. */
  readonly suspects: Set<number>;
  /** Appends seen although, or ahead of where, an earlier one of their own transaction was not. */
  readonly disordered: readonly number[];
}

/**
 * Puts the versions of every list in order. An element's place in the longest list read is its version, and every
 * other read must be a prefix (Alvaro and Kingsbury, Elle, VLDB 2020, section 4: recoverability and traceability).
 * A key where that fails is reported, and judged further by its longest clean read alone.
 */
export function inferListVersions(columns: TransactionColumns): ListInference {
  const findings = new Findings(columns);
  const transactionOf = transactionOfOperations(columns);
  let located = locateChains(columns, columns.longest, transactionOf);
  let repaired: RepairedKeys | undefined;
  for (const odd of columns.oddReads) located.suspects.add(odd.key);
  if (located.suspects.size > 0) {
    repaired = repairKeys(columns, located.suspects, transactionOf, findings);
    located = locateChains(columns, repaired.chains, transactionOf);
  }
  for (const op of located.disordered) reportDisorder(columns, transactionOf, op, findings);
  return { history: placeReads(columns, located, repaired, findings), findings };
}

function reportDisorder(
  columns: TransactionColumns,
  transactionOf: Int32Array,
  op: number,
  findings: Findings,
): void {
  const t = transactionOf[op] as number;
  if (columns.outcome[t] === ABORTED) return;
  findings.add('incompatible-order', [t], () => {
    const key = findings.key((columns.target[op] as number) >> 1);
    const value = findings.value(columns.value[op] as number);
    return `${findings.label(t)} appended ${value} to ${key} last, yet reads show it without, or ahead of, its earlier append`;
  });
}

/** Finds every append's place in its key's chain. Throws `DUPLICATE_WRITE` when two live appends claim one place. */
export function locateChains(
  columns: TransactionColumns,
  chains: readonly (readonly number[])[],
  transactionOf: Int32Array,
): LocatedChains {
  const { target, value, outcome, count, start } = columns;
  const index = new ChainIndex(chains);
  const { keyStart, chainValue } = index;
  const writer = new Int32Array(chainValue.length).fill(NOBODY);
  const intermediate = new Uint8Array(chainValue.length);
  const position = new Int32Array(target.length).fill(NO_POSITION);
  const lastWriter = new Int32Array(chains.length).fill(-1);
  const lastVersion = new Int32Array(chains.length);
  const disordered: number[] = [];
  for (let t = 0; t < count; t++) {
    const end = start[t + 1] as number;
    for (let op = start[t] as number; op < end; op++) {
      const code = target[op] as number;
      if ((code & 1) === 1) continue;
      const key = code >> 1;
      const version = index.find(key, value[op] as number);
      if (lastWriter[key] === t) {
        const before = lastVersion[key] as number;
        if (before >= 0) intermediate[before] = 1;
        if (version >= 0 && (before < 0 || version < before)) disordered.push(op);
      }
      lastWriter[key] = t;
      lastVersion[key] = version;
      if (version < 0) continue;
      const other = writer[version] as number;
      if (other !== NOBODY) {
        if (outcome[t] === ABORTED) continue;
        if (outcome[transactionOf[other] as number] !== ABORTED) throw duplicateWrite(columns, t, op);
        position[other] = NO_POSITION;
      }
      writer[version] = op;
      position[op] = version - (keyStart[key] as number);
    }
  }
  const suspects = index.keysWithRepeats;
  markDoubtful(columns, keyStart, writer, transactionOf, suspects);
  return { keyStart, chainValue, writer, intermediate, position, transactionOf, suspects, disordered };
}

function duplicateWrite(columns: TransactionColumns, transaction: number, op: number): TransactionInputError {
  const key = JSON.stringify(columns.keys[(columns.target[op] as number) >> 1]);
  const value = JSON.stringify(columns.decode(columns.value[op] as number));
  const id = columns.id[transaction] as number;
  return new TransactionInputError(
    'DUPLICATE_WRITE',
    id,
    `it appends ${value} to ${key}, and so does another`,
  );
}

function markDoubtful(
  columns: TransactionColumns,
  keyStart: Int32Array,
  writer: Int32Array,
  transactionOf: Int32Array,
  suspects: Set<number>,
): void {
  let key = 0;
  for (let version = 0; version < writer.length; version++) {
    while ((keyStart[key + 1] as number) <= version) key++;
    const op = writer[version] as number;
    if (op === NOBODY || columns.outcome[transactionOf[op] as number] === ABORTED) suspects.add(key);
  }
}

/** Finds an element's version by key and value: one small open-addressing table per key, in one typed array. */
class ChainIndex {
  readonly keyStart: Int32Array;
  readonly chainValue: Int32Array;
  readonly keysWithRepeats: Set<number> = new Set();
  private readonly tableStart: Int32Array;
  private readonly tableBits: Uint8Array;
  private readonly slots: Int32Array;

  constructor(chains: readonly (readonly number[])[]) {
    const keys = chains.length;
    this.keyStart = new Int32Array(keys + 1);
    this.tableStart = new Int32Array(keys + 1);
    this.tableBits = new Uint8Array(keys);
    for (let k = 0; k < keys; k++) {
      const length = (chains[k] as readonly number[]).length;
      const bits = length === 0 ? 0 : 32 - Math.clz32(length * 2 - 1);
      this.tableBits[k] = bits;
      this.keyStart[k + 1] = (this.keyStart[k] as number) + length;
      this.tableStart[k + 1] = (this.tableStart[k] as number) + (length === 0 ? 0 : 2 ** bits);
    }
    this.chainValue = new Int32Array(this.keyStart[keys] as number);
    this.slots = new Int32Array(this.tableStart[keys] as number).fill(-1);
    for (let k = 0; k < keys; k++) this.insert(k, chains[k] as readonly number[]);
  }

  private insert(key: number, chain: readonly number[]): void {
    const base = this.keyStart[key] as number;
    for (let i = 0; i < chain.length; i++) {
      const code = chain[i] as number;
      this.chainValue[base + i] = code;
      const slot = this.slotOf(key, code);
      if ((this.slots[slot] as number) >= 0) this.keysWithRepeats.add(key);
      else this.slots[slot] = base + i;
    }
  }

  /** The slot holding the value, or the free one where it would go. */
  private slotOf(key: number, code: number): number {
    const first = this.tableStart[key] as number;
    const bits = this.tableBits[key] as number;
    const mask = 2 ** bits - 1;
    let probe = Math.imul(code, 0x9e3779b1) >>> (32 - bits);
    for (;;) {
      const version = this.slots[first + probe] as number;
      if (version < 0 || this.chainValue[version] === code) return first + probe;
      probe = (probe + 1) & mask;
    }
  }

  /** The version holding the value, or -1. */
  find(key: number, code: number): number {
    if (this.tableBits[key] === 0) return -1;
    return this.slots[this.slotOf(key, code)] as number;
  }
}

/** Judges every read against its own transaction and its writer, and says how many versions it saw. */
function placeReads(
  columns: TransactionColumns,
  located: LocatedChains,
  repaired: RepairedKeys | undefined,
  findings: Findings,
): VersionedHistory {
  const { outcome, count } = columns;
  const { keyStart, writer, position, transactionOf } = located;
  const committed = new Uint8Array(count);
  for (let t = 0; t < count; t++) committed[t] = outcome[t] === COMMITTED ? 1 : 0;
  const versionWriter = new Int32Array(writer.length);
  for (let version = 0; version < writer.length; version++) {
    const t = transactionOf[writer[version] as number] as number;
    versionWriter[version] = t;
    committed[t] = 1;
  }
  const judge = new ReadJudge(columns, located, versionWriter, repaired, findings);
  for (let t = 0; t < count; t++) if (outcome[t] === COMMITTED) judge.transaction(t);
  const tails = groupByKey(unseenWrites(columns, committed, position), columns.target, columns.keys.length);
  return {
    columns,
    committed,
    keyStart,
    versionOperation: writer,
    versionWriter,
    position,
    tailStart: tails.start,
    tailOperation: tails.items,
    transactionOf,
    nextInSession: sessionSuccessors(columns, committed),
    firstAfter: realtimeSuccessors(columns),
  };
}

/** The first append without a place of each committed transaction and key. */
function unseenWrites(columns: TransactionColumns, committed: Uint8Array, position: Int32Array): Int32Array {
  const { target, start, count } = columns;
  const unseen = new Int32Column();
  const lastWriter = new Int32Array(columns.keys.length).fill(-1);
  for (let t = 0; t < count; t++) {
    if (committed[t] === 0) continue;
    const end = start[t + 1] as number;
    for (let op = start[t] as number; op < end; op++) {
      const code = target[op] as number;
      if ((code & 1) === 1 || position[op] !== NO_POSITION || lastWriter[code >> 1] === t) continue;
      lastWriter[code >> 1] = t;
      unseen.push(op);
    }
  }
  return unseen.values();
}

/** Own work seen, nothing from the future, nothing half done: the anomalies of one transaction. */
class ReadJudge {
  private readonly columns: TransactionColumns;
  private readonly located: LocatedChains;
  private readonly versionWriter: Int32Array;
  private readonly lengths: ReadonlyMap<number, number> | undefined;
  private readonly findings: Findings;
  /** The transaction that last appended to each key, and its append. */
  private readonly appender: Int32Array;
  private readonly appendOperation: Int32Array;
  /** The transaction that last read each key before appending to it, and how much it saw. */
  private readonly reader: Int32Array;
  private readonly readLength: Int32Array;

  constructor(
    columns: TransactionColumns,
    located: LocatedChains,
    versionWriter: Int32Array,
    repaired: RepairedKeys | undefined,
    findings: Findings,
  ) {
    const keys = columns.keys.length;
    this.columns = columns;
    this.located = located;
    this.versionWriter = versionWriter;
    this.lengths = repaired?.lengths;
    this.findings = findings;
    this.appender = new Int32Array(keys).fill(-1);
    this.appendOperation = new Int32Array(keys);
    this.reader = new Int32Array(keys).fill(-1);
    this.readLength = new Int32Array(keys);
  }

  transaction(t: number): void {
    const { start, target } = this.columns;
    const end = start[t + 1] as number;
    for (let op = start[t] as number; op < end; op++) {
      const code = target[op] as number;
      if ((code & 1) === 1) this.read(t, op, code >> 1);
      else this.append(t, op, code >> 1);
    }
  }

  private append(t: number, op: number, key: number): void {
    const place = this.located.position[op] as number;
    if (this.reader[key] === t && place >= 0 && place < (this.readLength[key] as number)) {
      const f = this.findings;
      f.add('future-read', [t], () => {
        const value = f.value(this.columns.value[op] as number);
        return `${f.label(t)} read ${value} in ${f.key(key)} before it had appended ${value} itself`;
      });
    }
    this.appender[key] = t;
    this.appendOperation[key] = op;
  }

  private read(t: number, op: number, key: number): void {
    const { position, keyStart, writer } = this.located;
    const raw = this.columns.value[op] as number;
    const length = this.lengths?.get(op) ?? (raw < 0 ? NO_POSITION : raw);
    if (length === NO_POSITION) return;
    const last = (keyStart[key] as number) + length - 1;
    if (this.appender[key] === t) {
      if (length === 0 || writer[last] !== this.appendOperation[key]) this.internal(t, key, length);
      return;
    }
    this.reader[key] = t;
    this.readLength[key] = length;
    if (length > 0 && this.located.intermediate[last] === 1 && this.versionWriter[last] !== t) {
      this.intermediateRead(t, key, last);
    } else if (length === 0 || this.versionWriter[last] !== t) position[op] = length;
  }

  private internal(t: number, key: number, length: number): void {
    const f = this.findings;
    f.add('internal', [t], () => {
      const base = this.located.keyStart[key] as number;
      const seen = Array.from(this.located.chainValue.subarray(base, base + length));
      const own = f.value(this.columns.value[this.appendOperation[key] as number] as number);
      return `${f.label(t)} appended ${own} to ${f.key(key)} and then read ${f.values(seen)}, which does not end with it`;
    });
  }

  private intermediateRead(t: number, key: number, version: number): void {
    const f = this.findings;
    const by = this.versionWriter[version] as number;
    f.add('G1b', [t, by], () => {
      const value = f.value(this.located.chainValue[version] as number);
      return (
        `${f.label(t)} read ${f.key(key)} up to ${value}, a state that ${f.label(by)} passed through: ` +
        `${f.label(by)} appended to ${f.key(key)} again after it`
      );
    });
  }
}
