import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { NoRealTimeError } from '../../src/linearizable/check.ts';
import { checkConsistency, MissingBoundError } from '../../src/litmus/consistency.ts';
import { LITMUS_BOUNDS, litmusHistories } from '../../src/litmus/histories.ts';
import { readLitmus } from '../../src/litmus/notation.ts';
import { CONSISTENCY_IMPLIES, consistencyNames, isConsistencyName } from '../../src/litmus/spectrum.ts';
import { judgeLitmus, litmusColumns, litmusTable } from '../../src/litmus/table.ts';
import { counterModel } from '../../src/models/counter.ts';
import { registerModel } from '../../src/models/register.ts';
import { definitionHolds } from './definitions.ts';

const model = registerModel();
const SEMANTICS = fileURLToPath(new URL('../../../../docs/semantics.md', import.meta.url));

describe('litmus histories', () => {
  it.each(litmusHistories.map((litmus) => [litmus.name, litmus] as const))(
    'S2.36 %s: every model says what is expected by hand, and what its definition says',
    (_name, litmus) => {
      const rejected = consistencyNames.filter((name) => judgeLitmus(litmus, name).status === 'violated');
      expect(rejected).toEqual(consistencyNames.filter((name) => litmus.rejectedBy.includes(name)));
      expect(rejected).toEqual(
        consistencyNames.filter((name) => !definitionHolds(readLitmus(litmus.lines), name, model)),
      );
    },
  );

  it('the table has a verdict in every cell', () => {
    const [heading, rule, ...rows] = litmusTable().split('\n');
    const columns = heading?.split('|').map((cell) => cell.trim()) ?? [];
    expect(columns.slice(2, -1)).toEqual(litmusColumns().map(([short]) => short));
    expect(rule).toMatch(/^\|(?: -+ \|)+$/);
    expect(rows.length).toBe(litmusHistories.length);
    for (const row of rows) {
      const cells = row.split('|').map((cell) => cell.trim());
      expect(cells.length).toBe(columns.length);
      expect(cells.slice(2, -1).every((cell) => cell === 'yes' || cell === 'no')).toBe(true);
    }
  });

  it('a line that is no operation is named', () => {
    expect(() => readLitmus(['0 writes x'])).toThrow("Cannot read '0 writes x' as an operation");
  });
});

describe('docs/semantics.md', () => {
  it('holds the table, the histories and the separating history of each pair as the code has them', () => {
    const document = readFileSync(SEMANTICS, 'utf8');
    let expected = document;
    for (const [name, body] of Object.entries(generated())) expected = withSection(expected, name, body);
    if (process.env.HOLDFAST_REWRITE === '1') writeFileSync(SEMANTICS, expected);
    else expect(document).toBe(expected);
  });
});

function generated(): Record<'columns' | 'histories' | 'table' | 'pairs', string> {
  const columns = litmusColumns().map(([short, name]) => `| ${short} | \`${name}\` |`);
  const histories = litmusHistories.map(
    ({ name, about, lines }) => `| ${name} | ${about} | ${lines.map((line) => `\`${line}\``).join('<br>')} |`,
  );
  const pairs = consistencyNames.flatMap((stronger) =>
    CONSISTENCY_IMPLIES[stronger].map((weaker) => {
      const separating = litmusHistories.filter(
        ({ rejectedBy }) => rejectedBy.includes(stronger) && !rejectedBy.includes(weaker),
      );
      return `| \`${stronger}\` | \`${weaker}\` | ${separating
        .slice(0, 3)
        .map(({ name }) => name)
        .join(', ')} |`;
    }),
  );
  return {
    columns: ['| heading | model |', '| --- | --- |', ...columns].join('\n'),
    histories: ['| history | what it shows | operations |', '| --- | --- | --- |', ...histories].join('\n'),
    table: litmusTable(),
    pairs: [
      '| stronger | weaker | accepted by the weaker only, for instance |',
      '| --- | --- | --- |',
      ...pairs,
    ].join('\n'),
  };
}

/** Puts text between the marks `<!-- name -->` and `<!-- end of name -->`. */
function withSection(document: string, name: string, body: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const from = document.indexOf(open);
  const to = document.indexOf(close);
  if (from < 0 || to < from) throw new Error(`Cannot find '${open}' and '${close}' in docs/semantics.md`);
  return `${document.slice(0, from)}${open}\n\n${body}\n\n${document.slice(to)}`;
}

describe('checkConsistency', () => {
  const history = readLitmus(['0 w x 1', '1 r x 1']);
  const all = { ...LITMUS_BOUNDS };

  it('judges by name, each under its own promise', () => {
    const promises = consistencyNames.map((name) => checkConsistency(history, name, model, all).promise);
    expect(new Set(promises).size).toBe(consistencyNames.length);
    expect(isConsistencyName('causal')).toBe(true);
    expect(isConsistencyName('toString')).toBe(false);
  });

  it('asks for a bound that is missing', () => {
    expect(() => checkConsistency(history, 'bounded-time', model)).toThrow(MissingBoundError);
    expect(() => checkConsistency(history, 'bounded-versions', model)).toThrow(
      "Cannot judge the history for bounded-versions: no bound is given; say 'versions'",
    );
  });

  it('refuses, for models of real time, a history in which only sessions are ordered', () => {
    const session = { ...history, order: 'session' as const };
    const refused = consistencyNames.filter((name) => {
      try {
        checkConsistency(session, name, model, all);
        return false;
      } catch (error) {
        expect((error as { code?: string }).code).toBe(new NoRealTimeError().code);
        return true;
      }
    });
    expect(refused).toEqual(['linearizable', 'regular', 'safe', 'bounded-versions', 'bounded-time']);
    expect(() => checkConsistency(session, 'eventual', model, { quietFrom: 0 })).toThrow(
      "its order is 'session'",
    );
  });

  it('takes any model for linearizable and sequential, and refuses it for the others', () => {
    const accepted = consistencyNames.filter((name) => {
      try {
        checkConsistency({ operations: [], timeUnit: 'us' }, name, counterModel(), all);
        return true;
      } catch (error) {
        expect((error as { code?: string }).code).toBe('NOT_REGISTER');
        return false;
      }
    });
    expect(accepted).toEqual(['linearizable', 'sequential']);
  });

  it('eventual: with a quiet time, reads from then on must agree', () => {
    const apart = readLitmus(['0 w x 1', '1 r x -', '2 r x 1', '1 r x -', '2 r x 1']);
    expect(checkConsistency(apart, 'eventual', model).status).toBe('holds');
    const verdict = checkConsistency(apart, 'eventual', model, { quietFrom: 25 });
    expect(verdict.status).toBe('violated');
    expect(verdict.reason).toBe(
      'process 2 read 1 from x (40 to 45 us), but process 1 read null from x (30 to 35 us), both begun at 25 us or later, when all had ' +
        'to agree',
    );
    expect(checkConsistency(apart, 'eventual', model, { quietFrom: 35 }).reason).toContain(
      '; 1 reads from 35 us on agree',
    );
  });
});
