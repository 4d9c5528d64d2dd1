import { explore, type ExploreResult } from '@holdfast/explore';
import { LABS, type ProtocolLab } from '@holdfast/protocols';
import { describe, expect, it } from 'vitest';
import { exploredExperiment } from '../../src/exploring/experimentModel.ts';
import { watchedBy } from '../../src/exploring/watchedBy.ts';
import { type Experiment, TWINS } from '../../src/index.ts';

function twin(
  protocol: string,
  defect: string,
): { readonly broken: Experiment; readonly control: Experiment } {
  const found = TWINS.find((one) => one.protocol === protocol && one.defect === defect);
  if (found === undefined) throw new Error(`no twin ${protocol}-${defect}`);
  return { broken: found.broken(), control: found.control() };
}

function searched(experiment: Experiment, calls: number, maxStates: number): ExploreResult {
  return explore(exploredExperiment(experiment, { calls }).model, undefined, { maxStates });
}

describe('a monitor of simulation that judges exploration', () => {
  it.each([
    ['two-phase-commit', 'aborts-alone-after-yes', 1, 'atomicity'],
    ['two-phase-commit', 'answers-before-forcing-log', 1, 'atomicity'],
    ['three-phase-commit', 'skips-precommit', 1, 'atomicity'],
    ['paxos', 'keeps-own-value', 2, 'agreement'],
  ])(
    'S3.23 finds %s-%s with %i calls to break %s, which the correct protocol keeps',
    (protocol, defect, calls, promise) => {
      const { broken, control } = twin(protocol, defect);
      const found = searched(broken, calls, 30_000);
      expect(found.counterexample?.property).toBe(promise);
      // The monitor's own sentence.
      expect(found.counterexample?.seen).toMatch(/^(transaction|decision) \d+: /);
      expect(searched(control, calls, found.states).counterexample).toBeUndefined();
    },
  );

  it('tells which of its promises something could have broken', () => {
    const explored = exploredExperiment(twin('two-phase-commit', 'prepares-in-memory').control, { calls: 1 });
    expect([...(explored.examined ?? [])]).toEqual([]);
    explore(explored.model, undefined, { maxStates: 3_000 });
    expect([...(explored.examined ?? [])]).toContain('atomicity');
  });

  it('is refused when nobody can see what it remembers, instead of holding in silence', () => {
    const lab = LABS.find(({ name }) => name === 'paxos') as ProtocolLab;
    const variant = { nodes: lab.nodes, defect: undefined, options: {} };
    const { memory: _, ...hidden } = lab.monitor(variant);
    expect(() => watchedBy({ ...lab, monitor: () => hidden }, variant, [], new Set())).toThrow(
      /no object of a class and names no memory/,
    );
    for (const each of LABS)
      expect(() =>
        watchedBy(each, { nodes: each.nodes, defect: undefined, options: {} }, [], new Set()),
      ).not.toThrow();
  });
});
