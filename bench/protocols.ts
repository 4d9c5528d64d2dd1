import { LABS, type ProtocolLab } from '@holdfast/protocols';
import { type Experiment, experiment, labLoad, protocol, raftKv, simulate, unclaimed } from 'holdfast';

/**
 * Committed commands a second of processor time in one world, five nodes each, no faults, the same load: Raft, Multi-Paxos, Zab and Viewstamped
 * Replication, with the ratio to Raft in the same process.
 */

const RATE = 100;
const SEEDS = 2;
const PROTOCOLS = ['multi-paxos', 'zab', 'viewstamped'];

function labOf(name: string): ProtocolLab {
  const lab = LABS.find((other) => other.name === name);
  if (lab === undefined) throw new RangeError(`no lab is called ${name}`);
  return lab;
}

function calm(name: string, subject: Experiment['subject']): Experiment {
  const [first] = PROTOCOLS;
  const workload = labLoad(labOf(first as string), RATE);
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

function rate(subject: Experiment): { readonly perSecond: number; readonly events: number } {
  simulate(subject, 0);
  const start = process.cpuUsage();
  let done = 0;
  let events = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const result = simulate(subject, seed);
    done += result.operations.reduce((sum, { answered }) => sum + answered, 0);
    events += result.events;
  }
  const { user, system } = process.cpuUsage(start);
  return { perSecond: done / ((user + system) / 1e6), events: events / done };
}

const raft = rate(calm('raft', raftKv({ nodes: 5 })));
const rows = [
  { name: 'raft', ...raft },
  ...PROTOCOLS.map((name) => ({ name, ...rate(calm(name, protocol(labOf(name)))) })),
];
console.log(`five nodes, ${RATE} operations a simulated second, ${SEEDS} seeds of 16 simulated seconds\n`);
for (const { name, perSecond, events } of rows) {
  const ratio = (perSecond / raft.perSecond).toFixed(2);
  const words = `${Math.round(perSecond).toLocaleString('en')} committed commands/s`;
  console.log(`${name.padEnd(14)}${words.padStart(32)}   ${ratio} x Raft   ${events.toFixed(1)} events each`);
}
