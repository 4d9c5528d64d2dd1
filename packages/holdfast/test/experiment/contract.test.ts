import {
  boundedStaleness,
  causal,
  eventual,
  type Experiment,
  experiment,
  type ExperimentDefinition,
  ExperimentError,
  linearizable,
  type OperationContract,
  partition,
  pram,
  raftKv,
  type RaftKvOptions,
  registers,
  regular,
  sequential,
  sessions,
  simulate,
  unclaimed,
} from 'holdfast';
import { describe, expect, it } from 'vitest';

const REJECT = { duringPartition: 'reject' } as const;

/** Clients on both sides of {N1,N2} | {N3,N4,N5}, N1 being the leader. */
function cut(options: Partial<RaftKvOptions>, read: OperationContract, write: OperationContract): Experiment {
  return experiment(definition(options, { read, write }));
}

function definition(
  options: Partial<RaftKvOptions>,
  contract: Readonly<Record<string, OperationContract>>,
): ExperimentDefinition {
  return {
    name: 'contract',
    subject: raftKv({ nodes: 5, transfers: [{ atMs: 2_000, to: 1 }], ...options }),
    workload: registers({ keys: 2, clients: 4, ratePerSecond: 60, mix: { read: 4, write: 4, cas: 0 } }),
    faults: [
      partition({
        sides: [
          ['N1', 'N2'],
          ['N3', 'N4', 'N5'],
        ],
        atMs: 3_000,
        forMs: 5_000,
      }),
    ],
    contract,
    bounds: { simulatedSeconds: 14, recoverWithinMs: 1_500 },
  };
}

describe('promises of operations', () => {
  it('are data, with times in simulated microseconds', () => {
    expect(linearizable(REJECT)).toEqual({ consistency: 'linearizable', duringPartition: 'reject' });
    const told = {
      ...REJECT,
      deadlineMs: 50,
      availability: 'when-calm',
      idempotent: true,
      durable: false,
    } as const;
    expect(sequential({ ...told, scope: 'key' })).toEqual({
      consistency: 'sequential',
      scope: 'key',
      duringPartition: 'reject',
      deadline: 50_000,
      availability: 'when-calm',
      idempotent: true,
      durable: false,
    });
    expect(causal({ ...REJECT, variant: 'causal-memory' }).consistency).toBe('causal-memory');
    expect(pram({ ...REJECT, freshness: { withinMs: 2 } }).freshness).toEqual({ within: 2_000 });
    expect(sessions(['monotonic-reads'], REJECT).consistency).toEqual(['monotonic-reads']);
    expect(regular(REJECT).consistency).toBe('regular');
    expect(boundedStaleness({ versions: 2, withinMs: 500 }, REJECT)).toEqual({
      consistency: ['bounded-versions', 'bounded-time'],
      duringPartition: 'reject',
      freshness: { versions: 2, within: 500_000 },
    });
    expect(() => boundedStaleness({}, REJECT)).toThrow(ExperimentError);
  });

  it.each([
    ['eventual', eventual({ duringPartition: 'serve-stale' }), 'eventual consistency'],
    ['stale by seconds', boundedStaleness({ withinMs: 9_000 }, REJECT), 'bounded staleness in time'],
  ] as const)('%s: reads made locally keep what linearizable ones do not', (_name, read, promise) => {
    const write = linearizable(REJECT);
    const strict = simulate(cut({ defect: 'local-read' }, linearizable(REJECT), write), 1);
    expect(strict.properties.consistency).toBe('violated');
    const lax = simulate(cut({ defect: 'local-read' }, read, write), 1);
    expect(lax.digest).toBe(strict.digest);
    const verdict = lax.verdicts.find((each) => each.promise === promise);
    expect(verdict).toMatchObject({ status: 'holds' });
    expect(verdict?.evidence.examined).toBeGreaterThan(300);
  });

  it('a bound that is too narrow is told with the bound that would do', () => {
    const read = boundedStaleness({ withinMs: 100 }, { duringPartition: 'reject' });
    const { verdicts } = simulate(cut({ defect: 'local-read' }, read, linearizable(REJECT)), 1);
    const verdict = verdicts.find(({ promise }) => promise === 'bounded staleness in time');
    expect(verdict?.status).toBe('violated');
    const [, words = ''] = /the stalest read was ([\d.,]+) ms behind/.exec(verdict?.reason ?? '') ?? [];
    const behindMs = Number(words.replaceAll(',', ''));
    expect(behindMs).toBeGreaterThan(100);
    expect(behindMs).toBeLessThan(9_000);
  });

  it('S1.31 reject: a side without a majority answers nothing, and a leader that acknowledges on append is found out', () => {
    const rejected = 'rejected without authority';
    const contract = [linearizable(REJECT), linearizable(REJECT)] as const;
    const right = simulate(cut({}, ...contract), 1).verdicts.find(({ promise }) => promise === rejected);
    expect(right).toMatchObject({ status: 'holds' });
    expect(right?.evidence.examined).toBeGreaterThan(50);
    const twin = simulate(cut({ defect: 'ack-on-append' }, ...contract), 1);
    const wrong = twin.verdicts.find(({ promise }) => promise === rejected);
    expect(wrong?.status).toBe('violated');
    expect(wrong?.reason).toMatch(
      /^operation \d+ was answered on a side of a partition without the authority to decide/,
    );
    const write = twin.operations.find(({ f }) => f === 'write');
    expect(write).toMatchObject({ consistency: 'violated', duringPartition: { isAvailable: false } });
  });

  it('availability: the majority goes on answering, nobody is late while nothing is wrong, and not everybody can be answered', () => {
    const read = linearizable({ ...REJECT, availability: 'with-authority', deadlineMs: 500 });
    const write = linearizable({ ...REJECT, availability: 'when-calm', deadlineMs: 500 });
    const { verdicts } = simulate(cut({}, read, write), 1);
    for (const promise of [
      'availability with authority',
      'availability when nothing is wrong',
      'deadlines',
    ]) {
      const found = verdicts.find((each) => each.promise === promise);
      expect(found?.status).toBe('holds');
      expect(found?.evidence.examined).toBeGreaterThan(50);
    }
    const everybody = linearizable({ duringPartition: 'serve-stale', availability: 'total' });
    const total = simulate(cut({}, everybody, write), 1);
    const refused = total.verdicts.find(({ promise }) => promise === 'total availability');
    expect(refused?.status).toBe('violated');
    expect(refused?.reason).toMatch(/^operation \d+ had to be answered \(in spite of partition/);
    expect(total.properties).toEqual({ consistency: 'holds', availability: 'violated', durability: 'holds' });
  });

  it('eventual: once nothing changes any more reads agree', () => {
    const read = eventual({ duringPartition: 'serve-stale', agreeWithinMs: 200 });
    const agreed = simulate(cut({ defect: 'local-read' }, read, linearizable(REJECT)), 1);
    const verdict = agreed.verdicts.find(({ promise }) => promise === 'eventual consistency');
    expect(verdict?.status).toBe('holds');
    expect(
      Number(/; (\d+) reads from \S+ (?:us|ms) on agree/.exec(verdict?.reason ?? '')?.[1]),
    ).toBeGreaterThan(4);
  });
});

describe('a contract that cannot be kept or judged', () => {
  const refusal = (contract: Readonly<Record<string, OperationContract>>): string => {
    try {
      experiment(definition({}, contract));
      return 'accepted';
    } catch (error) {
      if (error instanceof ExperimentError) return `${error.where}: ${error.message}`;
      throw error;
    }
  };

  it.each([
    [
      'linearizable on both sides of a partition',
      { read: linearizable({ duringPartition: 'accept-and-merge' }), write: linearizable(REJECT) },
      "contract.read claims to be linearizable and accepts on both sides of a partition, which nobody can keep; say duringPartition: 'reject'",
    ],
    [
      'stale writes',
      { read: linearizable(REJECT), write: causal({ duringPartition: 'serve-stale' }) },
      'contract.write serves stale values during a partition, and it is a write',
    ],
    [
      'an answer from everybody and a rejection',
      { read: causal({ ...REJECT, availability: 'total' }), write: unclaimed(REJECT) },
      'contract.read promises every node an answer and rejects during a partition',
    ],
    [
      'a deadline in the past',
      { read: linearizable({ ...REJECT, deadlineMs: -1 }), write: linearizable(REJECT) },
      'contract.read has a deadline of -1000; give a time above 0',
    ],
  ] as const)('is refused for %s, with where and how to mend it', (_why, contract, text) => {
    expect(refusal(contract)).toContain(text);
  });
});
