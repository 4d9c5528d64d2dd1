import { encodePlain, type Plain } from '@holdfast/plain';
import type { Outcome } from '../history/operation.ts';
import { TransactionInputError } from './errors.ts';
import { Float64Column, Int32Column } from './growable.ts';

/** What the micro-operations mean: lists that are only appended to, or registers that are overwritten. */
export type TransactionWorkload = 'list-append' | 'rw-register';

/** The transaction was reported committed. */
export const COMMITTED = 0;
/** The transaction certainly had no effect. */
export const ABORTED = 1;
/** The transaction may have committed. */
export const UNKNOWN = 2;

/** The code of null, and of anything absent. */
export const NO_VALUE = -1;

/** Values that are whole numbers below this are their own code; everything else is interned above it. */
const FIRST_INTERNED = 2 ** 30;

/** A read whose list was neither a prefix nor an extension of the longest list seen for its key so far. */
export interface OddRead {
  readonly transaction: number;
  readonly operation: number;
  readonly key: number;
  readonly values: readonly number[];
}

/**
 * Transactions in columns: the checker's own form, in which a read of a list is its length along the longest list
 * read for that key. Transaction `t` has the micro-operations `start[t]` to `start[t + 1] - 1`, in program order.
 */
export interface TransactionColumns {
  readonly workload: TransactionWorkload;
  /** How many transactions; they are numbered by invocation. */
  readonly count: number;
  /** Operation id of each transaction in the history it came from. */
  readonly id: Int32Array;
  /** Dense number of the process, in order of first appearance. */
  readonly session: Int32Array;
  readonly sessions: number;
  /** The process itself, per session. */
  readonly processes: readonly number[];
  /** `COMMITTED`, `ABORTED` or `UNKNOWN`. */
  readonly outcome: Uint8Array;
  readonly invokedAt: Float64Array;
  readonly completedAt: Float64Array;
  /** False when the times of different processes say nothing of one another. */
  readonly realtime: boolean;
  readonly start: Int32Array;
  /** Twice the key's number, plus one for a read. */
  readonly target: Int32Array;
  /** Written value's code; for a read its value's code, or the length of its list, or `~index` into `oddReads`. */
  readonly value: Int32Array;
  /** The keys' names, by number. */
  readonly keys: readonly Plain[];
  /** List-append only: the longest list read, per key, as value codes. */
  readonly longest: readonly (readonly number[])[];
  readonly oddReads: readonly OddRead[];
  /** Registers: the code of the value that every key has before anyone writes it. */
  readonly initial: number;
  /**
   * Reading micro-operations that stand for a key of which a scan found nothing; absent where nobody scanned. Such a read saw the initial
   * version, by a predicate and not by name.
   */
  readonly unfound?: ReadonlySet<number> | undefined;
  /** The value a code stands for. */
  decode(code: number): Plain;
}

/** What the micro-operations do not say themselves. */
export interface TransactionColumnsOptions {
  /** Registers: what a key reads as before anyone writes it, beside null. */
  readonly initial?: Plain | undefined;
  /** False when the times of different processes say nothing of one another; true unless said otherwise. */
  readonly realtime?: boolean | undefined;
}

/** Gives every value a small integer, whole numbers below 2^30 their own. */
class Interner {
  private readonly codes = new Map<unknown, number>();
  private readonly values: Plain[] = [];

  encode(value: Plain): number {
    if (typeof value === 'number' && (value | 0) === value && value >= 0 && value < FIRST_INTERNED)
      return value;
    if (value === null) return NO_VALUE;
    const name = typeof value === 'object' ? `\u0000${encodePlain(value)}` : value;
    let code = this.codes.get(name);
    if (code === undefined) {
      code = FIRST_INTERNED + this.values.length;
      this.codes.set(name, code);
      this.values.push(value);
    }
    return code;
  }

  decode(code: number): Plain {
    if (code < 0) return null;
    return code < FIRST_INTERNED ? code : (this.values[code - FIRST_INTERNED] ?? null);
  }
}

/**
 * Builds columns transaction by transaction, in the order of invocation: `begin`, then its micro-operations. Lists
 * are compared with the longest known one as they arrive and not kept, so that memory follows the writes.
 */
export class TransactionColumnsBuilder {
  private readonly workload: TransactionWorkload;
  private readonly id = new Int32Column();
  private readonly session = new Int32Column();
  private readonly outcome = new Int32Column();
  private readonly invokedAt = new Float64Column();
  private readonly completedAt = new Float64Column();
  private readonly start = new Int32Column();
  private readonly target = new Int32Column();
  private readonly value = new Int32Column();
  private readonly keyNumbers = new Map<unknown, number>();
  private readonly keys: Plain[] = [];
  private readonly longest: number[][] = [];
  private readonly oddReads: OddRead[] = [];
  private readonly sessionNumbers = new Map<number, number>();
  private readonly interner = new Interner();
  private readonly initial: number;
  private readonly realtime: boolean;
  private readonly unfound = new Set<number>();
  private lastInvokedAt = Number.NEGATIVE_INFINITY;

  /** See `TransactionColumnsOptions`. */
  constructor(workload: TransactionWorkload, options: TransactionColumnsOptions = {}) {
    this.workload = workload;
    this.realtime = options.realtime ?? true;
    this.initial = this.interner.encode(options.initial ?? null);
  }

  /**
   * Opens the next transaction. Throws `TransactionInputError` (`UNSORTED`) when it was invoked before the previous
   * one. Reads of a transaction that did not commit for certain must not be added: nobody knows what they returned.
   */
  begin(id: number, process: number, invokedAt: number, completedAt: number, outcome: Outcome): void {
    if (!(invokedAt >= this.lastInvokedAt)) {
      throw new TransactionInputError(
        'UNSORTED',
        id,
        `it was invoked at ${invokedAt}, before the one listed ahead of it`,
      );
    }
    this.lastInvokedAt = invokedAt;
    let session = this.sessionNumbers.get(process);
    if (session === undefined) {
      session = this.sessionNumbers.size;
      this.sessionNumbers.set(process, session);
    }
    this.id.push(id);
    this.session.push(session);
    this.outcome.push(outcome === 'ok' ? COMMITTED : outcome === 'fail' ? ABORTED : UNKNOWN);
    this.invokedAt.push(invokedAt);
    this.completedAt.push(outcome === 'unknown' ? Number.POSITIVE_INFINITY : completedAt);
    this.start.push(this.target.length);
  }

  /** `append` of a list, `w` of a register. */
  write(key: Plain, value: Plain): void {
    this.target.push(this.keyNumber(key) * 2);
    this.value.push(this.interner.encode(value));
  }

  /** A read that returned `result`: a list (null counts as empty), or a register's value (null: never written). */
  read(key: Plain, result: Plain): void {
    const number = this.keyNumber(key);
    this.target.push(number * 2 + 1);
    if (this.workload === 'rw-register') {
      this.value.push(result === null ? this.initial : this.interner.encode(result));
      return;
    }
    if (result !== null && !Array.isArray(result)) {
      const id = this.id.data[this.id.length - 1] as number;
      throw new TransactionInputError(
        'NOT_A_LIST',
        id,
        `its read of ${encodePlain(key)} returned ${encodePlain(result)}`,
      );
    }
    this.value.push(result === null ? 0 : this.lengthOf(number, result as readonly Plain[]));
  }

  /** A scan whose range holds the key and that found nothing of it. */
  notFound(key: Plain): void {
    this.unfound.add(this.target.length);
    this.read(key, null);
  }

  finish(): TransactionColumns {
    const start = new Int32Array(this.id.length + 1);
    start.set(this.start.values());
    start[this.id.length] = this.target.length;
    const interner = this.interner;
    return {
      workload: this.workload,
      count: this.id.length,
      id: this.id.values(),
      session: this.session.values(),
      sessions: this.sessionNumbers.size,
      processes: [...this.sessionNumbers.keys()],
      outcome: Uint8Array.from(this.outcome.values()),
      invokedAt: this.invokedAt.values(),
      completedAt: this.completedAt.values(),
      realtime: this.realtime,
      start,
      target: this.target.values(),
      value: this.value.values(),
      keys: this.keys,
      longest: this.longest,
      oddReads: this.oddReads,
      initial: this.initial,
      ...(this.unfound.size === 0 ? {} : { unfound: this.unfound }),
      decode: (code) => interner.decode(code),
    };
  }

  private keyNumber(key: Plain): number {
    const name = typeof key === 'object' && key !== null ? `\u0000${encodePlain(key)}` : key;
    let number = this.keyNumbers.get(name);
    if (number === undefined) {
      number = this.keys.length;
      this.keyNumbers.set(name, number);
      this.keys.push(key);
      this.longest.push([]);
    }
    return number;
  }

  /** Compares a list with the longest known one, extends that when the list is longer, and says how long the list is. */
  private lengthOf(key: number, list: readonly Plain[]): number {
    const known = this.longest[key] as number[];
    const shared = Math.min(known.length, list.length);
    for (let i = 0; i < shared; i++) {
      const item = list[i] as Plain;
      if (item !== known[i] && this.interner.encode(item) !== known[i]) return this.oddRead(key, list);
    }
    for (let i = shared; i < list.length; i++) known.push(this.interner.encode(list[i] as Plain));
    return list.length;
  }

  private oddRead(key: number, list: readonly Plain[]): number {
    const values = list.map((item) => this.interner.encode(item));
    const odd = { transaction: this.id.length - 1, operation: this.target.length - 1, key, values };
    return ~(this.oddReads.push(odd) - 1);
  }
}
