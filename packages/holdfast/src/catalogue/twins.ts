import { RAFT_DEFECTS, type RaftDefect } from '@holdfast/protocols';
import { linearizable } from '../experiment/contract.ts';
import { type Experiment, experiment } from '../experiment/experiment.ts';
import type { FaultSpec } from '../faults/spec.ts';
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

const POWER = swarmOfPowerFailures();

/** Every restart of a server is a power failure: what was not synced may be gone. */
function swarmOfPowerFailures(): FaultSpec {
  return {
    name: 'power failures lose unsynced writes',
    kinds: ['disk-lost-writes'],
    hosts: [],
    plan: ({ servers, fromUs, untilUs }) =>
      servers.map((host) => ({ kind: 'disk-lost-writes', host, atUs: fromUs, forUs: untilUs - fromUs })),
  };
}

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
    options: { nodes: 3, raft: { preVote: false, checkQuorum: false, electionJitterMs: 30 } },
    faults: [
      POWER,
      storm({ fault: 'disk-slow', on: 'all', everyMs: [50, 100], forMs: [900, 1000], factor: 60 }),
      storm({ fault: 'crash', on: 'any', everyMs: [50, 300], forMs: [5, 40] }),
    ],
  },
  'no-up-to-date-check': { faults: [SWARM] },
  'commit-older-term-by-counting': {
    // One entry at a time over slow disks: a leader's old entry is on a majority long before its first new one is.
    options: {
      raft: {
        preVote: false,
        checkQuorum: false,
        maxEntriesPerAppend: 1,
        maxInflight: 1,
        electionTimeoutMs: 100,
        heartbeatMs: 30,
      },
    },
    faults: [
      storm({ fault: 'disk-slow', on: 'all', everyMs: [50, 100], forMs: [900, 1000], factor: 60 }),
      storm({ fault: 'crash', on: 'leader', everyMs: [50, 300], forMs: [100, 500] }),
    ],
    ratePerSecond: 40,
  },
  'no-previous-entry-check': { faults: [SWARM] },
  'ack-on-append': { faults: [SWARM] },
  'local-read': { faults: [SWARM] },
  'lease-beyond-drift': {
    options: { reads: 'lease' },
    faults: [storm({ fault: 'isolate', on: 'leader', everyMs: [1500, 3000], forMs: [700, 1400] })],
    ratePerSecond: 80,
  },
  'no-dedup': { faults: [SWARM] },
  'snapshot-without-term': {
    options: { raft: { snapshotEvery: 50, keepEntries: 5 } },
    faults: [SWARM],
  },
  'direct-membership-switch': { options: { churnEveryMs: 2_000 }, faults: [SWARM] },
  'reply-before-fsync': {
    options: { nodes: 3 },
    faults: [
      POWER,
      storm({ fault: 'disk-slow', on: 'all', everyMs: [50, 100], forMs: [900, 1000], factor: 30 }),
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
