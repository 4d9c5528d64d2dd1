/**
 * The museum again and again: each case and each control so many times, one after another, each on one fresh cluster and never a second one.
 *
 *   npm run museum                                      every case and control, once
 *   npm run museum -- --times 20 etcd-15271 redis       the cases whose names hold one of these, twenty times
 *   npm run museum -- --times 5 --keep runs.jsonl       adds its runs to a file, and tells of all in there: many short calls make one table
 *   npm run museum -- --keep runs.jsonl --times 0       only the table
 *
 * Prints a table. Exit code 1 when a run was not as expected, 3 when nothing could be played.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type ExperimentFile, LiveError } from '@holdfast/live';
import { museumFiles, museumLack, type MuseumRun, runsOf } from './live/museum.ts';
import { type Played, playOnce } from './museum/runs.ts';
import { tableOf } from './museum/table.ts';

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { times: { type: 'string', default: '1' }, keep: { type: 'string' } },
    allowPositionals: true,
  });
  const times = Number(values.times);
  if (!Number.isInteger(times) || times < 0) {
    console.error(`--times must be a whole number from 0: ${values.times}`);
    return 2;
  }
  const files = museumFiles().filter(
    ({ name }) => positionals.length === 0 || positionals.some((word) => name.includes(word)),
  );
  const played: Played[] = values.keep !== undefined && existsSync(values.keep) ? runsIn(values.keep) : [];
  const skipped = new Set<string>();
  for (let round = 1; round <= times; round++) {
    for (const file of files) {
      for (const run of runsOf(file)) {
        const one = await playedOf(file, run, skipped);
        if (one === undefined) continue;
        played.push(one);
        if (values.keep !== undefined) appendFileSync(values.keep, `${JSON.stringify(one)}\n`);
        if (one.outcome !== 'expected') {
          console.error(
            `round ${round}, ${one.museum}, ${one.run}: ${one.outcome}\n  ${one.why.replaceAll('\n', '\n  ')}`,
          );
        }
      }
    }
  }
  console.log(tableOf(played));
  if (played.length === 0) return 3;
  return played.every(({ outcome }) => outcome === 'expected') ? 0 : 1;
}

/** A run, or undefined when this machine cannot play it: that is said once. */
async function playedOf(
  file: ExperimentFile,
  run: MuseumRun,
  skipped: Set<string>,
): Promise<Played | undefined> {
  const key = `${file.name}, ${run.name}`;
  if (skipped.has(key)) return undefined;
  let why = museumLack(file, run.vars);
  if (why === undefined) {
    try {
      return await playOnce(file, run);
    } catch (error) {
      if (!(error instanceof LiveError)) throw error;
      why = error.message;
    }
  }
  skipped.add(key);
  console.error(`SKIPPED ${key}: ${why}`);
  return undefined;
}

function runsIn(path: string): Played[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Played);
}

process.exitCode = await main();
