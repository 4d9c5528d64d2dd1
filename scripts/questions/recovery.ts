import {
  exactly,
  experiment,
  type Experiment,
  type FaultDraft,
  linearizable,
  raftKv,
  registers,
  type RunResult,
  simulate,
} from 'holdfast';

/** When the leader and a disk fail, simulated ms. */
export const STRIKES_MS = 2_000;
const SECONDS = 8;

/** How a disk fails beside the leader: what was not synced is lost with the power; another member's disk is slow, or full. */
export const DISKS = ['sound', 'loses what was not synced', 'slow at another member'] as const;

/** One of them. */
export type DiskTrouble = (typeof DISKS)[number];

function faultsOf(disk: DiskTrouble): FaultDraft[] {
  const atUs = STRIKES_MS * 1_000;
  const crash: FaultDraft = { kind: 'crash', host: 'leader', atUs, forUs: 2_500_000 };
  if (disk === 'sound') return [crash];
  if (disk === 'slow at another member')
    return [{ kind: 'disk-slow', host: 'N1', amount: 300, atUs: atUs - 1_000, forUs: 3_000_000 }, crash];
  return [1, 2, 3, 4, 5]
    .map((n): FaultDraft => ({ kind: 'disk-lost-writes', host: `N${n}`, atUs: 0, forUs: 0 }))
    .concat(crash);
}

/** Five members under load; whoever leads is gone for two and a half seconds, and a disk with it. */
export function leaderAndDisk(disk: DiskTrouble): Experiment {
  const strict = linearizable({ duringPartition: 'reject' });
  return experiment({
    name: 'leader-and-disk',
    subject: raftKv({ nodes: 5 }),
    workload: registers({ keys: 3, clients: 4, ratePerSecond: 40, mix: { read: 0, write: 1, cas: 0 } }),
    faults: [exactly(faultsOf(disk))],
    contract: { read: strict, write: strict, cas: strict },
    bounds: { simulatedSeconds: SECONDS, recoverWithinMs: 1_000 },
  });
}

/** From the failure to the first write that was asked after it and done, ms; undefined: there was none. */
export function recoveryMs({ history }: Pick<RunResult, 'history'>): number | undefined {
  const strikesUs = STRIKES_MS * 1_000;
  const done = history.operations.filter(
    ({ f, outcome, invokedAt }) => f === 'write' && outcome === 'ok' && invokedAt >= strikesUs,
  );
  return done.length === 0
    ? undefined
    : (Math.min(...done.map(({ completedAt }) => completedAt)) - strikesUs) / 1_000;
}

/** The recovery of each seed of a sweep, the slowest last. */
export interface Recoveries {
  readonly disk: DiskTrouble;
  readonly seeds: number;
  readonly medianMs: number;
  readonly maximumMs: number;
  readonly slowestSeed: number;
  /** Seeds in which a promise broke, or nothing was done again. */
  readonly bad: readonly number[];
}

/** Measures recovery over seeds. */
export function recoveries(disk: DiskTrouble, first: number, count: number): Recoveries {
  const made = leaderAndDisk(disk);
  const bad: number[] = [];
  const took: { seed: number; ms: number }[] = [];
  for (let seed = first; seed < first + count; seed++) {
    const result = simulate(made, seed);
    const ms = recoveryMs(result);
    if (ms === undefined || result.status === 'violated') bad.push(seed);
    if (ms !== undefined) took.push({ seed, ms });
  }
  const sorted = took.toSorted((a, b) => a.ms - b.ms);
  const last = sorted.at(-1);
  return {
    disk,
    seeds: count,
    medianMs: sorted[sorted.length >> 1]?.ms ?? Number.NaN,
    maximumMs: last?.ms ?? Number.NaN,
    slowestSeed: last?.seed ?? Number.NaN,
    bad,
  };
}
