import {
  describeService,
  type Experiment,
  INCIDENT_SOURCES,
  type IncidentSource,
  type Rehearsal,
  type RehearsalName,
  type ReviewedService,
  type Runbook,
  type ServiceDescription,
  serversUp,
} from 'holdfast';
import { COPIES } from './copies.ts';
import { adversarial, duplicates, FRONT, type FrontBuild } from './front.ts';
import { copiesRehearsals, frontOf, frontRehearsals, ORDERS } from './orders.ts';
import { badDeploy, goodDeploy, PLAN, plantedMismatch } from './deploy.ts';
import { relayed, renamed } from './scenarios.ts';
import { forcedPromotion, splitBrain } from './store.ts';
import { restore, VAULTED } from './vault.ts';

type Operation = ServiceDescription['operations'][string];

const { rehearsals: PLAYED } = ORDERS;

/** Another run of a rehearsal, which shows what it showed. */
function rehearsed(name: RehearsalName, experiment: Experiment): ReviewedService {
  return varied({ rehearsals: { [name]: { experiment, shows: PLAYED[name]?.shows ?? [] } } });
}

/** A policy by which clients repeat as often as they like. */
const RELENTLESS = FRONT.policy
  .replace('Max attempts: 3', 'Max attempts: 6')
  .replace('from 40 ms, times 2, at most 200 ms', 'from 1 ms, times 1, at most 1 ms')
  .replace('retries 20 % of calls and 1 a second over 10 s', 'retries without limit');

function varied(change: Partial<ServiceDescription>): ReviewedService {
  const rehearsals = { ...ORDERS.rehearsals, ...change.rehearsals };
  return describeService({ ...ORDERS, ...change, rehearsals });
}

function operation(name: 'order' | 'status', change: Partial<Operation>): ReviewedService {
  const before = ORDERS.operations[name] as Operation;
  return varied({ operations: { ...ORDERS.operations, [name]: { ...before, ...change } } });
}

/** A front built otherwise, and the rehearsal of it that this concerns. */
function built(change: Partial<FrontBuild>, name: RehearsalName): ReviewedService {
  const build = { ...FRONT, ...change };
  return varied({ ...frontOf(build), rehearsals: { [name]: frontRehearsals(build)[name] } });
}

function without<T>(record: Readonly<Record<string, T>>, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
}

/** A service that lacks one thing to look at. */
function blind(source: IncidentSource): ReviewedService {
  return varied({
    incident: { ...ORDERS.incident, sources: INCIDENT_SOURCES.filter((name) => name !== source) },
  });
}

const ROUND_AND_ROUND: Runbook = {
  ...(ORDERS.runbooks[0] as Runbook),
  event: 'full disk',
  steps: {
    initial: 'woken',
    moves: { woken: ['cleaned'], cleaned: ['woken'] },
    does: { woken: 'look which files grow', cleaned: 'remove the oldest' },
  },
};

/** For each rule the service that breaks it, and no other: one part of the good one is missing. */
const variants = {
  /** Nobody watches orders. */
  DR1: operation('order', { monitors: [] }),
  /** Nobody has said what a read may return. */
  DR2: operation('status', { consistency: null }),
  /** The front waits for the stock longer than anybody waits for the front. */
  DR3: built({ stockMs: 5_000 }, 'overload'),
  /** All clients that failed together come back together. */
  DR4: built({ policy: FRONT.policy.replace('Jitter: full', 'Jitter: none') }, 'retries'),
  /** An order that comes twice is taken twice. */
  DR5: rehearsed('duplicates', duplicates({ ...FRONT, keyed: false })),
  /** Whoever sends the mail does not remember what it has sent. */
  DR6: rehearsed('crash-between', relayed(false)),
  /** The lag is counted by what was sent. */
  DR7: varied({ rehearsals: copiesRehearsals({ ...COPIES, lagBy: 'sent' }) }),
  /** Nobody has written down what failover does. */
  DR8: varied({ failover: { promise: ORDERS.failover.promise, losesAtMost: 0 } }),
  /** Nothing keeps two of a pair from acting. */
  DR9: rehearsed('split-brain', splitBrain('')),
  /** Somebody believes that clocks do not matter. */
  DR10: varied({ clocks: { ...ORDERS.clocks, beyond: 'holds' } }),
  /** At the front as many may wait as come. */
  DR11: built({ frontQueue: 1_000_000 }, 'overload'),
  /** Nothing finds what the index was not told. */
  DR12: varied({ rehearsals: copiesRehearsals({ ...COPIES, reconcileMs: 0 }) }),
  /** No dashboard shows how full the queues are. */
  PR1: varied({ dashboards: without(ORDERS.dashboards, 'saturation') }),
  /** The health of the quorum is what somebody once configured. */
  PR2: varied({ dashboards: { ...ORDERS.dashboards, 'quorum health': () => [{ atUs: 0, value: 3 }] } }),
  /** Whoever is on call is told that users suffer, as a server is down. */
  PR3: varied({
    alerts: [
      ...ORDERS.alerts,
      {
        name: 'the service is down',
        means: 'user impact',
        series: serversUp,
        when: { is: 'below', bound: 3, forMs: 100 },
      },
    ],
  }),
  /** The runbook for lag names another alert than it did when it was written. */
  PR4: varied({
    runbooks: ORDERS.runbooks.map((runbook) =>
      runbook.event === 'lag'
        ? { ...runbook, document: runbook.document.replace('a replica lags', 'lag') }
        : runbook,
    ),
  }),
  /** Load was tried in a network where nothing is slow. */
  PR5: varied({ rehearsals: { 'degraded-load': PLAYED.retries as Rehearsal } }),
  /** Chaos was tried without anybody standing still. */
  PR6: varied({ rehearsals: { chaos: PLAYED['replica-down'] as Rehearsal } }),
  /** A backup was restored once. */
  PR7: rehearsed('restore', restore({ ...VAULTED, restoreMs: 0 })),
  /** A column is renamed while old servers read it. */
  PR8: rehearsed('mixed-versions', renamed(false)),
  /** Keys are forgotten while clients still repeat. */
  PR9: varied({ idempotency: { ...ORDERS.idempotency, keepMs: 500 } }),
  /** Nobody looks after what was set aside. */
  PR10: varied({ deadLetters: [{ queue: 'letters' }] }),
  /** An operator's word is enough. */
  PR11: rehearsed('forced-promotion', forcedPromotion('')),
  /** Too many wait for the stock to be answered soon. */
  ON1: built({ stockQueue: 36 }, 'overload'),
  /** The members were never changed under load. */
  ON2: varied({ rehearsals: { reconfiguration: PLAYED['region-failover'] as Rehearsal } }),
  /** Nobody can see which configuration is in force. */
  ON3: varied({ protocolState: without(ORDERS.protocolState, 'configVersion') }),
  /** Clients do something else than is written down. */
  ON4: varied({
    policy: { file: 'RETRY_POLICY', text: FRONT.policy.replace('Max attempts: 3', 'Max attempts: 2') },
  }),
  /** A clock is set, and nobody is told. */
  ON5: varied({ alerts: ORDERS.alerts.filter(({ name }) => name !== 'a clock jumped') }),
  /** A playbook goes round and round. */
  ON6: varied({ runbooks: [...ORDERS.runbooks, ROUND_AND_ROUND] }),
  /** The new version writes nothing that the old one reads. */
  RB1: rehearsed('good-deploy', goodDeploy({ ...PLAN, dualWrite: false })),
  /** Nobody compares the two copies. */
  RB2: rehearsed('planted-mismatch', plantedMismatch({ ...PLAN, dualVerify: false })),
  /** Of the stages nothing is written down. */
  RB3: rehearsed('bad-deploy', badDeploy(PLAN, 'forgets stages')),
  /** Somebody waits to see whether it gets better. */
  RB4: rehearsed('bad-deploy', badDeploy(PLAN, 'hesitates')),
  /** All servers get the new version at once. */
  RB5: rehearsed('bad-deploy', badDeploy({ ...PLAN, stages: [4] })),
  /** A snapshot that is not installed is not counted. */
  RC1: varied({ exports: ORDERS.exports.filter((name) => name !== 'snapshot_install_failures') }),
  /** A property stands in the file that nobody ever looks for. */
  RC2: varied({ properties: [...ORDERS.properties, 'no account is overdrawn'] }),
  /** The way back is not gone to its end: one server keeps the new version. */
  RC3: rehearsed('bad-deploy', badDeploy(PLAN, 'leaves one')),
  /** Nobody has looked at the assumptions. */
  RC4: varied({ model: { assumptions: ORDERS.model.assumptions } }),
  /** Nobody has thought of processes that stand still. */
  RC5: varied({ failureModes: without(ORDERS.failureModes, 'pause') }),
  /** Under attack clients repeat as often as they like. */
  RC6: rehearsed('adversarial', adversarial({ ...FRONT, policy: RELENTLESS })),
  /** What wall clocks showed is not kept. */
  IN1: blind('wall clocks'),
  /** Nobody knows when a log arrived. */
  IN2: blind('ingestion times'),
  /** Nobody knows who called whom. */
  IN3: blind('calls'),
  /** Deploys are not written down. */
  IN4: blind('changes'),
  /** Members do not show who leads. */
  IN5: blind('protocol state'),
  /** Only the service itself is watched. */
  IN6: blind('components'),
  /** Nobody counts what is tried again. */
  IN7: blind('load'),
  /** Nobody looks at clocks. */
  IN8: blind('clocks'),
  /** What happened is replayed, and then the logs are kept. */
  IN9: varied({ incident: { ...ORDERS.incident, procedure: ['replay', 'preserve', 'compact'] } }),
  /** What became of operations without an answer is not asked. */
  IN10: blind('outcomes'),
} as const satisfies Readonly<Record<string, ReviewedService>>;

export default variants;
