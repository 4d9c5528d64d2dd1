import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * A cold `holdfast check` of one small history: processor time of the whole process, and of a bare Node beside it. Uses what
 * `npm run build` built. Prints median, least and most of the runs.
 *
 *     npx tsx bench/check-cold.ts [runs]
 */

const RUNS = Number(process.argv[2] ?? 11);
const PROGRAM = fileURLToPath(new URL('../packages/holdfast/bin/holdfast.js', import.meta.url));
const HISTORY = fileURLToPath(new URL('../packages/check/fixtures/kv/c01-ok.txt', import.meta.url));
/** Has a process tell its own processor time at its end. */
const TELL = `data:text/javascript,process.on('exit',()=>process.stderr.write('CPU '+JSON.stringify(process.cpuUsage())))`;

function processorMs(args: readonly string[]): number {
  const { status, stderr } = spawnSync(process.execPath, ['--import', TELL, ...args], { encoding: 'utf8' });
  const told = /CPU (.*)$/.exec(stderr);
  if (status !== 0 || told === null)
    throw new Error(`Cannot measure a run that ended with ${status}: ${stderr}`);
  const { user, system } = JSON.parse(told[1] ?? '') as { user: number; system: number };
  return (user + system) / 1_000;
}

function measure(name: string, args: readonly string[]): void {
  const times = Array.from({ length: RUNS }, () => processorMs(args)).sort((a, b) => a - b);
  const [median, least, most] = [RUNS >> 1, 0, RUNS - 1].map((rank) =>
    (times[rank] ?? Number.NaN).toFixed(0),
  );
  console.log(`${name.padEnd(52)} ${String(median).padStart(5)} ms, least ${least}, most ${most}`);
}

measure('node, an empty program', ['-e', '0']);
measure('holdfast check c01-ok.txt --model kv (58 operations)', [PROGRAM, 'check', HISTORY, '--model', 'kv']);
