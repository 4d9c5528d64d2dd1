import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { BUILT_IN } from 'holdfast/node';
import { completionStandard, type Exercise, isExercise, isExperiment, lintWording } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { INTERVIEW, ON_CALL } from '../../casebook/learn/whole/bank.ts';
import whole from '../../casebook/learn/whole/exercises.ts';
import { beliefsOf, lettersOf, named, wrongItems } from './support.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LEARN = join(ROOT, 'casebook/learn');

async function everyExercise(): Promise<readonly Exercise[]> {
  const found: Exercise[] = [];
  for (const name of readdirSync(LEARN)) {
    const file = join(LEARN, name, 'exercises.ts');
    if (!existsSync(file)) continue;
    const { default: list } = (await import(pathToFileURL(file).href)) as {
      readonly default: readonly Exercise[];
    };
    expect(list.every(isExercise)).toBe(true);
    found.push(...list);
  }
  return found;
}

/** Relative links of a page that lead nowhere. */
function brokenLinks(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/\]\(([^)#]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^https?:/.test(link) && !existsSync(join(dirname(file), link)));
}

/** Exercises that a page names and there are none of. */
function unknownExercises(file: string, exercises: readonly Exercise[]): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/exercise show ([a-z0-9-]+)/g)]
    .map(([, name = '']) => name)
    .filter((name) => !exercises.some((each) => each.name === name));
}

describe('the concept pages', () => {
  it('S4.3 are fifteen, each with a scenario that can be run, a picture and a self-check, and all in the index', async () => {
    const folder = join(LEARN, 'concepts');
    const exercises = await everyExercise();
    const index = readFileSync(join(folder, 'README.md'), 'utf8');
    const pages = readdirSync(folder).filter((name) => /^\d\d-.*\.md$/.test(name));
    expect(pages).toHaveLength(15);
    expect(
      [...index.matchAll(/\| (primary|supporting) \|/g)]
        .map(([, kind]) => kind)
        .filter((kind) => kind === 'supporting'),
    ).toHaveLength(2);
    for (const page of pages) {
      const file = join(folder, page);
      const text = readFileSync(file, 'utf8');
      expect(index).toContain(`(${page})`);
      expect([page, brokenLinks(file), unknownExercises(file, exercises)]).toEqual([page, [], []]);
      expect(text).toMatch(/!\[[^\]]{10,}\]\([^)]+\.svg\)/);
      expect(text).toMatch(/holdfast exercise show /);
      const [, reference = ''] = /npx holdfast run ("[^"]+"|\S+)/.exec(text) ?? [];
      expect([page, await isRunnable(reference.replaceAll('"', ''))]).toEqual([page, true]);
    }
  });

  it('S4.42 the plan has ten days, every link resolves, and a quiz of each seed is another one', async () => {
    const exercises = await everyExercise();
    const plan = join(LEARN, 'PLAN.md');
    expect(
      [...readFileSync(plan, 'utf8').matchAll(/^## Day (\d+):/gm)].map(([, day]) => Number(day)),
    ).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const file of [plan, join(LEARN, 'README.md'), join(LEARN, 'concepts/README.md')])
      expect([file, brokenLinks(file), unknownExercises(file, exercises)]).toEqual([file, [], []]);
    // Every exercise has its day, or its part in another exercise's.
    const planned = readFileSync(plan, 'utf8');
    expect(
      exercises.map(({ name }) => name).filter((name) => !planned.includes(`exercise show ${name}`)),
    ).toEqual([]);
    const module = named(whole, 'module-quiz');
    const asked = [1, 2, 3].map((seed) => Object.keys(module.task(seed).blank).join());
    expect(new Set(asked).size).toBe(3);
    expect(module.task(1).text).toBe(module.task(1).text);
  });
});

async function isRunnable(reference: string): Promise<boolean> {
  const [path = '', name = ''] = reference.split('#');
  if (!path.endsWith('.ts')) return BUILT_IN.some((each) => each.name === path);
  const module = (await import(pathToFileURL(join(ROOT, path)).href)) as {
    readonly default: Readonly<Record<string, unknown>>;
  };
  return isExperiment(module.default[name]);
}

const RIGHT = {
  clocks: 'the updates may be closer together',
  'split-brain': 'the three elect another',
  'exactly-once': 'not asking again and asking until answered',
  'two-phase-commit': 'who has voted yes',
};

describe('the quizzes of the whole', () => {
  it('S4.1 the diagnostic takes any three distinct causes, and recommends the path of its band', () => {
    const task = named(whole, 'diagnostic').task(1);
    const right = lettersOf(task, RIGHT);
    const told = (answers: object): string => task.grade(answers).told?.[0] ?? '';
    expect(told({ ...right, causes: ['the request was lost', 'the server was slow', 'it crashed'] })).toMatch(
      /^5 of 5\. 4 to 5: take the whole path/,
    );
    expect(
      told({ ...right, causes: ['asymmetric partition', 'GC pause', 'the reply was dropped', 'who knows'] }),
    ).toMatch(/^5 of 5/);
    expect(
      told({ ...right, causes: ['request lost', 'the request never arrived', 'the request was dropped'] }),
    ).toMatch(/^4 of 5/);
    expect(
      told({ ...lettersOf(task, { clocks: RIGHT.clocks, 'split-brain': RIGHT['split-brain'] }) }),
    ).toMatch(/^2 of 5\. 2 to 3: go on, with more time for cluster 2/);
    expect(told({})).toMatch(/^0 of 5\. 0 to 1: first read again/);
    expect(wrongItems(task.grade({ ...right, causes: ['a', 'b', 'c'] }))).toEqual(['three distinct causes']);
  });

  it.each(ON_CALL)('S4.2 $question: runs give the answer, with evidence', ({ evidence, id }) => {
    const { holds, lines } = evidence();
    expect([id, holds]).toEqual([id, true]);
    expect(lines.every((line) => line.includes('holdfast '))).toBe(true);
  });

  it('S4.2 the grade of an answer tells the evidence of its runs', () => {
    const task = named(whole, 'on-call').task(1);
    const grade = task.grade(lettersOf(task, { 'two-leaders': 'the timeout' }));
    expect(grade.told?.join('\n')).toMatch(/at \d+ ms N\d \(term \d\) and N\d \(term \d\) lead/);
    expect(beliefsOf(grade)).toEqual([expect.stringContaining('a long timeout is safe')]);
  });

  it('S2.44 every question of the bank has a model answer and a run that backs it; only the choice is graded', () => {
    expect(INTERVIEW.length).toBeGreaterThanOrEqual(8);
    for (const { id, because, evidence, wrong } of INTERVIEW) {
      expect(because.length).toBeGreaterThan(40);
      expect(wrong.length).toBeGreaterThan(0);
      expect([id, evidence().holds]).toEqual([id, true]);
    }
    const task = named(whole, 'interview').task(1);
    const [first = ''] = Object.keys(task.blank);
    const right = INTERVIEW.find(({ id }) => id === first)?.right ?? '';
    const grade = task.grade({
      ...lettersOf(task, { [first]: right }),
      [`${first}-words`]: 'in my own words',
    });
    expect(grade.marks.find(({ item }) => item === first)?.right).toBe(true);
    expect(grade.told?.join('\n')).toContain('holdfast ');
  });
});

describe('the completion standard', () => {
  const passed = (
    exercise: string,
  ): { exercise: string; seed: number; passed: boolean; at: string; right: number; of: number } => ({
    exercise,
    seed: 3,
    passed: true,
    at: '',
    right: 1,
    of: 1,
  });

  it('S4.41 maps each of the eight statements to graded evidence, and the last to the words of documents', () => {
    const names = [
      'eight-fallacies',
      'any-timeout',
      'lamport-by-hand',
      'vectors-by-hand',
      'kata-election',
      'predict-a-raft-run',
      'paxos-duel',
      'kata-api',
      'kata-postmortem',
    ];
    const clean = [{ name: 'memo.md', findings: [] }];
    const all = completionStandard(names.map(passed), clean);
    expect(all).toHaveLength(8);
    expect(all.filter(({ passes }) => !passes)).toEqual([]);
    expect(all[0]?.reason).toBe('eight-fallacies (seed 3)');
    const open = (attempts: readonly string[]): string[] =>
      completionStandard(attempts.map(passed), clean)
        .filter(({ passes }) => !passes)
        .map(({ reason }) => reason);
    expect(open(names.filter((name) => name !== 'kata-api'))).toEqual(['pass kata-api']);
    expect(open(names.filter((name) => name !== 'vectors-by-hand'))).toEqual([
      'pass vectors-by-hand or pairs-by-hand',
    ]);
    const failed = completionStandard([{ ...passed('kata-api'), passed: false }], []);
    expect(failed.every(({ passes }) => !passes)).toBe(true);
    expect(failed.at(-1)?.reason).toContain('no document');
  });

  it.each([
    ['Our queue guarantees exactly-once delivery.', 1],
    ['We rely on\nexactly once delivery of the broker.', 1],
    ['If it hangs we just retry on timeout.', 1],
    ['Exactly-once delivery is a myth; we deduplicate by key.', 0],
    ['Effects are exactly once end to end, by an idempotency key.', 0],
    ['He wrote "exactly-once delivery" on the board.', 0],
    ['A retry after a timeout uses the same key.', 0],
    ['The network is probably fine.', 1],
    ['Timestamps decide which edit was last.', 1],
  ])('S4.41 the words "%s" have %d findings', (text, count) => {
    expect(lintWording(text)).toHaveLength(count);
  });

  it('S4.41 names the line, and what is believed by who writes so', () => {
    const [finding] = lintWording(
      '# Memo\n\nThe first line is fine.\nThe broker gives exactly-once delivery.\n',
    );
    expect(finding).toMatchObject({
      line: 4,
      belief: expect.stringContaining('a sender can only ask again'),
    });
  });
});
