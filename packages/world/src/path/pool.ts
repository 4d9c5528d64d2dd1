import type { Host } from '../world/host.ts';
import { LazyTimer, type StreamConnection, type StreamEvents } from '../transport/index.ts';

/** How many connections are kept to one place, and for how long. */
export interface PoolOptions {
  readonly most: number;
  /** Callers that may wait for one, and how long each does. */
  readonly mostWaiting: number;
  readonly waitUs: number;
  /** A connection that nobody has used for so long is closed. Shorter than what the path forgets, or requests meet dead connections. */
  readonly idleUs: number;
  /** A connection is not used again when it is older than this. Default: no limit. */
  readonly mostAgeUs?: number;
}

/** Why a caller gets no connection. */
export type PoolRefusal = 'pool-queue-full' | 'pool-wait-timeout' | 'connect-failed';

/** What a caller gets: a connection, or why not; how long it waited, and whether the connection is new. */
export type PoolGrant =
  | { readonly connection: StreamConnection; readonly waitedUs: number; readonly isNew: boolean }
  | { readonly refusal: PoolRefusal; readonly why: string; readonly waitedUs: number };

interface Waiter {
  readonly done: (grant: PoolGrant) => void;
  readonly sinceUs: number;
  readonly timer: LazyTimer;
}

/** Connections that are used again, at most so many at once; who finds none free waits in turn. */
export class ConnectionPool {
  /** Callers that had to wait, and the refused ones. */
  waits = 0;
  refused = 0;
  private readonly host: Host;
  private readonly options: PoolOptions;
  private readonly connect: (events: StreamEvents) => StreamConnection;
  private readonly idle: { readonly connection: StreamConnection; sinceUs: number }[] = [];
  private readonly waiting: Waiter[] = [];
  private readonly sweep: LazyTimer;
  private inUse = 0;

  /** `connect` opens a new connection; it may throw (`NoPortLeftError`). */
  constructor(host: Host, options: PoolOptions, connect: (events: StreamEvents) => StreamConnection) {
    this.host = host;
    this.options = options;
    this.connect = connect;
    this.sweep = new LazyTimer(host, 'pool', () => this.closeIdle());
  }

  get size(): number {
    return this.inUse + this.idle.length;
  }

  get queue(): number {
    return this.waiting.length;
  }

  /** Calls `done` once, perhaps at once. */
  acquire(done: (grant: PoolGrant) => void): void {
    const found = this.takeIdle();
    if (found !== undefined) {
      this.inUse++;
      done({ connection: found, waitedUs: 0, isNew: false });
      return;
    }
    if (this.inUse < this.options.most) return this.openFor(done, this.nowUs);
    if (this.waiting.length >= this.options.mostWaiting) {
      this.refused++;
      done({
        refusal: 'pool-queue-full',
        why: `all ${this.options.most} are in use, ${this.waiting.length} wait`,
        waitedUs: 0,
      });
      return;
    }
    this.waits++;
    const waiter: Waiter = {
      done,
      sinceUs: this.nowUs,
      timer: new LazyTimer(this.host, 'pool wait', () => this.giveUp(waiter)),
    };
    waiter.timer.set(this.options.waitUs);
    this.waiting.push(waiter);
  }

  /** The caller is done: a connection that is still good is used again. */
  release(connection: StreamConnection, isGood: boolean): void {
    this.inUse--;
    const { mostAgeUs = Number.POSITIVE_INFINITY } = this.options;
    const isUsable = connection.state === 'established' && this.nowUs - connection.openedUs < mostAgeUs;
    if (isGood && isUsable) this.idle.push({ connection, sinceUs: this.nowUs });
    else connection.abort();
    this.next();
    if (this.idle.length > 0 && !this.sweep.isSet) this.sweep.set(this.options.idleUs);
  }

  private get nowUs(): number {
    return this.host.world.nowUs;
  }

  private takeIdle(): StreamConnection | undefined {
    for (let found = this.idle.pop(); found !== undefined; found = this.idle.pop())
      if (found.connection.state === 'established' && !found.connection.receiver.ended)
        return found.connection;
    return undefined;
  }

  private openFor(done: (grant: PoolGrant) => void, sinceUs: number): void {
    this.inUse++;
    let settled = false;
    const settle = (grant: PoolGrant): void => {
      if (settled) return;
      settled = true;
      if ('refusal' in grant) {
        this.inUse--;
        this.refused++;
      }
      done(grant);
      if ('refusal' in grant) this.next();
    };
    const failed = (why: string): void =>
      settle({ refusal: 'connect-failed', why, waitedUs: this.nowUs - sinceUs });
    try {
      const connection = this.connect({
        opened: () => settle({ connection, waitedUs: this.nowUs - sinceUs, isNew: true }),
        closed: failed,
      });
    } catch (error) {
      failed(error instanceof Error ? error.message : String(error));
    }
  }

  private next(): void {
    if (this.waiting.length === 0 || (this.idle.length === 0 && this.inUse >= this.options.most)) return;
    const waiter = this.waiting.shift();
    if (waiter === undefined) return;
    waiter.timer.clear();
    const found = this.takeIdle();
    if (found === undefined) return this.openFor(waiter.done, waiter.sinceUs);
    this.inUse++;
    waiter.done({ connection: found, waitedUs: this.nowUs - waiter.sinceUs, isNew: false });
  }

  private giveUp(waiter: Waiter): void {
    const at = this.waiting.indexOf(waiter);
    if (at < 0) return;
    this.waiting.splice(at, 1);
    this.refused++;
    const waitedUs = this.nowUs - waiter.sinceUs;
    waiter.done({ refusal: 'pool-wait-timeout', why: `none became free in ${waitedUs} us`, waitedUs });
  }

  private closeIdle(): void {
    const oldest = this.nowUs - this.options.idleUs;
    for (const each of this.idle) if (each.sinceUs <= oldest) each.connection.close();
    const kept = this.idle.filter(({ sinceUs }) => sinceUs > oldest);
    this.idle.splice(0, this.idle.length, ...kept);
    if (kept.length > 0) this.sweep.set(this.options.idleUs);
  }
}
