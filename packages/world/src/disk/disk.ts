import type { Stream } from '../choices/stream.ts';
import { assertInRange } from '../models/optionError.ts';
import { assertLatencyModel, drawLatencyUs, type LatencyModel } from '../network/latency.ts';
import type { DiskFault, DiskFaultKind } from './diskFault.ts';

/** One change of a record; `value: null` removes it. */
export interface DiskWrite {
  readonly key: string;
  readonly value: unknown;
}

/** Names one batch of writes; strictly increasing on a disk, from 1. */
export type DiskTicket = number;

/** What a refused write gets instead of a ticket. Nothing of the batch was written. */
export interface DiskFullError {
  readonly code: 'DISK_FULL';
  /** The first key of the refused batch. */
  readonly key: string;
}

/** What a process finds on its disk. */
export interface Recovery {
  /** Every record that reads well, by key. The object has no prototype. */
  readonly records: Readonly<Record<string, unknown>>;
  /** Keys whose record is there and does not read well, in the order they were first written. */
  readonly damaged: readonly string[];
}

/** What a crash did to the batches that were not durable. */
export interface CrashReport {
  readonly kept: number;
  readonly lost: number;
  /** Batches of which only the first records survive. */
  readonly torn: number;
  /** Keys half written, their old version gone. */
  readonly damaged: readonly string[];
}

/** How long a sync takes unless told otherwise: a solid-state disk with a slow tail. A default, not a fact. */
export const DEFAULT_SYNC_LATENCY: LatencyModel = {
  kind: 'long-tail',
  body: { kind: 'uniform', minUs: 100, maxUs: 1_000 },
  tail: { kind: 'uniform', minUs: 1_000, maxUs: 50_000 },
  tailProbability: 0.001,
};

/** How a disk behaves without any fault. */
export interface DiskOptions {
  readonly syncLatency?: LatencyModel | undefined;
  /** At a power failure a later unsynced batch may survive though an earlier one is lost. Default false. */
  readonly reorder?: boolean | undefined;
}

interface DurableRecord {
  value: unknown;
  /** The version before; undefined when there was none. */
  previous: unknown;
  damaged: boolean;
}

interface Batch {
  readonly ticket: DiskTicket;
  readonly writes: readonly DiskWrite[];
}

/**
 * A disk of records. Writes go to a cache and become durable, in order, when the caller says that a sync has ended. Values
 * are kept by reference: whoever writes one never changes it afterwards.
 */
export class Disk {
  private readonly durable = new Map<string, DurableRecord>();
  private unsynced: Batch[] = [];
  private lastTicket = 0;
  private readonly syncLatency: LatencyModel;
  private readonly reorder: boolean;
  private full = false;
  private lying = false;
  private tearing = false;
  /** How many times longer than usual syncs take. */
  slowFactor = 1;
  private nextSync: 'works' | 'fails' | 'loses-pages' = 'works';
  /** Where the next durable write lands instead. */
  private landsOn: string | undefined;
  private readonly misread = new Set<string>();
  private readonly stale = new Set<string>();

  constructor(options: DiskOptions = {}) {
    this.syncLatency = options.syncLatency ?? DEFAULT_SYNC_LATENCY;
    this.reorder = options.reorder ?? false;
    assertLatencyModel(this.syncLatency, 'syncLatency');
  }

  /** Batches written and not durable. */
  get unsyncedBatches(): number {
    return this.unsynced.length;
  }

  /** Writes a batch as one unit, not durable yet. The disk keeps the array; the caller no longer changes it. */
  write(writes: readonly DiskWrite[]): DiskTicket | DiskFullError {
    if (this.full) return { code: 'DISK_FULL', key: writes[0]?.key ?? '' };
    const ticket = ++this.lastTicket;
    this.unsynced.push({ ticket, writes });
    return ticket;
  }

  /** How long a sync begun now takes, in microseconds. */
  drawSyncUs(stream: Stream): number {
    const us = drawLatencyUs(this.syncLatency, stream, 'sync');
    return this.slowFactor === 1 ? us : Math.floor(us * this.slowFactor);
  }

  /**
   * A sync of this batch ends now: it and every batch before it is durable, unless the answer is `failed`. A caller told
   * `failed` does not know what is durable and should stop its process; a further sync may cover the batch or not.
   */
  complete(ticket: DiskTicket): 'durable' | 'failed' {
    if (this.nextSync !== 'works') {
      if (this.nextSync === 'loses-pages') this.unsynced = this.unsynced.filter((b) => b.ticket > ticket);
      this.nextSync = 'works';
      return 'failed';
    }
    if (this.lying) return 'durable';
    const { unsynced } = this;
    let done = 0;
    for (; done < unsynced.length; done++) {
      const batch = unsynced[done] as Batch;
      if (batch.ticket > ticket) break;
      this.apply(batch.writes, batch.writes.length);
    }
    if (done === unsynced.length) unsynced.length = 0;
    else if (done > 0) unsynced.splice(0, done);
    return 'durable';
  }

  /**
   * The process is gone. After a crash of the `process` alone the cache survives and everything written becomes durable. A
   * `power` failure decides for each unsynced batch, oldest first: kept (answer 0), lost, or torn between two records; after
   * the first one not kept all later ones are lost too, unless the disk reorders.
   */
  crash(stream: Stream, what: 'power' | 'process' = 'power'): CrashReport {
    const batches = this.unsynced;
    this.unsynced = [];
    const damaged: string[] = [];
    let [kept, lost, torn] = [0, 0, 0];
    for (const { writes } of batches) {
      const gone = !this.reorder && lost + torn > 0;
      const canTear = this.tearing ? writes.length > 0 : writes.length > 1;
      const fate = what === 'process' ? 0 : gone ? 1 : stream.below(canTear ? 3 : 2, 'unsynced');
      if (fate === 0) {
        this.apply(writes, writes.length);
        kept++;
      } else if (fate === 1) lost++;
      else {
        this.tear(writes, stream, damaged);
        torn++;
      }
    }
    return { kept, lost, torn, damaged };
  }

  /** The disk is replaced by an empty one. Faults in force stay. */
  wipe(): void {
    this.durable.clear();
    this.unsynced = [];
    this.misread.clear();
    this.stale.clear();
  }

  /** What a starting process reads. Read faults in wait strike now, once. */
  recover(): Recovery {
    const recovery = this.read(this.misread, this.stale);
    this.misread.clear();
    this.stale.clear();
    return recovery;
  }

  /** What the disk holds, unsynced writes included: for observers, who no read fault strikes. */
  readAll(): Recovery {
    return this.read(NOTHING, NOTHING);
  }

  /**
   * Makes something go wrong. Returns the key it strikes; '' for faults that strike no record; undefined when there is no
   * record to strike, and nothing happened.
   */
  inject(fault: DiskFault, stream: Stream): string | undefined {
    switch (fault.kind) {
      case 'disk-bit-rot':
        return this.strike(fault.key, stream, isSound, (key, record) => {
          record.damaged = true;
        });
      case 'disk-misdirected':
        return this.misdirect(fault.operation, fault.key, stream);
      case 'disk-stale':
        return this.strike(fault.key, stream, hasPrevious, (key) => {
          this.stale.add(key);
        });
      case 'disk-torn':
        this.tearing = true;
        return '';
      case 'disk-full':
        this.full = true;
        return '';
      case 'disk-fsync-fails':
        this.nextSync = fault.losesPages ? 'loses-pages' : 'fails';
        return '';
      case 'disk-fsync-lies':
        this.lying = true;
        return '';
      case 'disk-slow':
        assertInRange('factor', fault.factor, 1, 1_000_000);
        this.slowFactor = fault.factor;
        return '';
    }
  }

  /** Ends a fault that lasts, or disarms one that has not struck. Damage already done stays. */
  heal(kind: DiskFaultKind): void {
    switch (kind) {
      case 'disk-bit-rot':
        return;
      case 'disk-misdirected':
        this.landsOn = undefined;
        this.misread.clear();
        return;
      case 'disk-stale':
        this.stale.clear();
        return;
      case 'disk-torn':
        this.tearing = false;
        return;
      case 'disk-full':
        this.full = false;
        return;
      case 'disk-fsync-fails':
        this.nextSync = 'works';
        return;
      case 'disk-fsync-lies':
        this.lying = false;
        return;
      case 'disk-slow':
        this.slowFactor = 1;
        return;
    }
  }

  /** Makes the first `count` writes durable. */
  private apply(writes: readonly DiskWrite[], count: number): void {
    for (let i = 0; i < count; i++) {
      const { key, value } = writes[i] as DiskWrite;
      if (this.landsOn !== undefined && value !== null) {
        this.misplace(key);
        continue;
      }
      if (value === null) {
        this.durable.delete(key);
        continue;
      }
      const record = this.durable.get(key);
      if (record === undefined) this.durable.set(key, { value, previous: undefined, damaged: false });
      else {
        record.previous = record.value;
        record.value = value;
        record.damaged = false;
      }
    }
  }

  /** A write meant for `key` lands on another record, which then carries the wrong key. */
  private misplace(key: string): void {
    const struck = this.durable.get(this.landsOn as string);
    if (struck !== undefined && this.landsOn !== key) struck.damaged = true;
    this.landsOn = undefined;
  }

  private tear(writes: readonly DiskWrite[], stream: Stream, damaged: string[]): void {
    if (!this.tearing) {
      this.apply(writes, 1 + stream.below(writes.length - 1, 'torn-after'));
      return;
    }
    const at = stream.below(writes.length, 'torn-in');
    this.apply(writes, at);
    const half = writes[at] as DiskWrite;
    if (half.value === null) return;
    const record = this.durable.get(half.key);
    if (record === undefined) this.durable.set(half.key, { value: null, previous: undefined, damaged: true });
    else record.damaged = true;
    damaged.push(half.key);
  }

  private misdirect(
    operation: 'read' | 'write',
    key: string | undefined,
    stream: Stream,
  ): string | undefined {
    // With a single record there is no other place a read could go to.
    if (operation === 'read' && this.durable.size < 2) return undefined;
    return this.strike(key, stream, isSound, (struck) => {
      if (operation === 'read') this.misread.add(struck);
      else this.landsOn = struck;
    });
  }

  private strike(
    wanted: string | undefined,
    stream: Stream,
    fits: (record: DurableRecord) => boolean,
    hit: (key: string, record: DurableRecord) => void,
  ): string | undefined {
    const keys = wanted === undefined ? [...this.durable.keys()] : [wanted];
    const candidates = keys.filter((key) => {
      const record = this.durable.get(key);
      return record !== undefined && fits(record);
    });
    if (candidates.length === 0) return undefined;
    const key = wanted ?? stream.pick(candidates, 'record');
    hit(key, this.durable.get(key) as DurableRecord);
    return key;
  }

  private read(misread: ReadonlySet<string>, stale: ReadonlySet<string>): Recovery {
    const records = Object.create(null) as Record<string, unknown>;
    const damaged: string[] = [];
    for (const [key, record] of this.durable) {
      if (record.damaged || misread.has(key)) damaged.push(key);
      else records[key] = stale.has(key) && hasPrevious(record) ? record.previous : record.value;
    }
    for (const { writes } of this.unsynced) {
      for (const { key, value } of writes) {
        if (value === null) delete records[key];
        else records[key] = value;
      }
    }
    return {
      records,
      damaged: this.unsynced.length === 0 ? damaged : damaged.filter((k) => !(k in records)),
    };
  }
}

const NOTHING: ReadonlySet<string> = new Set();

function isSound(record: DurableRecord): boolean {
  return !record.damaged;
}

function hasPrevious(record: DurableRecord): boolean {
  return record.previous !== undefined;
}
