import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ExperimentFile, readExperiment, runLive } from '@holdfast/live';
import { lacking, type LiveCheck } from './liveCheck.ts';

const MUSEUM = join(import.meta.dirname, '../../casebook/museum');

/** Every case of the museum and every control, each in a cluster of its own. */
export function museumChecks(): LiveCheck[] {
  return readdirSync(MUSEUM)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .flatMap((name) => checksOf(readExperiment(readFileSync(join(MUSEUM, name), 'utf8'), name)));
}

function checksOf(file: ExperimentFile): LiveCheck[] {
  const { system, network = 'loopback' } = file.subject;
  const skip = (): string | undefined => lacking(system, network);
  const runs = [
    { name: 'shows what it is about', vars: {}, expect: file.expect ?? 'holds' },
    ...(file.controls ?? []),
  ];
  return runs.map(({ name, vars, expect = 'holds' }) => ({
    name: `museum ${file.name}: ${name}`,
    skip,
    async run() {
      const result = await runLive(file, { vars, expect });
      for (const why of result.retries) process.stdout.write(`      again, on a fresh cluster: ${why}\n`);
      const told = [
        ...result.journal.map(({ atMs, text }) => `${atMs} ${text}`),
        ...result.verdicts.map(({ reason }) => reason),
      ];
      assert.equal(result.status, expect, told.join('\n  '));
      assert.deepEqual(result.undoFailures, []);
    },
  }));
}
