import { unclaimed } from '../../experiment/contract.ts';
import { type Experiment, experiment } from '../../experiment/experiment.ts';
import { exactly } from '../../faults/exactly.ts';
import { calls } from '../service/load.ts';
import type { CallOptions, Dependency, ServiceOptions, Tier } from '../service/options.ts';
import { service } from '../service/service.ts';

/** What all paths share. */
export const SHARED_DEPENDENCIES = ['storage', 'dns', 'auth', 'queue'] as const;
/** One of them. */
export type SharedDependency = (typeof SHARED_DEPENDENCIES)[number];

/** What each operation needs; `status` needs nothing. */
const NEEDS: Readonly<Record<string, readonly SharedDependency[]>> = {
  view: ['storage'],
  find: ['dns'],
  login: ['auth', 'storage'],
  order: ['auth', 'storage', 'queue'],
  status: [],
};

/** When the dependency stands still, and how long a user waits. */
export const OUTAGE = { fromUs: 3_000_000, untilUs: 6_000_000, patienceUs: 1_000_000 } as const;

const WORKERS = 20;
/** Requests that may wait for one dependency, where there are bulkheads: all together leave workers free. */
const BULKHEAD = 4;
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

/** A front end whose operations need four shared services, with bulkheads between them or without. */
export function sharedService(hasBulkheads: boolean): ServiceOptions {
  const tier = (name: string): Tier => ({
    name,
    work: { kind: 'uniform', minUs: 3_000, maxUs: 9_000 },
    gate: { ...OPEN, concurrency: WORKERS },
  });
  const frontCalls = SHARED_DEPENDENCIES.map((to): Dependency => {
    const operations = Object.keys(NEEDS).filter((operation) => NEEDS[operation]?.includes(to));
    return { to, operations, how: PATIENT, ...(hasBulkheads ? { atOnce: BULKHEAD } : {}) };
  });
  return {
    name: 'shared dependencies',
    tiers: [{ ...tier('frontend'), calls: frontCalls }, ...SHARED_DEPENDENCIES.map(tier)],
    operations: Object.keys(NEEDS),
    client: PATIENT,
    patienceMs: OUTAGE.patienceUs / 1_000,
    bounds: {},
  };
}

/** Its load, and one of what it shares standing still for three seconds. */
export function dependencyOutage(down: SharedDependency, hasBulkheads: boolean): Experiment {
  const operations = Object.keys(NEEDS);
  return experiment({
    name: `without-${down}${hasBulkheads ? '' : '-no-bulkheads'}`,
    subject: service(sharedService(hasBulkheads)),
    workload: calls({
      clients: 5,
      ratePerSecond: 100,
      mix: Object.fromEntries(operations.map((f) => [f, 1])),
    }),
    faults: [
      exactly([{ kind: 'pause', host: down, atUs: OUTAGE.fromUs, forUs: OUTAGE.untilUs - OUTAGE.fromUs }]),
    ],
    contract: Object.fromEntries(
      operations.map((f) => [f, unclaimed({ duringPartition: 'reject', availability: 'none' })]),
    ),
    bounds: { simulatedSeconds: 12, recoverWithinMs: 2_000 },
  });
}
