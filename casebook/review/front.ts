import {
  type CallOptions,
  calls,
  type Experiment,
  exactly,
  experiment,
  type FaultDraft,
  type RetryContract,
  callOptionsOf,
  readRetryFile,
  type ServiceBounds,
  type ServiceOptions,
  service,
  type Tier,
  unclaimed,
} from 'holdfast';

/** How users' clients retry: the text that the client of every rehearsal is made of. */
export const RETRY_POLICY: string = `Operation: order
Side effect?: yes
Timeout: 300 ms each, 900 ms in all
Max attempts: 3
Backoff: from 40 ms, times 2, at most 200 ms
Jitter: full
Idempotency key: Idempotency-Key, kept 24 h
Circuit/degrade rule: retries 20 % of calls and 1 a second over 10 s; then fail closed
Metrics: load multiplier <= 1.5; duplicate effects <= 0
`;

/** What the front is built of; each part can be taken away. */
export interface FrontBuild {
  readonly policy: string;
  /** How long the front waits for the stock, ms. */
  readonly stockMs: number;
  readonly keyed: boolean;
  /** Requests that may wait at the front, and at the stock. */
  readonly frontQueue: number;
  readonly stockQueue: number;
}

export const FRONT: FrontBuild = {
  policy: RETRY_POLICY,
  stockMs: 400,
  keyed: true,
  frontQueue: 40,
  stockQueue: 12,
};

const PATIENCE_MS = 1_000;

/** The front asks the stock, and an order is taken. Two workers of the stock need 20 ms each: a hundred a second can be served. */
export function front(build: FrontBuild, bounds: ServiceBounds = {}): ServiceOptions {
  const contract: RetryContract = readRetryFile(build.policy, 'RETRY_POLICY');
  const client = callOptionsOf(contract);
  const once: CallOptions = {
    ...client,
    retry: { ...client.retry, maxAttempts: 1, attemptTimeoutMs: build.stockMs },
    deadlineMs: build.stockMs,
  };
  const gate = (concurrency: number, queueLimit: number): Tier['gate'] => {
    return { concurrency, queueLimit, order: 'fifo', dropsExpired: true };
  };
  return {
    name: 'orders front',
    tiers: [
      {
        name: 'front',
        work: { kind: 'uniform', minUs: 500, maxUs: 1_500 },
        gate: gate(60, build.frontQueue),
        calls: [{ to: 'stock', how: once }],
        effect: { operations: ['order'], keyed: build.keyed },
      },
      { name: 'stock', work: { kind: 'constant', us: 20_000 }, gate: gate(2, build.stockQueue) },
    ],
    operations: ['order'],
    client,
    patienceMs: PATIENCE_MS,
    bounds,
  };
}

const any = unclaimed({ duringPartition: 'reject', availability: 'none' });

interface Played {
  readonly bounds: ServiceBounds;
  readonly faults?: readonly FaultDraft[];
  readonly surge?: number;
}

function play(name: string, build: FrontBuild, { bounds, faults = [], surge = 1 }: Played): Experiment {
  return experiment({
    name,
    subject: service(front(build, bounds)),
    workload: calls({
      clients: 6,
      ratePerSecond: 40,
      mix: { order: 1 },
      surge: { atMs: 2_000, forMs: 1_000, factor: surge },
    }),
    faults: [exactly(faults)],
    contract: { order: any },
    bounds: { simulatedSeconds: 6, recoverWithinMs: 1_000 },
  });
}

const span = { atUs: 1_000_000, forUs: 2_000_000 };

/** Six times as many users for a second. */
export function overload(build: FrontBuild): Experiment {
  return play('overload', build, { bounds: { queue: 50, lateWorkSlackMs: 10 }, surge: 6 });
}

/** The stock is slow and packets are lost: there is much to repeat. */
export function retries(build: FrontBuild): Experiment {
  const faults: FaultDraft[] = [{ kind: 'loss', hosts: [], probability: 0.1, ...span }];
  return play('retries', build, { bounds: { amplification: 1.5 }, faults });
}

/** What is sent comes twice, and is sent again. */
export function duplicates(build: FrontBuild): Experiment {
  const faults: FaultDraft[] = [
    { kind: 'duplicate', hosts: [], probability: 0.2, ...span },
    { kind: 'loss', hosts: [], probability: 0.1, ...span },
  ];
  return play('duplicates', build, { bounds: { oneEffect: true }, faults });
}

/** The stock answers slowly, and packets are lost. */
export function degradedLoad(build: FrontBuild): Experiment {
  const faults: FaultDraft[] = [
    { kind: 'slow-link', hosts: ['stock'], amount: 60, ...span },
    { kind: 'loss', hosts: [], probability: 0.03, ...span },
  ];
  return play('degraded-load', build, { bounds: { failures: 0.1 }, faults });
}

/** Ten times as many users, while the processors and the network are slow: somebody means it. */
export function adversarial(build: FrontBuild): Experiment {
  const faults: FaultDraft[] = [
    { kind: 'slow-cpu', host: 'front', costUs: 400, ...span },
    { kind: 'narrow-link', hosts: ['stock'], amount: 2_000_000, ...span },
  ];
  return play('adversarial', build, {
    bounds: { queue: 50, amplification: 1.5, recoverWithinMs: 1_000 },
    faults,
    surge: 10,
  });
}
