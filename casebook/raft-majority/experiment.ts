import {
  type Experiment,
  exactly,
  experiment,
  type FaultDraft,
  linearizable,
  partition,
  raftKv,
  registers,
  swarm,
} from 'holdfast';

const CONTRACT = {
  read: linearizable({ duringPartition: 'reject' }),
  write: linearizable({ duringPartition: 'reject' }),
  cas: linearizable({ duringPartition: 'reject' }),
};

/** Five nodes; N1 leads when {N1,N2} is cut off from {N3,N4,N5}, with clients on both sides. */
function parted(name: string, answer: 'once committed' | 'once appended'): Experiment {
  return experiment({
    name,
    subject: raftKv({
      nodes: 5,
      transfers: [{ atMs: 2_500, to: 1 }],
      ...(answer === 'once appended' ? { defect: 'ack-on-append' } : {}),
    }),
    workload: registers({ keys: 3, clients: 6, ratePerSecond: 30, mix: { read: 5, write: 3, cas: 2 } }),
    faults: [
      partition({
        sides: [
          ['N1', 'N2'],
          ['N3', 'N4', 'N5'],
        ],
        atMs: 3_000,
        forMs: 8_000,
      }),
      swarm({ loss: true, duplication: true, pauses: true }),
    ],
    contract: CONTRACT,
    bounds: { simulatedSeconds: 30, recoverWithinMs: 4_000 },
  });
}

/** Another zone is this many times further away than a neighbour in one's own. */
const ZONE_FACTOR = 10;

interface Placement {
  readonly members: number;
  readonly zones: number;
  readonly defect?: 'ack-on-append';
}

/** Members dealt out so that the first zone is never smaller than another: five in three zones are {N1,N2}, {N3,N4}, {N5}. */
function zoneOf(place: number, { members, zones }: Placement): number {
  const size = Math.ceil(members / zones);
  return Math.floor(place / size);
}

/**
 * One partition that cuts off the old leader N1 with all of a minority, from 3 to 6 seconds; then the loss of the first zone, from
 * 10 to 13 seconds. All the time other zones are further away.
 */
function placed(name: string, placement: Placement): Experiment {
  const { members, defect } = placement;
  const all = Array.from({ length: members }, (_, i) => `N${i + 1}`);
  const minority = all.slice(0, Math.floor((members - 1) / 2));
  const firstZone = all.filter((_, i) => zoneOf(i, placement) === 0);
  const further = all.filter((_, i) => zoneOf(i, placement) > 0);
  const span = (fromMs: number, untilMs: number): { atUs: number; forUs: number } => ({
    atUs: fromMs * 1_000,
    forUs: (untilMs - fromMs) * 1_000,
  });
  const faults: FaultDraft[] = [
    {
      kind: 'partition',
      groups: [
        [...minority, 'C1'],
        [...all.slice(minority.length), 'C2'],
      ],
      unlisted: 'with-all',
      ...span(3_000, 6_000),
    },
    ...firstZone.map((host): FaultDraft => ({ kind: 'crash', host, ...span(10_000, 13_000) })),
    ...(further.length === 0
      ? []
      : [{ kind: 'slow-link', hosts: further, amount: ZONE_FACTOR, ...span(0, 14_000) } as const]),
  ];
  return experiment({
    name,
    subject: raftKv({
      nodes: members,
      transfers: [{ atMs: 1_500, to: 1 }],
      ...(defect === undefined ? {} : { defect }),
    }),
    workload: registers({ keys: 2, clients: 2, ratePerSecond: 40, mix: { read: 0, write: 1, cas: 0 } }),
    faults: [exactly(faults)],
    contract: { write: CONTRACT.write },
    bounds: { simulatedSeconds: 20, recoverWithinMs: 2_000 },
  });
}

/** Five nodes through a crash of whoever leads, and then a partition that cuts off whoever leads by then. */
const traced: Experiment = experiment({
  name: 'trace',
  subject: raftKv({ nodes: 5 }),
  workload: registers({ keys: 1, clients: 2, ratePerSecond: 10, mix: { read: 1, write: 2, cas: 0 } }),
  faults: [
    exactly([
      { kind: 'crash', host: 'leader', atUs: 2_500_000, forUs: 1_500_000 },
      {
        kind: 'partition',
        groups: [['leader'], ['N1', 'N2', 'N3', 'N4', 'N5']],
        unlisted: 'with-all',
        atUs: 6_000_000,
        forUs: 2_000_000,
      },
    ]),
  ],
  contract: { read: CONTRACT.read, write: CONTRACT.write },
  bounds: { simulatedSeconds: 14, recoverWithinMs: 1_500 },
});

const experiments = {
  trace: traced,
  wrong: parted('wrong', 'once appended'),
  better: parted('better', 'once committed'),
  'five-in-three-zones': placed('five-in-three-zones', { members: 5, zones: 3 }),
  'five-answering-at-once': placed('five-answering-at-once', {
    members: 5,
    zones: 3,
    defect: 'ack-on-append',
  }),
  'three-in-three-zones': placed('three-in-three-zones', { members: 3, zones: 3 }),
  'seven-in-three-zones': placed('seven-in-three-zones', { members: 7, zones: 3 }),
  'five-in-one-zone': placed('five-in-one-zone', { members: 5, zones: 1 }),
  'five-in-two-zones': placed('five-in-two-zones', { members: 5, zones: 2 }),
};

export default experiments;
