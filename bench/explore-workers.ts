/**
 * Exploration with one thread and with two, by turns in one run: processor time and time that passed. Then a whole process: from its start
 * to its first state, and the most memory it holds while it explores three-client Paxos. A plain script: what it prints is its result.
 * With names of models only these, by clock and processor time:
 *
 *   npx tsx -C holdfast:source bench/explore-workers.ts paxos-crash raft-reconfiguration-loss-3
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROUNDS = 3;
const BIN: string = join(import.meta.dirname, '../packages/holdfast/bin/holdfast.js');
const BUILT: string = pathToFileURL(
  join(import.meta.dirname, '../packages/holdfast/dist/node/exploration'),
).href;

/** Models that do not come with the explorer, by their names: the files that hold them. */
const LARGE: Readonly<Record<string, string>> = {
  'two-phase commit, 9 resource managers': join(import.meta.dirname, 'models/twoPhaseCommit9.mjs'),
};

interface Measured {
  readonly states: number;
  readonly wall: number;
  readonly cpu: number;
}

/** Explores in a process of its own, from the built package: its threads then start as fast as a user's. */
function measure(name: string, workers: number): Measured {
  const path = LARGE[name];
  const reference = path === undefined ? { kind: 'built-in', name } : { kind: 'file', path, name };
  // Read from standard input: threads inherit the arguments of the process, and must not inherit a script.
  const script = `(async () => {
    const { loadModel } = await import(${JSON.stringify(`${BUILT}/resolveModel.js`)});
    const { runExploration } = await import(${JSON.stringify(`${BUILT}/runExploration.js`)});
    const reference = ${JSON.stringify(reference)};
    const model = await loadModel(reference);
    const before = process.cpuUsage();
    const order = { model, reference, bounds: model.bounds, workers: ${workers}, symmetry: ${path === undefined}, exact: false, stopAtViolation: true };
    const { result, wallMs } = await runExploration(order);
    const { user, system } = process.cpuUsage(before);
    console.log(JSON.stringify({ states: result.states, wall: wallMs / 1000, cpu: (user + system) / 1e6 }));
  })()`;
  const child = spawnSync(process.execPath, ['-'], { input: script, encoding: 'utf8' });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout) as Measured;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}

/** One thread against two, `ROUNDS` times by turns. Ideal is what two free cores would give: the processor time shared evenly. */
function compareThreads(name: string): void {
  const walls: number[] = [];
  const ideals: number[] = [];
  let states = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const one = measure(name, 1);
    const two = measure(name, 2);
    if (one.states !== two.states)
      throw new Error(`${one.states} states with one thread, ${two.states} with two`);
    states = one.states;
    walls.push(one.wall / two.wall);
    ideals.push(one.cpu / (two.cpu / 2));
    console.log(
      `${name}: 1 thread ${one.wall.toFixed(2)} s (${one.cpu.toFixed(2)} CPU), 2 threads ${two.wall.toFixed(2)} s (${two.cpu.toFixed(2)} CPU)`,
    );
  }
  const [wall, ideal] = [median(walls).toFixed(2), median(ideals).toFixed(2)];
  console.log(
    `${name}, ${states.toLocaleString('en-US')} states: ${wall} times as fast by the clock, ${ideal} by processor time\n`,
  );
}

/** A process of the built package, measured from outside and by itself. */
function measureProcess(): void {
  const start = performance.now();
  const child = spawnSync(process.execPath, [BIN, 'explore', 'transaction-commit', '--json'], {
    encoding: 'utf8',
  });
  const wall = performance.now() - start;
  const document = JSON.parse(child.stdout) as { readonly timings: { readonly totalMs: number } };
  console.log(
    `start to first state, whole process: ${(wall - document.timings.totalMs).toFixed(0)} ms at most`,
  );
  const script = `
    const { Exploration, NAMED_MODELS } = await import('@holdfast/explore');
    const exploration = new Exploration(NAMED_MODELS.find(({ name }) => name === 'register-paxos-3').load());
    while (exploration.advance(1e6));
    const { states, bytes } = exploration.result();
    console.log(states, Math.round(bytes / 1e6), Math.round(process.resourceUsage().maxRSS / 1e3));
  `;
  const memory = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    cwd: join(import.meta.dirname, '..'),
  });
  const [states, tables, most] = memory.stdout.trim().split(' ');
  console.log(
    `three-client Paxos, ${states} states: at most ${most} MB in the process, ${tables} MB of it tables`,
  );
}

const SMALL = ['register-paxos-3', 'paxos-crash', 'raft-reconfiguration-loss-3'] as const;
const named = process.argv.slice(2);
for (const name of named.length > 0 ? named : [...SMALL, ...Object.keys(LARGE)]) compareThreads(name);
if (named.length === 0) measureProcess();
