/**
 * Hunts the broken twins of all protocols: each must be found, made small and explained, and the correct protocol must not be
 * accused in the same setting on the same seeds.
 *
 *   npm run mutants                      the table, and how many were killed
 *   npm run mutants -- multi-paxos       only twins whose name holds this
 *   npm run mutants -- --write           also into docs/mutants.md (all twins only)
 *   npm run mutants -- --seeds 1000      seeds tried per twin; 400 unless told otherwise
 *
 * Exit code 0, 1 when a twin survives or a control is accused, 2 for unusable arguments.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Twin, TWINS } from 'holdfast';
import { accusedControl, kill } from '../packages/holdfast/test/catalogue/hunt.ts';
import { mutantsDocument, rate } from './mutants/document.ts';
import type { MutantRow } from './mutants/row.ts';

const DOCUMENT: string = join(import.meta.dirname, '../docs/mutants.md');
const DEFAULT_SEEDS = 400;

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function hunt(twin: Twin, seeds: number): MutantRow {
  const start = cpuSeconds();
  const killed = kill(twin, seeds);
  const accused = accusedControl(twin, killed?.seed ?? Math.min(seeds, 50) - 1);
  const seconds = cpuSeconds() - start;
  if (killed === undefined) return { twin, seconds, accused };
  const { seed, shrunk, verdict } = killed;
  const { promise, fromEvents, toEvents } = shrunk;
  return { twin, found: { promise, seed, fromEvents, toEvents, reason: verdict.reason }, seconds, accused };
}

function print({ twin, found, seconds, accused }: MutantRow): void {
  const name = `${twin.protocol}-${twin.defect}`;
  const took = `${seconds.toFixed(1)} s`;
  if (found === undefined) console.log(`${name}: SURVIVED (${took})`);
  else {
    const { promise, seed, fromEvents, toEvents, reason } = found;
    console.log(`${name}: ${promise}, seed ${seed}, ${fromEvents} -> ${toEvents} events, ${took}`);
    console.log(`  ${reason}`);
  }
  if (accused !== undefined) console.log(`  CONTROL ACCUSED: ${accused}`);
}

function main(args: string[]): number {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { seeds: { type: 'string' }, write: { type: 'boolean', default: false } },
  });
  const seeds = Number(values.seeds ?? DEFAULT_SEEDS);
  if (!Number.isInteger(seeds) || seeds < 1) {
    console.error(
      `Cannot hunt as --seeds must be a whole number of at least 1: current value is ${values.seeds}`,
    );
    return 2;
  }
  const wanted = TWINS.filter(
    ({ protocol, defect }) =>
      positionals.length === 0 || positionals.some((part) => `${protocol}-${defect}`.includes(part)),
  );
  if (wanted.length === 0 || (values.write && positionals.length > 0)) {
    const problem = wanted.length === 0 ? `no twin has '${positionals.join("' or '")}' in its name` : '';
    console.error(`Cannot hunt: ${problem === '' ? '--write needs all twins, so name none' : problem}`);
    return 2;
  }
  const rows = wanted.map((twin) => {
    const row = hunt(twin, seeds);
    print(row);
    return row;
  });
  console.log(
    `${rate(rows)} ${rows.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(0)} s of processor time.`,
  );
  if (values.write) writeFileSync(DOCUMENT, mutantsDocument(rows, seeds));
  return rows.every(({ found, accused }) => found !== undefined && accused === undefined) ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
