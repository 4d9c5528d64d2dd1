import { explore, registerSystem, singleDecreePaxos, twoPhaseCommit } from '@holdfast/explore';
import { type Bench, type BenchTable, compare } from './lib/bench.ts';

const MANAGERS = 9;

/**
 * The floor: what no explorer can do without, one probe of a table of fingerprints for each step that leads to another state.
 * The fingerprints are those of a counter, as many new ones and as many known ones as the search of two-phase commit meets.
 */
function probeOnly(states: number, steps: number): number {
  const slots = 2 ** Math.ceil(Math.log2(states / 0.7));
  const table = new Int32Array(2 * slots);
  let found = 0;
  for (let step = 0; step < steps; step++) {
    const key = step % states;
    const low = Math.imul(key + 1, 0x9e3779b1);
    const high = Math.imul(key + 1, 0x85ebca77) ^ (low >>> 15);
    let slot = (low ^ (high >>> 7)) & (slots - 1);
    while (table[2 * slot] !== 0 && (table[2 * slot] !== low || table[2 * slot + 1] !== high))
      slot = (slot + 1) & (slots - 1);
    if (table[2 * slot] !== 0) continue;
    table[2 * slot] = low;
    table[2 * slot + 1] = high;
    found++;
  }
  return found;
}

function exploreCommit(): number {
  return explore(twoPhaseCommit(MANAGERS), {}, { symmetry: false }).states;
}

function explorePaxos(): number {
  const name = 'single-decree Paxos, 3 clients';
  return explore(registerSystem({ name, servers: 3, clients: 3, server: singleDecreePaxos })).states;
}

const bench: Bench = {
  name: 'exploration',
  run: (): Promise<BenchTable> =>
    compare({
      title:
        'Every state of two-phase commit (10,340,352) and of three-client Paxos (1,194,428), beside table probes alone',
      unit: 'states',
      subjects: [
        { name: 'table probes of two-phase commit alone', run: () => probeOnly(10_340_352, 77_616_641) },
        { name: 'two-phase commit, 9 resource managers', run: exploreCommit },
        { name: 'single-decree Paxos, 3 clients', run: explorePaxos },
      ],
      warmUps: 0,
      repeats: 3,
      clock: 'cpu',
    }),
};
export default bench;
