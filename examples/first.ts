import { experiment, linearizable, partition, raftKv, registers, swarm } from 'holdfast';

// A key-value store on three Raft nodes. Clients read, write and compare-and-swap while the first node is cut off for a while, and
// while each seed crashes and pauses servers and loses messages as it likes. Whatever happens, every operation must look
// as if it took effect at one instant; and once everything has healed, operations must succeed again within two seconds.
export default experiment({
  name: 'first',
  subject: raftKv({ nodes: 3 }),
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
