import type { CallEnd } from './caller.ts';
import type { RequestMessage } from './messages.ts';
import type { ServiceOptions } from './options.ts';

/** One call of a user, by true time. */
export interface CallRecord {
  readonly f: string;
  readonly issuedUs: number;
  /** Undefined: not over when the run ended. */
  end: CallEnd | undefined;
  endedUs: number;
  effects: number;
}

/** Something that must not happen, at the instant it was seen. */
export interface ServiceBreach {
  readonly promise: ServicePromise;
  readonly reason: string;
  readonly tier: number;
  readonly atUs: number;
}

/** What a service can promise. */
export const SERVICE_PROMISES = [
  'recovery after the fault',
  'bounded amplification',
  'no work for users who have gone',
  'one effect for each call',
  'bounded queues',
  'the failure stays where it is',
  'users are served',
] as const;

/** The name of a promise. */
export type ServicePromise = (typeof SERVICE_PROMISES)[number];

/** Load is counted by the second. */
export const WINDOW_US = 1_000_000;

/** How late work may begin before it is called late, when nothing else is said. */
const LATE_SLACK_MS = 5;

/** Sees all that happens in a service, by true time; nobody in it can ask. */
export class ServiceObserver {
  readonly calls: CallRecord[] = [];
  /** Requests that arrived, by tier and second. */
  readonly arrivals: number[][];
  readonly longestQueue: number[];
  readonly shedBy: Map<string, number> = new Map<string, number>();
  readonly breaches: ServiceBreach[] = [];
  /** How long answered requests were held by each host, in all, and how many there were. */
  readonly held: Map<number, { ms: number; count: number }> = new Map();
  works = 0;
  lateWorks = 0;
  effects = 0;
  doubledEffects = 0;
  queueLooks: number = 0;
  private readonly options: ServiceOptions;
  private readonly now: () => number;

  constructor(options: ServiceOptions, now: () => number) {
    this.options = options;
    this.now = now;
    this.arrivals = options.tiers.map(() => []);
    this.longestQueue = options.tiers.map(() => 0);
  }

  /** A user asks; answers the number of the call. */
  issued(f: string): number {
    this.calls.push({ f, issuedUs: this.now(), end: undefined, endedUs: 0, effects: 0 });
    return this.calls.length - 1;
  }

  /** The user has an answer. */
  ended(call: number, end: CallEnd): void {
    const record = this.calls[call];
    if (record === undefined) return;
    record.end = end;
    record.endedUs = this.now();
  }

  /** A request has arrived at a tier. */
  arrived(tier: number): void {
    const window = Math.floor(this.now() / WINDOW_US);
    const counts = this.arrivals[tier];
    if (counts === undefined) return;
    while (counts.length <= window) counts.push(0);
    counts[window] = (counts[window] ?? 0) + 1;
  }

  /** So many requests wait at a tier. */
  queued(tier: number, length: number): void {
    this.queueLooks++;
    if (length <= (this.longestQueue[tier] ?? 0)) return;
    this.longestQueue[tier] = length;
    const bound = this.options.bounds.queue;
    if (bound !== undefined && length > bound) {
      this.breach('bounded queues', tier, `${length} requests waited at ${this.nameOf(tier)}, ${bound} may`);
    }
  }

  /** Work on a request begins. */
  started(tier: number, request: RequestMessage): void {
    this.works++;
    const record = this.calls[request.call];
    if (record === undefined) return;
    const { bounds, patienceMs } = this.options;
    const afterMs = (this.now() - record.issuedUs) / 1_000;
    if (afterMs <= patienceMs + (bounds.lateWorkSlackMs ?? LATE_SLACK_MS)) return;
    this.lateWorks++;
    if (bounds.lateWorkSlackMs === undefined) return;
    const reason = `${this.nameOf(tier)} began work on call ${request.call} ${Math.round(afterMs)} ms after it was issued; users wait ${patienceMs} ms`;
    this.breach('no work for users who have gone', tier, reason);
  }

  /** A host has answered a request that it held so long. */
  answered(host: number, heldMs: number): void {
    const held = this.held.get(host) ?? { ms: 0, count: 0 };
    this.held.set(host, { ms: held.ms + heldMs, count: held.count + 1 });
  }

  /** The side effect of a call takes place. */
  effect(call: number): void {
    this.effects++;
    const record = this.calls[call];
    if (record === undefined) return;
    record.effects++;
    if (record.effects === 1) return;
    this.doubledEffects++;
    if (this.options.bounds.oneEffect !== true) return;
    const tier = this.options.tiers.findIndex(({ effect }) => effect !== undefined);
    this.breach(
      'one effect for each call',
      tier,
      `call ${call} (${record.f}) had its effect ${record.effects} times`,
    );
  }

  /** A request was not worked on, or no longer. */
  shed(why: string): void {
    this.shedBy.set(why, (this.shedBy.get(why) ?? 0) + 1);
  }

  private nameOf(tier: number): string {
    return this.options.tiers[tier]?.name ?? '';
  }

  private breach(promise: ServicePromise, tier: number, reason: string): void {
    if (this.breaches.some((breach) => breach.promise === promise)) return;
    this.breaches.push({ promise, reason, tier, atUs: this.now() });
  }
}
