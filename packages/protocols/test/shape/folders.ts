/** What each folder of `src` comes with: the page, and by name what cannot be read off the folder itself. */
export interface Folder {
  /** `protocol`: cores in a laboratory; `values`: data types and pure functions, usable alone; `ground`: what the others stand on. */
  readonly kind: 'protocol' | 'values' | 'ground';
  /** Its laboratories, by name: monitors and broken twins. */
  readonly labs?: readonly string[];
  /** Instead of a laboratory: the test in which planted mistakes are caught. */
  readonly planted?: readonly string[];
  /** Runs as text, below `packages/protocols`. */
  readonly golden: readonly string[];
  /** Why its core is longer than 600 lines. */
  readonly long?: string;
  /** Why a part is not there. */
  readonly without?: { readonly golden?: string; readonly planted?: string };
}

const run = (...names: readonly string[]): readonly string[] =>
  names.map((name) => `fixtures/transcripts/${name}.txt`);
const text = (name: string): readonly string[] => [`test/byzantine/fixtures/${name}.txt`];

function protocol(lab: string, golden: readonly string[] = run(lab), more: Partial<Folder> = {}): Folder {
  return { kind: 'protocol', labs: [lab], golden, ...more };
}

function values(name: string, planted: readonly string[], more: Partial<Folder> = {}): Folder {
  return { kind: 'values', golden: run(name), planted, ...more };
}

/** Every folder of `packages/protocols/src`. */
export const FOLDERS: Readonly<Record<string, Folder>> = {
  abd: protocol('abd'),
  benor: protocol('ben-or'),
  byzantine: {
    kind: 'ground',
    golden: text('comparison'),
    planted: ['test/byzantine/lyingLeaders.test.ts'],
  },
  client: { kind: 'ground', golden: run('client'), planted: ['test/client/client.test.ts'] },
  clocks: values('clocks', ['test/clocks/hybrid.test.ts', 'test/clocks/trueTime.test.ts'], {
    long: 'seven kinds of clock, a file each',
  }),
  commit: {
    kind: 'protocol',
    labs: ['two-phase-commit', 'three-phase-commit', 'consensus-commit'],
    golden: run('commit'),
  },
  conflicts: values('conflicts', ['test/conflicts/conflicts.test.ts']),
  consensus: {
    kind: 'ground',
    golden: run('consensus', 'consensus-needed'),
    planted: ['test/consensus/consensus.test.ts'],
  },
  coordination: protocol('coordination', run('coordination', 'coordination-choice'), {
    labs: ['coordination', 'coordination-apis'],
    long: 'the primitives of three services, and four recipes on each',
  }),
  core: {
    kind: 'ground',
    golden: [],
    planted: ['test/core/guard.test.ts'],
    without: { golden: 'it is an interface: every other transcript is a run of it' },
  },
  corruption: values('corruption', ['test/corruption/corruption.test.ts']),
  crdt: values('crdt', ['test/crdt/laws.test.ts'], { long: 'eleven data types, a file each' }),
  delivery: values('delivery', ['test/delivery/delivery.test.ts', 'test/delivery/deadline.test.ts'], {
    long: 'a dozen mechanisms, a file each',
  }),
  detectors: values('detectors', ['test/detectors/quality.test.ts']),
  epaxos: protocol('epaxos', run('epaxos'), {
    long: 'commit, execution in the order of dependencies, and the recovery of EPaxos*, which the first paper left out',
  }),
  failover: protocol('failover', run('failover', 'failover-preventions')),
  generals: {
    kind: 'values',
    golden: text('generals'),
    planted: ['test/generals/generals.test.ts'],
  },
  gossip: protocol('gossip'),
  hotstuff: protocol('hotstuff', text('hotstuff')),
  kv: { kind: 'ground', golden: run('kv'), planted: ['test/kv/divergence.test.ts'] },
  lab: {
    kind: 'ground',
    golden: [],
    planted: ['test/lab/instances.test.ts'],
    without: { golden: 'what a laboratory runs is its protocol: see the transcript of each' },
  },
  leaderless: protocol('leaderless'),
  lease: protocol('lease'),
  merkle: values('merkle', ['test/leaderless/merkle.test.ts']),
  multipaxos: protocol('multi-paxos'),
  ot: values('ot', ['test/ot/ot.test.ts']),
  paxos: protocol('paxos', run('paxos', 'paxos-override')),
  pbft: protocol('pbft', text('pbft'), {
    long: 'agreement, checkpoints, view changes, state transfer and retransmission: the paper with all of its section 4',
  }),
  quorum: values('quorum', ['test/quorum/quorum.test.ts']),
  raft: {
    kind: 'protocol',
    labs: [],
    golden: run('raft', 'raft-walk'),
    planted: ['test/raft/defects.test.ts'],
    long: 'the dissertation rather than the paper: membership, snapshots, reads, sessions, transfer, and the flow control of etcd-io/raft',
  },
  rbft: protocol('rbft', text('rbft')),
  replication: protocol('leader-follower', run('leader-follower', 'leader-follower-load'), {
    long: 'leader, followers and controller, five levels of acknowledgement, and four formats of a log',
  }),
  swim: protocol('swim'),
  tendermint: protocol('tendermint', text('tendermint')),
  typed: {
    kind: 'values',
    golden: [],
    planted: ['test/typed/typed.test.ts'],
    without: { golden: 'what it promises is what does not compile: there is no run to read' },
  },
  viewstamped: protocol('viewstamped'),
  zab: protocol('zab'),
};
