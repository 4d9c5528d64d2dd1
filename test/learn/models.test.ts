import { passes } from 'holdfast';
import { describe, expect, it } from 'vitest';
import exercises from '../../casebook/learn/models/exercises.ts';
import { UNSEEN, WORKSHOP } from '../../casebook/learn/models/faults.ts';
import { beliefsOf, lettersOf, named, wrongItems } from './support.ts';

describe('failure models', () => {
  it('S4.10 at least twenty faults have a key with reasons; ambiguous ones accept any justified set', () => {
    expect(WORKSHOP.length).toBeGreaterThanOrEqual(20);
    const task = named(exercises, 'failure-model-workshop').task(1);
    const key = Object.fromEntries(WORKSHOP.map(({ id, models }) => [id, [...models]]));
    const grade = task.grade(key);
    expect(wrongItems(grade)).toEqual([]);
    expect(grade.told).toHaveLength(WORKSHOP.length + 1);
    const single = Object.fromEntries(WORKSHOP.map(({ id, models }) => [id, models.at(-1)]));
    expect(wrongItems(task.grade(single))).toEqual([]);
    const mixed = task.grade({ ...key, silent: ['omission', 'byzantine'], gc: 'crash-stop' });
    expect(wrongItems(mixed)).toHaveLength(2);
    expect(beliefsOf(mixed)).toHaveLength(2);
    expect(() => task.grade({ gc: 'unlucky' })).toThrow("'gc' as crash-stop");
  });

  it('S4.21 ten unseen cases pass at 80 % and not below, and every model occurs among them', () => {
    const exercise = named(exercises, 'classify-failures');
    const task = exercise.task(1);
    expect(UNSEEN.filter(({ fault }) => WORKSHOP.some((seen) => seen.fault === fault))).toEqual([]);
    const key = Object.fromEntries(
      UNSEEN.filter(({ id }) => id in (task.blank as object)).map(({ id, models }) => [
        id,
        models[0] as string,
      ]),
    );
    const when = lettersOf(task, { when: 'when members are run by parties' });
    const spoilt = (count: number): object => ({
      ...key,
      ...when,
      ...Object.fromEntries(
        Object.keys(key)
          .slice(0, count)
          .map((id) => [id, key[id] === 'omission' ? 'timing' : 'omission']),
      ),
    });
    expect([0, 2, 3].map((count) => passes(exercise, task.grade(spoilt(count))))).toEqual([
      true,
      true,
      false,
    ]);
    const asked = new Set([1, 2, 3].flatMap((seed) => Object.keys(exercise.task(seed).blank)));
    expect(new Set(UNSEEN.filter(({ id }) => asked.has(id)).flatMap(({ models }) => models)).size).toBe(4);
  });

  it('S4.13 recalls the eight by name, and matches eight programs that run with what they believe', () => {
    const task = named(exercises, 'eight-fallacies').task(1);
    const names = [
      'the network is reliable',
      'latency is zero',
      'bandwidth is infinite',
      'the network is secure',
      'topology does not change',
      'one administrator',
      'transport costs nothing',
      'homogeneous network',
    ];
    const expected = Object.fromEntries(
      task
        .grade({})
        .marks.filter(({ item }) => /^[a-h] /.test(item))
        .map(({ item, expected: name }) => [item.slice(0, 1), name]),
    );
    expect(wrongItems(task.grade({ names, ...expected }))).toEqual([]);
    const grade = task.grade({ names: names.slice(1), ...expected, a: expected['b'] });
    expect(wrongItems(grade)).toHaveLength(2);
    expect(beliefsOf(grade)).toEqual([expect.stringContaining('this program believes')]);
  });
});
