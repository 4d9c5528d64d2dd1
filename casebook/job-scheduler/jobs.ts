import { attemptMove, noRefusals, type RefusedMoves, type StateMachine } from 'holdfast';

/** Where a job stands. A lease that is over leads back to `queued`; nothing follows the last three. */
export type JobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

export const JOB: StateMachine<JobState> = {
  initial: 'queued',
  moves: {
    queued: ['running', 'cancelled'],
    running: ['queued', 'succeeded', 'failed'],
    succeeded: [],
    failed: [],
    cancelled: [],
  },
};

/** Steps of a job, and how long somebody may work on it without a sign of life, ms. */
export const STEPS = 4;
export const LEASE_MS = 240;

/** How the scheduler is built; each part can be left out. */
export interface Build {
  /** Whether a claim names the version it saw. */
  readonly compares: boolean;
  /** Whether results are refused that carry a token below the highest. */
  readonly fences: boolean;
  /** Whether a step that comes again is recognised. */
  readonly idempotent: boolean;
  /** Whether leases, tokens and signs of life are on the disk. */
  readonly durable: boolean;
  /** Whether whoever takes a job over goes on where the other was. */
  readonly resumes: boolean;
}

export const WHOLE: Build = { compares: true, fences: true, idempotent: true, durable: true, resumes: true };

export interface Job {
  readonly state: JobState;
  /** Goes up with every change of owner: what a claim compares. */
  readonly version: number;
  readonly owner: string;
  /** The fencing token of the lease; 0 before the first. */
  readonly token: number;
  /** By the table's clock. */
  readonly leaseUntilMs: number;
  /** Steps that are done. */
  readonly step: number;
}

/** The table of all jobs: plain data. */
export interface JobTable {
  readonly jobs: Record<string, Job>;
  lastToken: number;
  readonly refused: RefusedMoves;
}

export function emptyTable(): JobTable {
  return { jobs: {}, lastToken: 0, refused: noRefusals() };
}

/** What came of a deed: the job after it, undefined when it is refused. */
type After = Job | undefined;

function move(table: JobTable, name: string, to: JobState, change: Partial<Job>): After {
  const job = table.jobs[name];
  if (job === undefined || attemptMove(JOB, table.refused, job.state, to) !== to) return undefined;
  const next = { ...job, ...change, state: to };
  table.jobs[name] = next;
  return next;
}

export function submit(table: JobTable, name: string): Job {
  return (table.jobs[name] ??= {
    state: JOB.initial,
    version: 1,
    owner: '',
    token: 0,
    leaseUntilMs: 0,
    step: 0,
  });
}

/** Jobs nobody works on. A lease is over by the table's clock alone. */
export function endLeases(table: JobTable, nowMs: number): string[] {
  const over = Object.keys(table.jobs).filter((name) => {
    const job = table.jobs[name];
    return job?.state === 'running' && job.leaseUntilMs <= nowMs;
  });
  for (const name of over) move(table, name, 'queued', { owner: '' });
  return over;
}

/** Compare-and-swap: the job is the claimer's if it is as the claimer saw it. Each lease has a token above all before. */
export function claim(
  table: JobTable,
  name: string,
  by: { readonly owner: string; readonly version: number; readonly nowMs: number },
  { compares }: Build,
): After {
  const job = table.jobs[name];
  if (job === undefined || (compares && job.version !== by.version)) return undefined;
  const lease = {
    owner: by.owner,
    token: table.lastToken + 1,
    version: job.version + 1,
    leaseUntilMs: by.nowMs + LEASE_MS,
  };
  // Broken twin: whoever asks has it, also what somebody else is working on.
  const taken =
    !compares && job.state === 'running'
      ? (table.jobs[name] = { ...job, ...lease })
      : move(table, name, 'running', lease);
  if (taken !== undefined) table.lastToken++;
  return taken;
}

function isHolder(table: JobTable, name: string, token: number): boolean {
  const job = table.jobs[name];
  return job?.state === 'running' && job.token === token;
}

/** A sign of life: more time, and how far the work is. */
export function beat(table: JobTable, name: string, token: number, step: number, nowMs: number): boolean {
  const job = table.jobs[name];
  if (job === undefined || !isHolder(table, name, token)) return false;
  table.jobs[name] = { ...job, leaseUntilMs: nowMs + LEASE_MS, step: Math.max(job.step, step) };
  return true;
}

export function finish(table: JobTable, name: string, token: number, to: 'succeeded' | 'failed'): boolean {
  if (table.jobs[name]?.state === to) return true;
  return isHolder(table, name, token) && move(table, name, to, {}) !== undefined;
}

export function cancel(table: JobTable, name: string): boolean {
  return move(table, name, 'cancelled', {}) !== undefined;
}
