import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Draws, exercise, quiz } from '../../src/learning/index.ts';
import { type Ended, holdfast, temporaryFolder } from '../cli/support.ts';

const FROM = fileURLToPath(new URL('fixtures', import.meta.url));

/** The command in a learner's folder, on the exercises of the fixtures. */
const run = (cwd: string, ...words: string[]): Promise<Ended> =>
  holdfast(['exercise', ...words, '--from', FROM], cwd);
/** The four numbers of the two sums that a task asks. */
function sumsOf(text: string): readonly [number, number, number, number] {
  const [a, b, c, d] = [...text.matchAll(/: (\d) and (\d)\?/g)].flatMap(([, left, right]) => [
    Number(left),
    Number(right),
  ]);
  return [a ?? 0, b ?? 0, c ?? 0, d ?? 0];
}
const write = (cwd: string, name: string, text: string): string => {
  mkdirSync(cwd, { recursive: true });
  writeFileSync(join(cwd, name), text);
  return name;
};

describe('holdfast exercise', () => {
  it('lists exercises by topic, and says which were tried and passed', async () => {
    const cwd = temporaryFolder();
    expect((await run(cwd)).out).toMatch(/1\. The inescapable reality\n {2}sums +Adds\./);
    write(cwd, 'code.ts', "export const exercise = 'code';\nexport default (n: number): number => n + 1;\n");
    expect(await run(cwd, 'grade', 'code.ts')).toMatchObject({ code: 0, err: '' });
    const { out } = await run(cwd, 'list');
    expect(out).toMatch(/^ {2}code {2}passed {2}code {2}Writes a function/m);
    expect(out).toMatch(/^ {2}sums +Adds/m);
  });

  it('shows a task with its picture and empty answers, and leaves answers that are there as they are', async () => {
    const cwd = temporaryFolder();
    const { out } = await run(cwd, 'show', 'sums', '--seed', '7');
    expect(out).toMatch(/^picture {2}\.holdfast\/learning\/sums-7-sum\.svg$/m);
    expect(out).toMatch(/^answers {2}\.holdfast\/learning\/sums-7\.json {2}\(new: fill it in\)$/m);
    const file = join(cwd, '.holdfast/learning/sums-7.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      exercise: 'sums',
      seed: 7,
      answers: { first: null, second: null },
    });
    writeFileSync(file, 'mine');
    expect((await run(cwd, 'show', 'sums', '--seed', '7')).out).toContain('as you left it');
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect((await run(cwd, 'show', 'sums', '--seed', '8')).out).not.toBe(out);
  });

  it('S4.40 marks item by item, names what is believed, and adds each wrong prediction to the mistake log once', async () => {
    const cwd = temporaryFolder();
    const [a, b, c, d] = sumsOf((await run(cwd, 'show', 'sums')).out);
    const wrong = write(
      cwd,
      'wrong.yaml',
      `exercise: sums\nseed: 1\nanswers:\n  first: ${a * b}\n  second: ${c + d}\n`,
    );
    const graded = await run(cwd, 'grade', wrong);
    expect(graded.code).toBe(1);
    expect(graded.out).toContain(`WRONG  first: not ${a * b}; it is ${a + b}: ${a} + ${b}`);
    expect(graded.out).toContain(`right  second: ${c + d}`);
    expect(graded.out).toContain('to add is to multiply  (1 answer)');
    expect(graded.out).toMatch(/NOT PASSED {2}1 of 2 right/);
    expect(graded.out).toMatch(
      /mistake log \.holdfast\/learning\/mistakes\.jsonl {2}1 new, 1 in all \(8 wanted\)/,
    );
    expect((await run(cwd, 'grade', wrong)).out).not.toContain('mistake log');
    const log = readFileSync(join(cwd, '.holdfast/learning/mistakes.jsonl'), 'utf8').trim().split('\n');
    expect(log.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      {
        exercise: 'sums',
        seed: 1,
        topic: 'reality',
        item: 'first',
        given: String(a * b),
        belief: 'to add is to multiply',
      },
    ]);
    const files = readdirSync(join(cwd, '.holdfast/learning')).toSorted();
    expect(files).toEqual([
      'attempts.jsonl',
      'mistakes.jsonl',
      'sums-1-seen.txt',
      'sums-1-sum.svg',
      'sums-1.json',
    ]);
  });

  it('S4.40 counts the log up to eight, and reviews it by what was believed: open until the exercise is passed', async () => {
    const cwd = temporaryFolder();
    expect((await run(cwd, 'mistakes')).out).toBe('Mistake log: 0 entries, 8 to go to a log of 8\n');
    const blank = write(cwd, 'blank.json', '{"exercise":"sums","seed":1,"answers":{"first":null}}');
    expect((await run(cwd, 'grade', blank)).out).toContain('not answered');
    for (let seed = 1; seed <= 4; seed++) {
      const [a, b] = sumsOf((await run(cwd, 'show', 'sums', '--seed', `${seed}`)).out);
      const answers = { first: seed === 4 ? 1 : a * b, second: 0 };
      await run(cwd, 'grade', write(cwd, 'a.json', JSON.stringify({ exercise: 'sums', seed, answers })));
    }
    const { out } = await run(cwd, 'mistakes');
    expect(out).toMatch(/^Mistake log: 8 entries, enough for a mistake log/);
    expect(out).toMatch(/OPEN {5}no known belief: read the reason\n +5 times, in sums; not passed since/);
    expect(out).toMatch(/OPEN {5}to add is to multiply\n +3 times/);
    const [a, b, c, d] = sumsOf((await run(cwd, 'show', 'sums', '--seed', '5')).out);
    const right = { exercise: 'sums', seed: 5, answers: { first: a + b, second: c + d } };
    expect((await run(cwd, 'grade', write(cwd, 'right.json', JSON.stringify(right)))).code).toBe(0);
    expect((await run(cwd, 'mistakes')).out).toMatch(/settled {2}to add is to multiply/);
  });

  it('passes a quiz at its share, and asks other questions for another seed', async () => {
    const cwd = temporaryFolder();
    const task = (await run(cwd, 'show', 'choice')).out;
    const asked = [...task.matchAll(/^(one|two|three): /gm)].map(([, id = '']) => id);
    expect(asked).toHaveLength(2);
    const [id = ''] = asked;
    const letter = new RegExp(`^${id}: [^]*?([abc])\\) ${id}$`, 'm').exec(task)?.[1] ?? '';
    const file = write(
      cwd,
      'q.json',
      JSON.stringify({ exercise: 'choice', seed: 1, answers: { [id]: letter } }),
    );
    expect(await run(cwd, 'grade', file)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/PASSED {2}1 of 2 right, 50 % pass/),
    });
    const drawn = new Set([1, 2, 3, 4, 5, 6].map((seed) => new Draws(seed, 'choice').below(3)));
    expect(drawn.size).toBeGreaterThan(1);
  });

  it.each([
    [['show', 'sum'], "Cannot find exercise 'sum': there is none of that name; did you mean 'sums'?"],
    [['show'], 'Cannot show 0 of them: it must be the name of one exercise'],
    [['teach'], "Cannot do 'teach' with exercises: it is none of list, show, grade, mistakes, status"],
    [['grade', 'word.json'], 'word.json: Cannot mark first as a number: it is "two"'],
    [['grade', 'none.yaml'], 'Cannot read none.yaml as answers: 1:1 the file must have'],
    [['grade', 'bare.ts'], 'Cannot grade bare.ts: it does not say which exercise it answers'],
  ])('%j cannot be done, and says how to mend it', async (words, message) => {
    const cwd = temporaryFolder();
    write(cwd, 'word.json', '{"exercise":"sums","seed":1,"answers":{"first":"two"}}');
    write(cwd, 'none.yaml', 'exercise: sums\n');
    write(cwd, 'bare.ts', 'export default 1;\n');
    const { code, err } = await run(cwd, ...words);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it('refuses exercises that are put together wrongly', () => {
    const task = (): never => {
      throw new Error('unused');
    };
    const definition = { name: 'x', title: 'X', about: 'X.', topic: 'whole', answers: 'file', task } as const;
    expect(() => exercise({ ...definition, name: 'X y' })).toThrow('small letters');
    expect(() => exercise({ ...definition, about: ' ' })).toThrow('is empty');
    expect(() => exercise({ ...definition, passShare: 0 })).toThrow('share of 0');
    const question = { id: 'a', question: 'a?', right: 'b', wrong: [], because: 'c' };
    expect(() => quiz({ ...definition, questions: [question] })).toThrow("'a' has 0 wrong choices");
    expect(() => quiz({ ...definition, questions: [] })).toThrow('it asks 0 of 0 questions');
  });
});
