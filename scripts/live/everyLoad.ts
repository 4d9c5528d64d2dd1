import assert from 'node:assert/strict';
import {
  type ExperimentFile,
  launchReady,
  loadsOf,
  type LoadName,
  loopbackSite,
  play,
  readExperiment,
  REAL_CLOCK,
  type Stage,
  SYSTEMS,
  type System,
  takeHold,
  type WorkloadEntry,
} from '@holdfast/live';
import { expectRun, FinalFailure, lacking, type LiveCheck } from './liveCheck.ts';

type CheckEntry = ExperimentFile['checks'][number];

type Played = Exclude<LoadName, 'watch'>;

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

/** Where a system is asked for the present, and how many members it needs for that. */
const PRESENT: Readonly<
  Record<
    string,
    {
      readonly members: number;
      readonly on?: string;
      readonly mode?: string;
      readonly settings?: Readonly<Record<string, number>>;
    }
  >
> = {
  etcd: { members: 3 },
  redis: { members: 3, on: 'leader' },
  postgres: { members: 1, on: 'leader' },
  zookeeper: { members: 3, mode: 'sync' },
  // Of more than one copy a compare is not one: see below.
  nats: { members: 3, settings: { replicas: 1 } },
  rabbitmq: { members: 1, on: 'leader' },
};

const WATCH = `
format: holdfast-live/1
name: watch
about: A watch that is opened anew behind what it delivered misses nothing while its member is down.
vars: { atomic: true }
subject: { system: etcd, members: 3 }
workload: { of: watch, atomic: '\${atomic}', clients: 6, ratePerSecond: 150, deadlineMs: 1000, forMs: 2500 }
faults: [{ kind: crash, host: N3, atMs: 500, forMs: 800 }]
checks: [{ watchesComplete: true }]
controls: [{ name: opened anew from the present, vars: { atomic: false }, expect: violated }]
`;

const COMPARE = `
format: holdfast-live/1
name: nats-4320
# Reported for 2.9.15 to 2.9.20: where it ends is inferred from that.
about: Of two publishes that expect the same last sequence of a subject, both are accepted when the stream has copies (nats-server issue 4320).
versions: '>=2.9.0 <2.9.21'
vars: { replicas: 3 }
subject: { system: nats, members: 3, settings: { replicas: '\${replicas}' } }
workload: { of: append, clients: 12, keys: 1, ratePerSecond: 500, deadlineMs: 2000, forMs: 2000 }
checks: [{ linearizable: append-log }]
expect: violated
controls: [{ name: one copy, vars: { replicas: 1 }, expect: holds }]
`;

/** A published bug that the workloads of NATS run into on their own. */
function natsCompareCheck(): LiveCheck {
  return {
    name: 'nats #4320: appends that were acknowledged are lost when the stream has copies, and not when it has one',
    skip: () => lacking('nats'),
    async run() {
      const file = readExperiment(COMPARE.trimStart(), 'nats-4320');
      await expectRun(file, { vars: { replicas: 3 }, expect: 'violated' });
      await expectRun(file, { vars: { replicas: 1 }, expect: 'holds' });
    },
  };
}

/** Watches outlive the member they are opened at, or miss what happened meanwhile. */
function watchCheck(): LiveCheck {
  return {
    name: 'watches of etcd miss nothing through a crash, and the twin that watches anew from the present does',
    skip: () => lacking('etcd'),
    async run() {
      const file = readExperiment(WATCH.trimStart(), 'watch');
      await expectRun(file, { expect: 'holds' });
      const broken = await expectRun(file, { vars: { atomic: false }, expect: 'violated' });
      assert.match(broken.verdicts[0]?.reason ?? '', /was never delivered/);
    },
  };
}

/** Every workload on every system that can do it, which must hold, and its broken twin, which must be caught. */
export function everyLoadChecks(): LiveCheck[] {
  const all = SYSTEMS.map((system) => ({
    name: `every workload of ${system.name} holds, and the twin that tears reads from writes is caught`,
    limitSeconds: 240,
    skip: () => lacking(system.name),
    run: () => playAll(system),
  }));
  return [...all, watchCheck(), natsCompareCheck()];
}

async function playAll(system: System): Promise<void> {
  const { members, settings = {} } = PRESENT[system.name] ?? { members: 3 };
  const hold = takeHold();
  try {
    const cluster = await launchReady(system, {
      ledger: hold.ledger,
      site: loopbackSite(),
      members,
      settings,
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
    assert.deepEqual(hold.release(), []);
  }
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
  const file = {
    format: 'holdfast-live/1' as const,
    name: `${of} on ${name}`,
    subject: { system: name },
    workload,
    checks: [check],
    // A load that is never answered shows nothing.
    metrics: [{ of: 'okRate' as const, min: 0.02 }],
  };
  const { status, verdicts, metrics } = await play(file, stage, {});
  const why = [...verdicts.map(({ reason }) => reason), ...metrics.map((one) => JSON.stringify(one))];
  return [status, status === 'holds' ? '' : why.join('\n')];
}
