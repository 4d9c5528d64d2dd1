import { asymmetricTask, causeOf, type Exercise, type Mark, simulate, workloadTask } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { judged } from '../../casebook/learn/detection/anyTimeout.ts';
import detection from '../../casebook/learn/detection/exercises.ts';
import reality from '../../casebook/learn/reality/exercises.ts';
import silenceRuns from '../../casebook/silence/experiment.ts';
import { beliefsOf, lettersOf, named, wrongItems } from './support.ts';

const CAUSES = [
  'the request was lost on the way',
  'the server crashed before it looked at it',
  'it crashed after it had done the work',
  'the reply got dropped',
  'a long GC pause',
];

describe('two seconds of silence', () => {
  const exercise = named(reality, 'two-seconds-of-silence');
  const task = exercise.task(1);
  const right = {
    causes: CAUSES,
    sights: 1,
    paid: 2,
    ...lettersOf(task, { tells: 'none: whatever it may look at' }),
  };

  it("S4.4 counts distinct causes in the learner's own words, and asks what the five runs looked like to the caller", () => {
    expect(wrongItems(task.grade(right))).toEqual([]);
    const twice = task.grade({ ...right, causes: [...CAUSES.slice(0, 4), 'the response never arrived'] });
    expect(wrongItems(twice)).toEqual(['cause 5']);
    expect(beliefsOf(twice)).toEqual([expect.stringContaining('in other words')]);
    const enough = task.grade({ ...right, causes: [...CAUSES, 'who knows', 'the reply was lost'] });
    expect(wrongItems(enough)).toEqual([]);
    expect(wrongItems(task.grade({ ...right, causes: CAUSES.slice(0, 3) }))).toEqual(['cause 4', 'cause 5']);
    expect(beliefsOf(task.grade({ ...right, paid: 0, sights: 5 }))).toHaveLength(2);
  });

  it.each([
    ['request lost in a switch', 'the request was lost'],
    ['server killed before replying', 'the server crashed after it did the work'],
    ['power failure', 'the server crashed before it did anything'],
    ['the ack was dropped', 'the answer was lost'],
    ['stop-the-world collection', 'the server was paused'],
    ['server overloaded', 'the server was slow'],
    ['network congestion', 'the network was slow'],
    ['my own process was paused', 'the caller itself stood still'],
    ['DNS gave an old address', 'the name or address was wrong'],
    ['its database did not answer', 'something behind the server did not answer'],
    ['asymmetric partition', 'one way was cut and the other not'],
    ['deadlock', 'the server hung in a lock'],
    ['firewall', 'the connection was refused or filtered'],
    ['Mercury is retrograde', undefined],
  ])('S4.4 takes "%s" for: %s', (text, cause) => {
    expect(causeOf(text)).toBe(cause);
  });

  it('S4.14 what the quiz says of partial failure is what the five runs show', () => {
    const quizTask = named(reality, 'partial-failure').task(1);
    const letters = lettersOf(quizTask, {
      definition: 'some parts of a system have failed',
      local: 'nothing: the same record',
      retry: 'where it had been taken',
      mend: 'the name of the first request',
    });
    expect(wrongItems(quizTask.grade(letters))).toEqual([]);
    const broken = (
      [
        'the request was lost',
        'the bank crashed before',
        'the bank crashed after',
        'the answer was lost',
        'the bank is slow',
      ] as const
    ).filter((explanation) => simulate(silenceRuns[`${explanation}: not done`], 1).status === 'violated');
    expect(broken).toEqual(['the bank crashed after', 'the answer was lost', 'the bank is slow']);
    const wrong = lettersOf(quizTask, { local: 'that it was not taken' });
    expect(beliefsOf(quizTask.grade(wrong))).toEqual([
      expect.stringContaining('no answer means that nothing happened'),
    ]);
  });
});

describe('any timeout', () => {
  const exercise = named(detection, 'any-timeout');
  const task = exercise.task(1);
  const letters = lettersOf(task, { neverWrong: 'no', flp: 'in a system without bounds' });

  it.each([10, 500, 3_000, 600_000])(
    'S4.15 whatever timeout is picked, a dead and a slow run are misjudged: %d ms',
    (timeoutMs) => {
      const grade = task.grade({ timeoutMs, stillAliveMs: timeoutMs, pauseMs: timeoutMs * 2, ...letters });
      expect(wrongItems(grade)).toEqual([]);
      const [dead = '', slow = '', same] = grade.told ?? [];
      expect(Number(/for (\d+) ms after/.exec(dead)?.[1])).toBeGreaterThanOrEqual(
        Math.floor(timeoutMs * 0.99) - 1,
      );
      expect(Number(/called dead for (\d+) ms while/.exec(slow)?.[1])).toBeGreaterThan(0);
      expect(same).toContain('the very same');
    },
  );

  it('S4.15 a pause within the timeout is no slow run, and a crash is not seen at once', () => {
    expect(judged(1_000, { kind: 'pause', forMs: 400 })).toMatchObject({
      calledDeadAfterMs: -1,
      wronglyDeadMs: 0,
    });
    const grade = task.grade({ timeoutMs: 1_000, stillAliveMs: 0, pauseMs: 400, ...letters });
    expect(wrongItems(grade)).toEqual(['the dead run', 'the slow run']);
    expect(beliefsOf(grade)).toEqual([
      expect.stringContaining('seen at once'),
      expect.stringContaining('a short pause'),
    ]);
    expect(() => task.grade({ timeoutMs: 1 })).toThrow("'timeoutMs' as a number from 10");
  });
});

const tuned = (exercise: Exercise, seed: number, answers: object): readonly Mark[] =>
  exercise.task(seed).grade(answers).marks;

describe('tuning a detector', () => {
  it('S4.6 near and far peers: phi accrual passes on hidden seeds, 500 ms fixed and every other fixed timeout fails', () => {
    const exercise = named(detection, 'dead-to-some');
    const task = exercise.task(1);
    const why = lettersOf(task, { whyNot500: 'the far links are often silent' });
    const grade = task.grade({ detector: 'phi', threshold: 12, minDeviationMs: 100, ...why });
    expect(wrongItems(grade)).toEqual([]);
    expect(grade.told?.join('\n')).toMatch(/fixed 500 ms at P3: .*\d{3,}[.\d]* mistakes an hour/);
    for (const timeoutMs of [500, 1_100, 4_000]) {
      const fixed = task.grade({ detector: 'fixed', timeoutMs, ...why });
      expect(wrongItems(fixed)).not.toEqual([]);
      expect(beliefsOf(fixed)).toEqual([expect.stringContaining('one fixed timeout fits all')]);
    }
    const { visible, hidden } = asymmetricTask(1);
    expect(hidden.filter((seed) => visible.includes(seed))).toEqual([]);
    expect(() => task.grade({ detector: 'crystal ball' })).toThrow("'detector' as fixed, adaptive, phi");
  });

  it('S4.19 a threshold that fits one workload is too eager or too slow for the other; the curve shows the choice', () => {
    const exercise = named(detection, 'tune-a-detector');
    const careful = [1, 2, 3, 4].find((seed) => workloadTask(seed).intro.startsWith('A database')) ?? 0;
    const eager = [1, 2, 3, 4].find((seed) => workloadTask(seed).intro.startsWith('A stateless')) ?? 0;
    const failed = (seed: number, threshold: number): string[] =>
      tuned(exercise, seed, { detector: 'phi', threshold, minDeviationMs: 200 })
        .filter(({ right, given }) => !right && given !== '')
        .map(({ item }) => item);
    expect(failed(careful, 12)).toEqual([]);
    expect(failed(eager, 12)).toEqual(['detection time at the load balancer']);
    expect(failed(eager, 4)).toEqual([]);
    expect(failed(careful, 2)).toEqual(['mistakes at the load balancer']);
    const { pictures = {}, grade } = exercise.task(eager);
    expect(pictures['trade-off.svg']).toContain('phi 8: seen after');
    const lower = lettersOf(exercise.task(eager), { lower: 'accuracy, at the price' });
    expect(beliefsOf(grade({ ...lower, detector: null }))).toEqual([
      expect.stringContaining('accuracy is to find the dead'),
    ]);
  });
});
