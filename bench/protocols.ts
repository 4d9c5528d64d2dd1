import { LABS, type ProtocolLab } from '@holdfast/protocols';
import { type Experiment, experiment, labLoad, protocol, raftKv, simulate, unclaimed } from 'holdfast';
import { type Bench, type BenchTable, compare } from './lib/bench.ts';

const RATE = 1_000;
const PROTOCOLS = ['multi-paxos', 'zab', 'viewstamped'] as const;

function labOf(name: string): ProtocolLab {
  const lab = LABS.find((other) => other.name === name);
  if (lab === undefined) throw new RangeError(`no lab is called ${name}`);
  return lab;
}

/** No faults, and the same load for every protocol. */
function calm(name: string, subject: Experiment['subject']): Experiment {
  const [first] = PROTOCOLS;
  const workload = labLoad(labOf(first), RATE);
  const claim = unclaimed({ duringPartition: 'reject' });
  return experiment({
    name,
    subject,
    workload,
    faults: [],
    contract: Object.fromEntries(workload.operations.map((f) => [f, claim])),
    bounds: { simulatedSeconds: 16, recoverWithinMs: 4_000 },
  });
}

/** Answered commands of one run, the same run each time. */
function committed(subject: Experiment): number {
  return simulate(subject, 1).operations.reduce((sum, { answered }) => sum + answered, 0);
}

/** Committed commands a second of processor time in one world, five nodes each, beside Raft. */
const bench: Bench = {
  name: 'Consensus in the world',
  run: (): Promise<BenchTable> => {
    const experiments = [
      calm('raft', raftKv({ nodes: 5 })),
      ...PROTOCOLS.map((name) => calm(name, protocol(labOf(name)))),
    ].map((subject) => ({ name: subject.name, run: (): number => committed(subject) }));
    const [first, ...others] = experiments;
    if (first === undefined) throw new RangeError('nothing to compare');
    return compare({
      title: `Commands committed by five nodes in one world, ${RATE.toLocaleString('en')} asked a simulated second for 16 s, no faults`,
      unit: 'commands',
      subjects: [first, ...others],
      warmUps: 1,
      repeats: 5,
      clock: 'cpu',
    });
  },
};

export default bench;
