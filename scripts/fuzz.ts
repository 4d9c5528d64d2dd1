/**
 * Compares every checker with its brute-force twin on random small histories.
 *
 *   npm run fuzz                                        all of them, 20,000 histories each
 *   npm run fuzz -- weak transactions                   these only
 *   npm run fuzz -- weak --cases 1000000 --seed 7       that many histories, from that seed
 *   npm run fuzz -- --list                              what is compared with what
 *
 * Says every few seconds how far it is. Stops at the first disagreement with its seed and history. Exit code 0, 1 for a
 * disagreement, 2 for unusable arguments.
 */
import { parseArgs } from 'node:util';
import { commitLog } from './fuzz/commitLog.ts';
import { Disagreement, type Fuzz, linesOf } from './fuzz/fuzz.ts';
import { linearizable } from './fuzz/linearizable.ts';
import { monitors } from './fuzz/monitors.ts';
import { reductions } from './fuzz/reductions.ts';
import { scans } from './fuzz/scans.ts';
import { sequential } from './fuzz/sequential.ts';
import { transactions } from './fuzz/transactions.ts';
import { weak } from './fuzz/weak.ts';

const ALL: Readonly<Record<string, Fuzz>> = {
  linearizable,
  reductions,
  monitors,
  sequential,
  weak,
  transactions,
  scans,
  'commit-log': commitLog,
};
const PROGRESS_EVERY_MS = 5_000;

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new RangeError(`Cannot use --${name} ${text}: it must be a whole number below a thousand million`);
}

/** True when all cases agree. */
function runOne(name: string, fuzz: Fuzz, cases: number, seed: number): boolean {
  const run = fuzz.begin();
  const start = Date.now();
  let told = start;
  for (let i = 0; i < cases; i++) {
    try {
      run.judge(seed + i);
    } catch (error) {
      if (!(error instanceof Disagreement)) {
        console.error(`${name}, seed ${seed + i}: ${error instanceof Error ? error.stack : String(error)}`);
        return false;
      }
      console.error([`${name}, seed ${seed + i}: ${error.message}`, ...linesOf(error.history)].join('\n'));
      return false;
    }
    const now = i % 64 === 0 ? Date.now() : told;
    if (now - told < PROGRESS_EVERY_MS) continue;
    told = now;
    console.error(`${name}: ${i + 1} of ${cases} after ${Math.round((now - start) / 1_000)} s`);
  }
  const seconds = ((Date.now() - start) / 1_000).toFixed(1);
  console.log(`${name}, seeds ${seed} to ${seed + cases - 1}, ${seconds} s`);
  for (const line of run.summary()) console.log(`  ${line}`);
  return true;
}

function main(args: string[]): number {
  const text = { type: 'string' } as const;
  const options = { cases: text, seed: text, list: { type: 'boolean', default: false } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const unknown = positionals.filter((name) => ALL[name] === undefined);
  if (unknown.length > 0)
    throw new RangeError(`Cannot fuzz ${unknown.join(', ')}: there are ${Object.keys(ALL).join(', ')}`);
  if (values.list) {
    for (const [name, { about }] of Object.entries(ALL)) console.log(`${name}: ${about}`);
    return 0;
  }
  const cases = wholeNumber('cases', values.cases ?? '20000');
  const seed = wholeNumber('seed', values.seed ?? '0');
  const names = positionals.length === 0 ? Object.keys(ALL) : positionals;
  return names.every((name) => runOne(name, ALL[name] as Fuzz, cases, seed)) ? 0 : 1;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
