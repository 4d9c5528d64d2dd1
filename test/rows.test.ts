import { describe, expect, it } from 'vitest';
import { idsIn, readRows, type Row } from '../scripts/rows/catalogue.ts';
import { countBy, readCoverage, renderCoverage, supportedClaims } from '../scripts/rows/coverage.ts';
import { problems } from '../scripts/rows/judge.ts';
import { readResults, showings, type TestRun } from '../scripts/rows/results.ts';

// The ids here are put together by a function, so that this file's own text shows no row.
const id = (document: number, row: number): string => `S${document}.${row}`;

const ROWS: readonly Row[] = [
  { id: id(0, 1), group: 'LAB', wave: 1, title: 'Method' },
  { id: id(1, 1), group: 'NET', wave: 2, title: 'Loss | delay' },
  { id: id(1, 2), group: 'NET', wave: 1, title: 'Partition' },
];

const passing = (name: string, file = 'test/a.test.ts'): TestRun => ({
  file,
  name,
  status: 'passed',
});

const coverageOf = (text: string): { text: string; claims: ReturnType<typeof readCoverage> } => ({
  text,
  claims: readCoverage(text),
});

const written = (runs: readonly TestRun[], before = ''): string =>
  renderCoverage(ROWS, supportedClaims(ROWS, showings(runs), readCoverage(before)));

describe('ids in names', () => {
  it('single ids, lists and ranges are read', () => {
    expect(idsIn(`${id(1, 36)} Lamport clock`)).toEqual([id(1, 36)]);
    expect(idsIn(`${id(1, 7)}, ${id(1, 9)} and ${id(2, 3)}: x`)).toEqual([id(1, 7), id(1, 9), id(2, 3)]);
    expect(idsIn(`${id(1, 86)} to ${id(1, 88)} quorums`)).toEqual([id(1, 86), id(1, 87), id(1, 88)]);
    expect(idsIn(`clocks ${id(1, 9)}-${id(1, 10)}`)).toEqual([id(1, 9), id(1, 10)]);
  });

  it('what only looks like an id is not one', () => {
    expect(idsIn(`${id(1, 36)} to 40 nodes, AWS${id(3, 1)}, section 1.2`)).toEqual([id(1, 36)]);
  });

  it('a range over two documents, or backwards, is its two ends', () => {
    expect(idsIn(`${id(1, 9)} to ${id(1, 2)}`)).toEqual([id(1, 9), id(1, 2)]);
    expect(idsIn(`${id(1, 2)} to ${id(2, 1)}`)).toEqual([id(1, 2), id(2, 1)]);
  });
});

describe('the list of rows', () => {
  it('is refused with a reason when an id is doubled, malformed or a field is missing', () => {
    const row = ROWS[0];
    expect(() => readRows(JSON.stringify([row, row]))).toThrow('each once');
    expect(() => readRows(JSON.stringify([{ ...row, id: 'S9.1' }]))).toThrow('Cannot read row S9.1');
    expect(() => readRows(JSON.stringify([{ ...row, title: undefined }]))).toThrow('title are needed');
    expect(() => readRows('{}')).toThrow('must be a list');
  });
});

describe('results', () => {
  it("of vitest's JSON reporter are read with paths from the root; only passed tests show rows", () => {
    const assertionResults = [
      { fullName: `net  ${id(1, 1)} loses`, status: 'passed' },
      { fullName: `net ${id(1, 2)} cuts`, status: 'failed' },
      { fullName: `net ${id(0, 1)} method`, status: 'pending' },
    ];
    const broken = { name: '/p/test/b.test.ts', status: 'failed', assertionResults: [] };
    const whole = { name: '/p/test/a.test.ts', status: 'failed', assertionResults };
    const text = JSON.stringify({ testResults: [broken, whole] });
    const runs = readResults(text, '/p');
    expect(runs[0]).toEqual({ file: 'test/a.test.ts', name: `net ${id(1, 1)} loses`, status: 'passed' });
    expect(runs.map(({ status }) => status)).toEqual(['passed', 'failed', 'left out', 'failed']);
    expect([...showings(runs).keys()]).toEqual([id(1, 1)]);
    expect(() => readResults('{}', '/p')).toThrow('JSON reporter');
  });
});

describe('coverage table', () => {
  it('what is written is read back, and nothing is wrong with it', () => {
    const runs = [passing(`${id(1, 1)} a|b <c> \\d`)];
    const text = written(runs);
    expect(text).toContain('1 of 3 rows are shown.');
    expect(readCoverage(text).get(id(1, 1))?.test).toEqual({
      file: 'test/a.test.ts',
      name: `${id(1, 1)} a|b <c> \\d`,
    });
    expect(readCoverage(text).get(id(1, 2))).toEqual({ note: 'not yet' });
    expect(problems(ROWS, runs, coverageOf(text))).toEqual([]);
  });

  it('a row claimed that no passing test shows is a problem', () => {
    const text = written([passing(`${id(1, 1)} loses`)]);
    expect(problems(ROWS, [], coverageOf(text))).toEqual([
      expect.stringContaining(`claims ${id(1, 1)} is shown by '${id(1, 1)} loses'`),
    ]);
    const failed = { ...passing(`${id(1, 1)} loses`), status: 'failed' } as const;
    expect(problems(ROWS, [failed], coverageOf(text))[0]).toContain('no passing test shows it');
  });

  it('a row claimed by a test that is gone is a problem although others show it', () => {
    const text = written([passing(`${id(1, 1)} loses`)]);
    expect(problems(ROWS, [passing(`${id(1, 1)} drops`)], coverageOf(text))[0]).toContain(
      'other tests show it',
    );
  });

  it('a test that carries an id that is no row is a problem, passing or not', () => {
    const runs: TestRun[] = [passing(`${id(1, 9)} x`), { ...passing(`${id(4, 99)} y`), status: 'failed' }];
    expect(problems(ROWS, runs, coverageOf(written([])))).toEqual([
      expect.stringContaining(`${id(1, 9)}, which is no row`),
      expect.stringContaining(`${id(4, 99)}, which is no row`),
    ]);
  });

  it('counts changed by hand are a problem', () => {
    const text = written([]).replace('0 of 3 rows', '3 of 3 rows');
    expect(problems(ROWS, [], coverageOf(text))[0]).toContain('not as generated');
  });

  it('reasons and notes are kept, a chosen test stays while it shows its row', () => {
    const runs = [passing(`${id(1, 1)} first`), passing(`${id(1, 1)} second`)];
    const edited = written(runs)
      .replace(`${id(1, 1)} first | |`, `${id(1, 1)} second | one half only |`)
      .replace('| Partition | | | not yet |', '| Partition | | | needs a real cluster |');
    const again = readCoverage(written(runs, edited));
    expect(again.get(id(1, 1))).toEqual({
      test: { file: 'test/a.test.ts', name: `${id(1, 1)} second` },
      note: 'one half only',
    });
    expect(again.get(id(1, 2))).toEqual({ note: 'needs a real cluster' });
  });

  it('a reason goes once the row is shown, and a row no longer shown starts anew', () => {
    const reason = written([]).replace('| Method | | | not yet |', '| Method | | | needs a form |');
    const shown = written([passing(`${id(0, 1)} x`)], reason);
    expect(readCoverage(shown).get(id(0, 1))?.note).toBe('');
    expect(readCoverage(written([], shown)).get(id(0, 1))).toEqual({ note: 'not yet' });
  });

  it('counts are by group', () => {
    const counts = countBy(
      ROWS,
      (one) => one === id(1, 2),
      (row) => row.group,
    );
    expect(counts).toEqual([
      { name: 'LAB', shown: 0, rows: 1 },
      { name: 'NET', shown: 1, rows: 2 },
    ]);
  });
});
