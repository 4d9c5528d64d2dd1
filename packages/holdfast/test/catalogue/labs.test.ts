import { LABS } from '@holdfast/protocols';
import { labExperiment, labTwin, simulate } from 'holdfast';
import { describe, expect, it } from 'vitest';

/** Promises judged from the history rather than by a monitor. */
const FROM_HISTORY = ['linearizability', 'liveness after healing'];
const SEEDS = [1, 2];

describe('the laboratories of the protocols', () => {
  it('have names of their own, and defects that break a promise somebody judges', () => {
    expect(new Set(LABS.map(({ name }) => name)).size).toBe(LABS.length);
    for (const lab of LABS) {
      const names = lab.defects.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      for (const { breaks } of lab.defects) expect([...lab.promises, ...FROM_HISTORY]).toContain(breaks);
    }
  });

  for (const lab of LABS) {
    it(`${lab.name} holds under its usual faults, examines what it promises, and is deterministic`, () => {
      const experiment = labExperiment(lab);
      const runs = SEEDS.map((seed) => simulate(experiment, seed));
      for (const { verdicts } of runs) {
        expect(verdicts.filter(({ status }) => status !== 'holds')).toEqual([]);
      }
      const examined = runs.flatMap(({ verdicts }) =>
        verdicts.filter(({ evidence }) => evidence.examined > 0).map(({ promise }) => promise),
      );
      expect(lab.promises.filter((promise) => !examined.includes(promise))).toEqual([]);
      expect(simulate(experiment, SEEDS[0] as number).digest).toBe(runs[0]?.digest);
    });
  }

  it('refuse a defect they do not have', () => {
    const [lab] = LABS;
    if (lab === undefined) expect.fail('there is at least one lab');
    const unknown = { name: 'no-such', about: 'nothing', breaks: 'agreement' };
    expect(() => labTwin(lab, unknown)).toThrow(
      /defect is unknown: current value is 'no-such'; choose one of/,
    );
  });
});
