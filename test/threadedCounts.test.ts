import { join } from 'node:path';
import { runExploration } from 'holdfast/node';
import { describe, expect, it } from 'vitest';
import { COUNT_CASES, differences } from '../packages/explore/test/counts/cases.ts';

const CASES: string = join(import.meta.dirname, '../packages/explore/test/counts/cases.ts');

// A sample of `npm run counts -- --workers 1,2,4`.
describe('counts that outside judges agree on, made by several threads', () => {
  it.each([
    ['single-decree Paxos, 3 servers, 2 clients', 4],
    ['two-phase commit, 5 resource managers, symmetric', 2],
  ])('S3.23 %s, with %i', async (name, workers) => {
    const known = COUNT_CASES.find((one) => one.name === name);
    if (known === undefined) expect.fail(`there is no case ${name}`);
    const { model, symmetry } = known;
    const { result } = await runExploration({
      model,
      reference: { kind: 'file', path: CASES, name },
      bounds: model.bounds,
      workers,
      symmetry,
      exact: false,
      stopAtViolation: true,
      maxBytes: 200_000_000,
    });
    expect(differences(known, result)).toEqual([]);
  });
});
