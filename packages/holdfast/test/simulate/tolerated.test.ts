import type { FaultDraft } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { askedBy, broken, play, stateAt, writes } from './scenario.ts';

const QUORUMS: Readonly<Record<number, readonly [quorum: number, tolerated: number]>> = {
  1: [1, 0],
  2: [2, 0],
  3: [2, 1],
  4: [3, 1],
  5: [3, 2],
  6: [4, 2],
  7: [4, 3],
  8: [5, 3],
  9: [5, 4],
};

const KILL_MS = 2_000;
const END_MS = 7_000;

/** Kills servers for good, the leader of that moment among them. */
function afterKilling(nodes: number, killed: number): ReturnType<typeof play> {
  const crash = (host: string, atMs: number): FaultDraft => ({
    kind: 'crash',
    host,
    atUs: atMs * 1_000,
    forUs: 0,
  });
  const faults = Array.from({ length: killed }, (_, i) => crash(`N${i + 1}`, KILL_MS));
  return play({
    seed: nodes,
    raft: { nodes, transfers: [{ atMs: 1_000, to: 1 }] },
    steps: writes(0, 'k', { fromMs: 1_200, untilMs: END_MS, everyMs: 100 }),
    faults,
    endMs: END_MS,
    recoverMs: 1_000,
  });
}

describe('killing servers for good', () => {
  for (const [size, [quorum, tolerated]] of Object.entries(QUORUMS)) {
    const nodes = Number(size);
    it(`S0.11 ${nodes} servers need ${quorum}: progress after ${tolerated}, none after one more`, () => {
      expect([Math.floor(nodes / 2) + 1, Math.floor((nodes - 1) / 2)]).toEqual([quorum, tolerated]);
      const enough = afterKilling(nodes, tolerated);
      const later = askedBy(enough, 0, KILL_MS + 1_500, END_MS - 2_000);
      expect(later.length).toBeGreaterThan(10);
      expect(later.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
      expect(broken(enough)).toEqual([]);

      const few = afterKilling(nodes, tolerated + 1);
      expect(stateAt(few, 1, KILL_MS).role).toBe('leader');
      const stopped = askedBy(few, 0, KILL_MS + 50, END_MS - 2_000);
      expect(stopped.length).toBeGreaterThan(20);
      expect(stopped.filter(({ outcome }) => outcome !== 'unknown')).toEqual([]);
      for (let node = tolerated + 2; node <= nodes; node++) {
        expect(stateAt(few, node, END_MS).commit).toBe(stateAt(few, node, KILL_MS + 100).commit);
      }
    });
  }
});
