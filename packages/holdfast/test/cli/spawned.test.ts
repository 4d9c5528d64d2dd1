import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { differences, documentedFields } from './jsonSchema.ts';
import { BIN, EXPERIMENTS, ROOT, temporaryFolder } from './support.ts';

// These tests run the built command line in processes of its own: `npm test` builds first.

interface Document {
  readonly digest: string;
  readonly replay: string;
  readonly evidence: string;
  readonly checks: readonly unknown[];
}

/** The environment without what a test runner puts there. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, VITEST: _vitest, ...rest } = process.env;
  return rest;
}

function holdfast(words: readonly string[], cwd: string): { code: number | null; out: string; err: string } {
  const options = { cwd, encoding: 'utf8', env: plainEnvironment() } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...words], options);
  return { code: status, out: stdout, err: stderr };
}

/** A project outside of this repository, with its packages where npm would put them. */
function foreignProject(files: readonly string[]): string {
  const folder = temporaryFolder();
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'experiments'));
  for (const file of files) cpSync(join(EXPERIMENTS, file), join(folder, 'experiments', file));
  return folder;
}

describe('the built command line', () => {
  it('gives equal documents for any number of jobs, and prints nothing else on standard output', () => {
    const words = [
      'run',
      'packages/holdfast/test/cli/fixtures/tiny.ts#tiny',
      '--seeds',
      '8',
      '--json',
      '--jobs',
    ];
    const [one, two] = ['1', '2'].map((jobs) => holdfast([...words, jobs], ROOT));
    expect(one).toMatchObject({ code: 0 });
    // The experiment file prints as it is loaded: that goes to standard error.
    expect(one?.err).toContain('tiny experiments loaded');
    const [first, second] = [one, two].map(
      (ended) => JSON.parse(ended?.out ?? '') as Record<string, unknown>,
    );
    expect(differences(first, documentedFields('`run` and `replay`'))).toEqual([]);
    expect({ ...second, timings: 0 }).toEqual({ ...first, timings: 0 });
  });

  it('loads TypeScript outside of this repository, in a package of no type, and replays by the command it prints', () => {
    const folder = foreignProject(['tiny.ts']);
    const words = ['--json', '--no-shrink', '--jobs', '1'];
    const run = holdfast(['run', 'experiments/tiny.ts#broken', ...words], folder);
    expect(run.code).toBe(1);
    const document = JSON.parse(run.out) as Document;
    const evidence = JSON.parse(readFileSync(join(folder, document.evidence), 'utf8')) as { file: string };
    expect(evidence.file).toBe('experiments/tiny.ts');
    const replay = spawnSync('sh', ['-c', document.replay], {
      cwd: folder,
      encoding: 'utf8',
      env: plainEnvironment(),
    });
    expect(replay.status).toBe(1);
    expect(replay.stdout).toContain('as recorded');
    // The same file inside this repository, in a package of type module, gives the very same runs.
    const here = holdfast(['run', 'packages/holdfast/test/cli/fixtures/tiny.ts#broken', ...words], ROOT);
    expect((JSON.parse(here.out) as Document).digest).toBe(document.digest);
  });

  it('the examples do what the README says: the first one holds, the broken one is violated', () => {
    const first = holdfast(['run', 'examples/first.ts', '--seeds', '10'], ROOT);
    expect(first.out).toMatch(/^HOLDS {2}10 seeds/m);
    expect(first.code).toBe(0);
    const folder = temporaryFolder();
    const broken = holdfast(['run', join(ROOT, 'examples/broken.ts'), '--no-shrink'], folder);
    expect(broken.out).toMatch(/^VIOLATED {2}(?:linearizability|rejected without authority), seed \d+/m);
    expect(broken.code).toBe(1);
  });

  it('list and check start, print and end', () => {
    expect(holdfast(['list', '--json'], ROOT).code).toBe(0);
    const checked = holdfast(
      ['check', 'packages/check/fixtures/jepsen-etcd/etcd_000.log', '--model', 'cas-register'],
      ROOT,
    );
    expect(checked).toMatchObject({ code: 1, err: '' });
  });

  it('JavaScript that imports TypeScript is told how it can be loaded, where Node cannot', () => {
    const folder = temporaryFolder();
    const file = join(folder, 'mine.mjs');
    writeFileSync(file, `export { default } from ${JSON.stringify(join(EXPERIMENTS, 'tiny.ts'))};\n`);
    const { code, err } = holdfast(['run', `${file}#tiny`, '--seed', '1'], folder);
    // Newer ones take the types out by themselves.
    if ('typescript' in process.features && process.features.typescript !== false) expect(code).toBe(0);
    else {
      expect(code).toBe(2);
      expect(err).toMatch(/give it the ending \.ts: on this Node no JavaScript file may import TypeScript/);
    }
  });

  it('Ctrl-C ends a campaign with what is known so far, exit code 3', async () => {
    const words = [BIN, 'run', join(EXPERIMENTS, 'tiny.ts#tiny'), '--seeds', '1000000', '--jobs', '1'];
    const child = spawn(process.execPath, words, { cwd: temporaryFolder(), env: plainEnvironment() });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      // The header is printed once interruptions are taken care of.
      if (out === '') child.kill('SIGINT');
      out += text;
    });
    const code = await new Promise<number | null>((resolve) => {
      child.once('close', resolve);
    });
    expect(out).toMatch(/^UNDECIDED {2}\d+ seeds?, /m);
    expect(out).toMatch(/^interrupted: \d+ seeds? done, none of them violated$/m);
    expect(code).toBe(3);
  });
});
