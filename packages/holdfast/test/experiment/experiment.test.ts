import {
  exactly,
  type ExperimentDefinition,
  ExperimentError,
  experiment,
  flagship,
  isExperiment,
  linearizable,
  partition,
  planRun,
  raftKv,
  registers,
  simulate,
  simulatePlan,
  steady,
  storm,
  swarm,
  type SwarmOptions,
  unclaimed,
} from 'holdfast';
import { describe, expect, it } from 'vitest';

const CONTRACT = linearizable({ duringPartition: 'reject' });
const MIX = { read: 2, write: 1, cas: 1 };

function definition(changes: Partial<ExperimentDefinition> = {}): ExperimentDefinition {
  return {
    name: 'sound',
    subject: raftKv({ nodes: 3 }),
    workload: registers({ keys: 2, clients: 3, ratePerSecond: 20, mix: MIX }),
    faults: [],
    contract: { read: CONTRACT, write: CONTRACT, cas: CONTRACT },
    bounds: { simulatedSeconds: 10, recoverWithinMs: 1_000 },
    ...changes,
  };
}

/** What is thrown; nothing else than an `ExperimentError` will do. */
function refusal(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    if (error instanceof ExperimentError) return error.message;
    throw error;
  }
  return 'accepted';
}

/** Each unusable definition with the text that says what, where and how to mend it. */
const UNUSABLE: readonly (readonly [why: string, make: () => unknown, text: string])[] = [
  [
    'a name that fits no file name',
    () => experiment(definition({ name: 'my test' })),
    "Cannot use the experiment as written: name must be letters, digits and dashes: current value is 'my test'; " +
      'choose a name that fits a file name',
  ],
  ['an empty name', () => experiment(definition({ name: '' })), "current value is ''"],
  ...([0, -5, Number.NaN, Number.POSITIVE_INFINITY, 9e6] as const).map(
    (simulatedSeconds) =>
      [
        `${simulatedSeconds} simulated seconds`,
        () => experiment(definition({ bounds: { simulatedSeconds, recoverWithinMs: 100 } })),
        `bounds.simulatedSeconds must be above 0 and at most 8640000: current value is ${simulatedSeconds}; ` +
          'give a length of simulated time in seconds',
      ] as const,
  ),
  ...([0, -1, Number.NaN, 2_501] as const).map(
    (recoverWithinMs) =>
      [
        `recovery within ${recoverWithinMs} ms`,
        () => experiment(definition({ bounds: { simulatedSeconds: 10, recoverWithinMs } })),
        `bounds.recoverWithinMs must be above 0 and at most a quarter of simulatedSeconds: current value is ${recoverWithinMs}`,
      ] as const,
  ),
  [
    'no step for the checker',
    () => experiment(definition({ bounds: { simulatedSeconds: 10, recoverWithinMs: 100, checkerSteps: 0 } })),
    'bounds.checkerSteps must be at least 1: current value is 0; raise it',
  ],
  [
    'a model nobody knows',
    () => experiment(definition({ workload: { ...definition().workload, model: 'regsiter' } })),
    "workload.model 'regsiter' is not a model of the checker; use one of register, cas-register, kv,",
  ],
  [
    'a claim about consistency without a model',
    () => experiment(definition({ workload: { ...definition().workload, model: null } })),
    "contract.read claims to be linearizable, and there is no sequential model to judge that by: workload 'registers' has none (its model is null); " +
      "promise unclaimed({ ... }) for 'read', or give the workload a model: one of register, cas-register, kv,",
  ],
  [
    'an operation in the contract that the subject does not have',
    () => experiment(definition({ contract: { ...definition().contract, wirte: CONTRACT } })),
    "contract.wirte names an operation that subject 'raft key-value store on 3 nodes' does not have; " +
      'its operations are read, write, cas, append, delete',
  ],
  [
    'an operation of the workload that the subject does not have',
    () => experiment(definition({ workload: { ...definition().workload, operations: ['read', 'enqueue'] } })),
    "workload 'registers' uses operation 'enqueue' that subject 'raft key-value store on 3 nodes' does not have; " +
      'its operations are read, write, cas, append, delete',
  ],
  [
    'an operation the contract says nothing of',
    () => experiment(definition({ contract: { read: CONTRACT, write: CONTRACT } })),
    "contract says nothing of operation 'cas', which the workload uses; add 'cas: linearizable({ ... })', or unclaimed({ ... }) " +
      'to leave it unjudged',
  ],
  [
    'a fault on a host there is none of',
    () =>
      experiment(definition({ faults: [partition({ sides: [['N1'], ['N2', 'N9']], atMs: 1, forMs: 1 })] })),
    "fault 'partition {N1} | {N2,N9}' names host 'N9' that subject 'raft key-value store on 3 nodes' does not have; " +
      "its servers are N1, N2, N3 (or say 'leader'), its clients C1 to C3",
  ],
  [
    'a given fault on a client there is none of',
    () => {
      const hosts = ['C4'];
      return experiment(
        definition({ faults: [exactly([{ kind: 'black-hole', hosts, amount: 0, atUs: 0, forUs: 1 }])] }),
      );
    },
    "fault '1 given faults' names host 'C4'",
  ],
  [
    'a partition with one side',
    () => partition({ sides: [['N1']], atMs: 0, forMs: 1 }),
    'partition.sides needs at least two sides, none of them empty; list server names per side',
  ],
  [
    'a partition with an empty side',
    () => partition({ sides: [['N1'], []], atMs: 0, forMs: 1 }),
    'partition.sides needs at least two sides, none of them empty',
  ],
  [
    'a server on both sides',
    () => partition({ sides: [['N1', 'N2'], ['N2']], atMs: 0, forMs: 1 }),
    'partition.sides names a server twice; name each server on one side',
  ],
  [
    'a partition before the start',
    () => partition({ sides: [['N1'], ['N2']], atMs: -1, forMs: 1 }),
    'partition.atMs must be at least 0 milliseconds: current value is -1; give a time in range',
  ],
  [
    'a partition of no length',
    () => partition({ sides: [['N1'], ['N2']], atMs: 0, forMs: 0 }),
    'partition.forMs must be at least 0.001 milliseconds: current value is 0',
  ],
  [
    'a storm without pause',
    () => storm({ fault: 'crash', on: 'any', everyMs: [0, 10], forMs: [1, 2] }),
    'storm.everyMs[0] must be at least 0.001 milliseconds: current value is 0',
  ],
  [
    'a storm whose range is upside down',
    () => storm({ fault: 'crash', on: 'any', everyMs: [1, 2], forMs: [5, 4] }),
    'storm.forMs[1] must be at least 5 milliseconds: current value is 4',
  ],
  [
    'a storm of too many strikes',
    () => {
      const wild = storm({ fault: 'pause', on: 'all', everyMs: [0.001, 0.002], forMs: [0.001, 0.001] });
      return planRun(experiment(definition({ faults: [wild] })), 0);
    },
    'storm.everyMs gives more than 100000 strikes in this run; widen the gap',
  ],
  [
    'a chance above 1',
    () => steady({ fault: 'loss', probability: 1.5 }),
    'steady.probability must be above 0 and at most 1: current value is 1.5; give a chance per packet',
  ],
  [
    'a chance of nothing',
    () => steady({ fault: 'loss', probability: 0 }),
    'steady.probability must be above 0 and at most 1: current value is 0',
  ],
  [
    'a class of fault that no swarm has',
    () => swarm({ crashes: true, earthquakes: true } as SwarmOptions),
    'swarm has no class of fault called earthquakes; choose among crashes, pauses, loss,',
  ],
  [
    'no key',
    () => registers({ keys: 0, clients: 1, ratePerSecond: 1, mix: MIX }),
    'workload registers.keys must be from 1 to 10000: current value is 0; give a value in range',
  ],
  [
    'too many clients',
    () => registers({ keys: 1, clients: 1_001, ratePerSecond: 1, mix: MIX }),
    'workload registers.clients must be from 1 to 1000: current value is 1001',
  ],
  [
    'a negative rate',
    () => registers({ keys: 1, clients: 1, ratePerSecond: -3, mix: MIX }),
    'workload registers.ratePerSecond must be from 0.001 to 100000: current value is -3',
  ],
  [
    'a hot key that is more than all',
    () => registers({ keys: 1, clients: 1, ratePerSecond: 1, mix: MIX, hotKeyShare: 1.1 }),
    'workload registers.hotKeyShare must be from 0 to 1: current value is 1.1',
  ],
  [
    'a negative weight',
    () => registers({ keys: 1, clients: 1, ratePerSecond: 1, mix: { ...MIX, cas: -1 } }),
    'workload registers.mix.cas must be from 0 to 1000000: current value is -1',
  ],
  [
    'a mix of nothing',
    () => registers({ keys: 1, clients: 1, ratePerSecond: 1, mix: { read: 0, write: 0, cas: 0 } }),
    'workload registers.mix has no operation with a weight above 0; weigh at least one',
  ],
  [
    'more operations than fit',
    () => {
      const workload = registers({ keys: 1, clients: 1, ratePerSecond: 100_000, mix: MIX });
      return planRun(
        experiment(definition({ workload, bounds: { simulatedSeconds: 100, recoverWithinMs: 1 } })),
        0,
      );
    },
    'workload registers would plan about 9899',
  ],
  ...([0, 10, 2.5] as const).map(
    (nodes) =>
      [
        `${nodes} servers`,
        () => raftKv({ nodes }),
        `raftKv.nodes must be a whole number from 1 to 9: current value is ${nodes}; choose a size`,
      ] as const,
  ),
  [
    'a plan for more servers than there are',
    () => simulatePlan(experiment(definition()), { ...planRun(experiment(definition()), 0), nodes: 4 }),
    "plan.nodes is 4, which 'raft key-value store on 3 nodes' cannot be; use the subject as it is",
  ],
];

describe('an experiment that cannot be run as written', () => {
  for (const [why, make, text] of UNUSABLE) {
    it(`is refused for ${why}, with what, where and how to mend it`, () => {
      expect(refusal(make)).toContain(text);
    });
  }

  it('names the field in `where` and has a code', () => {
    const make = (): unknown => experiment(definition({ name: '?' }));
    expect(make).toThrow(
      expect.objectContaining({ code: 'BAD_EXPERIMENT', where: 'name', name: 'ExperimentError' }),
    );
  });
});

describe('an experiment', () => {
  it('is recognised, also from another copy of the package, and nothing else is', () => {
    const sound = experiment(definition());
    expect(isExperiment(sound)).toBe(true);
    expect(isExperiment({ ...sound })).toBe(true);
    for (const other of [definition(), null, undefined, 'raft-majority', {}])
      expect(isExperiment(other)).toBe(false);
  });

  it('may name operations in its contract that the workload does not use, and the leader as a host', () => {
    const contract = { ...definition().contract, delete: unclaimed({ duringPartition: 'accept-and-merge' }) };
    const faults = [partition({ sides: [['leader'], ['N2']], atMs: 100, forMs: 100 })];
    expect(experiment(definition({ contract, faults })).contract.delete?.consistency).toBe('unclaimed');
  });

  it('without a sequential model is run, and says that nothing was claimed about consistency', () => {
    const workload = { ...definition().workload, model: null };
    const nothing = unclaimed({ duringPartition: 'serve-stale' });
    const contract = { read: nothing, write: nothing, cas: nothing };
    const { verdicts, history, status } = simulate(experiment(definition({ workload, contract })), 3);
    expect(status).toBe('holds');
    expect(verdicts.find(({ promise }) => promise === 'consistency')).toMatchObject({
      status: 'holds',
      reason: `nothing was examined: none of the ${history.operations.length} operations claims anything about consistency`,
      evidence: { examined: 0 },
    });
    expect(verdicts.some(({ promise }) => promise === 'linearizability')).toBe(false);
  });

  it('plans from the seed alone: faults before healing, final reads after it, the same every time', () => {
    const planned = flagship('planned');
    const plan = planRun(planned, 7);
    expect(planRun(planned, 7)).toEqual(plan);
    expect(planRun(planned, 8).operations).not.toEqual(plan.operations);
    expect(plan).toMatchObject({ seed: 7, nodes: 5, healAtUs: 48_000_000, endUs: 60_000_000, choices: {} });
    for (const { atUs, forUs } of plan.faults) expect(atUs + forUs).toBeLessThanOrEqual(plan.healAtUs);
    expect(plan.faults.map(({ id }) => id)).toEqual(plan.faults.map((_, i) => i));
    const times = plan.operations.map(({ atUs }) => atUs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const final = plan.operations.filter(({ atUs }) => atUs > 56_000_000);
    expect(final.every(({ f }) => f === 'read')).toBe(true);
    expect(final.length).toBeGreaterThanOrEqual(50);
  });

  it('refuses a seed that is none', () => {
    for (const seed of [-1, 0.5, Number.NaN, 2 ** 53]) {
      expect(() => simulate(experiment(definition()), seed)).toThrow(
        'Cannot start a run as its seed must be a whole number from 0 to 2^53 - 1',
      );
    }
    expect(simulate(experiment(definition()), 2 ** 53 - 1).status).toBe('holds');
  });
});
