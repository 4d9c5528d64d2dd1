import type { FaultDraft, RunResult } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { broken, during, elections, events, play, type Seen, stateAt, writes } from './scenario.ts';

const CUT_MS = 2_000;
const HEAL_MS = 12_000;
const SEEDS = Array.from({ length: 12 }, (_, seed) => seed);

/** Links A-B, A-C, C-D and D-E only: C is the bridge. Clients reach everybody. */
function bridged(): FaultDraft[] {
  const span = during(CUT_MS, HEAL_MS);
  const apart = (a: string, b: string): FaultDraft => {
    return { kind: 'partition', groups: [[a], [b]], unlisted: 'with-all', ...span };
  };
  const ends: FaultDraft = { kind: 'bridge', left: ['N1', 'N2'], right: ['N4', 'N5'], ...span };
  return [ends, apart('N2', 'N3'), apart('N3', 'N5')];
}

/** A leads when the links are cut; with `busy` clients write all the time. */
function run(
  seed: number,
  { sticky, busy }: { readonly sticky: boolean; readonly busy: boolean },
): RunResult {
  const quietMs = busy ? 14_500 : 1_900;
  return play({
    seed,
    raft: { transfers: [{ atMs: 1_000, to: 1 }], raft: { preVote: sticky, checkQuorum: sticky } },
    steps: [
      ...writes(0, 'a', { fromMs: 1_500, untilMs: quietMs, everyMs: 130 }),
      ...writes(1, 'b', { fromMs: 1_510, untilMs: quietMs, everyMs: 140 }),
      ...writes(1, 'c', { fromMs: 14_000, untilMs: 14_500, everyMs: 100 }),
    ],
    faults: bridged(),
    healMs: HEAL_MS,
    endMs: 16_000,
    recoverMs: 1_500,
  });
}

const won = (result: RunResult): Seen[] =>
  elections(result).filter(({ at }) => at > CUT_MS * 1_000 && at < HEAL_MS * 1_000);

/** Who voted for the winner of an election, itself included. */
function voters(result: RunResult, { node, term }: Seen): number[] {
  const granted = events(result, 'send').filter(({ peer, data }) => {
    const vote = data as { readonly type?: string; readonly term?: number; readonly reject?: boolean };
    return vote.type === 'vote-reply' && vote.term === term && vote.reject === false && peer === node - 1;
  });
  return [...new Set([node, ...granted.map((event) => event.node + 1)])].sort((a, b) => a - b);
}

describe('a bridge partition of five', () => {
  it('S2.42 A and D can each gather three votes, always with that of C, and safety holds', () => {
    for (const seed of SEEDS) {
      const result = run(seed, { sticky: false, busy: false });
      expect(broken(result)).toEqual([]);
      const changes = won(result);
      expect(changes.map(({ node }) => node)).toEqual([4]);
      for (const change of changes) expect(voters(result, change)).toEqual([3, 4, 5]);
      // A, cut off from D, still believes to lead in its older term, with B.
      expect(stateAt(result, 1, HEAL_MS - 1)).toMatchObject({ role: 'leader' });
      expect(stateAt(result, 1, HEAL_MS - 1).term).toBeLessThan(changes[0]?.term ?? 0);
    }
  });

  it('S2.42 S2.41 S3.15 leadership flaps without pre-vote and check-quorum, and safety holds', () => {
    const rates: number[] = [];
    for (const seed of SEEDS) {
      const result = run(seed, { sticky: false, busy: true });
      expect(broken(result)).toEqual([]);
      const changes = won(result);
      for (const change of changes) {
        const gathered = voters(result, change);
        expect(gathered.length).toBeGreaterThanOrEqual(3);
        expect(gathered).toContain(3);
      }
      expect(changes.length).toBeGreaterThanOrEqual(2);
      rates.push(result.metrics.leader_changes_per_minute ?? 0);
    }
    // What an alarm goes by: the calmest of these is above the busiest of those below.
    expect(Math.min(...rates)).toBeGreaterThan(10);
  });

  it('S2.42 S2.41 S3.15 leadership stays where it is with them', () => {
    for (const seed of SEEDS) {
      const result = run(seed, { sticky: true, busy: true });
      expect(broken(result)).toEqual([]);
      expect(won(result)).toEqual([]);
      expect(stateAt(result, 1, HEAL_MS - 1)).toMatchObject({ role: 'leader' });
      const commit = (atMs: number): number => stateAt(result, 1, atMs).commit;
      expect(commit(HEAL_MS - 1)).toBeGreaterThan(commit(CUT_MS) + 100);
      expect(result.metrics.leader_changes_per_minute).toBeLessThan(10);
    }
  });
});
