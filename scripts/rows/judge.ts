import { idsIn, type Row } from './catalogue.ts';
import { type Claim, renderCoverage } from './coverage.ts';
import { showings, type TestRun } from './results.ts';

/** What is wrong between the rows, the tests and docs/coverage.md; empty when all is true. */
export function problems(rows: readonly Row[], runs: readonly TestRun[], coverage: Coverage): string[] {
  return [
    ...unknownIds(rows, runs),
    ...unsupported(rows, showings(runs), coverage.claims),
    ...(coverage.text === renderCoverage(rows, coverage.claims)
      ? []
      : [
          'docs/coverage.md is not as generated: its counts, titles or layout were changed by hand or are old',
        ]),
  ];
}

/** docs/coverage.md, as text and as what it claims. */
export interface Coverage {
  readonly text: string;
  readonly claims: ReadonlyMap<string, Claim>;
}

function unknownIds(rows: readonly Row[], runs: readonly TestRun[]): string[] {
  const known = new Set(rows.map(({ id }) => id));
  return runs.flatMap((run) =>
    idsIn(run.name)
      .filter((id) => !known.has(id))
      .map((id) => `${run.file}: '${run.name}' carries ${id}, which is no row`),
  );
}

function unsupported(
  rows: readonly Row[],
  shown: ReadonlyMap<string, readonly TestRun[]>,
  claims: ReadonlyMap<string, Claim>,
): string[] {
  const known = new Set(rows.map(({ id }) => id));
  return [...claims].flatMap(([id, { test }]) => {
    if (!known.has(id)) return [`docs/coverage.md has ${id}, which is no row`];
    if (test === undefined) return [];
    const tests = shown.get(id) ?? [];
    if (tests.some((run) => run.file === test.file && run.name === test.name)) return [];
    const others = tests.length === 0 ? 'no passing test shows it' : 'other tests show it';
    return [
      `docs/coverage.md claims ${id} is shown by '${test.name}' in ${test.file}: no such test passed, ${others}`,
    ];
  });
}
