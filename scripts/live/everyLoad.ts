import assert from 'node:assert/strict';
import { loadsOf, type LoadName, type Stage, SYSTEMS, type System, type WorkloadEntry } from '@holdfast/live';
import { type CheckEntry, onOwnCluster, playedStatus, PRESENT } from './present.ts';
import { FinalFailure, lacking, type LiveCheck } from './liveCheck.ts';

type Played = Exclude<LoadName, 'watch' | 'lease'>;

/** How a sound load runs. */
const CALM = { clients: 8, keys: 2, ratePerSecond: 250, forMs: 800 } as const;
/** How its broken twin runs: many clients at few keys. */
const CROWDED = { clients: 12, keys: 1, ratePerSecond: 700, forMs: 600 } as const;
const ACCOUNTS = 3;
/** Tries of a broken twin, whose clients must happen to meet. */
const TRIES = 3;

/** By what each load is judged. */
const JUDGES: Readonly<Record<Played, CheckEntry>> = {
  registers: { linearizable: 'cas-register' },
  append: { linearizable: 'append-log' },
  set: { checker: 'set-full', with: { linearizable: true } },
  queue: { checker: 'total-queue' },
  lock: { linearizable: 'fenced-lock' },
  bank: { checker: 'bank', with: { total: 30 } },
  'list-append': { checker: 'serializable' },
  'write-skew': { checker: 'serializable' },
};

/** Every workload on every system that can do it, which must hold, and its broken twin, which must be caught. */
export function everyLoadChecks(): LiveCheck[] {
  const all = SYSTEMS.map((system) => ({
    name: `every workload of ${system.name} holds, and the twin that tears reads from writes is caught`,
    limitSeconds: 240,
    skip: () => lacking(system.name),
    run: () => playAll(system),
  }));
  return all;
}

async function playAll(system: System): Promise<void> {
  await onOwnCluster(system, async (stage) => {
    for (const of of loadsOf(system)) if (of !== 'watch' && of !== 'lease') await playOne(system, stage, of);
  });
}

async function playOne(system: System, stage: Stage, of: Played): Promise<void> {
  const [status, why] = await statusOf(system, stage, { of, ...CALM, keyPrefix: `${of}-` });
  if (status === 'violated') throw new FinalFailure(`${of} on ${system.name}: ${why}`);
  assert.equal(status, 'holds', why);
  // RabbitMQ has nothing to read and write apart; its mutex is broken as it is (casebook/museum/rabbitmq-mutex.yaml).
  const broken = system.name === 'rabbitmq' ? { mode: 'unacknowledged' } : { atomic: false };
  if (system.name === 'rabbitmq' && of !== 'queue') return;
  const seen: string[] = [];
  for (let seed = 1; seed <= TRIES && !seen.includes('violated'); seed++) {
    const entry = { of, ...CROWDED, ...broken, seed, keyPrefix: `${of}-torn${seed}-` };
    seen.push((await statusOf(system, stage, entry))[0]);
  }
  assert.ok(
    seen.includes('violated'),
    `${of} of ${system.name}, ${JSON.stringify(broken)}: ${seen.join(', ')}`,
  );
}

async function statusOf(
  { name }: System,
  stage: Stage,
  entry: WorkloadEntry & { readonly of: Played },
): Promise<[status: string, why: string]> {
  const { on, mode } = PRESENT[name] ?? {};
  const { of } = entry;
  const workload: WorkloadEntry = {
    deadlineMs: 2_000,
    ...(of === 'registers' ? { mix: { read: 5, write: 1, cas: 6 } } : {}),
    ...(on === undefined ? {} : { on }),
    ...(mode === undefined || of !== 'registers' ? {} : { mode }),
    ...entry,
    // Of the mutex there is one, which is made with the cluster.
    ...(name === 'rabbitmq' && of === 'lock' ? { keyPrefix: '' } : {}),
    ...(of === 'bank' ? { keys: ACCOUNTS } : {}),
  };
  const check = name === 'rabbitmq' && of === 'lock' ? { linearizable: 'mutex' } : JUDGES[of];
  return playedStatus(name, stage, workload, check);
}
