import { encodePlain, equalPlain, type Plain } from '@holdfast/plain';
import type { History, Operation } from '../history/operation.ts';
import type { MicroOperation } from '../history/transaction.ts';
import type { Verdict } from '../verdict.ts';
import type { TransactionWorkload } from './columns.ts';
import { TransactionInputError } from './errors.ts';
import { TRANSACTION_MODELS, type TransactionModel } from './models.ts';
import { nameOf, SCAN, scanOf } from './scans.ts';
import { KeyVersions } from './versionLog.ts';

/** What a run that can be looked into says of its transactions. */
export interface CommitLog {
  /** Ids of the operations that committed, in the order of their commits. */
  readonly commits: readonly number[];
  /** For snapshot isolation: how many of the commits the snapshot of each operation (by id) contained. */
  readonly snapshots?: ReadonlyMap<number, number>;
}

/** Models that an order of commits can show to hold. */
export type CommitLogModel = Extract<
  TransactionModel,
  | 'serializable'
  | 'strong-session-serializable'
  | 'strict-serializable'
  | 'snapshot-isolation'
  | 'strong-session-snapshot-isolation'
  | 'strong-snapshot-isolation'
>;

/** How `checkCommitLog` goes about it. */
export interface CommitLogOptions {
  readonly workload: TransactionWorkload;
  /** The model that must hold; `strict-serializable` unless said otherwise. */
  readonly model?: CommitLogModel;
  /** Registers: what a key reads as before anyone writes it, beside null. */
  readonly initial?: Plain;
}

/**
 * Judges transactions by the commit order that the run itself logged (white box): every read must return what the commits it had to
 * see left behind, and nothing may be committed over a concurrent commit under snapshot isolation. Near linear, and shares no code
 * with the judges that find an order by themselves: what holds here holds there; `violated` says that this log does not explain the
 * history, although another order might.
 *
 * Throws `TransactionInputError` (`BAD_COMMIT_ORDER`) when the log is not one of this history.
 */
export function checkCommitLog(history: History, log: CommitLog, options: CommitLogOptions): Verdict {
  return new CommitLogJudge(history, log, options).judge();
}

/** One thing that is wrong. */
interface Wrong {
  readonly at: Operation;
  readonly others: readonly Operation[];
  readonly sentence: string;
}

class CommitLogJudge {
  private readonly operations = new Map<number, Operation>();
  private readonly rankOf = new Map<number, number>();
  private readonly history: History;
  private readonly log: CommitLog;
  private readonly options: CommitLogOptions;
  private readonly model: CommitLogModel;
  private readonly isSerial: boolean;
  private readonly keys = new Map<string, KeyVersions>();
  private steps = 0;

  constructor(history: History, log: CommitLog, options: CommitLogOptions) {
    this.history = history;
    this.log = log;
    this.options = options;
    this.model = options.model ?? 'strict-serializable';
    this.isSerial = TRANSACTION_MODELS[this.model].forbids.includes('G2-item');
    for (const operation of history.operations) this.operations.set(operation.id, operation);
    this.readCommits();
  }

  judge(): Verdict {
    const { commits } = this.log;
    let wrong = this.brokenOrder();
    for (let rank = 0; rank < commits.length && wrong === undefined; rank++) {
      wrong = this.commit(rank, this.committed(rank));
    }
    const work = { examined: this.history.operations.length, steps: this.steps };
    const promise = `${this.model} transactions`;
    if (wrong === undefined) {
      return {
        promise,
        status: 'holds',
        reason: `${commits.length} transactions returned what the logged order of commits leads to, as ${this.model} asks`,
        evidence: { ...work, order: commits },
      };
    }
    const before = commits.slice(0, this.rankOf.get(wrong.at.id));
    const minimal = [wrong.at, ...wrong.others].sort((a, b) => a.id - b.id);
    return {
      promise,
      status: 'violated',
      reason: wrong.sentence,
      evidence: { ...work, blocking: wrong.at, minimal, prefixes: [before] },
    };
  }

  private committed(rank: number): Operation {
    return this.operations.get(this.log.commits[rank] as number) as Operation;
  }

  private readCommits(): void {
    this.log.commits.forEach((id, rank) => {
      const operation = this.operations.get(id);
      if (operation === undefined)
        throw new TransactionInputError('BAD_COMMIT_ORDER', id, 'the history has no such operation');
      if (operation.outcome === 'fail')
        throw new TransactionInputError('BAD_COMMIT_ORDER', id, 'it failed, so it cannot have committed');
      if (this.rankOf.has(id))
        throw new TransactionInputError('BAD_COMMIT_ORDER', id, 'it stands in the log twice');
      const snapshot = this.isSerial ? rank : this.log.snapshots?.get(id);
      if (snapshot === undefined || snapshot < 0 || snapshot > rank)
        throw new TransactionInputError(
          'BAD_COMMIT_ORDER',
          id,
          `its snapshot must hold 0 to ${rank} commits, found ${String(snapshot)}`,
        );
      this.rankOf.set(id, rank);
    });
    for (const { id, outcome } of this.history.operations) {
      if (outcome === 'ok' && !this.rankOf.has(id))
        throw new TransactionInputError(
          'BAD_COMMIT_ORDER',
          id,
          'it was reported committed but is not in the log',
        );
    }
  }

  /** How many commits the transaction of that rank had to read from. */
  private snapshot(rank: number): number {
    return this.isSerial ? rank : (this.log.snapshots?.get(this.log.commits[rank] as number) ?? 0);
  }

  /** A transaction that did not see one it had to come after: of its process, or over before it began. */
  private brokenOrder(): Wrong | undefined {
    const { order } = TRANSACTION_MODELS[this.model];
    if (order === 'none') return undefined;
    const known = this.history.operations.filter(({ id }) => this.rankOf.has(id));
    return this.brokenProcess(known) ?? (order === 'realtime' ? this.brokenRealTime(known) : undefined);
  }

  private brokenProcess(known: readonly Operation[]): Wrong | undefined {
    const lastOf = new Map<number, Operation>();
    for (const operation of known) {
      const last = lastOf.get(operation.process);
      if (last !== undefined && this.misses(operation, last))
        return this.unseen(operation, last, 'its process had made before it');
      lastOf.set(operation.process, operation);
    }
    return undefined;
  }

  private brokenRealTime(known: readonly Operation[]): Wrong | undefined {
    const byEnd = known
      .filter(({ outcome }) => outcome === 'ok')
      .sort((a, b) => a.completedAt - b.completedAt);
    let latest: Operation | undefined;
    let next = 0;
    for (const operation of known.toSorted((a, b) => a.invokedAt - b.invokedAt)) {
      for (let over = byEnd[next]; over !== undefined && over.completedAt < operation.invokedAt; ) {
        if (latest === undefined || this.rank(over) > this.rank(latest)) latest = over;
        over = byEnd[++next];
      }
      if (latest !== undefined && this.misses(operation, latest))
        return this.unseen(operation, latest, 'had completed before it began');
    }
    return undefined;
  }

  private rank({ id }: Operation): number {
    return this.rankOf.get(id) as number;
  }

  private misses(operation: Operation, earlier: Operation): boolean {
    this.steps++;
    return this.snapshot(this.rank(operation)) <= this.rank(earlier);
  }

  private unseen(at: Operation, earlier: Operation, why: string): Wrong {
    const how = this.isSerial ? 'is logged as committed ahead of' : 'took its snapshot without';
    return { at, others: [earlier], sentence: `T${at.id} ${how} T${earlier.id}, which ${why}` };
  }

  /** Reads from the snapshot, then commits. */
  private commit(rank: number, operation: Operation): Wrong | undefined {
    const { outcome, input, output } = operation;
    const snapshot = this.snapshot(rank);
    const own = new Map<string, Plain[]>();
    for (const [f, key, value] of (outcome === 'ok' ? output : input) as readonly MicroOperation[]) {
      this.steps++;
      if (f === SCAN) {
        const wrong = outcome === 'ok' ? this.misscan(operation, [f, key, value], snapshot, own) : undefined;
        if (wrong !== undefined) return wrong;
        continue;
      }
      const name = encodePlain(key);
      const versions = this.versionsOf(name);
      const written = own.get(name);
      if (f !== 'r') {
        const overwritten = versions.writerSince(snapshot);
        if (overwritten !== undefined) return this.overwrites(operation, key, overwritten);
        if (written === undefined) own.set(name, [value]);
        else written.push(value);
      } else if (outcome === 'ok') {
        const expected = versions.valueAt(snapshot, written ?? []);
        if (!equalPlain(expected, value ?? this.empty()))
          return this.misread(operation, key, value, expected, snapshot);
      }
    }
    for (const [name, values] of own) this.versionsOf(name).commit(rank, values);
    return undefined;
  }

  /** The keys in the range of a scan that have a value, and what the scan returned. */
  private misscan(
    at: Operation,
    step: MicroOperation,
    snapshot: number,
    own: ReadonlyMap<string, readonly Plain[]>,
  ): Wrong | undefined {
    const { prefix, rows } = scanOf(at.id, step);
    const found = new Map(rows.map(([key, value]) => [encodePlain(key), value]));
    for (const name of new Set([...this.keys.keys(), ...own.keys(), ...found.keys()])) {
      const key = JSON.parse(name) as Plain;
      if (!nameOf(key).startsWith(prefix)) continue;
      this.steps++;
      const expected = this.versionsOf(name).valueAt(snapshot, own.get(name) ?? []);
      if (!equalPlain(expected, found.get(name) ?? this.empty()))
        return this.misread(at, key, found.get(name) ?? null, expected, snapshot);
    }
    return undefined;
  }

  private empty(): Plain {
    return this.options.workload === 'list-append' ? [] : (this.options.initial ?? null);
  }

  private versionsOf(name: string): KeyVersions {
    let versions = this.keys.get(name);
    if (versions === undefined) {
      versions = new KeyVersions(this.options.workload, this.empty());
      this.keys.set(name, versions);
    }
    return versions;
  }

  private overwrites(at: Operation, key: Plain, rank: number): Wrong {
    const other = this.committed(rank);
    const sentence = `T${at.id} committed over ${encodePlain(key)} although T${other.id} had committed it since the snapshot of T${at.id}`;
    return { at, others: [other], sentence };
  }

  private misread(at: Operation, key: Plain, value: Plain, expected: Plain, snapshot: number): Wrong {
    const writer = this.versionsOf(encodePlain(key)).writerAt(snapshot);
    const others = writer === undefined ? [] : [this.committed(writer)];
    const whose = writer === undefined ? 'no commit had written it' : `T${others[0]?.id} had committed last`;
    const sentence =
      `T${at.id} read ${encodePlain(value)} from ${encodePlain(key)} where ${encodePlain(expected)} was due: ` +
      `of the ${snapshot} commits it had to see ${whose}`;
    return { at, others, sentence };
  }
}
