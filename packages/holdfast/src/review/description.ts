import type { ConsistencyName } from '@holdfast/check';
import type { FaultKind } from '@holdfast/world';
import type { Experiment } from '../experiment/experiment.ts';
import type { StateMachine } from '../invariants/stateMachine.ts';
import type { ServiceOptions } from '../subjects/service/options.ts';
import type { Alert } from './alerts.ts';
import type { IncidentAction } from './incident/procedure.ts';
import type { IncidentSource } from './incident/report.ts';
import type { RolloutPlan } from './rollout/plan.ts';
import type { SeriesOf } from './series.ts';

/** Situations a service is rehearsed in. A rule looks at the plan of the run, not at the name: what must go wrong there is checked. */
export const REHEARSALS = [
  'overload',
  'retries',
  'duplicates',
  'crash-between',
  'lag',
  'failover',
  'split-brain',
  'clocks-within',
  'clocks-beyond',
  'divergence',
  'degraded-load',
  'chaos',
  'replica-down',
  'restore',
  'mixed-versions',
  'replay',
  'forced-promotion',
  'region-failover',
  'reconfiguration',
  'clock-step',
  'good-deploy',
  'bad-deploy',
  'planted-mismatch',
  'adversarial',
  'incident',
] as const;

/** The name of a rehearsal. */
export type RehearsalName = (typeof REHEARSALS)[number];

/** One run of the service, or of the part of it that matters: an experiment and a seed. */
export interface Rehearsal {
  readonly experiment: Experiment;
  /** Default 1. */
  readonly seed?: number;
  /** Promises of the experiment that must have met something there, and held. */
  readonly shows: readonly string[];
}

/** One operation that callers of the service know. */
export interface OperationDescription {
  readonly kind: 'read' | 'write';
  /** What it claims, and the rehearsal in whose contract it stands, under the name it has there. */
  readonly consistency: ConsistencyName | null;
  readonly shown?: { readonly in: RehearsalName; readonly as: string };
  /** Whether it does something to the world that a repetition would do again. */
  readonly sideEffect: boolean;
  /** The header that carries the idempotency key of an operation with a side effect. */
  readonly key?: string;
  /** Promises that watch its safety, each judged in some rehearsal. */
  readonly monitors: readonly string[];
}

/** A side effect that happens later than the answer. */
export interface EffectPath {
  readonly name: string;
  readonly kept: readonly ('outbox' | 'inbox' | 'dedupe')[];
}

/** What failover does, in words, and what it may cost. */
export interface FailoverDescription {
  /** Event of the runbook that says who decides and how clients learn of it. */
  readonly runbook?: string;
  /** The promise that counts acknowledged writes which are gone. */
  readonly promise: string;
  /** Acknowledged writes that a failover may lose. */
  readonly losesAtMost: number;
}

/** What is assumed about clocks, and what comes of it when it is not so. */
export interface ClockAssumptions {
  readonly maxSkewMs?: number;
  readonly maxDriftPpm?: number;
  readonly maxPauseMs?: number;
  /** The promise that rests on it. */
  readonly promise: string;
  /** What becomes of the promise at 1.1 times the drift. */
  readonly beyond: 'holds' | 'violated';
}

/** A path on which copies differ for a while. */
export interface EventualPath {
  readonly name: string;
  /** The job that makes them agree, and how often it runs. */
  readonly job?: { readonly name: string; readonly everyMs: number };
}

/** Copies of the data, and how far the slowest is behind: as the service itself says, and as somebody who sees all would. */
export interface ReplicationDescription {
  readonly reported: SeriesOf;
  readonly truth: SeriesOf;
  /** How far the two may lie apart, in the unit of the series, and for how long they may lie further apart: what is on its way. */
  readonly within: number;
  readonly lateMs: number;
}

/** Memory that overload may take. */
export interface MemoryBound {
  /** Of one request that waits. */
  readonly bytesPerRequest: number;
  readonly capBytes: number;
}

/** The steps of a runbook: a state machine, and what is done in each state. */
export interface RunbookSteps extends StateMachine<string> {
  readonly does: Readonly<Record<string, string>>;
}

/** A step-by-step answer to an event, with what it claims of a rehearsal. */
export interface Runbook {
  readonly event: string;
  readonly owner: string;
  readonly rehearsal: RehearsalName;
  /** The alert that tells of it. */
  readonly signal: string;
  readonly steps: RunbookSteps;
  /** The promise that holds when all is done. */
  readonly end: string;
  /** Where the rehearsal shows the step it is in: a host, and a field of what it shows. */
  readonly shownBy?: { readonly server: string; readonly field: string };
  /** The file of the service, as seen from the folder in which `holdfast verify` is run. */
  readonly source: string;
  /** The document as it is kept, Markdown: `runbookDocument` writes it from the rehearsal. */
  readonly document: string;
}

/** Copies kept elsewhere. */
export interface BackupDescription {
  /** A restore was tried less than this long ago, at any time. */
  readonly restoredEveryMs: number;
  /** The metric of the rehearsal that tells how old the last restore is at its end, ms. */
  readonly ageMetric: string;
}

/** How long keys are remembered, and what that takes. */
export interface IdempotencyDescription {
  readonly keepMs: number;
  /** Keys and answers together. */
  readonly capBytes: number;
  /** The metric of the rehearsal `retries` that tells how much is kept, bytes. */
  readonly bytesMetric: string;
}

/** A queue of what could not be done. */
export interface DeadLetterQueue {
  readonly queue: string;
  readonly owner?: string;
}

/** A person's way around the rules. */
export interface OverrideDescription {
  readonly operation: string;
}

/** What must be so under more load than can be served. */
export interface LoadTargets {
  /** The time within which 99 of 100 good answers come. */
  readonly overloadP99Ms: number;
}

/** What is assumed of the world, and who has looked at it. */
export interface ReviewedModel {
  readonly assumptions: readonly string[];
  readonly reviewer?: string;
  /** As `2026-11-26`. */
  readonly reviewedOn?: string;
}

/** What there is to look at in an incident, and what is done then, in order. */
export interface IncidentPractice {
  readonly sources: readonly IncidentSource[];
  readonly procedure: readonly IncidentAction[];
}

/** A service as its owners describe it, with the rehearsals that show it. Nothing here is believed that a run can tell. */
export interface ServiceDescription {
  readonly name: string;
  readonly about: string;
  readonly operations: Readonly<Record<string, OperationDescription>>;
  /** The call graph with its timeouts, retries and queues: the very options that the rehearsals of load run. */
  readonly calls: ServiceOptions;
  readonly memory: MemoryBound;
  readonly effects: readonly EffectPath[];
  readonly replication: ReplicationDescription;
  readonly failover: FailoverDescription;
  readonly clocks: ClockAssumptions;
  readonly eventual: readonly EventualPath[];
  /** What dashboards show, by name. */
  readonly dashboards: Readonly<Record<string, SeriesOf>>;
  readonly alerts: readonly Alert[];
  readonly runbooks: readonly Runbook[];
  readonly backups: BackupDescription;
  readonly idempotency: IdempotencyDescription;
  readonly deadLetters: readonly DeadLetterQueue[];
  readonly overrides: readonly OverrideDescription[];
  readonly targets: LoadTargets;
  /** What clients do, as a text that they are made of. */
  readonly policy?: { readonly file: string; readonly text: string };
  /** The metrics that show the state of the protocol: term, leader, commit and configVersion. */
  readonly protocolState: Readonly<Record<string, string>>;
  /** The alert that rings when a wall clock is set. */
  readonly clockAlert?: string;
  /** How a new version goes out and back. */
  readonly rollout: RolloutPlan;
  /** Metrics that leave the service. */
  readonly exports: readonly string[];
  /** Safety properties, by the names of promises. */
  readonly properties: readonly string[];
  readonly model: ReviewedModel;
  /** What is done about each kind of fault. */
  readonly failureModes: Readonly<Partial<Record<FaultKind, string>>>;
  readonly incident: IncidentPractice;
  readonly rehearsals: Readonly<Partial<Record<RehearsalName, Rehearsal>>>;
}

/** Kinds of faults that a rehearsal must hold for a rule to look at it: one of each list. */
export type Wanted = readonly (readonly FaultKind[])[];

const brand: unique symbol = Symbol.for('holdfast.service-description');

/** A description that was checked. */
export interface ReviewedService extends ServiceDescription {
  readonly [brand]: true;
}

/** Makes a description reviewable. Throws `DescriptionError` when a part is missing that every service has. */
export function describeService(description: ServiceDescription): ReviewedService {
  if (!/^[A-Za-z0-9][A-Za-z0-9-]*$/.test(description.name)) {
    throw new DescriptionError('name', description.name, 'letters, digits and dashes', 'rename it');
  }
  if (Object.keys(description.operations).length === 0) {
    throw new DescriptionError('operations', [], 'at least one operation', 'name what callers can ask for');
  }
  for (const name of Object.keys(description.rehearsals)) {
    if (REHEARSALS.some((known) => known === name)) continue;
    throw new DescriptionError('rehearsals', name, `one of ${REHEARSALS.join(', ')}`, 'rename it');
  }
  return { ...description, [brand]: true };
}

/** Whether a value is what `describeService()` returned, also from another copy of the package. */
export function isReviewedService(value: unknown): value is ReviewedService {
  return typeof value === 'object' && value !== null && brand in value;
}

/** Thrown for a description no rule can be asked of. */
export class DescriptionError extends Error {
  readonly code = 'BAD_DESCRIPTION';
  readonly field: string;
  readonly value: unknown;
  constructor(field: string, value: unknown, must: string, mend: string) {
    super(
      `Cannot review the service as ${field} must be ${must}: current value is ${JSON.stringify(value)}; ${mend}`,
    );
    this.name = 'DescriptionError';
    this.field = field;
    this.value = value;
  }
}
