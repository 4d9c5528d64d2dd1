import { FaultOutsideModelError } from '@holdfast/world';
import {
  exactly,
  type Experiment,
  experiment,
  type FaultDraft,
  linearizable,
  raftKv,
  registers,
  simulatePlan,
  planRun,
  type Subject,
} from 'holdfast';
import { describe, expect, it } from 'vitest';
import { broken, during, play, stage, writes } from '../simulate/scenario.ts';

const CONTRACT = linearizable({ duringPartition: 'reject' });

function withFaults(faults: readonly FaultDraft[], subject: Subject = raftKv({ nodes: 3 })): Experiment {
  return experiment({
    name: 'models',
    subject,
    workload: registers({ keys: 1, clients: 2, ratePerSecond: 10, mix: { read: 1, write: 1, cas: 0 } }),
    faults: [exactly(faults)],
    contract: { read: CONTRACT, write: CONTRACT },
    bounds: { simulatedSeconds: 8, recoverWithinMs: 1_000 },
  });
}

const AMNESIA: FaultDraft = { kind: 'amnesia', host: 'N2', ...during(2_000, 3_000) };
const ROT: FaultDraft = { kind: 'disk-bit-rot', host: 'N1', ...during(2_000, 3_000) };
const LIE: FaultDraft = { kind: 'byzantine', host: 'N1', lie: 'any', ...during(2_000, 3_000) };
const CRASH: FaultDraft = { kind: 'crash', host: 'N2', ...during(2_000, 3_000) };

describe('a fault outside the declared failure models', () => {
  for (const fault of [AMNESIA, ROT, LIE]) {
    it(`S2.21 ${fault.kind} is refused before anything runs, with the model to declare`, () => {
      expect(() => withFaults([fault])).toThrow(FaultOutsideModelError);
      const declare = fault.kind === 'byzantine' ? 'byzantine' : 'unstable-storage';
      expect(() => withFaults([CRASH, fault])).toThrow(
        `Cannot inject '${fault.kind}' as part of this run: it declared omission + timing, which excludes it; ` +
          `declare ${declare} as well`,
      );
    });
  }

  it('S2.21 is refused in an edited plan as well', () => {
    const fine = withFaults([CRASH]);
    const plan = planRun(fine, 0);
    const edited = { ...plan, faults: [...plan.faults, { ...AMNESIA, id: 1 }] };
    expect(() => simulatePlan(fine, edited)).toThrow(FaultOutsideModelError);
  });

  it('S2.21 is not there with crash-stop alone: no restart is admitted', () => {
    const stops: Subject = { ...raftKv({ nodes: 3 }), failureModels: ['crash-stop'] };
    expect(() => withFaults([{ ...CRASH, forUs: 0 }], stops)).not.toThrow();
    expect(() => play({ subject: stops, steps: [], faults: [CRASH], endMs: 4_000 })).toThrow(
      "Cannot inject 'restart' as part of this run: it declared crash-stop",
    );
    expect(() =>
      withFaults([{ kind: 'loss', hosts: [], probability: 0.1, ...during(1_000, 2_000) }], stops),
    ).toThrow("Cannot inject 'loss'");
  });
});

describe('amnesia', () => {
  const unstable: Subject = {
    ...raftKv({ nodes: 3 }),
    failureModels: ['omission', 'timing', 'unstable-storage'],
  };

  it('S1.29 of a majority loses what was acknowledged, which is why Raft does not claim to survive it', () => {
    const wiped: FaultDraft[] = ['N1', 'N2', 'N3'].map((host, i) => {
      return { kind: i === 2 ? 'crash' : 'amnesia', host, ...during(2_000, i === 2 ? 5_000 : 2_100) };
    });
    const scenario = {
      subject: unstable,
      steps: writes(0, 'k', { fromMs: 1_000, untilMs: 3_500, everyMs: 50 }),
      faults: wiped,
      healMs: 6_000,
      endMs: 8_000,
    };
    const result = play(scenario);
    expect(result.properties.durability).toBe('violated');
    expect(broken(result).some((text) => text.startsWith('no acknowledged write lost: the write of'))).toBe(
      true,
    );
    // The same crashes with the disks intact lose nothing.
    const kept = play({
      ...scenario,
      faults: wiped.map((fault) => ({ ...fault, kind: 'crash' }) as FaultDraft),
    });
    expect(broken(kept)).toEqual([]);
  });

  it('is in the trace as what it is', () => {
    const result = play({ subject: unstable, steps: [], faults: [AMNESIA], healMs: 4_000, endMs: 6_000 });
    expect(result.trace?.faults).toMatchObject([{ kind: 'amnesia', text: 'amnesia of N2', nodes: [1] }]);
    const crash = result.trace?.events.find(({ kind }) => kind === 'crash');
    expect(crash).toMatchObject({ node: 1, label: 'amnesia', at: 2_000_000 });
    expect(stage({ subject: unstable, steps: [], endMs: 6_000 }).subject.failureModels).toContain(
      'unstable-storage',
    );
  });
});
