import { HistoryBuilder } from '../../src/history/builder.ts';
import type { History } from '../../src/history/operation.ts';

/** What a client carries from request to request. */
export type SessionTracking =
  /** Nothing. */
  | 'none'
  /** The position in the log of its own last write. */
  | 'write-token'
  /** The position up to which it has read. */
  | 'read-version';

/**
 * A leader with a log and followers that apply it late. Writes go to the leader, each read to the replica named. A replica asked with a
 * position first waits until it has applied the log that far.
 */
export class ReplicatedStore {
  private readonly tracking: SessionTracking;
  private readonly log: { readonly key: string; readonly value: number }[] = [];
  private readonly applied: number[];
  private readonly tokens = new Map<number, number>();
  private readonly history = new HistoryBuilder();
  private now = 0;

  constructor(replicas: number, tracking: SessionTracking) {
    this.tracking = tracking;
    this.applied = new Array<number>(replicas).fill(0);
  }

  write(session: number, key: string, value: number): void {
    const id = this.history.invoke(session, 'write', value, (this.now += 10), { key });
    this.log.push({ key, value });
    this.applied[0] = this.log.length;
    if (this.tracking === 'write-token') this.tokens.set(session, this.log.length);
    this.history.complete(id, 'ok', null, this.now + 5);
  }

  read(session: number, key: string, replica: number): number | null {
    const id = this.history.invoke(session, 'read', null, (this.now += 10), { key, node: replica });
    const position = Math.max(this.applied[replica] ?? 0, this.tokens.get(session) ?? 0);
    this.applied[replica] = position;
    const value = this.log.slice(0, position).findLast((entry) => entry.key === key)?.value ?? null;
    if (this.tracking === 'read-version') this.tokens.set(session, position);
    this.history.complete(id, 'ok', value, this.now + 5);
    return value;
  }

  /** A follower catches up. */
  replicate(replica: number): void {
    this.applied[replica] = this.log.length;
  }

  finish(): History {
    return this.history.finish(this.now + 10);
  }
}
