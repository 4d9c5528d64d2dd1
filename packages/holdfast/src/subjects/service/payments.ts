import { type AdmissionOptions, backoff, policyOf, type RetryContract } from '@holdfast/protocols';
import type { CallOptions, ServiceBounds, ServiceOptions, Tier } from './options.ts';

/** How the payment API and its users behave; each part can be taken from the careful or the careless design. */
export interface PaymentsOptions {
  /** What the callers keep to: a retry budget, or retrying at once on a timeout of 500 ms. */
  readonly client: RetryContract | 'retry-at-once' | 'no-retries';
  /** Whether queues are bounded and what nobody waits for any more is thrown out. Default true. */
  readonly admission?: boolean;
  /** Whether inner tiers retry, too, at once. Default false: retries belong to one layer. */
  readonly innerRetries?: boolean;
  /** Whether a charge is recognised by its idempotency key. Default: whether the client sends one. */
  readonly keyed?: boolean;
  readonly bounds?: ServiceBounds;
}

/** How long a user of the payment API waits. */
export const PATIENCE_MS = 2_000;

const OPEN: AdmissionOptions = {
  concurrency: 1_000,
  queueLimit: 1_000_000,
  order: 'fifo',
  dropsExpired: false,
};

const AT_ONCE: CallOptions = {
  retry: {
    maxAttempts: 4,
    attemptTimeoutMs: 500,
    backoff: backoff({ baseMs: 1, capMs: 1, jitter: 'none' }),
    repeatable: true,
  },
  budget: { kind: 'unlimited' },
  deadlineMs: 60_000,
  sendsDeadline: false,
};

const NEVER: CallOptions = { ...AT_ONCE, retry: { ...AT_ONCE.retry, maxAttempts: 1 } };

/** Requests the risk service works on at once. */
const RISK_WORKERS = 2;

/** Inner tiers of a careless design wait far longer than those who called them. */
const INNER_TIMEOUT_MS = 5_000;

/** What a retry budget makes of a client. */
export function callOptionsOf(contract: RetryContract): CallOptions {
  const { budget, breaker, deadlineMs, exhausted } = contract;
  return {
    retry: policyOf(contract),
    budget,
    ...(breaker === null ? {} : { breaker }),
    deadlineMs,
    sendsDeadline: true,
    ...(exhausted.kind === 'degrade' ? { degraded: exhausted.answer } : {}),
  };
}

/**
 * The case of the retry storm: users call a front end, it calls the payment API, which asks a risk service and then charges. Two workers of the
 * risk service take about 46 ms for each request, so it can do 43 a second while its disk is well.
 */
export function payments(options: PaymentsOptions): ServiceOptions {
  const { admission = true, innerRetries = false, bounds = {} } = options;
  const { client } = options;
  const outer =
    client === 'retry-at-once' ? AT_ONCE : client === 'no-retries' ? NEVER : callOptionsOf(client);
  const isCareful = typeof client === 'object';
  const innerRetry = { ...(innerRetries ? AT_ONCE : NEVER).retry, attemptTimeoutMs: INNER_TIMEOUT_MS };
  const inner: CallOptions = { ...AT_ONCE, retry: innerRetry, sendsDeadline: isCareful };
  const keyed = options.keyed ?? (isCareful && client.idempotencyKey !== null);
  const gate = (concurrency: number, queueLimit: number): AdmissionOptions =>
    admission ? { concurrency, queueLimit, order: 'fifo', dropsExpired: true } : OPEN;
  const tiers: Tier[] = [
    {
      name: 'frontend',
      work: { kind: 'uniform', minUs: 500, maxUs: 1_500 },
      gate: gate(200, 50),
      calls: [{ to: 'payments', how: inner }],
    },
    {
      name: 'payments',
      work: { kind: 'uniform', minUs: 1_000, maxUs: 3_000 },
      gate: gate(100, 20),
      calls: [{ to: 'risk', how: inner }],
      effect: { operations: ['charge'], keyed },
    },
    {
      name: 'risk',
      work: { kind: 'constant', us: 500 },
      diskReads: 80,
      gate: { ...gate(RISK_WORKERS, 10), concurrency: RISK_WORKERS },
    },
  ];
  return {
    name: `payments (${isCareful ? 'retry budget' : client}${admission ? ', admission control' : ''})`,
    tiers,
    operations: ['charge'],
    client: outer,
    patienceMs: PATIENCE_MS,
    bounds,
  };
}
