import { experiment, linearizable, partition, raftKv, registers, swarm } from 'holdfast';

// The experiment of first.ts with one defect: a node answers reads from its own state without asking whether it still leads.
export default experiment({
  name: 'broken',
  subject: raftKv({ nodes: 3, defect: 'local-read' }),
  workload: registers({ keys: 3, clients: 4, ratePerSecond: 20, mix: { read: 5, write: 3, cas: 2 } }),
  faults: [
    partition({ sides: [['N1'], ['N2', 'N3']], atMs: 2_000, forMs: 3_000 }),
    swarm({ crashes: true, pauses: true, loss: true }),
  ],
  contract: {
    read: linearizable({ duringPartition: 'reject' }),
    write: linearizable({ duringPartition: 'reject' }),
    cas: linearizable({ duringPartition: 'reject' }),
  },
  bounds: { simulatedSeconds: 20, recoverWithinMs: 2_000 },
});
