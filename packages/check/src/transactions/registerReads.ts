import { ABORTED, COMMITTED, type TransactionColumns, UNKNOWN } from './columns.ts';
import { TransactionInputError } from './errors.ts';
import { Findings } from './findings.ts';
import { transactionOfOperations } from './versions.ts';

/** The read returned the value that was there before anyone wrote. */
export const INITIAL = -1;
/** The read says nothing of other transactions, or something that is reported by itself. */
export const NO_SOURCE = -2;

/** Who read from whom: everything certain about registers whose values are written once. */
export interface RegisterReads {
  readonly columns: TransactionColumns;
  readonly findings: Findings;
  /** 1 for each transaction that certainly took effect: it said so, or somebody saw it. */
  readonly committed: Uint8Array;
  readonly transactionOf: Int32Array;
  /** Per reading micro-operation: the one that wrote what it returned, or `INITIAL`, or `NO_SOURCE`. */
  readonly source: Int32Array;
  /** 1 for each write that is its transaction's last of its key. */
  readonly final: Uint8Array;
}

/**
 * Finds the writer of every value read, and what is wrong with single reads: own writes not seen, values from the
 * future, from nobody, from aborted transactions or from the middle of one. Throws `DUPLICATE_WRITE` when two live
 * transactions wrote one value to one key, or one wrote the initial value.
 */
export function readRegisters(columns: TransactionColumns): RegisterReads {
  const findings = new Findings(columns);
  const transactionOf = transactionOfOperations(columns);
  const index = new WriteIndex(columns, transactionOf);
  const final = finalWrites(columns);
  const source = new Int32Array(columns.target.length).fill(NO_SOURCE);
  const committed = new Uint8Array(columns.count);
  const own = new Int32Array(columns.keys.length).fill(-1);
  const { start, target, value, outcome, count, initial } = columns;
  const report = new ReadReporter(columns, transactionOf, findings);
  for (let t = 0; t < count; t++) {
    if (outcome[t] !== COMMITTED) continue;
    committed[t] = 1;
    const first = start[t] as number;
    const end = start[t + 1] as number;
    for (let op = first; op < end; op++) {
      const code = target[op] as number;
      const key = code >> 1;
      if ((code & 1) === 0) own[key] = op;
      else if ((own[key] as number) >= first) {
        if (value[own[key] as number] !== value[op]) report.internal(t, op, own[key] as number);
      } else if (value[op] === initial) source[op] = INITIAL;
      else {
        const writer = index.find(key, value[op] as number);
        if (report.refuses(t, op, writer, final)) continue;
        source[op] = writer;
      }
    }
  }
  markSeen(columns, source, index, transactionOf, committed);
  return { columns, findings, committed, transactionOf, source, final };
}

/** An unknown transaction took effect when somebody read from it. */
function markSeen(
  columns: TransactionColumns,
  source: Int32Array,
  index: WriteIndex,
  transactionOf: Int32Array,
  committed: Uint8Array,
): void {
  for (let op = 0; op < source.length; op++) {
    if (source[op] === INITIAL || ((columns.target[op] as number) & 1) === 0) continue;
    if (columns.outcome[transactionOf[op] as number] !== COMMITTED) continue;
    const writer = index.find((columns.target[op] as number) >> 1, columns.value[op] as number);
    if (writer >= 0 && columns.outcome[transactionOf[writer] as number] === UNKNOWN) {
      committed[transactionOf[writer] as number] = 1;
    }
  }
}

function finalWrites(columns: TransactionColumns): Uint8Array {
  const { start, target, count } = columns;
  const final = new Uint8Array(target.length);
  const last = new Int32Array(columns.keys.length).fill(-1);
  for (let t = 0; t < count; t++) {
    const first = start[t] as number;
    for (let op = first; op < (start[t + 1] as number); op++) {
      const code = target[op] as number;
      if ((code & 1) === 1) continue;
      const before = last[code >> 1] as number;
      if (before >= first) final[before] = 0;
      final[op] = 1;
      last[code >> 1] = op;
    }
  }
  return final;
}

/** Finds the write of a value to a key: one open-addressing table over all writes. */
class WriteIndex {
  private readonly columns: TransactionColumns;
  private readonly transactionOf: Int32Array;
  private readonly slots: Int32Array;
  private readonly mask: number;

  constructor(columns: TransactionColumns, transactionOf: Int32Array) {
    this.columns = columns;
    this.transactionOf = transactionOf;
    let writes = 0;
    for (let op = 0; op < columns.target.length; op++)
      if (((columns.target[op] as number) & 1) === 0) writes++;
    const size = 2 ** Math.max(4, 33 - Math.clz32(writes));
    this.slots = new Int32Array(size).fill(-1);
    this.mask = size - 1;
    for (let op = 0; op < columns.target.length; op++)
      if (((columns.target[op] as number) & 1) === 0) this.insert(op);
  }

  /** The micro-operation that wrote the value, or -1; a live transaction's where there is one. */
  find(key: number, code: number): number {
    return this.slots[this.slotOf(key, code)] as number;
  }

  private slotOf(key: number, code: number): number {
    const { target, value } = this.columns;
    let hash = Math.imul(code, 0x9e3779b1) ^ Math.imul(key, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
    let slot = (hash ^ (hash >>> 13)) & this.mask;
    for (;;) {
      const op = this.slots[slot] as number;
      if (op < 0 || (value[op] === code && (target[op] as number) >> 1 === key)) return slot;
      slot = (slot + 1) & this.mask;
    }
  }

  private insert(op: number): void {
    const { target, value, outcome, initial } = this.columns;
    const t = this.transactionOf[op] as number;
    if (value[op] === initial) throw this.duplicate(op, 'the value that was there before anyone wrote');
    const slot = this.slotOf((target[op] as number) >> 1, value[op] as number);
    const other = this.slots[slot] as number;
    if (other >= 0) {
      const writer = this.transactionOf[other] as number;
      if (outcome[t] === ABORTED && outcome[writer] !== ABORTED) return;
      if (writer !== t && outcome[t] !== ABORTED && outcome[writer] !== ABORTED) {
        throw this.duplicate(op, `as operation ${this.columns.id[writer]} does`);
      }
    }
    this.slots[slot] = op;
  }

  private duplicate(op: number, how: string): TransactionInputError {
    const { columns } = this;
    const key = JSON.stringify(columns.keys[(columns.target[op] as number) >> 1]);
    const value = JSON.stringify(columns.decode(columns.value[op] as number));
    const id = columns.id[this.transactionOf[op] as number] as number;
    return new TransactionInputError('DUPLICATE_WRITE', id, `it writes ${value} to ${key}, ${how}`);
  }
}

/** Says what is wrong with one read by itself. */
class ReadReporter {
  private readonly columns: TransactionColumns;
  private readonly transactionOf: Int32Array;
  private readonly findings: Findings;

  constructor(columns: TransactionColumns, transactionOf: Int32Array, findings: Findings) {
    this.columns = columns;
    this.transactionOf = transactionOf;
    this.findings = findings;
  }

  internal(t: number, read: number, write: number): void {
    const f = this.findings;
    f.add('internal', [t], () => {
      const { value } = this.columns;
      const wrote = `wrote ${f.value(value[write] as number)} to ${this.key(write)}`;
      return `${f.label(t)} ${wrote} and then read ${f.value(value[read] as number)}`;
    });
  }

  /** Reports a read that returned what it should not have; true when it is of no further use. */
  refuses(t: number, read: number, writer: number, final: Uint8Array): boolean {
    const f = this.findings;
    const did = (): string =>
      `${f.label(t)} read ${this.key(read)} = ${f.value(this.columns.value[read] as number)}`;
    if (writer < 0) {
      f.add('garbage-read', [t], () => `${did()}, which nobody ever wrote`);
      return true;
    }
    const by = this.transactionOf[writer] as number;
    if (by === t) {
      f.add('future-read', [t], () => `${did()} before it wrote that itself`);
    } else if (this.columns.outcome[by] === ABORTED) {
      f.add('G1a', [t, by], () => `${did()}, though ${f.label(by)}, which wrote it, aborted`);
    } else if (final[writer] === 0) {
      f.add('G1b', [t, by], () => `${did()}, which ${f.label(by)} wrote and then overwrote itself`);
    } else return false;
    return true;
  }

  private key(op: number): string {
    return this.findings.key((this.columns.target[op] as number) >> 1);
  }
}
