import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import {
  assertActions,
  systemNamed,
  BadFileError,
  cutPairs,
  EXPERIMENT_SCHEMA,
  faultOf,
  fitsVersion,
  readExperiment,
  substituted,
} from '@holdfast/live';
import { expect, test } from 'vitest';

const MUSEUM = new URL('../../../casebook/museum/', import.meta.url);

function problemsOf(text: string): string[] {
  try {
    readExperiment(text, 'my.yaml');
    return [];
  } catch (error) {
    if (!(error instanceof BadFileError)) throw error;
    return error.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
  }
}

const GOOD = 'format: holdfast-live/1\nname: x\nsubject: { system: etcd }\nchecks:\n  - linearizable: kv\n';

test('a file that is right has no problems and one with a wrong name says line, column and what may stand there', () => {
  expect(problemsOf(GOOD)).toEqual([]);
  const [problem, ...others] = problemsOf(
    `${GOOD}steps:\n  - strike: { kind: partition }\n  - stroke: { kind: crash }\n`,
  );
  expect(problem).toMatch(/^8:5 entry 2 of 'steps' has no 'stroke': it may have let, read, write/);
  expect(others).toEqual([]);
});

test.each([
  [
    'a fault no vocabulary has',
    `${GOOD}faults:\n  - { kind: meteor }\n`,
    /^7:13 'kind' must be one of partition/,
  ],
  [
    'a probability above one',
    `${GOOD}faults:\n  - { kind: loss, probability: 2 }\n`,
    /^7:32 'probability' must be from 0 to 1: it is 2/,
  ],
  ['no checks', 'format: holdfast-live/1\nname: x\nsubject: { system: etcd }\n', /must have 'checks'/],
  [
    'two things in one step',
    `${GOOD}steps:\n  - read: { key: x }\n    heal: all\n`,
    /^7:5 .* exactly one name: it has read, heal/,
  ],
  ['text that is no YAML', 'a: [1, 2\nb: 3\n', /^\d+:\d+ /],
])('a file is refused with its place when it holds %s', (_, text, message) => {
  expect(problemsOf(text)[0]).toMatch(message);
});

test('every file of the museum can be read, and has a control and a page', () => {
  const files = readdirSync(MUSEUM);
  const cases = files.filter((name) => name.endsWith('.yaml')).map((name) => name.replace(/\.yaml$/, ''));
  expect(cases.length).toBeGreaterThan(4);
  for (const name of cases) {
    const file = readExperiment(readFileSync(new URL(`${name}.yaml`, MUSEUM), 'utf8'), name);
    expect(file.name).toBe(name);
    expect(file.controls?.map((control) => control.expect)).toContain('holds');
    expect(files).toContain(`${name}.md`);
  }
});

test('the published schema of experiment files is the one they are checked by', () => {
  const published = new URL('../../../casebook/live/experiment.schema.json', import.meta.url);
  if (process.env['HOLDFAST_REWRITE'] === '1')
    writeFileSync(published, `${JSON.stringify(EXPERIMENT_SCHEMA, null, 2)}\n`);
  expect(JSON.parse(readFileSync(published, 'utf8'))).toEqual(EXPERIMENT_SCHEMA);
});

test('variables keep their types when they are a whole text, and a name without a value is refused', () => {
  expect(substituted({ a: '${n}', b: ['${n} times'] }, { n: 3 })).toEqual({ a: 3, b: ['3 times'] });
  expect(() => substituted('${m}', { n: 3 })).toThrow(/\$\{m\}: there is none; give one of n/);
});

test('a fault of a file is the fault of the simulator: same names, milliseconds made microseconds', () => {
  expect(
    faultOf({ kind: 'partition', groups: [['leader'], ['N2', 'N3']], atMs: 5, forMs: 1.5, as: 'cut' }),
  ).toEqual({
    kind: 'partition',
    groups: [['leader'], ['N2', 'N3']],
    unlisted: 'with-all',
    atUs: 5_000,
    forUs: 1_500,
  });
});

test('cuts silence the pairs their names say', () => {
  const place = (name: string): number => Number(name.slice(1)) - 1;
  const times = { atUs: 0, forUs: 0 };
  expect(cutPairs({ kind: 'one-way', from: ['N1'], to: ['N2', 'N3'], ...times }, 3, place)).toEqual([
    [0, 1],
    [0, 2],
  ]);
  const isolated = cutPairs({ kind: 'partition', groups: [['N2']], unlisted: 'rest', ...times }, 3, place);
  expect(isolated).toEqual([
    [1, 0],
    [1, 2],
    [0, 1],
    [2, 1],
  ]);
  expect(cutPairs({ kind: 'bridge', left: ['N1'], right: ['N3'], ...times }, 3, place)).toHaveLength(2);
});

test('versions are compared part by part', () => {
  expect(fitsVersion('3.4.23', '>=3.4.0 <3.4.42')).toBe(true);
  expect(fitsVersion('3.4.42', '>=3.4.0 <3.4.42')).toBe(false);
  expect(fitsVersion('3.10.8-1.1+deb12u1', '>=3.9')).toBe(true);
  const either = '>=3.4.0 <3.4.38 || >=3.5.0 <3.5.22';
  expect(['3.4.23', '3.4.38', '3.5.13', '3.5.22'].map((version) => fitsVersion(version, either))).toEqual([
    true,
    false,
    true,
    false,
  ]);
});

test('every file of the casebook asks only what its system can do, and what none can is refused before the run', () => {
  for (const folder of ['museum', 'live']) {
    const at = new URL(`../../../casebook/${folder}/`, import.meta.url);
    for (const name of readdirSync(at).filter((one) => one.endsWith('.yaml'))) {
      const { controls: _controls, ...given } = readExperiment(readFileSync(new URL(name, at), 'utf8'), name);
      const file = substituted(given, given.vars ?? {});
      expect(() => assertActions(file, systemNamed(file.subject.system))).not.toThrow();
    }
  }
  const text = `
format: holdfast-live/1
name: wrong
subject: { system: redis }
steps: [{ do: { f: promote } }]
checks: [{ linearizable: register }]
`;
  const wrong = readExperiment(text, 'wrong.yaml');
  expect(() => assertActions(wrong, systemNamed('redis'))).toThrow(
    /Cannot ask redis to promote: it can read/,
  );
});
