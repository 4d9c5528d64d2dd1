import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  COMMIT_MOVES,
  Fence,
  FencedLeases,
  FencedValue,
  SpentStateError,
  Standing,
} from '@holdfast/protocols';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

const BEGINNING = `import { COMMIT_MOVES, Fence, FencedLeases, FencedValue, Standing } from '@holdfast/protocols';
const leases = new FencedLeases('stock', 100);
const stock = new FencedValue<number>('stock', 0);
const begun = Standing.begin(COMMIT_MOVES, 'working');
function send(decided: Standing<typeof COMMIT_MOVES, 'committed'>): string { return decided.state; }
const lease = leases.acquire('a', 0);
`;

/** What must compile, and what must not, with the code of the compiler's complaint. */
const LEGAL = {
  'fenced write': 'if (lease !== undefined) stock.write(lease.fence, 1);',
  'commit after preparing': "send(begun.to('preparing').to('committed'));",
  'abort at once': "begun.to('aborted');",
} as const;
const ILLEGAL = {
  'write without a fence': ['stock.write(1);', 'TS2554'],
  'write under a token alone': ['stock.write(7, 1);', 'TS2345'],
  'write under a forged fence': ["stock.write({ resource: 'stock', token: 9 }, 1);", 'TS2741'],
  'fence made by hand': ["stock.write(new Fence('stock', 9), 1);", 'TS2673'],
  'write under a lease that was not granted': ['stock.write(lease.fence, 1);', 'TS18048'],
  'value changed behind the fence': ['stock.held = 1;', 'TS2341'],
  'commit without preparing': ["begun.to('committed');", 'TS2345'],
  'transition from an end': ["begun.to('aborted').to('working');", 'TS2345'],
  'state that the protocol does not have': ["begun.to('lost');", 'TS2345'],
  'effect of a decision before it is taken': ["send(begun.to('preparing'));", 'TS2345'],
  'state set by hand': ["begun.state = 'committed';", 'TS2540'],
} as const;

/** What the compiler says of each program, by its name: the codes of its errors. */
function compiled(programs: Readonly<Record<string, string>>): Record<string, string[]> {
  mkdirSync(join(ROOT, 'node_modules/.cache'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, 'node_modules/.cache/typed-'));
  try {
    const names = Object.keys(programs);
    for (const [i, name] of names.entries())
      writeFileSync(join(folder, `p${i}.ts`), `${BEGINNING}${programs[name]}\nexport {};\n`);
    const compilerOptions = {
      strict: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2023',
      skipLibCheck: true,
      types: [],
      allowImportingTsExtensions: true,
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    const tsc = join(ROOT, 'node_modules/.bin/tsc');
    const { stdout } = spawnSync(tsc, ['-p', folder, '--pretty', 'false'], { encoding: 'utf8', cwd: folder });
    const errors = [...stdout.matchAll(/^p(\d+)\.ts\((\d+),\d+\): error (TS\d+)/gm)];
    return Object.fromEntries(
      names.map((name, i) => [
        name,
        errors.filter(([, file]) => Number(file) === i).map(([, , , code]) => code ?? ''),
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('APIs that make invalid states hard to express', () => {
  it('S3.31 legal programs compile; illegal transitions and unfenced writes do not, each for its own reason', () => {
    const illegal = Object.fromEntries(Object.entries(ILLEGAL).map(([name, [line]]) => [name, line]));
    const seen = compiled({ ...LEGAL, ...illegal });
    const wanted = {
      ...Object.fromEntries(Object.keys(LEGAL).map((name) => [name, []])),
      ...Object.fromEntries(Object.entries(ILLEGAL).map(([name, [, code]]) => [name, [code]])),
    };
    expect(seen).toEqual(wanted);
  });

  it('S3.31 what types cannot say is checked when it runs: stale, foreign and forged fences, and states left twice', () => {
    const leases = new FencedLeases('stock', 100);
    const stock = new FencedValue<number>('stock', 0);
    const first = leases.acquire('a', 0);
    expect(leases.acquire('b', 99)).toBeUndefined();
    const second = leases.acquire('b', 100);
    if (first === undefined || second === undefined) throw new Error('no lease was granted');
    expect(stock.write(second.fence, 2)).toEqual({ ok: true });
    expect(stock.write(first.fence, 1)).toEqual({ ok: false, stale: second.fence.token });
    expect(stock.value).toBe(2);
    expect(() => new FencedValue<number>('other', 0).write(first.fence, 1)).toThrow("it is of 'stock'");
    const forged = JSON.parse('{"resource":"stock","token":99}') as Fence;
    expect(() => stock.write(forged, 9)).toThrow('it is forged');
    const begun = Standing.begin(COMMIT_MOVES, 'working');
    expect(begun.to('preparing').to('committed').state).toBe('committed');
    expect(() => begun.to('aborted')).toThrow(SpentStateError);
  });

  it('S3.31 every change runs the types and the invariants: CI calls the suite and the checks, whatever the change', () => {
    const ci = readFileSync(join(ROOT, '.ci/run'), 'utf8');
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    const steps = [...ci.matchAll(/^step .*$/gm)].map(([line]) => line).join('\n');
    for (const script of ['test', 'types', 'lint', 'tidy']) {
      expect([script, scripts[script] === undefined ? 'missing' : 'there']).toEqual([script, 'there']);
      expect(steps).toMatch(new RegExp(`npm (run -s |run |-s )?${script}\\b|npm run (-s )?check`));
    }
    expect(scripts['test']).toContain('vitest run');
  });
});
