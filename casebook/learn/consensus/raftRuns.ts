import { exactly, type Experiment, experiment, linearizable, raftKv, registers } from 'holdfast';

const ALL = ['N1', 'N2', 'N3', 'N4', 'N5'];

/**
 * Five servers. Their leader is cut off together with another one, which leaves it writing without a majority; later a server misses some entries, and comes back
 * just as the leader crashes.
 */
export const troubled: Experiment = experiment({
  name: 'troubled',
  subject: raftKv({ nodes: 5, transfers: [{ atMs: 900, to: 1 }] }),
  workload: registers({ keys: 2, clients: 2, ratePerSecond: 12, mix: { read: 0, write: 1, cas: 0 } }),
  faults: [
    exactly([
      {
        kind: 'partition',
        groups: [
          ['N1', 'N2', 'C1'],
          ['N3', 'N4', 'N5', 'C2'],
        ],
        unlisted: 'with-all',
        atUs: 1_500_000,
        forUs: 1_500_000,
      },
      {
        kind: 'partition',
        groups: [['N5'], ALL.filter((name) => name !== 'N5')],
        unlisted: 'with-all',
        atUs: 4_000_000,
        forUs: 800_000,
      },
      { kind: 'crash', host: 'leader', atUs: 4_790_000, forUs: 1_500_000 },
    ]),
  ],
  contract: { write: linearizable({ duringPartition: 'reject' }) },
  bounds: { simulatedSeconds: 14, recoverWithinMs: 1_500 },
});

export default { troubled };
