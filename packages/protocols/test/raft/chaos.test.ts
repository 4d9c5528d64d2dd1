import { describe, expect, it } from 'vitest';
import { Chaos, type ChaosOptions } from './chaos.ts';

const TIGHT = { snapshotEvery: 7, keepEntries: 2, maxInflight: 3, maxEntriesPerAppend: 2 };

const MIXES: Record<string, ChaosOptions> = {
  'three nodes': {
    raft: { voters: [1, 2, 3], ...TIGHT },
    ids: [1, 2, 3],
    steps: 1_200,
    crashes: true,
    changes: false,
  },
  'three nodes without pre-vote and quorum checks': {
    raft: { voters: [1, 2, 3], preVote: false, checkQuorum: false },
    ids: [1, 2, 3],
    steps: 1_200,
    crashes: true,
    changes: false,
  },
  'five nodes': {
    raft: { voters: [1, 2, 3, 4, 5], preVote: false, ...TIGHT },
    ids: [1, 2, 3, 4, 5],
    steps: 1_500,
    crashes: true,
    changes: false,
  },
  'changing members': {
    raft: { voters: [1, 2, 3], preVote: false, checkQuorum: false, ...TIGHT },
    ids: [1, 2, 3, 4, 5],
    steps: 2_000,
    crashes: true,
    changes: true,
  },
};

const SEEDS = Number(process.env['CHAOS_SEEDS'] ?? 60);
const FIRST = Number(process.env['CHAOS_FIRST'] ?? 1);

describe('Raft under loss, duplication, reordering, crashes and lost stores', () => {
  it.each(Object.keys(MIXES))(
    `S1.48 S1.50 S1.52 S1.46 S1.56 %s keep every promise over ${SEEDS} seeds`,
    (name) => {
      const options = MIXES[name] as ChaosOptions;
      let acknowledged = 0;
      for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
        const chaos = new Chaos(seed, options);
        try {
          chaos.run();
          chaos.heal();
        } catch (error) {
          throw new Error(`${name}, seed ${seed}: ${(error as Error).message}`, { cause: error });
        }
        acknowledged += chaos.writesAcknowledged;
      }
      // A schedule under which nothing happens would show nothing.
      expect(acknowledged).toBeGreaterThan(SEEDS * 2);
    },
  );

  it.each(Object.keys(MIXES))('%s depend on state and event alone, step by step', (name) => {
    for (let seed = 1; seed <= 2; seed++) {
      const chaos = new Chaos(seed, { ...(MIXES[name] as ChaosOptions), steps: 500, watch: true });
      expect(() => chaos.run()).not.toThrow();
      expect(() => chaos.heal()).not.toThrow();
    }
  });
});
