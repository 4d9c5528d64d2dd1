import { linearizable } from '../experiment/contract.ts';
import { type Experiment, experiment } from '../experiment/experiment.ts';
import { partition } from '../faults/partition.ts';
import { swarm } from '../faults/swarm.ts';
import { raftKv } from '../subjects/raftKv.ts';
import type { RaftKvOptions } from '../subjects/raft/options.ts';
import { registers } from '../workloads/registers.ts';

/**
 * The flagship: a replicated key-value store on five Raft nodes, clients on both sides of a partition with the old leader in the
 * minority (S0.7), under loss, duplication, reordering, crashes, pauses, slow disks and clock skew drawn per seed.
 */
export function flagship(name: string, options: Partial<RaftKvOptions> = {}): Experiment {
  return experiment({
    name,
    // N1 leads when the partition strikes, if the faults before it let it.
    subject: raftKv({ nodes: 5, transfers: [{ atMs: 4_500, to: 1 }], ...options }),
    workload: registers({ keys: 5, clients: 10, ratePerSecond: 30, mix: { read: 5, write: 3, cas: 2 } }),
    faults: [
      partition({
        sides: [
          ['N1', 'N2'],
          ['N3', 'N4', 'N5'],
        ],
        atMs: 5_000,
        forMs: 10_000,
      }),
      swarm({
        crashes: true,
        outages: true,
        lostWrites: true,
        pauses: true,
        loss: true,
        duplication: true,
        reordering: true,
        slowLinks: true,
        clockSkew: true,
        partitions: true,
        slowDisks: true,
      }),
    ],
    contract: {
      read: linearizable({ duringPartition: 'reject' }),
      write: linearizable({ duringPartition: 'reject' }),
      cas: linearizable({ duringPartition: 'reject' }),
    },
    bounds: { simulatedSeconds: 60, recoverWithinMs: 4_000 },
  });
}
