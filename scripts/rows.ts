/**
 * Which rows of docs/rows.json the passing tests show, by the ids in their names.
 *
 *   npm run rows                  runs the tests, prints the counts, checks docs/coverage.md
 *   npm run rows -- --from FILE   reads a result of vitest's JSON reporter instead of running the tests
 *   npm run rows -- --write       rewrites docs/coverage.md (with --from too)
 *
 * Exit code 0 when the table is true, 1 when it claims more than the tests show, a test carries an id that is no
 * row, or a test failed; 2 when a file cannot be read.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readRows, type Row } from './rows/catalogue.ts';
import { countBy, readCoverage, renderCoverage, supportedClaims } from './rows/coverage.ts';
import { problems } from './rows/judge.ts';
import { readResults, showings, type TestRun } from './rows/results.ts';

const ROOT: string = join(import.meta.dirname, '..');
const COVERAGE: string = join(ROOT, 'docs/coverage.md');

function runTests(): TestRun[] {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-rows-'));
  const output = join(folder, 'results.json');
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${output}`];
  try {
    spawnSync(process.execPath, [vitest, 'run', ...reporters], { cwd: ROOT, stdio: 'inherit' });
    return readResults(readFileSync(output, 'utf8'), ROOT);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function printCounts(rows: readonly Row[], runs: readonly TestRun[]): void {
  const shown = showings(runs);
  const isShown = (id: string): boolean => shown.has(id);
  for (const count of countBy(rows, isShown, (row) => row.group)) {
    console.log(
      `${count.name.padEnd(8)} ${String(count.shown).padStart(3)} of ${String(count.rows).padStart(3)}`,
    );
  }
  const waves = countBy(rows, isShown, (row) => `wave ${row.wave}`).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  console.log(waves.map((count) => `${count.name}: ${count.shown} of ${count.rows}`).join(', '));
  const total = rows.filter(({ id }) => isShown(id)).length;
  const passed = runs.filter((run) => run.status === 'passed').length;
  console.log(`${total} of ${rows.length} rows are shown by ${passed} passing tests`);
}

function check(rows: readonly Row[], runs: readonly TestRun[]): number {
  const text = existsSync(COVERAGE) ? readFileSync(COVERAGE, 'utf8') : '';
  const claims = readCoverage(text);
  const shown = showings(runs);
  const unclaimed = rows.filter(({ id }) => shown.has(id) && claims.get(id)?.test === undefined);
  if (unclaimed.length > 0) {
    const ids = unclaimed.map(({ id }) => id).join(' ');
    console.log(`shown but not yet in docs/coverage.md (npm run rows -- --write): ${ids}`);
  }
  const found = problems(rows, runs, { text, claims });
  for (const problem of found) console.error(problem);
  if (found.length > 0) console.error('Mend the tests, or rewrite the table: npm run rows -- --write');
  return found.length === 0 ? 0 : 1;
}

function write(rows: readonly Row[], runs: readonly TestRun[]): void {
  const before = existsSync(COVERAGE) ? readCoverage(readFileSync(COVERAGE, 'utf8')) : new Map();
  writeFileSync(COVERAGE, renderCoverage(rows, supportedClaims(rows, showings(runs), before)));
  console.log('wrote docs/coverage.md');
}

function main(args: readonly string[]): number {
  const options = { from: { type: 'string' }, write: { type: 'boolean' } } as const;
  let rows: Row[];
  let runs: TestRun[];
  let values: { readonly from?: string; readonly write?: boolean };
  try {
    values = parseArgs({ args: [...args], options }).values;
    rows = readRows(readFileSync(join(ROOT, 'docs/rows.json'), 'utf8'));
    const from = values.from;
    runs = from === undefined ? runTests() : readResults(readFileSync(resolve(from), 'utf8'), ROOT);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 2;
  }
  printCounts(rows, runs);
  if (values.write === true) write(rows, runs);
  const status = check(rows, runs);
  const failed = runs.filter((run) => run.status === 'failed');
  for (const run of failed) console.error(`failed: ${run.file} ${run.name}`.trimEnd());
  return failed.length > 0 ? 1 : status;
}

process.exitCode = main(process.argv.slice(2));
