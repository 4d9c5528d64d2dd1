import {
  cache,
  type CacheOptions,
  type CallOptions,
  calls,
  type CallsOptions,
  consumer,
  type ConsumerOptions,
  type ConflictRule,
  editor,
  edits,
  exactly,
  type Experiment,
  experiment,
  type FaultDraft,
  meter,
  payments,
  readRetryFields,
  service,
  type ServiceOptions,
  shards,
  type Subject,
  type Tier,
  unclaimed,
  type Workload,
  zipfPuts,
} from 'holdfast';
import budget from '../retry-storm/budget.json' with { type: 'json' };

const ANY = unclaimed({ duringPartition: 'reject', availability: 'none' });

interface Setting {
  readonly subject: Subject;
  readonly workload: Workload;
  readonly faults?: readonly FaultDraft[];
  readonly seconds?: number;
}

function pattern(name: string, { subject, workload, faults = [], seconds = 20 }: Setting): Experiment {
  return experiment({
    name,
    subject,
    workload,
    faults: faults.length === 0 ? [] : [exactly(faults)],
    contract: Object.fromEntries(workload.operations.map((f) => [f, ANY])),
    bounds: { simulatedSeconds: seconds, recoverWithinMs: seconds * 200 },
  });
}

/** Everybody reads one key: once each at a time of their own within a spread, or over and over. */
function reads(options: {
  readonly clients: number;
  readonly ratePerSecond?: number;
  readonly spreadMs?: number;
}): Workload {
  const { clients, ratePerSecond, spreadMs = 0 } = options;
  return {
    name: 'reads',
    clients,
    operations: ['read'],
    model: null,
    plan: ({ choices, fromUs, untilUs }) => {
      const read = (id: number, atUs: number, client: number) => ({
        id,
        atUs,
        client,
        f: 'read',
        key: 'hot',
        input: null,
      });
      if (ratePerSecond === undefined) {
        const times = Array.from(
          { length: clients },
          () => fromUs + choices.between(0, spreadMs * 1_000, 'wake'),
        );
        return times.sort((a, b) => a - b).map((atUs, i) => read(i, atUs, i));
      }
      const gapUs = Math.round(1_000_000 / ratePerSecond);
      const count = Math.floor((untilUs - fromUs) / gapUs);
      return Array.from({ length: count }, (_, i) => read(i, fromUs + i * gapUs, i % clients));
    },
  };
}

/** 400 clients wake at one instant and want the same thing. */
function herd(name: string, options: { readonly coalesced: boolean; readonly spreadMs: number }): Experiment {
  // What they want is fresh for a moment only, so that those who come later must ask as well.
  const subject = cache({
    singleFlight: options.coalesced,
    freshness: { softMs: 1, hardMs: 1 },
    computeMs: 5,
    workers: 50,
    onePerExpiry: false,
    peak: 40,
  });
  return pattern(name, {
    subject,
    workload: reads({ clients: 400, spreadMs: options.spreadMs }),
    seconds: 10,
  });
}

/** 200 reads a second of a key that expires every two seconds, and takes 100 ms to compute. */
function stampede(name: string, options: Pick<CacheOptions, 'singleFlight' | 'freshness'>): Experiment {
  const subject = cache({ ...options, computeMs: 100, workers: 4, p99Ms: 20 });
  return pattern(name, { subject, workload: reads({ clients: 20, ratePerSecond: 200 }) });
}

/** Keys by Zipf's law over eight shards. */
function hotPartition(name: string, splitsHotKeys: boolean): Experiment {
  const subject = shards({ shards: 8, splitsHotKeys, maxOverMean: 1.5 });
  return pattern(name, {
    subject,
    workload: zipfPuts({ clients: 4, keys: 1_000, ratePerSecond: 200, skew: 1.1 }),
  });
}

/** A consumer that can do 45 messages a second; 30 come. */
function consumed(
  name: string,
  options: Partial<ConsumerOptions>,
  poisonous: boolean,
  faults: readonly FaultDraft[] = [],
): Experiment {
  const subject = consumer({ maxFailures: 4, limit: Number.POSITIVE_INFINITY, diskReads: 40, ...options });
  const mix = poisonous ? { publish: 99, poison: 1 } : { publish: 1 };
  return pattern(name, {
    subject,
    workload: calls({ clients: 3, ratePerSecond: 30, mix }),
    faults,
    seconds: 30,
  });
}

const SLOW_CONSUMER: readonly FaultDraft[] = [
  { kind: 'disk-slow', host: 'consumer', amount: 5, atUs: 6_000_000, forUs: 0 },
];

const OPEN = { queueLimit: 1_000_000, order: 'fifo', dropsExpired: false } as const;
const PATIENT: CallOptions = {
  retry: {
    maxAttempts: 1,
    attemptTimeoutMs: 5_000,
    backoff: { baseMs: 1, capMs: 1, factor: 1, jitter: 'none' },
    repeatable: true,
  },
  budget: { kind: 'unlimited' },
  deadlineMs: 60_000,
  sendsDeadline: false,
};

/** A shop whose front end needs payments for checkouts and the catalogue for browsing; so many of its 20 workers may wait for payments. */
export function shopService(bulkhead: number | undefined): ServiceOptions {
  const tier = (host: string): Tier => {
    return {
      name: host,
      work: { kind: 'uniform', minUs: 5_000, maxUs: 15_000 },
      gate: { ...OPEN, concurrency: 20 },
    };
  };
  const limit = bulkhead === undefined ? {} : { atOnce: bulkhead };
  return {
    name: 'shop',
    tiers: [
      {
        ...tier('frontend'),
        calls: [
          { to: 'payments', operations: ['checkout'], how: PATIENT, ...limit },
          { to: 'catalogue', operations: ['browse'], how: PATIENT },
        ],
      },
      tier('payments'),
      tier('catalogue'),
    ],
    operations: ['checkout', 'browse'],
    client: PATIENT,
    patienceMs: 1_000,
    bounds: { untouched: { operations: ['browse'], share: 0.9 } },
  };
}

/** Its load, which `orders.yaml` is run under as well. */
export const SHOP_LOAD: CallsOptions = { clients: 5, ratePerSecond: 80, mix: { checkout: 1, browse: 3 } };

/** Payments' host stands still for four seconds. */
function shop(name: string, bulkhead: number | undefined): Experiment {
  return pattern(name, {
    subject: service(shopService(bulkhead)),
    workload: calls(SHOP_LOAD),
    faults: [{ kind: 'pause', host: 'payments', atUs: 3_000_000, forUs: 4_000_000 }],
  });
}

/** Three replicas, one of which answers, only ever so slowly: no health check fails. */
function replicas(name: string, breaker: CallOptions['breaker']): Experiment {
  const options: ServiceOptions = {
    name: 'replicas',
    tiers: [
      {
        name: 'replica',
        replicas: 3,
        work: { kind: 'uniform', minUs: 1_000, maxUs: 3_000 },
        diskReads: 10,
        gate: { ...OPEN, concurrency: 50 },
      },
    ],
    operations: ['get'],
    client: {
      ...PATIENT,
      retry: { ...PATIENT.retry, maxAttempts: 2, attemptTimeoutMs: 100 },
      sendsDeadline: true,
      deadlineMs: 190,
      ...(breaker === undefined ? {} : { breaker }),
    },
    patienceMs: 200,
    bounds: { failures: 0.01 },
  };
  return pattern(name, {
    subject: service(options),
    workload: calls({ clients: 5, ratePerSecond: 60, mix: { get: 1 } }),
    faults: [{ kind: 'disk-slow', host: 'replica-2', amount: 40, atUs: 3_000_000, forUs: 0 }],
  });
}

/** The clock of one region is ahead. */
function skewed(name: string, rule: ConflictRule): Experiment {
  return pattern(name, {
    subject: editor({ regions: 3, rule }),
    workload: edits({ clients: 3, fields: 2, ratePerSecond: 8 }),
    faults: [{ kind: 'clock-step', host: 'N1', amount: 3_000_000, atUs: 4_000_000, forUs: 0 }],
    seconds: 12,
  });
}

/** A service that stands still for two seconds, as a meter sees it that asks every 10 ms. */
function stalled(name: string, corrected: boolean): Experiment {
  return pattern(name, {
    subject: meter({ intervalMs: 10, corrected, within: 0.1 }),
    workload: calls({ clients: 4, ratePerSecond: 100, mix: { ask: 1 } }),
    faults: [{ kind: 'pause', host: 'service', atUs: 4_000_000, forUs: 2_000_000 }],
  });
}

const CONTRACT = readRetryFields(budget, 'casebook/retry-storm/budget.json');

function storm(name: string, careful: boolean): Experiment {
  const bounds = { recoverWithinMs: 4_000 };
  const options = careful
    ? payments({ client: CONTRACT, bounds })
    : payments({ client: 'retry-at-once', admission: false, bounds });
  return pattern(name, {
    subject: service(options),
    workload: calls({ clients: 6, ratePerSecond: 28, mix: { charge: 1 } }),
    faults: [{ kind: 'disk-slow', host: 'risk', amount: 6, atUs: 4_000_000, forUs: 0 }],
    seconds: 24,
  });
}

const SOFT = { softMs: 2_000, hardMs: 10_000 };
const HARD = { softMs: 2_000, hardMs: 2_000 };

const everyPattern = {
  'thundering-herd': herd('thundering-herd', { coalesced: false, spreadMs: 0 }),
  'thundering-herd-jittered': herd('thundering-herd-jittered', { coalesced: false, spreadMs: 2_000 }),
  'thundering-herd-coalesced': herd('thundering-herd-coalesced', { coalesced: true, spreadMs: 0 }),
  'cache-stampede': stampede('cache-stampede', { singleFlight: false, freshness: HARD }),
  'cache-stampede-shared': stampede('cache-stampede-shared', { singleFlight: true, freshness: HARD }),
  'cache-stampede-tamed': stampede('cache-stampede-tamed', { singleFlight: true, freshness: SOFT }),
  'hot-partition': hotPartition('hot-partition', false),
  'hot-partition-split': hotPartition('hot-partition-split', true),
  'poison-message': consumed(
    'poison-message',
    { maxFailures: Number.POSITIVE_INFINITY, backlogAtEnd: 20 },
    true,
  ),
  'poison-message-set-aside': consumed('poison-message-set-aside', { backlogAtEnd: 20 }, true),
  'slow-consumer': consumed('slow-consumer', { backlog: 60, littleWithin: 0.15 }, false, SLOW_CONSUMER),
  'slow-consumer-bounded': consumed(
    'slow-consumer-bounded',
    { backlog: 60, limit: 60 },
    false,
    SLOW_CONSUMER,
  ),
  'retry-storm': storm('retry-storm', false),
  'retry-storm-budget': storm('retry-storm-budget', true),
  'gray-failure': replicas('gray-failure', undefined),
  'gray-failure-ejected': replicas('gray-failure-ejected', {
    failures: 3,
    openMs: 5_000,
    probes: 1,
    successes: 2,
  }),
  'clock-skew': skewed('clock-skew', 'wall-clock'),
  'clock-skew-vectors': skewed('clock-skew-vectors', 'version-vectors'),
  'cascading-failure': shop('cascading-failure', undefined),
  'cascading-failure-bulkhead': shop('cascading-failure-bulkhead', 8),
  'coordinated-omission': stalled('coordinated-omission', false),
  'coordinated-omission-corrected': stalled('coordinated-omission-corrected', true),
} satisfies Readonly<Record<string, Experiment>>;

/** Every pattern without what tames it and with it; the first of a case's is the one that spreads. */
const experiments = {
  wrong: everyPattern['cascading-failure'],
  better: everyPattern['cascading-failure-bulkhead'],
  ...everyPattern,
};

export default experiments;
