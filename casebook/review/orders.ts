import { readFileSync } from 'node:fs';
import {
  clockJumps,
  describeService,
  difference,
  errorShare,
  INCIDENT_SOURCES,
  leaderChanges,
  type RehearsalName,
  replicationLag,
  requestRate,
  type ReviewedService,
  ROLLOUT_PROMISES,
  type Runbook,
  type ServiceDescription,
  serversUp,
  shown,
  tailLatency,
  waiting,
} from 'holdfast';
import { COPIES, type CopiesBuild, divergence, INDEX_AGREES, lag } from './copies.ts';
import { badDeploy, goodDeploy, PLAN, plantedMismatch } from './deploy.ts';
import {
  adversarial,
  degradedLoad,
  duplicates,
  FRONT,
  front,
  type FrontBuild,
  overload,
  retries,
} from './front.ts';
import { replay, REPLAYED } from './letters.ts';
import { plannedIncident, SERVED } from './path.ts';
import { clockBackward, clockSet, doubleRelay, relayed, renamed, renamedColumn } from './scenarios.ts';
import { STEPS } from './steps.ts';
import {
  chaos,
  clocksBeyond,
  clocksWithin,
  DRIFT_PPM,
  failover,
  forcedPromotion,
  reconfiguration,
  regionFailover,
  replicaDown,
  splitBrain,
} from './store.ts';
import { restore, RESTORE_AGE, RESTORED, VAULTED } from './vault.ts';

/** What keeps two of a pair from acting at one time. */
export const PREVENTIONS = 'fencing-tokens quorum-election fail-closed epochs-in-commands';

/** The seed on which clocks that are worse than assumed do harm. */
const HARM = 5;

const LINEARIZABILITY = 'linearizability';
const ONE_AUTHORITY = 'one authority at a time';

/** What is done about each kind of fault that rehearsals inject. */
const MITIGATIONS: ServiceDescription['failureModes'] = {
  crash: 'the others go on by a majority; whoever comes back has its disk',
  pause: 'a lease is over by the clock of whoever gives it, and old tokens are refused',
  partition: 'the side without a majority refuses',
  'one-way': 'a leader that is not heard by a majority steps down',
  loss: 'what is not answered is sent again, under the same key',
  duplicate: 'whoever receives knows what it has seen',
  'slow-link': 'deadlines travel with calls, and what nobody waits for is thrown out',
  'narrow-link': 'queues are bounded, and what is too much is refused',
  'slow-cpu': 'queues are bounded, and what is too much is refused',
  'clock-drift': 'leases have a margin for a drift of a quarter',
  'clock-step': 'durations are measured by monotonic clocks',
  upgrade: 'each version reads what the other writes',
};

/** A runbook whose document is kept beside this file. */
function runbook(event: keyof typeof STEPS, rehearsal: RehearsalName, signal: string, end: string): Runbook {
  const document = readFileSync(
    new URL(`runbooks/${event.replaceAll(' ', '-')}.md`, import.meta.url),
    'utf8',
  );
  return {
    event,
    owner: 'whoever is on call',
    rehearsal,
    signal,
    steps: STEPS[event],
    end,
    source: 'casebook/review/orders.ts',
    document,
  };
}

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
  dashboards: {
    'request rate': requestRate,
    errors: errorShare,
    saturation: waiting,
    'tail latency': tailLatency,
    'quorum health': serversUp,
    'leader changes': leaderChanges,
    'replication lag': replicationLag,
  },
  alerts: [
    {
      name: 'users get errors',
      means: 'user impact',
      series: errorShare,
      when: { is: 'above', bound: 0.2, forMs: 200 },
    },
    {
      name: 'a server is down',
      means: 'lost redundancy',
      series: serversUp,
      when: { is: 'below', bound: 3, forMs: 200 },
    },
    {
      name: 'the leader changed',
      means: 'lost redundancy',
      series: leaderChanges,
      when: { is: 'above', bound: 1, forMs: 0 },
    },
    {
      name: 'a replica lags',
      means: 'lost redundancy',
      series: replicationLag,
      when: { is: 'above', bound: 3, forMs: 200 },
    },
    {
      name: 'letters wait',
      means: 'lost redundancy',
      series: shown('worker', 'waiting'),
      when: { is: 'above', bound: 0, forMs: 100 },
    },
    {
      name: 'the new version fails',
      means: 'lost redundancy',
      series: shown('operator', 'value'),
      when: { is: 'above', bound: 0.2, forMs: 0 },
    },
    {
      name: 'a clock jumped',
      means: 'lost redundancy',
      series: clockJumps,
      when: { is: 'above', bound: 100, forMs: 0 },
    },
  ],
  runbooks: [
    runbook('leader loss', 'failover', 'the leader changed', LINEARIZABILITY),
    runbook('partition', 'region-failover', 'the leader changed', LINEARIZABILITY),
    runbook('lag', 'replica-down', 'a replica lags', LINEARIZABILITY),
    runbook('replay', 'replay', 'letters wait', REPLAYED),
    {
      ...runbook('bad deploy', 'bad-deploy', 'the new version fails', ROLLOUT_PROMISES.verified),
      shownBy: { server: 'operator', field: 'state' },
    },
  ],
  backups: { restoredEveryMs: 1_000, ageMetric: RESTORE_AGE },
  idempotency: { keepMs: 86_400_000, capBytes: 500_000_000, bytesMetric: 'keyBytes' },
  deadLetters: [{ queue: 'letters', owner: 'the team of the shop' }],
  overrides: [{ operation: 'force' }],
  targets: { overloadP99Ms: 300 },
  protocolState: { term: 'term', leader: 'leader', commit: 'commit_index', configVersion: 'config_version' },
  clockAlert: 'a clock jumped',
  rollout: PLAN,
  exports: [
    'leader_changes_per_minute',
    'commit_index_monotonic',
    'snapshot_install_failures',
    'quorum_acks_latency_p99',
    'rejected_requests_due_to_admission_control',
  ],
  properties: [
    'election safety',
    'state machine safety',
    'no acknowledged write lost',
    'one authority at a time',
  ],
  model: {
    assumptions: [
      'members crash and come back with their disks; nobody lies',
      'messages are lost, doubled, late, in another order',
      'clocks drift by a quarter at most; a pause lasts half a second at most',
    ],
    reviewer: 'the team of the store',
    reviewedOn: '2026-11-02',
  },
  failureModes: MITIGATIONS,
  incident: { sources: INCIDENT_SOURCES, procedure: ['preserve', 'replay', 'compact'] },
  rehearsals: {
    ...frontRehearsals(FRONT),
    ...copiesRehearsals(COPIES),
    'crash-between': { experiment: CRASH_BETWEEN, shows: [doubleRelay] },
    failover: { experiment: failover, shows: [LINEARIZABILITY] },
    'split-brain': { experiment: SPLIT_BRAIN, shows: [ONE_AUTHORITY, 'nothing is done twice'] },
    'clocks-within': { experiment: clocksWithin, seed: HARM, shows: [LINEARIZABILITY] },
    'clocks-beyond': { experiment: clocksBeyond, seed: HARM, shows: [] },
    chaos: { experiment: chaos, shows: [LINEARIZABILITY] },
    'replica-down': { experiment: replicaDown, shows: [LINEARIZABILITY] },
    restore: { experiment: restore(VAULTED), shows: [RESTORED] },
    'mixed-versions': { experiment: renamed(true), shows: [renamedColumn] },
    replay: { experiment: replay(true), shows: [REPLAYED] },
    'forced-promotion': {
      experiment: forcedPromotion('stonith no-force-promotion'),
      shows: [ONE_AUTHORITY],
    },
    'region-failover': { experiment: regionFailover, shows: [LINEARIZABILITY, 'liveness after healing'] },
    reconfiguration: { experiment: reconfiguration, shows: [LINEARIZABILITY, 'liveness after healing'] },
    'clock-step': { experiment: clockSet, shows: [clockBackward] },
    'good-deploy': { experiment: goodDeploy(PLAN), shows: [ROLLOUT_PROMISES.compatible] },
    'bad-deploy': { experiment: badDeploy(PLAN), shows: [ROLLOUT_PROMISES.ended] },
    incident: { experiment: plannedIncident('pool'), shows: [SERVED] },
    'planted-mismatch': { experiment: plantedMismatch(PLAN), shows: [ROLLOUT_PROMISES.verified] },
  },
};

/** The call graph of a front. */
export function frontOf(build: FrontBuild): Pick<ServiceDescription, 'calls' | 'policy'> {
  return { calls: front(build), policy: { file: 'RETRY_POLICY', text: build.policy } };
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
    'degraded-load': { experiment: degradedLoad(build), shows: ['users are served'] },
    adversarial: {
      experiment: adversarial(build),
      shows: ['bounded queues', 'bounded amplification', 'recovery after the fault'],
    },
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
