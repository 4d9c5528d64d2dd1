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
        const by = writer < 0 ? t : (transactionOf[writer] as number);
        // Somebody read from it: it took effect.
        if (outcome[by] === UNKNOWN) committed[by] = 1;
        if (by !== t && outcome[by] !== ABORTED && final[writer] === 1) source[op] = writer;
        else report.unusable(t, op, writer);
      }
    }
  }
  return { columns, findings, committed, transactionOf, source, final };
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

/** Slots of a direct table per write, at most; sparser values are hashed. */
const DIRECT_SLOTS = 4;

/**
 * Finds the write of a value to a key. Where the values of each key, or of all keys together, are nearly consecutive
 * numbers they are places in a table; else they are hashed into one with open addressing.
 */
class WriteIndex {
  private readonly columns: TransactionColumns;
  private readonly transactionOf: Int32Array;
  private slots: Int32Array;
  private readonly mask: number;
  /** Direct: where each key's values begin in the table. */
  private base: Int32Array | undefined;

  constructor(columns: TransactionColumns, transactionOf: Int32Array) {
    this.columns = columns;
    this.transactionOf = transactionOf;
    let writes = 0;
    for (let op = 0; op < columns.target.length; op++)
      if (((columns.target[op] as number) & 1) === 0) writes++;
    const size = 2 ** Math.max(4, 33 - Math.clz32(writes));
    this.mask = size - 1;
    this.base = directBases(columns, writes * DIRECT_SLOTS + 64);
    this.slots = new Int32Array(this.base === undefined ? size : (this.base.at(-1) as number)).fill(-1);
    if (this.fill()) return;
    this.base = undefined;
    this.slots = new Int32Array(size).fill(-1);
    this.fill();
  }

  /** False when two keys claim one place of a direct table. */
  private fill(): boolean {
    const { target } = this.columns;
    for (let op = 0; op < target.length; op++) {
      if (((target[op] as number) & 1) === 0 && !this.insert(op)) return false;
    }
    return true;
  }

  /** The micro-operation that wrote the value, or -1; a live transaction's where there is one. */
  find(key: number, code: number): number {
    const slot = this.slotOf(key, code);
    if (slot >= this.slots.length) return -1;
    const op = this.slots[slot] as number;
    return op >= 0 && this.isWrite(op, key, code) ? op : -1;
  }

  private isWrite(op: number, key: number, code: number): boolean {
    return this.columns.value[op] === code && (this.columns.target[op] as number) >> 1 === key;
  }

  private slotOf(key: number, code: number): number {
    if (this.base !== undefined) {
      const slot = (this.base[key] as number) + code;
      return slot < (this.base[key + 1] as number) || this.base[key] === this.base[key + 1]
        ? slot
        : this.slots.length;
    }
    let hash = Math.imul(code, 0x9e3779b1) ^ Math.imul(key, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
    let slot = (hash ^ (hash >>> 13)) & this.mask;
    for (;;) {
      const op = this.slots[slot] as number;
      if (op < 0 || this.isWrite(op, key, code)) return slot;
      slot = (slot + 1) & this.mask;
    }
  }

  private insert(op: number): boolean {
    const { target, value, outcome, initial } = this.columns;
    const t = this.transactionOf[op] as number;
    if (value[op] === initial) throw this.duplicate(op, 'the value that was there before anyone wrote');
    const slot = this.slotOf((target[op] as number) >> 1, value[op] as number);
    const other = this.slots[slot] as number;
    if (other >= 0) {
      if (!this.isWrite(other, (target[op] as number) >> 1, value[op] as number)) return false;
      const writer = this.transactionOf[other] as number;
      if (outcome[t] === ABORTED && outcome[writer] !== ABORTED) return true;
      if (writer !== t && outcome[t] !== ABORTED && outcome[writer] !== ABORTED) {
        throw this.duplicate(op, `as operation ${this.columns.id[writer]} does`);
      }
    }
    this.slots[slot] = op;
    return true;
  }

  private duplicate(op: number, how: string): TransactionInputError {
    const { columns } = this;
    const key = JSON.stringify(columns.keys[(columns.target[op] as number) >> 1]);
    const value = JSON.stringify(columns.decode(columns.value[op] as number));
    const id = columns.id[this.transactionOf[op] as number] as number;
    return new TransactionInputError('DUPLICATE_WRITE', id, `it writes ${value} to ${key}, ${how}`);
  }
}

/**
 * Where each key's values begin in a direct table of at most `limit` places, and at the end its size: a stretch for each
 * key, or one for all of them. Undefined when the values are too far apart.
 */
function directBases(columns: TransactionColumns, limit: number): Int32Array | undefined {
  const { target, value, keys } = columns;
  const highest = new Int32Array(keys.length).fill(-1);
  let most = -1;
  for (let op = 0; op < target.length; op++) {
    const code = target[op] as number;
    if ((code & 1) === 1) continue;
    const written = value[op] as number;
    if (written > (highest[code >> 1] as number)) highest[code >> 1] = written;
    if (written > most) most = written;
  }
  let total = 0;
  for (let key = 0; key < keys.length; key++) total += (highest[key] as number) + 1;
  const base = new Int32Array(keys.length + 1);
  if (total <= limit) {
    for (let key = 0; key < keys.length; key++)
      base[key + 1] = (base[key] as number) + (highest[key] as number) + 1;
    return base;
  }
  if (most >= limit) return undefined;
  base[keys.length] = most + 1;
  return base;
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

  /** Reports a read that returned what it should not have: from the middle of a transaction, if nothing else. */
  unusable(t: number, read: number, writer: number): void {
    const f = this.findings;
    const did = (): string =>
      `${f.label(t)} read ${this.key(read)} = ${f.value(this.columns.value[read] as number)}`;
    const by = writer < 0 ? -1 : (this.transactionOf[writer] as number);
    if (by < 0) f.add('garbage-read', [t], () => `${did()}, which nobody ever wrote`);
    else if (by === t) f.add('future-read', [t], () => `${did()} before it wrote that itself`);
    else if (this.columns.outcome[by] === ABORTED) {
      f.add('G1a', [t, by], () => `${did()}, though ${f.label(by)}, which wrote it, aborted`);
    } else {
      f.add('G1b', [t, by], () => `${did()}, which ${f.label(by)} wrote and then overwrote itself`);
    }
  }

  private key(op: number): string {
    return this.findings.key((this.columns.target[op] as number) >> 1);
  }
}
