import {
  type Experiment,
  exactly,
  experiment,
  type FaultDraft,
  linearizable,
  type PlannedOperation,
  raftKv,
  type RaftKvOptions,
  type Workload,
} from 'holdfast';

/** How reads are made: as log entries, after asking a quorum (ReadIndex), under a lease, or from whatever a node has. */
export type ReadMode = NonNullable<RaftKvOptions['reads']>;

/** Phases of a run, ms. N1 leads in `cutOff` and in `asleep`. */
export const PHASES = {
  calm: [1_800, 3_000],
  /** {N1,C1} and {N5,C3} can each reach nobody else. */
  cutOff: [3_000, 6_000],
  /** N1, which leads again, sleeps for most of this as a whole machine, its clock included; it wakes cut off with C1. */
  asleep: [9_000, 12_000],
} as const;

const AWAKE_MS = 11_000;

const WRITE_EVERY_MS = 50;
const READ_EVERY_MS = 25;

/** C2 keeps a configuration up to date under two keys; C1 reads it through N1, C3 through N5, C4 through anybody. */
const configuration: Workload = {
  name: 'configuration',
  clients: 4,
  operations: ['read', 'write'],
  model: 'cas-register',
  plan: ({ choices, fromUs, untilUs, finalUntilUs }) => {
    const planned: Omit<PlannedOperation, 'id'>[] = [];
    const every = (ms: number, from: number, until: number, add: (atUs: number) => void): void => {
      for (let atUs = from; ; ) {
        atUs += 1 + choices.between(ms * 500, ms * 1_500, 'gap');
        if (atUs >= until) return;
        add(atUs);
      }
    };
    const key = (): string => `k${choices.below(2, 'key')}`;
    let value = 0;
    every(WRITE_EVERY_MS, fromUs, untilUs, (atUs) =>
      planned.push({ atUs, client: 1, f: 'write', key: key(), input: ++value }),
    );
    for (const client of [0, 2, 3]) {
      every(READ_EVERY_MS, fromUs, untilUs, (atUs) =>
        planned.push({ atUs, client, f: 'read', key: key(), input: null }),
      );
    }
    every(100, untilUs, finalUntilUs, (atUs) =>
      planned.push({ atUs, client: 1, f: 'read', key: key(), input: null }),
    );
    return planned.toSorted((a, b) => a.atUs - b.atUs).map((operation, id) => ({ ...operation, id }));
  },
};

const span = ([fromMs, untilMs]: readonly [number, number]): { atUs: number; forUs: number } => ({
  atUs: fromMs * 1_000,
  forUs: (untilMs - fromMs) * 1_000,
});

/** C1 reaches N1 only, and C3 reaches N5 only, all the time. */
const PINNED: readonly FaultDraft[] = [
  { kind: 'bridge', left: ['C1'], right: ['N2', 'N3', 'N4', 'N5'], ...span([0, 14_000]) },
  { kind: 'bridge', left: ['C3'], right: ['N1', 'N2', 'N3', 'N4'], ...span([0, 14_000]) },
];

const FAULTS: readonly FaultDraft[] = [
  ...PINNED,
  {
    kind: 'partition',
    groups: [
      ['N1', 'C1'],
      ['N5', 'C3'],
      ['N2', 'N3', 'N4', 'C2', 'C4'],
    ],
    unlisted: 'isolated',
    ...span(PHASES.cutOff),
  },
  {
    kind: 'partition',
    groups: [
      ['N1', 'C1'],
      ['N2', 'N3', 'N4', 'N5', 'C2', 'C3', 'C4'],
    ],
    unlisted: 'isolated',
    ...span(PHASES.asleep),
  },
  { kind: 'suspend', host: 'N1', ...span([PHASES.asleep[0], AWAKE_MS]) },
];

const WITHOUT_SLEEP = FAULTS.filter(({ kind }) => kind !== 'suspend');

/** A clock that runs this much slower than true time, parts per million: far beyond the 1,000 that leases assume. */
const SLOW_PPM = 400_000;

function readingBy(reads: ReadMode, name: string, faults: readonly FaultDraft[] = FAULTS): Experiment {
  return experiment({
    name,
    subject: raftKv({
      nodes: 5,
      reads,
      transfers: [
        { atMs: 1_500, to: 1 },
        { atMs: 8_000, to: 1 },
      ],
    }),
    workload: configuration,
    faults: [exactly(faults)],
    contract: {
      read: linearizable({ duringPartition: 'reject' }),
      write: linearizable({ duringPartition: 'reject' }),
    },
    bounds: { simulatedSeconds: 20, recoverWithinMs: 2_000 },
  });
}

const experiments = {
  wrong: readingBy('local', 'wrong'),
  better: readingBy('index', 'better'),
  log: readingBy('log', 'log'),
  lease: readingBy('lease', 'lease', WITHOUT_SLEEP),
  'lease-asleep': readingBy('lease', 'lease-asleep'),
  'lease-slow-clock': readingBy('lease', 'lease-slow-clock', [
    ...WITHOUT_SLEEP,
    { kind: 'clock-drift', host: 'N1', amount: -SLOW_PPM, ...span([0, 14_000]) },
  ]),
  'local-untested': readingBy('local', 'local-untested', []),
};

export default experiments;
