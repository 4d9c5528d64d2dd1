import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { holdfast, ROOT, temporaryFolder } from './support.ts';

/** The command ends with 2, prints nothing on standard output, and says what was wrong. */
async function expectRefused(words: readonly string[], message: RegExp, cwd?: string): Promise<void> {
  const { code, out, err } = await holdfast(words, cwd);
  expect(err).toMatch(message);
  expect({ code, out }).toEqual({ code: 2, out: '' });
}

const nonsense = {
  seed: 1,
  nodes: 77,
  healAtUs: 1,
  endUs: 2,
  operations: [],
  faults: [],
  choices: {},
};

/** Evidence of a calm built-in run, with some fields replaced. */
function evidence(fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({
    format: 'holdfast-evidence',
    version: 1,
    experiment: 'raft-majority',
    seed: 1,
    digest: '0123456789abcdef',
    status: 'violated',
    findings: [],
    ...fields,
  });
}

describe('unusable input ends with exit code 2 and a message that says how to mend it', () => {
  it.each<readonly [string, string[], RegExp]>([
    ['no command', [], /see 'holdfast --help'/],
    ['an unknown command', ['rum', 'tiny.ts'], /unknown command 'rum'[\s\S]*run/],
    ['an unknown option', ['run', 'raft-majority', '--sedes', '3'], /unknown option '--sedes'[\s\S]*--seeds/],
    ['no experiment', ['run'], /missing required argument 'experiment'/],
    [
      'an unknown experiment',
      ['run', 'raft-majorty'],
      /no built-in experiment of that name; did you mean 'raft-majority'/,
    ],
    [
      'a name near several',
      ['run', 'ack-on-append'],
      /did you mean 'raft-ack-on-append' or 'raft-ack-on-append-control'/,
    ],
    ['a name near none', ['run', 'zzzzzzzzzzzz'], /see 'holdfast list'/],
    ['the name of a file here', ['run', 'tiny'], /say \.\/tiny\.ts/],
    [
      'a missing file',
      ['run', './gone.ts'],
      /Cannot load experiments from \.\/gone\.ts: there is no such file/,
    ],
    ['a folder as a file', ['run', './'], /it is not a file/],
    ['a file inside a file', ['run', './tiny.ts/x.ts'], /there is no such file/],
    [
      'a file of several experiments',
      ['run', 'tiny.ts'],
      /the 2 experiments in tiny\.ts: tiny, broken; pick one, as in tiny\.ts#tiny/,
    ],
    [
      'an experiment that is not in the file',
      ['run', 'tiny.ts#borken'],
      /it holds tiny, broken; did you mean 'broken'/,
    ],
    [
      'a file without default export',
      ['run', 'noDefault.mjs'],
      /it has no default export; write `export default/,
    ],
    [
      'a default export of another kind',
      ['run', 'notExperiments.mjs'],
      /its default export is no experiment/,
    ],
    [
      'a contract naming an operation that does not exist',
      ['run', 'wrongContract.ts'],
      /contract\.withdraw names an operation/,
    ],
    [
      'negative seeds',
      ['run', 'raft-majority', '--seeds', '-3'],
      /--seeds as a whole number from 1 to 1000000000: current value is '-3'/,
    ],
    ['no seeds', ['run', 'raft-majority', '--seeds', '0'], /current value is '0'/],
    [
      'half a seed',
      ['run', 'raft-majority', '--seed', '1.5'],
      /--seed as a whole number .* current value is '1\.5'/,
    ],
    ['a seed that is no number', ['run', 'raft-majority', '--first-seed', 'ten'], /--first-seed .* 'ten'/],
    ['no jobs', ['run', 'raft-majority', '--jobs', '0'], /--jobs as a whole number from 1 to 256/],
    ['one seed and many', ['run', 'raft-majority', '--seed', '1', '--seeds', '2'], /cannot be used with/],
    [
      'a report in place of a file',
      ['run', 'raft-majority', '--report', 'tiny.ts'],
      /it is not a folder; give --report a folder/,
    ],
    [
      'a report below a file',
      ['run', 'raft-majority', '--report', 'tiny.ts/out'],
      /tiny\.ts is not a folder/,
    ],
    [
      'a missing evidence file',
      ['replay', 'gone.json'],
      /Cannot read .*gone\.json as evidence: there is no such file/,
    ],
    [
      'a check without a model',
      ['check', '../../../../check/fixtures/formats/jsonl/register.jsonl'],
      /without a model to judge it by: it holds 4 operations .*, read as jsonl; these fit[^]*\n {2}--model cas-register {4,}linearizable: /,
    ],
    ['a check of nothing', ['check'], /Cannot check a history: none is named; name a file/],
    [
      'a check without a model of what is no history',
      ['check', 'tiny.ts'],
      /tiny\.ts: Cannot read .* expected a history in one of the formats/,
    ],
    [
      'a misspelt consistency',
      ['check', 'tiny.ts', '--model', 'register', '--consistency', 'sequental'],
      /Cannot judge by consistency 'sequental': .* did you mean 'sequential'/,
    ],
    [
      'a plain checker as a consistency',
      ['check', 'tiny.ts', '--consistency', 'set-full'],
      /it is a checker of its own; say --model set-full/,
    ],
    [
      'a model of transactions for an object',
      ['check', 'tiny.ts', '--model', 'kv', '--consistency', 'serializable'],
      /they do not go together; it goes with models of transactions; say --model list-append/,
    ],
    [
      'a consistency for a plain checker',
      ['check', 'tiny.ts', '--model', 'bank', '--consistency', 'causal'],
      /they do not go together; leave --consistency out/,
    ],
    [
      'a setting without a value',
      ['check', 'tiny.ts', '--model', 'bank', '--with', 'total'],
      /Cannot use 'total' as a setting: it has no name and value; write it as in '--with versions=2'/,
    ],
    ['a misspelt model', ['check', 'tiny.ts', '--model', 'cas-registre'], /did you mean 'cas-register'/],
    [
      'a misspelt format',
      ['check', 'tiny.ts', '--model', 'kv', '--format', 'jepsen-end'],
      /did you mean 'jepsen-edn'/,
    ],
    [
      'a budget below zero',
      ['check', 'tiny.ts', '--model', 'kv', '--step-budget', '-1'],
      /--step-budget as a whole number/,
    ],
    [
      'a missing history',
      ['check', 'gone.edn', '--model', 'kv'],
      /gone\.edn as a history: there is no such file/,
    ],
    ['a folder as a history', ['check', '.', '--model', 'kv'], /as a history: it is a folder/],
    [
      'a history that is none',
      ['check', 'tiny.ts', '--model', 'kv'],
      /tiny\.ts: Cannot read .* expected a history in one of the formats/,
    ],
  ])('%s', async (_, words, message) => {
    await expectRefused(words, message);
  });

  it.each([
    ['text', 'not json at all', /it is not JSON/],
    ['another kind of JSON', '{"format":"something"}', /its 'format' is not 'holdfast-evidence'/],
    [
      'another version',
      '{"format":"holdfast-evidence","version":99}',
      /it is of version 99; this program reads version 1/,
    ],
    ['a missing digest', evidence({ digest: undefined }), /its 'digest' is missing/],
    [
      'an experiment that does not exist',
      evidence({ experiment: 'raft-gone' }),
      /no built-in experiment of that name/,
    ],
    [
      'a file that is gone',
      evidence({ file: 'gone.ts' }),
      /was in gone\.ts, which is not there any more; say .* --experiment/,
    ],
    ['a plan of nonsense', evidence({ plan: nonsense }), /running it threw: .*the file was changed/],
  ])('evidence that is %s', async (_, text, message) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'evidence.json'), text);
    await expectRefused(['replay', 'evidence.json'], message, folder);
  });

  it('evidence whose run has changed is refused with both digests', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'evidence.json'), evidence({}));
    await expectRefused(
      ['replay', 'evidence.json'],
      /the run has changed: recorded digest 0123456789abcdef, now [0-9a-f]{16} \(recorded as violated, now holds\); code or experiment differ/,
      folder,
    );
  });

  it('prints the one document that was asked for, too', async () => {
    const { code, out, err } = await holdfast(['run', 'raft-majorty', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      format: 'holdfast-result',
      version: 1,
      command: 'run',
      verdict: 'error',
      exitCode: 2,
      error: { code: 'BAD_INPUT', message: err.trim() },
    });
    expect(code).toBe(2);
  });

  it('a report folder may be new, and nothing is made of it when the input is refused', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'empty'));
    await expectRefused(['run', './gone.ts', '--report', 'new/deep'], /there is no such file/, folder);
  });
});

describe('holdfast --help', () => {
  it('names every command, gives examples and the exit codes, and ends with 0', async () => {
    const { code, out } = await holdfast(['--help']);
    for (const word of ['run', 'replay', 'check', 'list', 'demo'])
      expect(out).toMatch(new RegExp(`^  ${word}\\b`, 'm'));
    expect(out).toContain('Exit codes: 0 holds, 1 violated, 2 unusable input');
    expect(code).toBe(0);
  });

  it('prints the version', async () => {
    expect(await holdfast(['--version'])).toMatchObject({ code: 0, out: '0.1.0\n' });
  });

  it('offers what docs/cli.md describes, and docs/cli.md describes what it offers', async () => {
    const text = readFileSync(join(ROOT, 'docs/cli.md'), 'utf8');
    for (const command of ['run', 'replay', 'check', 'list', 'demo', 'casebook', 'verify']) {
      const section = text.split(/^## /m).find((part) => part.startsWith(`\`holdfast ${command}`)) ?? '';
      const options = (of: string): string[] => [...new Set(of.match(/--[a-z][a-z-]+(?: <\w+>)?/g) ?? [])];
      const { out } = await holdfast([command, '--help']);
      const offered = options(out.slice(out.indexOf('\nOptions:'))).filter((option) => option !== '--help');
      const described = [...section.matchAll(/^\| `(--[^`]+)`/gm)].map(([, option]) => option);
      if (command === 'list') expect(section).toContain('`--json`');
      else expect(new Set(described)).toEqual(new Set(offered));
    }
  });

  it('helps with a command', async () => {
    const { code, out } = await holdfast(['run', '--help']);
    expect(out).toContain('--first-seed <n>');
    expect(code).toBe(0);
  });
});

describe('holdfast list', () => {
  it('lists the flagship, the thirteen twins and their controls', async () => {
    const { code, out } = await holdfast(['list']);
    expect(code).toBe(0);
    const names = [...out.matchAll(/^ {2}(raft-\S+)/gm)].map(([, name]) => name);
    expect(names).toHaveLength(27);
    expect(names[0]).toBe('raft-majority');
    expect(names.filter((name) => name?.endsWith('-control'))).toHaveLength(13);
    expect(names).toContain('raft-ack-on-append');
  });
});
