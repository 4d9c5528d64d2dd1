/**
 * Single-decree Paxos with three clients (1,194,428 states, linearizability judged in each) beside Stateright, by turns in one run: states a
 * second of processor time of a whole process, start-up included. The peer is built first where cargo is. A plain script: what it
 * prints is its result.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROUNDS = 3;
const STATES = 1_194_428;
const PEER: string = join(import.meta.dirname, 'peers/stateright');
const BUILT: string = join(PEER, 'target/release/stateright-peer');

interface Measured {
  readonly states: number;
  readonly steps: number;
  readonly depth: number;
  /** Processor time. */
  readonly seconds: number;
}

function output(command: string, words: readonly string[]): Measured {
  const child = spawnSync(command, words, { encoding: 'utf8', cwd: join(import.meta.dirname, '..') });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout) as Measured;
}

function ours(search: 'breadth' | 'depth'): Measured {
  const script = `
    const { Exploration, NAMED_MODELS } = await import('@holdfast/explore');
    const exploration = new Exploration(NAMED_MODELS.find(({ name }) => name === 'register-paxos-3').load(), undefined, { search: '${search}' });
    while (exploration.advance(1e6));
    const { states, generated: steps, depth } = exploration.result();
    const { user, system } = process.cpuUsage();
    console.log(JSON.stringify({ states, steps, depth, seconds: (user + system) / 1e6 }));`;
  return output(process.execPath, ['--input-type=module', '-e', script]);
}

/** Builds the peer; false where that cannot be done here. */
function build(): boolean {
  const target = join(PEER, 'target');
  const words = ['build', '--release', '--quiet', '--target-dir', target];
  return spawnSync('cargo', words, { cwd: PEER, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}

const SUBJECTS: readonly (readonly [string, () => Measured])[] = [
  ['holdfast, breadth first', (): Measured => ours('breadth')],
  ['holdfast, depth first', (): Measured => ours('depth')],
  ['stateright 0.31.0, breadth first', (): Measured => output(BUILT, ['bfs', '3'])],
  ['stateright 0.31.0, depth first', (): Measured => output(BUILT, ['dfs', '3'])],
];

if (build()) {
  const rates = SUBJECTS.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    SUBJECTS.forEach(([name, measure], i) => {
      const { states, steps, depth, seconds } = measure();
      if (states !== STATES || steps !== 2_420_477 || depth !== 28)
        throw new Error(`${name} counts ${states} states, ${steps} steps, depth ${depth}`);
      rates[i]?.push(STATES / seconds);
    });
  }
  const [own = []] = rates;
  SUBJECTS.forEach(([name], i) => {
    const theirs = rates[i] ?? [];
    const ratio = median(own.map((rate, round) => rate / (theirs[round] as number)));
    console.log(
      `${name.padEnd(34)} ${Math.round(median(theirs)).toLocaleString('en-US').padStart(9)} states/s; ours is ${ratio.toFixed(1)} times that`,
    );
  });
} else console.log('left out: the peer needs cargo, and could not be built here');
