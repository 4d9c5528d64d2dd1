import { textOf } from '../../errors.ts';
import type { Action, Answer } from '../../history/recorder.ts';
import { Exchange } from '../../wire/exchange.ts';
import { leaseIn } from '../leases.ts';
import {
  takeZk,
  ZK_CODE,
  zkCloseSession,
  zkConnect,
  zkCreateEphemeral,
  zkDelete,
  zkGet,
  zkGranted,
  zkMadeBy,
  zkOwner,
  type ZkReply,
  zkSet,
} from './jute.ts';
import { zooKeeperFailure } from './store.ts';

/** A session of a holder's own. It lives as long as its connection here: what was cut is not taken up again, so nobody renews what may be another's. */
interface Session {
  readonly connection: Exchange<ZkReply>;
  readonly id: bigint;
}

/** Asks on the connection that clients without a lease share. */
type Shared = (make: (xid: number) => Buffer, deadlineMs: number) => Promise<ZkReply>;

/**
 * Sessions as leases: the holder is whose session has made the ephemeral node, and any word keeps the session for its time to live. A member other than the leader
 * tells the leader of it half a tick later at most, so a lease is to be renewed with more than that left. The token is the transaction that made the node.
 */
export class ZooKeeperLeases {
  private readonly sessions = new Map<string, Session>();
  private xid = 0;

  /** One attempt at one member; undefined for other actions. Never rejects. */
  perform(address: string, action: Action, deadlineMs: number, shared: Shared): Promise<Answer> | undefined {
    switch (action.f) {
      case 'acquire-lease':
        return this.acquire(address, action, deadlineMs, shared);
      case 'renew-lease':
        return this.renew(action, deadlineMs);
      case 'release-lease':
        return this.release(action, deadlineMs, shared);
      default:
        return undefined;
    }
  }

  /** Lets go of all sessions without a word. */
  close(): void {
    for (const { connection } of this.sessions.values()) connection.close();
    this.sessions.clear();
  }

  private async acquire(
    address: string,
    { key = '', input }: Action,
    deadlineMs: number,
    shared: Shared,
  ): Promise<Answer> {
    const { holder, ttlMs } = leaseIn(input);
    const held: Answer = { outcome: 'fail', output: 'held by another' };
    const connection = new Exchange(address, takeZk, [], { once: true });
    let isAsked = false;
    try {
      const seen = await shared((xid) => zkGet(xid, `/${key}`), deadlineMs);
      if (seen.code === ZK_CODE.ok) return held;
      const { session, timeoutMs } = zkGranted(await connection.request(zkConnect(ttlMs), deadlineMs));
      if (session === 0n || timeoutMs !== ttlMs)
        return { outcome: 'fail', output: `the server grants ${timeoutMs} ms` };
      isAsked = true;
      const made = await connection.request(
        zkCreateEphemeral(++this.xid, `/${key}`, JSON.stringify(holder)),
        deadlineMs,
      );
      if (made.code !== ZK_CODE.ok) {
        await connection.request(zkCloseSession(++this.xid), deadlineMs).catch(() => undefined);
        return made.code === ZK_CODE.nodeExists ? held : { outcome: 'fail', output: `answered ${made.code}` };
      }
      this.sessions.set(nameOf(key, holder), { connection, id: session });
      return { outcome: 'ok', output: zkMadeBy(made) };
    } catch (error) {
      return isAsked ? zooKeeperFailure(error) : { outcome: 'fail', output: textOf(error) };
    } finally {
      // A session that made nothing has nothing to live for.
      if (!this.sessions.has(nameOf(key, holder))) connection.close();
    }
  }

  /** Writes the node anew, which the leader must do, and only as long as the session lives. */
  private async renew({ key = '', input }: Action, deadlineMs: number): Promise<Answer> {
    const { holder } = leaseIn(input);
    const session = this.sessions.get(nameOf(key, holder));
    if (session === undefined) return { outcome: 'fail', output: 'not held' };
    try {
      const { connection, id } = session;
      const set = await connection.request(zkSet(++this.xid, `/${key}`, JSON.stringify(holder)), deadlineMs);
      const seen = await connection.request(zkGet(++this.xid, `/${key}`), deadlineMs);
      if (set.code === ZK_CODE.ok && seen.code === ZK_CODE.ok && zkOwner(seen) === id)
        return { outcome: 'ok', output: null };
      return { outcome: 'fail', output: 'lost' };
    } catch (error) {
      return zooKeeperFailure(error);
    }
  }

  /** Ends the session, which nobody else can have; the broken one deletes the node, whosesoever it is. */
  private async release({ key = '', input }: Action, deadlineMs: number, shared: Shared): Promise<Answer> {
    const { holder, anyOwner } = leaseIn(input);
    const session = this.sessions.get(nameOf(key, holder));
    try {
      if (anyOwner) await shared((xid) => zkDelete(xid, `/${key}`), deadlineMs);
      if (session === undefined) return { outcome: 'fail', output: 'not held' };
      await session.connection.request(zkCloseSession(++this.xid), deadlineMs);
      return { outcome: 'ok', output: null };
    } catch (error) {
      return zooKeeperFailure(error);
    } finally {
      session?.connection.close();
      this.sessions.delete(nameOf(key, holder));
    }
  }
}

function nameOf(key: string, holder: string): string {
  return `${key} ${holder}`;
}
