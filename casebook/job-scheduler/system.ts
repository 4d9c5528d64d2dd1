import {
  atMostOnce,
  type Effect,
  isFinal,
  movesLegally,
  type PatternVerdict,
  sketch,
  type SketchEffect,
  type SketchRun,
  type Subject,
} from 'holdfast';
import { type Build, JOB } from './jobs.ts';
import { mailer, results } from './outside.ts';
import { table, tableOf } from './table.ts';
import { RESULTS, SERVERS, TABLE, worker } from './worker.ts';

export const RESULT_ONCE = 'a job has one result';
export const STEP_ONCE = 'a step has its effect once';
export const HOLDER = 'only the holder of the lease writes a result';
export const LEGAL = 'every job moves as the machine says';
export const ONE_HOLDER = 'a job has one holder at a time';
export const TOKENS = 'every lease has a higher token than the one before';
export const GOES_ON = 'whoever takes a job over goes on where it was';
export const ENDS = 'every job that was accepted ends';

interface Tokened {
  readonly token: number;
  readonly by?: string;
  readonly owner?: string;
  readonly step?: number;
}

const of = ({ effects }: SketchRun, what: string): SketchEffect[] =>
  effects.filter((effect) => effect.what === what);

function resultsOf(run: SketchRun): Effect[] {
  return of(run, 'result').map(({ atUs, key, data, event }) => {
    const { token, by } = data as never as Tokened;
    return { atUs, businessId: key, under: `token ${token} of ${by}`, event };
  });
}

function letters(run: SketchRun): Effect[] {
  return of(run, 'letter').map(({ atUs, key }) => ({ atUs, businessId: `step ${key}`, under: 'its name' }));
}

/** Results written under a token although a later one had been given out and had opened the storage: read from the leases. */
function byOthers(run: SketchRun): PatternVerdict {
  const written = of(run, 'result');
  for (const { atUs, key, data } of written) {
    const { token, by } = data as never as Tokened;
    const before = of(run, 'leased').filter((lease) => lease.key === key && lease.atUs < atUs - OPENING_US);
    const holder = before.map((lease) => lease.data as never as Tokened).at(-1);
    if (holder === undefined || holder.token <= token) continue;
    const reason = `${by} wrote the result of ${key} under token ${token} at ${(atUs / 1_000_000).toFixed(3)} s, when ${holder.owner} had it under token ${holder.token}`;
    return { promise: HOLDER, kept: false, reason, examined: written.length };
  }
  return { promise: HOLDER, kept: true, reason: `${written.length} results`, examined: written.length };
}

/** A lease fences from the moment its holder has opened the storage; none takes longer, unless it stands still itself. */
const OPENING_US = 400_000;

function judged(
  promise: string,
  breaches: readonly string[],
  examined: number,
  what: string,
): PatternVerdict {
  const [first] = breaches;
  if (first === undefined) return { promise, kept: true, reason: `${examined} ${what}`, examined };
  return { promise, kept: false, reason: `${first}; ${breaches.length} in all`, examined };
}

/** Between two leases of a job it was in the queue. */
function oneHolder(run: SketchRun): PatternVerdict {
  const holders = new Map<string, string>();
  const breaches: string[] = [];
  for (const { what, key, data } of run.effects) {
    if (what === 'moved' && data === 'queued') holders.delete(key);
    if (what !== 'leased') continue;
    const { owner = '' } = data as never as Tokened;
    const before = holders.get(key);
    if (before !== undefined) breaches.push(`${owner} was given ${key} while ${before} had it`);
    holders.set(key, owner);
  }
  return judged(ONE_HOLDER, breaches, of(run, 'leased').length, 'leases');
}

function rising(run: SketchRun): PatternVerdict {
  const leases = of(run, 'leased').map(({ key, data }) => ({ key, ...(data as never as Tokened) }));
  const breaches = leases.flatMap(({ key, token }, i) => {
    const before = leases[i - 1];
    if (before === undefined || before.token < token) return [];
    return [`${key} was leased under token ${token} after ${before.key} under ${before.token}`];
  });
  return judged(TOKENS, breaches, leases.length, 'leases');
}

/** Under a token nobody asks for a step that was on record when the lease began. */
function goingOn(run: SketchRun): PatternVerdict {
  const done = new Map(
    of(run, 'leased').map(({ key, data }) => {
      const { token, step = 0 } = data as never as Tokened;
      return [`${key} ${token}`, step] as const;
    }),
  );
  const asked = of(run, 'asked');
  const breaches = asked.flatMap(({ key, data }) => {
    const [job = '', step = ''] = key.split('/');
    const before = done.get(`${job} ${Number(data)}`) ?? 0;
    return Number(step) > before
      ? []
      : [`step ${key} was on record, and done again under token ${Number(data)}`];
  });
  return judged(GOES_ON, breaches, asked.length, 'steps asked for');
}

function ends({ kept, operations }: SketchRun): PatternVerdict {
  const { jobs } = tableOf(kept[TABLE] ?? {});
  const accepted = operations.filter(({ f, outcome }) => f === 'submit' && outcome === 'ok');
  const open = accepted.filter(({ key = '' }) => {
    const job = jobs[key];
    return job === undefined || !isFinal(JOB, job.state);
  });
  const examined = accepted.length;
  const [first] = open;
  if (first === undefined) return { promise: ENDS, kept: true, reason: `${examined} jobs`, examined };
  const { key = '' } = first;
  const reason = `${key} is ${jobs[key]?.state ?? 'gone'} in the end; ${open.length} in all`;
  return { promise: ENDS, kept: false, reason, examined };
}

/** Workers that take jobs from a table under leases. */
export function scheduler(name: string, build: Build): Subject {
  return sketch({
    name,
    nodes: SERVERS,
    operations: ['submit', 'cancel', 'status'],
    survives: ['crash-recovery', 'omission', 'timing'],
    clients: { timeoutMs: 100, attempts: 8 },
    latency: { kind: 'uniform', minUs: 500, maxUs: 4_000 },
    program: (node) => {
      switch (SERVERS[node.index]) {
        case 'table':
          return table(node, build);
        case 'results':
          return results(node, build);
        case 'mailer':
          return mailer(node, build);
        default:
          return worker(node);
      }
    },
    promises: [RESULT_ONCE, STEP_ONCE, HOLDER, ONE_HOLDER, TOKENS, GOES_ON, LEGAL, ENDS],
    judge: (run) => [
      atMostOnce(RESULT_ONCE, 'given a result', resultsOf(run)),
      atMostOnce(STEP_ONCE, 'done', letters(run)),
      byOthers(run),
      oneHolder(run),
      rising(run),
      goingOn(run),
      movesLegally(
        LEGAL,
        JOB,
        of(run, 'moved').map(({ atUs, key, data }) => ({ id: key, to: data as string, atUs })),
      ),
      ends(run),
    ],
    metrics: (run) => {
      const leases = of(run, 'leased').length;
      const jobs = Object.keys(tableOf(run.kept[TABLE] ?? {}).jobs).length;
      return {
        jobs,
        leases,
        'late writes refused': Number(run.kept[RESULTS]?.['refused'] ?? 0),
        'steps asked for': of(run, 'asked').length,
        'letters sent': of(run, 'letter').length,
        results: of(run, 'result').length,
        'leases per job': leases / Math.max(1, jobs),
        'messages per job': run.messages / Math.max(1, jobs),
      };
    },
  });
}
