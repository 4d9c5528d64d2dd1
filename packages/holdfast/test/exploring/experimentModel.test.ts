import { explore } from '@holdfast/explore';
import { describe, expect, it } from 'vitest';
import { chooseCalls } from '../../src/exploring/chooseCalls.ts';
import { NotExplorableError } from '../../src/exploring/errors.ts';
import { exploredExperiment } from '../../src/exploring/experimentModel.ts';
import { withinFaults } from '../../src/exploring/withinFaults.ts';
import { flagship, labExperiment, TWINS } from '../../src/index.ts';
import { BUILT_IN } from '../../src/node/builtIn.ts';
import { LABS } from '@holdfast/protocols';
import type { Experiment } from '../../src/index.ts';

function twin(
  protocol: string,
  defect: string,
): { readonly broken: Experiment; readonly control: Experiment } {
  const found = TWINS.find((one) => one.protocol === protocol && one.defect === defect);
  if (found === undefined) throw new Error(`no twin ${protocol}-${defect}`);
  return { broken: found.broken(), control: found.control() };
}

describe('an experiment that is explored', () => {
  it.each([
    ['raft', 'local-read', 'linearizability'],
    ['raft', 'ack-on-append', 'linearizability'],
    ['abd', 'no-write-back', 'linearizability'],
    ['viewstamped', 'commits-at-half', 'view completeness'],
  ])(
    'S3.23 finds %s-%s broken with the same cores, calls and contract, and the correct protocol not',
    (protocol, defect, promise) => {
      const { broken, control } = twin(protocol, defect);
      const found = explore(exploredExperiment(broken, { nodes: 3 }).model);
      expect(found.counterexample?.property).toBe(promise);
      const correct = exploredExperiment(control, { nodes: 3 });
      const same = explore(correct.model, undefined, { maxStates: 2 * found.states });
      expect(same.properties.filter(({ status }) => status === 'violated')).toEqual([]);
      expect(same.states).toBeGreaterThanOrEqual(Math.min(found.states, 5_000));
    },
  );

  it('says what of the experiment is not looked at', () => {
    const { nodes, calls, unjudged, leftOut } = exploredExperiment(flagship('store'));
    expect(nodes).toBe(3);
    expect(calls.map(({ f }) => f)).toEqual(['write', 'read', 'cas']);
    expect(new Set(calls.map(({ key }) => key)).size).toBe(1);
    expect(leftOut).toEqual(['duplicate', 'clock-drift', 'clock-step']);
    expect(unjudged).toContain('no acknowledged write lost');
    expect(unjudged).not.toContain('election safety');
  });

  it('takes most of what comes with Holdfast, and refuses the rest with the reason', () => {
    const outcomes = LABS.map((lab) => {
      try {
        return exploredExperiment(labExperiment(lab)).model.kind;
      } catch (error) {
        if (!(error instanceof NotExplorableError)) throw error;
        expect(error.message).toMatch(/^Cannot explore experiment '[a-z-]+' as /);
        return 'refused';
      }
    });
    expect(outcomes.filter((kind) => kind === 'system').length).toBe(21);
    expect(BUILT_IN.some(({ name }) => name === 'raft-majority')).toBe(true);
  });

  it('refuses a size that the subject cannot have', () => {
    expect(() => exploredExperiment(flagship('store'), { nodes: 6 })).toThrow(
      /cannot be taken step by step with 6 nodes$/,
    );
  });
});

describe('the calls of an exploration', () => {
  const planned = ['read', 'cas', 'write', 'read', 'write', 'write'].map((f, id) => ({
    id,
    atUs: id,
    client: 0,
    f,
    key: id === 4 ? 'other' : 'k',
    input: f === 'read' ? null : id,
  }));

  it('are a change, a read, one of each other kind, and then reads first', () => {
    const asked = (count: number): string[] => chooseCalls(planned, count).map(({ f }) => f);
    expect(asked(2)).toEqual(['write', 'read']);
    expect(asked(3)).toEqual(['write', 'read', 'cas']);
    expect(asked(5)).toEqual(['write', 'read', 'cas', 'read', 'write']);
    expect(asked(9)).toHaveLength(5);
    expect(chooseCalls([], 3)).toEqual([]);
  });

  it('are each the first of a client of its own', () => {
    expect(chooseCalls(planned, 2)).toEqual([
      { process: 0, sequence: 1, f: 'write', key: 'k', input: 2 },
      { process: 1, sequence: 1, f: 'read', key: 'k', input: null },
    ]);
  });
});

describe('the bounds of faults', () => {
  it('allow a crash where the experiment has crashes, and lost writes where it has power failures', () => {
    expect(withinFaults(['partition', 'loss']).bounds).toMatchObject({ crashes: 0, storage: 'at-once' });
    expect(withinFaults(['crash']).bounds).toMatchObject({ crashes: 1, storage: 'at-once' });
    expect(withinFaults(['crash', 'disk-lost-writes']).bounds).toMatchObject({
      crashes: 1,
      storage: 'separate',
    });
    expect(withinFaults(['pause', 'clock-step', 'byzantine']).leftOut).toEqual(['clock-step', 'byzantine']);
  });
});
