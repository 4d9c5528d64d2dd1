import {
  admit,
  type Admitted,
  type Freshness,
  freshness,
  joinFlight,
  landFlight,
  readCached,
  requestEnded,
  startAdmission,
  startSingleFlight,
} from '@holdfast/protocols';
import { type Host, type HostId, linkPolicy, type Program, type World } from '@holdfast/world';
import type { Call, OperationEnd, Subject, SubjectContext } from '../../experiment/subject.ts';
import { Alarms } from '../service/alarms.ts';
import { type Pattern, type PatternVerdict, quantileOf, runPattern } from './running.ts';

/** A cache before a service that computes what it holds. */
export interface CacheOptions {
  /** Whether callers who want a key that is being computed wait for that computation. */
  readonly singleFlight: boolean;
  /** How long a value is fresh, and how long it is served while one caller refreshes it. */
  readonly freshness: Freshness;
  /** Time of one computation, and how many are worked on at once. */
  readonly computeMs: number;
  readonly workers: number;
  /** Whether more than one computation of a key at once breaks a promise. Default true. */
  readonly onePerExpiry?: boolean;
  /** The time within which 99 of 100 reads must be answered; left out: measured only. */
  readonly p99Ms?: number;
  /** Requests that may reach the computing service within 10 ms; left out: measured only. */
  readonly peak?: number;
}

type CacheMessage =
  | { readonly kind: 'read'; readonly request: number; readonly key: string }
  | { readonly kind: 'compute' | 'value'; readonly flight: string; readonly key: string }
  | { readonly kind: 'answer'; readonly request: number };

/** A window in which arrivals are counted as one peak. */
const PEAK_US = 10_000;

const ORIGIN: HostId = 1;

/** A cache and what it stands before: operation `read` of a key. Throws `PolicyError`. */
export function cache(options: CacheOptions): Subject {
  freshness(options.freshness);
  return {
    name: `cache (${options.singleFlight ? 'single flight' : 'everybody computes'})`,
    nodes: ['cache', 'origin'],
    failureModels: ['timing'],
    operations: ['read'],
    promises: promisesOf(options),
    link: linkPolicy({ latency: { kind: 'uniform', minUs: 200, maxUs: 1_000 } }),
    messageLabel: (payload) => (payload as CacheMessage).kind,
    start: (context) => {
      const running = new RunningCache(context, options);
      return runPattern(running, () => context.world.nowUs);
    },
  };
}

const PROMISES = {
  one: 'one recomputation for each expiry',
  fast: 'reads stay fast',
  herd: 'no herd at the origin',
} as const;

function promisesOf({ onePerExpiry = true, p99Ms, peak }: CacheOptions): string[] {
  return [
    ...(onePerExpiry ? [PROMISES.one] : []),
    ...(p99Ms === undefined ? [] : [PROMISES.fast]),
    ...(peak === undefined ? [] : [PROMISES.herd]),
  ];
}

class RunningCache implements Pattern {
  private readonly world: World;
  private readonly options: CacheOptions;
  private readonly waiting = new Map<number, (end: OperationEnd) => void>();
  private readonly times: number[] = [];
  private requests = 0;
  /** Computations begun, those of a key under way at once at most, and how often a key was found expired. */
  private computed = 0;
  private atOnce = 0;
  private expiries = 0;
  private peak = 0;
  private window = { at: -1, count: 0 };

  constructor({ world, clients }: SubjectContext, options: CacheOptions) {
    this.world = world;
    this.options = options;
    world.start(0, (host) => this.cacheOn(host));
    world.start(ORIGIN, (host) => this.originOn(host));
    for (const id of clients) {
      world.start(id, () => ({
        onMessage: (_from, payload) => {
          const message = payload as CacheMessage;
          if (message.kind === 'answer') this.waiting.get(message.request)?.({ outcome: 'ok', output: null });
        },
        onTimer: () => undefined,
      }));
    }
  }

  issue(client: HostId, { key }: Call, done: (end: OperationEnd) => void): void {
    const request = ++this.requests;
    const issuedUs = this.world.nowUs;
    this.waiting.set(request, (end) => {
      this.waiting.delete(request);
      this.times.push((this.world.nowUs - issuedUs) / 1_000);
      done(end);
    });
    this.world.host(client).send(0, { kind: 'read', request, key } satisfies CacheMessage);
  }

  judge(): PatternVerdict[] {
    const { p99Ms, peak } = this.options;
    const measured = this.metrics();
    const { computations = 0, atOnce = 0, expiries = 0 } = measured;
    const verdicts: PatternVerdict[] = [];
    if (this.options.onePerExpiry !== false) {
      const reason = `${computations} computations for ${expiries} expiries, at most ${atOnce} of a key at once`;
      const kept = atOnce <= 1 && computations <= expiries;
      verdicts.push({ promise: PROMISES.one, kept, reason, examined: expiries });
    }
    const { p99 = 0, peakAtOrigin = 0 } = measured;
    if (p99Ms !== undefined) {
      const reason = `99 of 100 reads took at most ${p99.toFixed(1)} ms, ${p99Ms} ms may pass`;
      verdicts.push({ promise: PROMISES.fast, kept: p99 <= p99Ms, reason, examined: this.times.length });
    }
    if (peak !== undefined) {
      const reason = `at most ${peakAtOrigin} requests within 10 ms reached the origin, ${peak} may`;
      verdicts.push({
        promise: PROMISES.herd,
        kept: peakAtOrigin <= peak,
        reason,
        examined: computations,
      });
    }
    return verdicts;
  }

  metrics(): Record<string, number> {
    const { computed, atOnce, expiries, peak, times } = this;
    return {
      reads: times.length,
      computations: computed,
      atOnce,
      expiries,
      peakAtOrigin: peak,
      p99: quantileOf(times, 0.99),
    };
  }

  private cacheOn(host: Host): Program {
    const stored = new Map<string, number>();
    const single = startSingleFlight<{ readonly from: HostId; readonly request: number } | null>();
    const underWay = new Map<string, number>();
    const nowMs = (): number => host.monotonicUs() / 1_000;
    const want = (key: string, waiter: { readonly from: HostId; readonly request: number } | null): void => {
      const going = underWay.get(key) ?? 0;
      if (going === 0) this.expiries++;
      // Without sharing each caller has a flight of its own.
      const flight = this.options.singleFlight
        ? key
        : `${key} of ${waiter?.from ?? 0}/${waiter?.request ?? 0}`;
      if (joinFlight(single, flight, waiter) === 'follow') return;
      this.computed++;
      underWay.set(key, going + 1);
      this.atOnce = Math.max(this.atOnce, going + 1);
      host.send(ORIGIN, { kind: 'compute', flight, key } satisfies CacheMessage);
    };
    const answer = (to: HostId, request: number): void => {
      host.send(to, { kind: 'answer', request } satisfies CacheMessage);
    };
    return {
      onMessage: (from, payload) => {
        const message = payload as CacheMessage;
        if (message.kind === 'read') {
          const { key, request } = message;
          const what = readCached(this.options.freshness, stored.get(key), nowMs());
          if (what !== 'compute') answer(from, request);
          if (what === 'serve-and-refresh' && (underWay.get(key) ?? 0) === 0) want(key, null);
          if (what === 'compute') want(key, { from, request });
        } else if (message.kind === 'value') {
          const { key, flight } = message;
          stored.set(key, nowMs());
          underWay.set(key, (underWay.get(key) ?? 1) - 1);
          for (const waiter of landFlight(single, flight))
            if (waiter !== null) answer(waiter.from, waiter.request);
        }
      },
      onTimer: () => undefined,
    };
  }

  private originOn(host: Host): Program {
    const { workers, computeMs } = this.options;
    const alarms = new Alarms(host);
    const gate = startAdmission<{ readonly from: HostId; readonly flight: string; readonly key: string }>({
      concurrency: workers,
      queueLimit: 1_000_000,
      order: 'fifo',
      dropsExpired: false,
    });
    type Job = { readonly from: HostId; readonly flight: string; readonly key: string };
    const take = ({ start }: Admitted<Job>): void => {
      for (const { from, flight, key } of start) {
        alarms.set(computeMs, 'computed', () => {
          host.send(from, { kind: 'value', flight, key } satisfies CacheMessage);
          take(requestEnded(gate, alarms.nowMs()));
        });
      }
    };
    return {
      onMessage: (from, payload) => {
        const message = payload as CacheMessage;
        if (message.kind !== 'compute') return;
        this.count();
        const job = { from, flight: message.flight, key: message.key };
        take(admit(gate, job, Number.POSITIVE_INFINITY, alarms.nowMs()));
      },
      onTimer: (timer) => alarms.fire(timer),
    };
  }

  private count(): void {
    const at = Math.floor(this.world.nowUs / PEAK_US);
    if (this.window.at !== at) this.window = { at, count: 0 };
    this.peak = Math.max(this.peak, ++this.window.count);
  }
}
