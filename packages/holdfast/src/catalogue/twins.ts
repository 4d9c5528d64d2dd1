import { RAFT_DEFECTS, type RaftDefect } from '@holdfast/protocols';
import { linearizable } from '../experiment/contract.ts';
import { type Experiment, experiment } from '../experiment/experiment.ts';
import { partition } from '../faults/partition.ts';
import type { FaultSpec } from '../faults/spec.ts';
import { steady } from '../faults/steady.ts';
import { storm } from '../faults/storm.ts';
import { swarm } from '../faults/swarm.ts';
import type { RaftKvOptions } from '../subjects/raft/options.ts';
import { raftKv } from '../subjects/raftKv.ts';
import { registers } from '../workloads/registers.ts';

/** What a broken twin needs to show itself, beside the defect: the options and faults under which the correct core holds. */
interface Setting {
  readonly options?: Partial<RaftKvOptions>;
  readonly faults: readonly FaultSpec[];
  readonly ratePerSecond?: number;
}

/** Every restart of a server is a power failure: what was not synced may be gone. */
const POWER = steady({ fault: 'power-failures' });
const SLOW_DISKS = steady({ fault: 'slow-disks', factor: 60 });

const LIGHT_SWARM = swarm({ loss: true, duplication: true, pauses: true });
const SWARM = swarm({
  crashes: true,
  pauses: true,
  loss: true,
  reordering: true,
  partitions: true,
  duplication: true,
});

const SETTINGS: Readonly<Record<RaftDefect, Setting>> = {
  'vote-not-persisted': {
    // Many split votes, requests that arrive after a quick restart, and syncs slow enough to be cut short.
    options: {
      nodes: 3,
      raft: {
        preVote: false,
        checkQuorum: false,
        electionTimeoutMs: 100,
        electionJitterMs: 10,
        heartbeatMs: 30,
      },
    },
    faults: [
      POWER,
      SLOW_DISKS,
      steady({ fault: 'reorder', probability: 0.5, holdMs: 60 }),
      storm({ fault: 'crash', on: 'any', everyMs: [30, 100], forMs: [1, 5] }),
    ],
    ratePerSecond: 10,
  },
  'no-up-to-date-check': { faults: [SWARM] },
  'commit-older-term-by-counting': {
    // One entry at a time over slow disks: a leader's old entry is on a majority long before its first new one is.
    options: {
      nodes: 3,
      raft: {
        preVote: false,
        checkQuorum: false,
        maxEntriesPerAppend: 1,
        maxInflight: 1,
        electionTimeoutMs: 150,
        heartbeatMs: 40,
      },
    },
    faults: [SLOW_DISKS, storm({ fault: 'crash', on: 'leader', everyMs: [100, 500], forMs: [200, 1500] })],
    ratePerSecond: 20,
  },
  'no-previous-entry-check': { faults: [SWARM] },
  'deletes-own-entries': { faults: [SWARM] },
  // The partition of the flagship (S0.8): N1 leads, and goes on answering on the minority side.
  'ack-on-append': {
    options: { transfers: [{ atMs: 2_500, to: 1 }] },
    faults: [
      partition({
        sides: [
          ['N1', 'N2'],
          ['N3', 'N4', 'N5'],
        ],
        atMs: 3_000,
        forMs: 8_000,
      }),
      LIGHT_SWARM,
    ],
  },
  'local-read': { faults: [SWARM] },
  'lease-beyond-drift': {
    options: { reads: 'lease' },
    faults: [storm({ fault: 'isolate', on: 'leader', everyMs: [1500, 3000], forMs: [700, 1400] })],
    ratePerSecond: 80,
  },
  'no-dedup': { faults: [SWARM] },
  'snapshot-without-term': {
    options: { raft: { snapshotEvery: 10, keepEntries: 2 } },
    faults: [SWARM],
  },
  'direct-membership-switch': { options: { churnEveryMs: 1_000 }, faults: [SWARM] },
  'reply-before-fsync': {
    options: { nodes: 3 },
    faults: [
      POWER,
      SLOW_DISKS,
      storm({ fault: 'crash', on: 'all', everyMs: [2000, 6000], forMs: [20, 400] }),
    ],
    ratePerSecond: 60,
  },
  'forgets-on-restart': {
    options: { nodes: 3 },
    faults: [storm({ fault: 'crash', on: 'any', everyMs: [500, 1500], forMs: [20, 600] }), SWARM],
    ratePerSecond: 60,
  },
};

function build(name: string, setting: Setting, defect: RaftDefect | undefined): Experiment {
  return experiment({
    name,
    subject: raftKv({ nodes: 5, ...setting.options, ...(defect === undefined ? {} : { defect }) }),
    workload: registers({
      keys: 3,
      clients: 6,
      ratePerSecond: setting.ratePerSecond ?? 30,
      mix: { read: 5, write: 3, cas: 2 },
    }),
    faults: setting.faults,
    contract: {
      read: linearizable({ duringPartition: 'reject' }),
      write: linearizable({ duringPartition: 'reject' }),
      cas: linearizable({ duringPartition: 'reject' }),
    },
    bounds: { simulatedSeconds: 30, recoverWithinMs: 4_000 },
  });
}

/** A broken twin of Raft, with the faults that bring its defect out: `raft-ack-on-append`. */
export function raftTwin(defect: RaftDefect): Experiment {
  return build(`raft-${defect}`, SETTINGS[defect], defect);
}

/** The correct protocol in the very setting of a twin: it must hold there. */
export function raftTwinControl(defect: RaftDefect): Experiment {
  return build(`raft-${defect}-control`, SETTINGS[defect], undefined);
}

/** All twins, by defect. */
export const RAFT_TWINS: readonly RaftDefect[] = RAFT_DEFECTS;
