import { describeService, difference, type ReviewedService, type ServiceDescription, shown } from 'holdfast';
import { COPIES, type CopiesBuild, divergence, INDEX_AGREES, lag } from './copies.ts';
import { duplicates, FRONT, front, type FrontBuild, overload, retries } from './front.ts';
import { clocksBeyond, clocksWithin, DRIFT_PPM, failover, splitBrain } from './store.ts';
import { doubleRelay, relayed } from './mail.ts';

/** What keeps two of a pair from acting at one time. */
export const PREVENTIONS = 'fencing-tokens quorum-election fail-closed epochs-in-commands';

/** The seed on which clocks that are worse than assumed do harm. */
const HARM = 5;

const LINEARIZABILITY = 'linearizability';

/** Rehearsals that are the same whatever the service is built of. */
const SPLIT_BRAIN = splitBrain(PREVENTIONS);
const CRASH_BETWEEN = relayed(true);

/** A service that takes orders: a front before the stock, a replicated store, copies of the orders, mail about them. */
export const ORDERS: ServiceDescription = {
  name: 'orders',
  about: 'takes orders, keeps them in a replicated store, and sends mail about each',
  operations: {
    order: {
      kind: 'write',
      consistency: 'linearizable',
      shown: { in: 'failover', as: 'write' },
      sideEffect: true,
      key: 'Idempotency-Key',
      monitors: ['no acknowledged write lost', 'state machine safety'],
    },
    status: {
      kind: 'read',
      consistency: 'linearizable',
      shown: { in: 'failover', as: 'read' },
      sideEffect: false,
      monitors: [],
    },
  },
  ...frontOf(FRONT),
  memory: { bytesPerRequest: 4_096, capBytes: 1_000_000 },
  effects: [{ name: 'mail', kept: ['outbox', 'inbox'] }],
  replication: {
    reported: shown('first', 'lag'),
    truth: difference(shown('first', 'head'), shown('second', 'applied')),
    within: 1,
    lateMs: 5,
  },
  failover: { runbook: 'leader loss', promise: 'no acknowledged write lost', losesAtMost: 0 },
  clocks: {
    maxSkewMs: 1_000,
    maxDriftPpm: DRIFT_PPM,
    maxPauseMs: 500,
    promise: LINEARIZABILITY,
    beyond: 'violated',
  },
  eventual: [{ name: 'search index', job: { name: 'compare the index with the orders', everyMs: 300 } }],
  runbooks: [
    {
      event: 'leader loss',
      steps: [
        'The store elects another leader by itself, by a majority; nobody decides by hand.',
        'Clients ask the next server when they hear nothing, and repeat under the same key.',
      ],
    },
  ],
  rehearsals: {
    ...frontRehearsals(FRONT),
    ...copiesRehearsals(COPIES),
    'crash-between': { experiment: CRASH_BETWEEN, shows: [doubleRelay] },
    failover: { experiment: failover, shows: [LINEARIZABILITY] },
    'split-brain': { experiment: SPLIT_BRAIN, shows: ['one authority at a time', 'nothing is done twice'] },
    'clocks-within': { experiment: clocksWithin, seed: HARM, shows: [LINEARIZABILITY] },
    'clocks-beyond': { experiment: clocksBeyond, seed: HARM, shows: [] },
  },
};

/** The call graph of a front. */
export function frontOf(build: FrontBuild): Pick<ServiceDescription, 'calls'> {
  return { calls: front(build) };
}

/** The rehearsals of load, of a front built like this. */
export function frontRehearsals(build: FrontBuild): ServiceDescription['rehearsals'] {
  return {
    overload: {
      experiment: overload(build),
      shows: ['no work for users who have gone', 'bounded queues'],
    },
    retries: { experiment: retries(build), shows: ['bounded amplification'] },
    duplicates: { experiment: duplicates(build), shows: ['one effect for each call'] },
  };
}

/** The rehearsals of copies that are built like this. */
export function copiesRehearsals(build: CopiesBuild): ServiceDescription['rehearsals'] {
  return {
    lag: { experiment: lag(build), shows: [] },
    divergence: { experiment: divergence(build), shows: [INDEX_AGREES] },
  };
}

const service: ReviewedService = describeService(ORDERS);

export default service;
