import { describe, expect, it } from 'vitest';
import { partitionFacts } from '../../src/cli/demo/partitionFacts.ts';
import {
  applied,
  askedBy,
  broken,
  during,
  elections,
  leaderAt,
  play,
  type Scenario,
  stateAt,
  statesOf,
  writes,
} from './scenario.ts';

const CUT_MS = 2_000;
const HEAL_MS = 8_000;
const NODES = [1, 2, 3, 4, 5];
const SEEDS = [0, 1, 2, 3, 4, 5];

/** N1 leads; then {N1,N2} and a client | {N3,N4,N5} and a client; both clients write to a key of their own, and to one in common. */
function oldLeaderCutOff(seed: number, defect?: 'ack-on-append'): Scenario {
  return {
    seed,
    raft: { transfers: [{ atMs: 1_000, to: 1 }], ...(defect === undefined ? {} : { defect }) },
    steps: [
      ...writes(0, 'a', { fromMs: 1_500, untilMs: 9_500, everyMs: 190 }),
      ...writes(1, 'b', { fromMs: 1_510, untilMs: 9_500, everyMs: 200 }),
      [1_900, 0, 'write', 'both', 'before'],
      [3_000, 0, 'write', 'both', 'minority'],
      [4_000, 1, 'write', 'both', 'majority'],
      [11_000, 0, 'read', 'both', null],
      [2_100, 0, 'write', 'once', 1],
      [11_001, 1, 'read', 'once', null],
    ],
    faults: [
      {
        kind: 'partition',
        groups: [
          ['N1', 'N2', 'C1'],
          ['N3', 'N4', 'N5', 'C2'],
        ],
        unlisted: 'isolated',
        ...during(CUT_MS, HEAL_MS),
      },
    ],
    healMs: HEAL_MS,
    endMs: 12_000,
    recoverMs: 1_000,
  };
}

describe('an old leader on the minority side', () => {
  for (const seed of SEEDS) {
    it(`S0.7 appends without committing, the majority moves on, seed ${seed}`, () => {
      const result = play(oldLeaderCutOff(seed));
      expect(broken(result)).toEqual([]);
      const before = stateAt(result, 1, CUT_MS);
      expect(before.role).toBe('leader');
      const alone = statesOf(result, 1).filter(({ at }) => at > CUT_MS * 1_000 && at < HEAL_MS * 1_000);
      const appendedUpTo = Math.max(...alone.map(({ lastIndex }) => lastIndex));
      expect(appendedUpTo).toBeGreaterThan(before.lastIndex);
      for (const node of [1, 2]) {
        expect(stateAt(result, node, HEAL_MS - 1).commit).toBe(stateAt(result, node, CUT_MS + 20).commit);
      }

      const next = elections(result).find(({ at }) => at > CUT_MS * 1_000);
      expect([3, 4, 5]).toContain(next?.node);
      expect(next?.term).toBeGreaterThan(before.term);
      expect(stateAt(result, 3, HEAL_MS - 1).commit).toBeGreaterThan(appendedUpTo);

      const lost = applied(result).filter(
        ({ term, index }) => term === before.term && index > before.commit + 2,
      );
      expect(lost).toEqual([]);
      expect(new Set(NODES.map((node) => stateAt(result, node, 12_000).commit)).size).toBe(1);
    });
  }

  it('S0.7 tells none of its clients that an uncommitted write succeeded', () => {
    for (const seed of SEEDS) {
      const result = play(oldLeaderCutOff(seed));
      const minority = askedBy(result, 0, CUT_MS + 20, HEAL_MS - 20);
      expect(minority.length).toBeGreaterThan(20);
      expect(minority.filter((o) => o.outcome === 'ok' && o.completedAt < HEAL_MS * 1_000)).toEqual([]);
      // An attempt that was in the old leader's log may be made again after healing; none is left open for longer than its deadline.
      const early = minority.filter(({ invokedAt }) => invokedAt < (HEAL_MS - 2_000) * 1_000);
      expect(early.length).toBeGreaterThan(10);
      expect(early.filter(({ outcome }) => outcome !== 'unknown')).toEqual([]);
      const majority = askedBy(result, 1, CUT_MS + 2_000, HEAL_MS);
      expect(majority.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
      const [both] = result.history.operations.filter(({ f, key }) => f === 'read' && key === 'both');
      expect(both).toMatchObject({ outcome: 'ok', output: 'majority' });
    }
  });

  it('S0.8 loses an acknowledged write when it answers on append, under the same seeds', () => {
    for (const seed of SEEDS) {
      const result = play(oldLeaderCutOff(seed, 'ack-on-append'));
      const lost = result.verdicts.find(({ promise }) => promise === 'no acknowledged write lost');
      expect(lost?.status).toBe('violated');
      expect(lost?.reason).toMatch(
        /^the write of \d+ on (a|once) by process \d+ was answered with success from entry \d+ of term \d+, but node \d/,
      );
      const kept = askedBy(result, 0, CUT_MS + 20, HEAL_MS - 20).filter(({ outcome }) => outcome === 'ok');
      expect(kept.length).toBeGreaterThan(0);
      const consistency = result.verdicts.find(({ promise }) => promise === 'linearizability');
      expect(consistency?.status).toBe('violated');
    }
  });

  it('S0.10 gives the seven fields of its trace sheet, the answers as the final logs have them', () => {
    for (const seed of SEEDS) {
      const result = play(oldLeaderCutOff(seed));
      const facts = partitionFacts(result, 'N1');
      if (facts === undefined) expect.fail('the run shows an old leader cut off');
      expect(facts).toMatchObject({
        oldLeader: 'N1',
        minority: ['N1', 'N2'],
        majority: ['N3', 'N4', 'N5'],
        okOfMinority: 0,
      });
      // The final log, as whoever leads at the end applied it.
      const last = leaderAt(result, 12_000);
      const log = applied(result).filter(({ node }) => node === last?.node);
      const byOld = log.filter(({ term, index }) => term === facts.oldTerm && index > facts.commitAtCut);
      expect(byOld.filter(({ index }) => index > facts.commitBeforeHeal)).toHaveLength(facts.survivors);
      expect(byOld).toHaveLength(facts.commitBeforeHeal - facts.commitAtCut + facts.survivors);
      expect(facts.appendedUpTo).toBeGreaterThan(facts.commitBeforeHeal);
      const byNew = log.filter(({ term }) => term === facts.newTerm);
      expect(byNew.length).toBeGreaterThan(0);
      expect(Math.max(...byNew.map(({ index }) => index))).toBeGreaterThanOrEqual(facts.majorityCommit);
      expect(elections(result).find(({ term }) => term === facts.newTerm)).toMatchObject({
        node: Number(facts.newLeader.slice(1)),
        at: CUT_MS * 1_000 + Math.round(facts.electedAfterMs * 1_000),
      });
    }
  });
});

describe('six nodes split into halves', () => {
  it('S2.6 commit on neither side, as a majority is four, and go on together afterwards', () => {
    for (const seed of SEEDS) {
      const result = play({
        seed,
        raft: { nodes: 6 },
        steps: [
          ...writes(0, 'a', { fromMs: 1_500, untilMs: 9_500, everyMs: 200 }),
          ...writes(1, 'b', { fromMs: 1_510, untilMs: 9_500, everyMs: 200 }),
        ],
        faults: [
          {
            kind: 'partition',
            groups: [
              ['N1', 'N2', 'N3', 'C1'],
              ['N4', 'N5', 'N6', 'C2'],
            ],
            unlisted: 'isolated',
            ...during(CUT_MS, HEAL_MS),
          },
        ],
        healMs: HEAL_MS,
        endMs: 12_000,
      });
      expect(broken(result)).toEqual([]);
      for (const node of [1, 2, 3, 4, 5, 6]) {
        const atCut = stateAt(result, node, CUT_MS + 20);
        expect(stateAt(result, node, HEAL_MS - 1).commit).toBe(atCut.commit);
        // Check-quorum: whoever led has noticed.
        expect(stateAt(result, node, HEAL_MS - 1).role).not.toBe('leader');
      }
      for (const client of [0, 1]) {
        const asked = askedBy(result, client, CUT_MS + 20, HEAL_MS - 2_000);
        expect(asked.length).toBeGreaterThan(10);
        expect(asked.filter(({ outcome }) => outcome !== 'unknown')).toEqual([]);
        const later = askedBy(result, client, HEAL_MS + 1_000, 9_500);
        expect(later.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
        expect(later.length).toBeGreaterThan(0);
      }
    }
  });
});
