import assert from 'node:assert/strict';
import {
  type ExperimentFile,
  type Hold,
  launchReady,
  loadsOf,
  type LoadName,
  loopbackSite,
  play,
  REAL_CLOCK,
  type Stage,
  SYSTEMS,
  type System,
  takeHold,
  type WorkloadEntry,
} from '@holdfast/live';
import { lacking, type LiveCheck } from './liveCheck.ts';

type CheckEntry = ExperimentFile['checks'][number];

/** How long each load runs. */
const FOR_MS = 1_200;
/** Tries of a broken twin, whose clients must happen to meet. */
const TRIES = 3;

/** By what each load is judged. */
const JUDGES: Readonly<Record<Exclude<LoadName, 'watch'>, CheckEntry>> = {
  registers: { linearizable: 'cas-register' },
  append: { linearizable: 'append-log' },
  set: { checker: 'set-full', with: { linearizable: true } },
  queue: { checker: 'total-queue' },
  lock: { linearizable: 'fenced-lock' },
  bank: { checker: 'bank', with: { total: 30 } },
  'list-append': { checker: 'serializable' },
  'write-skew': { checker: 'serializable' },
};

/** Where a system is asked for the present, and how many members it needs for that. */
const PRESENT: Readonly<
  Record<string, { readonly members: number; readonly on?: string; readonly mode?: string }>
> = {
  etcd: { members: 3 },
  redis: { members: 3, on: 'leader' },
  postgres: { members: 1, on: 'leader' },
  zookeeper: { members: 3, mode: 'sync' },
  nats: { members: 3 },
  rabbitmq: { members: 1, on: 'leader' },
};

/** Every workload on every system that can do it, which must hold, and its broken twin, which must be caught. */
export function everyLoadChecks(): LiveCheck[] {
  return SYSTEMS.map((system) => ({
    name: `every workload of ${system.name} holds, and the twin that tears reads from writes is caught`,
    skip: () => lacking(system.name),
    run: () => playAll(system),
  }));
}

async function playAll(system: System): Promise<void> {
  const { members } = PRESENT[system.name] ?? { members: 3 };
  const hold = takeHold();
  try {
    const cluster = await launchReady(system, {
      ledger: hold.ledger,
      site: loopbackSite(),
      members,
      settings: {},
    });
    const stage: Stage = {
      cluster,
      clock: REAL_CLOCK,
      mesh: undefined,
      striker: () => ({ strike: () => Promise.reject(new Error('nothing strikes here')) }),
      readyMs: 0,
      close: () => Promise.resolve(),
    };
    try {
      for (const of of loadsOf(system)) if (of !== 'watch') await playOne(system, stage, of);
    } finally {
      cluster.close();
    }
  } finally {
    assert.deepEqual(release(hold), []);
  }
}

function release(hold: Hold): readonly string[] {
  return hold.release();
}

async function playOne(system: System, stage: Stage, of: Exclude<LoadName, 'watch'>): Promise<void> {
  assert.deepEqual(await statusOf(system, stage, { of, keyPrefix: `${of}-` }), ['holds', '']);
  if (!['read', 'write'].every((f) => system.actions.includes(f))) return;
  const seen: string[] = [];
  for (let i = 1; i <= TRIES && !seen.includes('violated'); i++) {
    const [status] = await statusOf(system, stage, {
      of,
      keyPrefix: `${of}-torn${i}-`,
      atomic: false,
      seed: i,
    });
    seen.push(status);
  }
  assert.ok(seen.includes('violated'), `${of} without atomicity on ${system.name}: ${seen.join(', ')}`);
}

async function statusOf(
  { name }: System,
  stage: Stage,
  entry: WorkloadEntry & { readonly of: Exclude<LoadName, 'watch'> },
): Promise<[status: string, why: string]> {
  const { on, mode } = PRESENT[name] ?? {};
  const check = name === 'rabbitmq' && entry.of === 'lock' ? { linearizable: 'mutex' } : JUDGES[entry.of];
  const played = await play(
    {
      format: 'holdfast-live/1',
      name: `${entry.of} on ${name}`,
      subject: { system: name },
      workload: {
        keys: entry.of === 'list-append' ? 3 : 2,
        clients: 8,
        ratePerSecond: 250,
        deadlineMs: 2_000,
        forMs: FOR_MS,
        ...(on === undefined ? {} : { on }),
        ...(mode === undefined || entry.of !== 'registers' ? {} : { mode }),
        ...entry,
        ...(entry.of === 'bank' ? { keys: 3 } : {}),
        ...(name === 'rabbitmq' ? { keyPrefix: '' } : {}),
      },
      checks: [check],
      metrics: [{ of: 'okRate', min: 0.02 }],
    },
    stage,
    {},
  );
  const counts = new Map<string, number>();
  for (const { f, outcome } of played.recording.history.operations)
    counts.set(`${f} ${outcome}`, (counts.get(`${f} ${outcome}`) ?? 0) + 1);
  console.log(
    `  ${name} ${entry.of}${entry.atomic === false ? ' torn' : ''}: ${played.status} ${JSON.stringify(Object.fromEntries(counts))}`,
  );
  return [
    played.status,
    played.status === 'holds' ? '' : played.verdicts.map(({ reason }) => reason).join('\n'),
  ];
}
