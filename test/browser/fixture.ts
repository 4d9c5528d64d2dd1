import { experiment, linearizable, partition, raftKv, registers } from 'holdfast';

const promise = linearizable({ duringPartition: 'reject' });

/** A leader that answers success on local append, cut off with one other node while clients write on both sides. */
export default experiment({
  name: 'cut-off-leader',
  subject: raftKv({ nodes: 5, defect: 'ack-on-append', transfers: [{ atMs: 700, to: 1 }] }),
  workload: registers({ keys: 1, clients: 2, ratePerSecond: 8, mix: { read: 2, write: 3, cas: 0 } }),
  faults: [
    partition({
      sides: [
        ['N1', 'N2'],
        ['N3', 'N4', 'N5'],
      ],
      atMs: 1_000,
      forMs: 900,
    }),
  ],
  contract: { read: promise, write: promise },
  bounds: { simulatedSeconds: 4, recoverWithinMs: 700 },
});
