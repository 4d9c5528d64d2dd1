import { epaxos } from '../../src/epaxos/index.ts';
import { kv } from '../../src/kv/kv.ts';
import { registerOperation } from '../../src/lab/operations.ts';
import { multiPaxosLab } from '../../src/multipaxos/lab.ts';
import { hotStuffLab } from '../../src/hotstuff/lab.ts';
import { pbftLab } from '../../src/pbft/lab.ts';
import { rbftLab } from '../../src/rbft/lab.ts';
import { tendermintLab } from '../../src/tendermint/lab.ts';
import { raft } from '../../src/raft/core.ts';
import { viewstampedLab } from '../../src/viewstamped/lab.ts';
import { zabLab } from '../../src/zab/lab.ts';
import { type Family, familyOf, type Measured, measure } from './measure.ts';

const NODES = [1, 2, 3, 4, 5];
const CRASHES = '2 crashes';

const raftFamily: Family = {
  name: 'Raft',
  survives: CRASHES,
  nodes: NODES,
  core: raft({ voters: NODES, preVote: false, checkQuorum: false }, kv) as Family['core'],
  command: (call) => ({
    client: 1,
    sequence: call.sequence,
    operation: registerOperation(call),
  }),
  isDone: (result) => (result as { readonly ok: boolean }).ok,
  leads: (state) => (state as { readonly role: string }).role === 'leader',
  answers: 1,
};

const epaxosFamily: Family = {
  ...raftFamily,
  name: 'EPaxos',
  core: epaxos({ nodes: NODES }, kv) as Family['core'],
  leads: undefined,
};

/** The families of consensus, each with the smallest group that survives its faults. */
export function measureFamilies(): Measured[] {
  return [
    raftFamily,
    familyOf('Multi-Paxos', CRASHES, multiPaxosLab, NODES),
    familyOf('Zab', CRASHES, zabLab, NODES),
    familyOf('Viewstamped Replication', '2 crashes, without disks', viewstampedLab, NODES),
    epaxosFamily,
    familyOf('PBFT', '1 liar', pbftLab, [1, 2, 3, 4]),
    familyOf('RBFT', '1 liar', rbftLab, [1, 2, 3, 4]),
    familyOf('Tendermint', '1 liar', tendermintLab, [1, 2, 3, 4]),
    familyOf('HotStuff', '1 liar', hotStuffLab, [1, 2, 3, 4]),
  ].map(measure);
}

/** The comparison as a document. */
export function familiesDocument(rows: readonly Measured[]): string {
  const lines = rows.map(
    ({ name, survives, nodes, messages, delays, timeouts, takeover }) =>
      `| ${name} | ${nodes} | ${survives} | ${messages} | ${delays} | ${timeouts} | ${takeover} |`,
  );
  return `# Families of consensus, compared

One workload for all: 20 writes of one key, one after the other, by one client at the leader (or at one replica, where nobody leads), in steps
in which every message takes one delay. Then the leader stops, and the client asks again. Messages are those between nodes; what
clients send and hear is not counted. Made by a test, and kept true by it:

    HOLDFAST_REWRITE=1 npx vitest run packages/protocols/test/families

| Family | Nodes | Survives | Messages a write | Delays a write | Timeouts to the next answer | Messages to the next answer |
| --- | ---: | --- | ---: | ---: | ---: | ---: |
${lines.join('\n')}

With f faults to survive, the first five need 2f + 1 nodes, and the last four 3f + 1. Timeouts are counted one node at a time, in turn, each of them
with all timers of that node; how long one is, is a matter of options. Messages a write include what tells the others that it is committed,
where that is sent at once; Viewstamped Replication says it with the next operation. PBFT's include its checkpoints, RBFT's the request that each node
passes on and a second instance. Tendermint has another proposer for each block: who stopped costs a timeout when its turn comes. How the last four compare by size:
packages/protocols/test/byzantine/fixtures/comparison.txt.
`;
}
