import {
  experiment,
  type Experiment,
  linearizable,
  partition,
  raftKv,
  type RaftKvOptions,
  registers,
  type RunResult,
  simulate,
  storm,
  swarm,
  unclaimed,
} from 'holdfast';
import { describe, expect, it } from 'vitest';
import { askedBy } from './scenario.ts';

const CONTRACT = linearizable({ duringPartition: 'reject' });
const SEEDS = [0, 1, 2, 3];
const CUT_MS = 3_000;
const HEAL_MS = 9_000;

/** Clients on both sides of {N1,N2} | {N3,N4,N5}. */
function cut(
  options: Partial<RaftKvOptions>,
  mix: { readonly read: number; readonly write: number; readonly cas: number } = {
    read: 4,
    write: 4,
    cas: 2,
  },
  clients: 'split' | 'with-all' = 'split',
): Experiment {
  return experiment({
    name: 'cut',
    subject: raftKv({ nodes: 5, transfers: [{ atMs: 2_000, to: 1 }], ...options }),
    workload: registers({ keys: 2, clients: 4, ratePerSecond: 60, mix, finalReads: mix.read > 0 }),
    faults: [
      partition({
        sides: [
          ['N1', 'N2'],
          ['N3', 'N4', 'N5'],
        ],
        atMs: CUT_MS,
        forMs: HEAL_MS - CUT_MS,
        clients,
      }),
    ],
    contract: { read: CONTRACT, write: CONTRACT, cas: CONTRACT },
    bounds: { simulatedSeconds: 15, recoverWithinMs: 1_500 },
  });
}

describe('consistency, availability and durability', () => {
  it('S1.12 S1.31 all hold for correct Raft, each with a verdict of its own', () => {
    for (const seed of SEEDS) {
      const { properties } = simulate(cut({}), seed);
      expect(properties).toEqual({ consistency: 'holds', availability: 'holds', durability: 'holds' });
    }
  });

  it('S1.12 consistency alone breaks when reads are local', () => {
    for (const seed of SEEDS) {
      const { properties } = simulate(cut({ defect: 'local-read' }), seed);
      expect(properties).toEqual({ consistency: 'violated', availability: 'holds', durability: 'holds' });
    }
  });

  it('S1.12 durability alone breaks when writes are acknowledged on append, clients reach all servers and nobody reads', () => {
    for (const seed of SEEDS) {
      const twin = cut({ defect: 'ack-on-append' }, { read: 0, write: 1, cas: 0 }, 'with-all');
      const { properties } = simulate(twin, seed);
      expect(properties).toEqual({ consistency: 'holds', availability: 'holds', durability: 'violated' });
    }
  });

  it('S1.12 availability alone breaks when equal timeouts split every vote', () => {
    const stuck = cut({
      transfers: [],
      latency: { kind: 'constant', us: 500 },
      raft: { preVote: false, checkQuorum: false, electionJitterMs: 1 },
    });
    const { properties, verdicts } = simulate(stuck, 0);
    expect(properties).toEqual({ consistency: 'holds', availability: 'violated', durability: 'holds' });
    const liveness = verdicts.find(({ promise }) => promise === 'liveness after healing');
    expect(liveness?.reason).toMatch(/^operation \d+ \(process \d+, .*ended as 'unknown'/);
  });
});

/** During the cut: whether the history is consistent, and whether every operation got an answer that is no error. */
function capOf(result: RunResult): { readonly consistent: boolean; readonly available: boolean } {
  const asked = [0, 1, 2, 3].flatMap((client) => askedBy(result, client, CUT_MS + 50, HEAL_MS - 2_000));
  expect(asked.length).toBeGreaterThan(100);
  return {
    consistent: result.verdicts.find(({ promise }) => promise === 'linearizability')?.status === 'holds',
    available: asked.every(({ outcome, completedAt }) => outcome === 'ok' && completedAt < HEAL_MS * 1_000),
  };
}

describe('a run with a real partition and traffic on both sides', () => {
  it('S1.31 never has both a consistent register and an answer for everybody', () => {
    for (const seed of SEEDS) {
      expect(capOf(simulate(cut({}), seed, { trace: true }))).toEqual({ consistent: true, available: false });
      const reads = { read: 1, write: 0, cas: 0 };
      const twins = [
        simulate(cut({ defect: 'local-read' }), seed, { trace: true }),
        simulate(cut({ defect: 'ack-on-append' }), seed, { trace: true }),
      ];
      for (const result of twins) {
        const { consistent, available } = capOf(result);
        expect(consistent && available).toBe(false);
      }
      // Reads alone can be answered by everybody, as nothing changes.
      const calm = capOf(simulate(cut({ defect: 'local-read' }, reads), seed, { trace: true }));
      expect(calm).toEqual({ consistent: true, available: true });
    }
  });
});

describe('operations that claim nothing', () => {
  it('S3.24 are run and counted, and the verdict says that they were not judged', () => {
    const claims = (read: 'claimed' | 'unclaimed'): Experiment =>
      experiment({
        name: 'claims',
        subject: raftKv({ nodes: 5, defect: 'local-read' }),
        workload: registers({ keys: 2, clients: 4, ratePerSecond: 60, mix: { read: 4, write: 4, cas: 2 } }),
        faults: [
          swarm({ partitions: true, loss: true }),
          storm({ fault: 'isolate', on: 'leader', everyMs: [1_000, 2_000], forMs: [500, 1_000] }),
        ],
        contract: {
          read: read === 'claimed' ? CONTRACT : unclaimed({ duringPartition: 'serve-stale' }),
          write: CONTRACT,
          cas: CONTRACT,
        },
        bounds: { simulatedSeconds: 15, recoverWithinMs: 1_500 },
      });
    const judged = simulate(claims('claimed'), 0);
    const left = simulate(claims('unclaimed'), 0);
    expect(judged.digest).toBe(left.digest);
    const [strict, lax] = [judged, left].map(({ verdicts }) =>
      verdicts.find(({ promise }) => promise === 'linearizability'),
    );
    expect(strict?.status).toBe('violated');
    expect(lax?.status).toBe('holds');
    const reads = left.history.operations.filter(({ f }) => f === 'read').length;
    expect(reads).toBeGreaterThan(200);
    expect(lax?.reason).toContain(
      `(${reads} operations claim nothing about consistency and were not judged)`,
    );
    expect(lax?.evidence.examined).toBe(left.history.operations.length - reads);
    expect(strict?.reason).not.toContain('not judged');
  });
});
