import { relative } from 'node:path';
import { idsIn } from './catalogue.ts';

/** A test that was run. */
export interface TestRun {
  /** From the project's root, with forward slashes. */
  readonly file: string;
  /** With the names of its describes. */
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'left out';
}

interface JsonResults {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** Reads what vitest's JSON reporter wrote; in order of file, then of the tests in it. */
export function readResults(text: string, root: string): TestRun[] {
  const results = JSON.parse(text) as Partial<JsonResults>;
  if (!Array.isArray(results.testResults)) {
    throw new Error("Cannot read the results as the output of vitest's JSON reporter is needed");
  }
  const runs = (results as JsonResults).testResults.flatMap(
    ({ name, status, assertionResults }): TestRun[] => {
      const file = relative(root, name).replaceAll('\\', '/');
      // A file that could not be loaded has no tests to fail.
      if (status === 'failed' && assertionResults.length === 0) return [{ file, name: '', status }];
      return assertionResults.map((one) => ({
        file,
        name: one.fullName.replace(/\s+/g, ' ').trim(),
        status: one.status === 'passed' || one.status === 'failed' ? one.status : 'left out',
      }));
    },
  );
  return runs.sort((a, b) => (a.file === b.file ? 0 : a.file < b.file ? -1 : 1));
}

/** The passing tests that show each row. */
export function showings(runs: readonly TestRun[]): Map<string, TestRun[]> {
  const shown = new Map<string, TestRun[]>();
  for (const run of runs.filter(({ status }) => status === 'passed')) {
    for (const id of idsIn(run.name)) shown.set(id, [...(shown.get(id) ?? []), run]);
  }
  return shown;
}
