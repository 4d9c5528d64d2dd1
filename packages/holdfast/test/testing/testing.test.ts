import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { parseEvidence } from '../../src/evidence/evidence.ts';
import type { Experiment } from '../../src/experiment/experiment.ts';
import { simulatePlan } from '../../src/simulate/simulate.ts';
import { callerFile, rerunCommand } from '../../src/testing/callSite.ts';
import {
  type AssertHoldsOptions,
  assertHolds,
  HoldfastViolation,
  REPLAY_VARIABLE,
} from '../../src/testing/index.ts';
import { broken, correct } from './fixtures/experiments.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const FIXTURES = 'packages/holdfast/test/testing/fixtures';

afterEach(() => {
  vi.unstubAllEnvs();
});

async function violationOf(experiment: Experiment, options: AssertHoldsOptions): Promise<HoldfastViolation> {
  try {
    await assertHolds(experiment, options);
  } catch (error) {
    if (error instanceof HoldfastViolation) return error;
    throw error;
  }
  throw new Error('nothing was violated');
}

describe('assertHolds()', () => {
  it('resolves with what was looked at, the same each time', async () => {
    const summary = await assertHolds(correct, { seeds: 4, firstSeed: 10 });
    expect(summary).toMatchObject({ experiment: 'correct', seeds: 4 });
    expect(summary.checks.every(({ status }) => status === 'holds')).toBe(true);
    expect(summary.operations).toBeGreaterThan(100);
    expect(await assertHolds(correct, { seeds: 4, firstSeed: 10 })).toEqual(summary);
  });

  it('gives the event loop its turns', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await assertHolds(correct, { seeds: 40 });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });

  it('rejects with the reason in a sentence, the seed, and the command that runs this very test again', async () => {
    const violation = await violationOf(broken, { seeds: 40 });
    expect(violation.message).toMatch(/^broken, seed \d+: linearizability is violated: process \d+ read /);
    expect(violation.command).toBe(
      `HOLDFAST_REPLAY=broken:${violation.seed} npx vitest run packages/holdfast/test/testing/testing.test.ts`,
    );
    expect(violation.message).toContain(`show it again: ${violation.command}`);
    expect(violation.message).toMatch(/^ *#\d+ .* asks read k0/m);
    expect(violation).toMatchObject({ code: 'VIOLATED', experiment: 'broken', evidencePath: undefined });
    expect(violation.verdicts.find(({ promise }) => promise === 'linearizability')?.status).toBe('violated');
    const { plan, digest } = violation.evidence;
    if (plan === undefined) throw new Error('the run was not shrunk');
    expect(simulatePlan(broken, plan).digest).toBe(digest);
  });

  it('runs only the seed that the environment asks for', async () => {
    vi.stubEnv(REPLAY_VARIABLE, 'correct:17');
    expect(await assertHolds(correct, { seeds: 40 })).toMatchObject({ seeds: 1 });
    vi.stubEnv(REPLAY_VARIABLE, 'another:17');
    expect(await assertHolds(correct, { seeds: 2 })).toMatchObject({ seeds: 2 });
  });

  it('writes evidence and names the replay command when it knows the file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = new URL('fixtures/experiments.ts', import.meta.url);
    const violation = await violationOf(broken, { seeds: 40, shrink: false, file, folder });
    // A path is told from here when that is shorter.
    expect(violation.command).toMatch(new RegExp(` replay \\S*${basename(violation.evidencePath ?? '')}$`));
    const evidence = parseEvidence(readFileSync(violation.evidencePath ?? '', 'utf8'));
    expect(evidence).toEqual(violation.evidence);
    expect(evidence.file).toBe(`${FIXTURES}/experiments.ts`);
    expect(evidence.plan).toBeUndefined();
  });

  it('rejects when a run throws, and when nothing was examined', async () => {
    const { workload } = correct;
    const throwing = { ...correct, workload: { ...workload, plan: () => planless() } };
    await expect(assertHolds(throwing, { seeds: 2 })).rejects.toMatchObject({
      code: 'RUN_THREW',
      seed: 1,
      message: expect.stringMatching(
        /^correct, seed 1 threw: no plan\n\nshow it again: HOLDFAST_REPLAY=correct:1 /,
      ),
    });
    const idle = { ...correct, workload: { ...workload, plan: () => [] } };
    await expect(assertHolds(idle, { seeds: 2 })).rejects.toMatchObject({
      code: 'UNDECIDED',
      message: expect.stringContaining('nothing was examined'),
    });
  });

  it.each([
    [{ seeds: 0 }, /seeds as a whole number/],
    [{ seeds: 1.5 }, /current value is 1\.5/],
    [{ seeds: 3, firstSeed: -1 }, /firstSeed as a whole number from 0: current value is -1/],
  ])('refuses options %j', async (options, message) => {
    await expect(assertHolds(correct, options)).rejects.toThrow(message);
  });

  it('refuses what is no experiment', async () => {
    await expect(assertHolds({ name: 'mine' } as unknown as Experiment, { seeds: 1 })).rejects.toThrow(
      /it is none/,
    );
  });
});

function planless(): never {
  throw new Error('no plan');
}

describe('the command that runs a test again', () => {
  it('finds the caller in a stack of paths or of addresses', () => {
    const own = fileURLToPath(new URL('../../src/testing/assertHolds.ts', import.meta.url));
    const stack = (place: string): string => `Error: here\n    at assertHolds (${own}:1:2)\n    at ${place}`;
    expect(callerFile(stack('async file:///home/me/a%20b.test.js?v=1:3:4'))).toBe('/home/me/a b.test.js');
    expect(callerFile(stack('Test.fn (/home/me/x.test.ts:3:4)'))).toBe('/home/me/x.test.ts');
    expect(callerFile(stack('run (/home/me/node_modules/runner/index.js:3:4)'))).toBeUndefined();
    expect(callerFile(undefined)).toBeUndefined();
  });

  it.each([
    [{ VITEST: 'true' }, 'V=1 npx vitest run test/x.test.ts'],
    [{ NODE_TEST_CONTEXT: 'child' }, 'V=1 node --test test/x.test.ts'],
    [{ JEST_WORKER_ID: '1' }, 'V=1 npx jest test/x.test.ts'],
    [{}, 'V=1 node test/x.test.ts'],
  ])('names the runner of %j', (env, command) => {
    expect(rerunCommand('V=1', '/home/me/test/x.test.ts', env, '/home/me')).toBe(command);
  });
});

describe('test runners', () => {
  function run(words: readonly string[], cwd: string): { code: number | null; text: string } {
    const { NODE_OPTIONS: _o, VITEST: _v, NODE_TEST_CONTEXT: _n, FORCE_COLOR: _c, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, words, {
      cwd,
      encoding: 'utf8',
      env: { ...env, NO_COLOR: '1' },
    });
    return { code: status, text: stdout + stderr };
  }

  it('Vitest shows the sentence and the command of the violated test, and passes the other', () => {
    const vitest = fileURLToPath(new URL('../../../../node_modules/vitest/vitest.mjs', import.meta.url));
    const { code, text } = run([vitest, 'run'], join(ROOT, FIXTURES, 'vitest'));
    expect(code).toBe(1);
    expect(text).toMatch(/HoldfastViolation: broken, seed \d+: linearizability is violated: process/);
    expect(text).toMatch(/show it again: HOLDFAST_REPLAY=broken:\d+ npx vitest run store\.test\.js/);
    expect(text).toMatch(/1 failed \| 1 passed/);
  });

  it('node:test does, too', () => {
    const { code, text } = run(['--import', 'tsx', '--test', `${FIXTURES}/nodeTest/store.test.mjs`], ROOT);
    expect(code).toBe(1);
    expect(text).toMatch(/broken, seed \d+: linearizability is violated: process/);
    expect(text).toMatch(
      /HOLDFAST_REPLAY=broken:\d+ node --test packages\/holdfast\/test\/testing\/fixtures\/nodeTest\/store\.test\.mjs/,
    );
    expect(text).toMatch(/pass 2\n.*fail 1/);
  });
});
