import { swimLab } from '@holdfast/protocols';
import { type Experiment, experiment, protocol, simulate, storm } from 'holdfast';
import { type Bench, type BenchTable, compare } from './lib/bench.ts';

const SECONDS = 20;

/** Members that probe once a second, of which one crashes every two seconds or so; nobody asks anything. */
function group(nodes: number): Experiment {
  return experiment({
    name: `swim-${nodes}`,
    subject: protocol(swimLab, { nodes, options: { periodMs: 1_000, ackTimeoutMs: 300, syncEvery: 30 } }),
    workload: { name: 'nobody', clients: 0, operations: [], model: null, plan: () => [] },
    faults: [storm({ fault: 'crash', on: 'any', everyMs: [1_000, 3_000], forMs: [4_000, 8_000] })],
    contract: {},
    bounds: { simulatedSeconds: SECONDS, recoverWithinMs: 1_000 },
  });
}

/** Simulated seconds: the run must hold, or it measured nothing. */
function simulated(subject: Experiment): number {
  const { status, verdicts } = simulate(subject, 1);
  if (status !== 'holds') throw new RangeError(JSON.stringify(verdicts.filter((v) => v.status !== 'holds')));
  return SECONDS;
}

function subject(nodes: number): { readonly name: string; readonly run: () => number } {
  const members = group(nodes);
  return { name: `${nodes.toLocaleString('en')} members`, run: () => simulated(members) };
}

/** SWIM with all its monitors in one world. */
const bench: Bench = {
  name: 'SWIM in the world',
  run: (): Promise<BenchTable> =>
    compare({
      title: `SWIM with Lifeguard in one world, a period of 1 s, watched by its monitors, ${SECONDS} simulated seconds`,
      unit: 'simulated seconds',
      subjects: [subject(1_024), subject(256), subject(64)],
      warmUps: 1,
      repeats: 3,
      clock: 'cpu',
    }),
};

export default bench;
