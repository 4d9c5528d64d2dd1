import assert from 'node:assert/strict';
import {
  type ExperimentFile,
  launchReady,
  loopbackSite,
  play,
  REAL_CLOCK,
  type Stage,
  type System,
  takeHold,
  type WorkloadEntry,
} from '@holdfast/live';

/** One check of a file. */
export type CheckEntry = ExperimentFile['checks'][number];

/** Where a system is asked for the present, and how many members it needs for that. */
export const PRESENT: Readonly<
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

/** Starts a cluster of a system where it is asked for the present, and undoes it in the end. */
export async function onOwnCluster(
  system: System,
  playThere: (stage: Stage) => Promise<void>,
): Promise<void> {
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
      await playThere(stage);
    } finally {
      cluster.close();
    }
  } finally {
    assert.deepEqual(hold.release(), []);
  }
}

/** A load that is never answered shows nothing. */
const ANSWERED: NonNullable<ExperimentFile['metrics']> = [{ of: 'okRate', min: 0.02 }];

/** Plays a workload there; its status, and what to say when it is not `holds`. */
export async function playedStatus(
  name: string,
  stage: Stage,
  workload: WorkloadEntry,
  check: CheckEntry,
  metrics: NonNullable<ExperimentFile['metrics']> = ANSWERED,
): Promise<[status: string, why: string]> {
  const file = {
    format: 'holdfast-live/1' as const,
    name: `${workload.of} on ${name}`,
    subject: { system: name },
    workload,
    checks: [check],
    metrics,
  };
  const { status, verdicts, metrics: measured } = await play(file, stage, {});
  const why = [...verdicts.map(({ reason }) => reason), ...measured.map((one) => JSON.stringify(one))];
  return [status, why.join('\n')];
}
