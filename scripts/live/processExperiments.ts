import {
  exactly,
  type Experiment,
  experiment,
  linearizable,
  raftKv,
  type RaftKvOptions,
  registers,
} from 'holdfast';

type Faults = Parameters<typeof exactly>[0];

/** Ten seconds of a key-value store. */
function store(name: string, options: RaftKvOptions, faults: Faults): Experiment {
  return experiment({
    name,
    subject: raftKv(options),
    workload: registers({ keys: 3, clients: 6, ratePerSecond: 40, mix: { read: 4, write: 4, cas: 2 } }),
    faults: [exactly(faults)],
    contract: {
      read: linearizable({ duringPartition: 'reject' }),
      write: linearizable({ duringPartition: 'reject' }),
      cas: linearizable({ duringPartition: 'reject' }),
    },
    bounds: { simulatedSeconds: 10, recoverWithinMs: 2_000 },
  });
}

const SECOND = 1_000_000;

/** Whoever leads is cut off with half of the clients. */
const CUT_LEADER: Faults = [
  {
    kind: 'partition',
    groups: [['leader', 'C1', 'C2', 'C3']],
    unlisted: 'rest',
    atUs: 1.2 * SECOND,
    forUs: 1.6 * SECOND,
  },
];

/** All nodes lose their power at the same time, while syncs take their time. */
const OUTAGE: Faults = ['N1', 'N2', 'N3'].flatMap((host) => [
  { kind: 'disk-lost-writes' as const, host, atUs: 0.5 * SECOND, forUs: 0 },
  { kind: 'disk-slow' as const, host, amount: 300, atUs: 1.2 * SECOND, forUs: 1.2 * SECOND },
  { kind: 'crash' as const, host, atUs: 2 * SECOND, forUs: 0.5 * SECOND },
]);

/** What `npm run test:live` plays on processes. */
const experiments: Record<string, Experiment> = {
  cut: store('cut', { nodes: 3 }, CUT_LEADER),
  'cut-acknowledges-at-once': store(
    'cut-acknowledges-at-once',
    { nodes: 3, defect: 'ack-on-append' },
    CUT_LEADER,
  ),
  'cut-reads-its-own': store('cut-reads-its-own', { nodes: 3, defect: 'local-read' }, CUT_LEADER),
  outage: store('outage', { nodes: 3 }, OUTAGE),
  'outage-replies-before-fsync': store(
    'outage-replies-before-fsync',
    { nodes: 3, defect: 'reply-before-fsync' },
    OUTAGE,
  ),
};

export default experiments;
