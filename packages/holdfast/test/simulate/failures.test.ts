import type { FaultDraft, RunResult } from 'holdfast';
import { describe, expect, it } from 'vitest';
import {
  applied,
  askedBy,
  broken,
  during,
  elections,
  operation,
  play,
  type Step,
  stateAt,
  statesOf,
  writes,
} from './scenario.ts';

const SEEDS = [0, 1, 2, 3, 4, 5];
/** N1 leads from 1,000 ms on. */
const N1_LEADS = { transfers: [{ atMs: 1_000, to: 1 }] } as const;

const crash = (host: string, fromMs: number, untilMs: number): FaultDraft => ({
  kind: 'crash',
  host,
  ...during(fromMs, untilMs),
});

/** Servers do not hear one another: N1 is apart from all others, for clients nothing changes. */
const peersApart = (fromMs: number, untilMs: number): FaultDraft => ({
  kind: 'channel',
  channel: 0,
  groups: [['N1'], ['N2', 'N3', 'N4', 'N5']],
  ...during(fromMs, untilMs),
});

/** C1 reaches N1 alone. */
const clientWithN1 = (fromMs: number, untilMs: number): FaultDraft => ({
  kind: 'partition',
  groups: [['C1'], ['N2', 'N3', 'N4', 'N5']],
  unlisted: 'with-all',
  ...during(fromMs, untilMs),
});

/** Operation 0: C1 learns that N1 leads. */
const WARM_UP: Step = [1_500, 0, 'write', 'other', 0];

/** Operations 2 and 3. */
const READ_BACK: readonly Step[] = [
  [7_000, 1, 'read', 'k', null],
  [7_100, 1, 'cas', 'k', [1, 2]],
];

describe('a leader that crashes before it has replicated a write', () => {
  it('S1.58 leaves its client with "unknown", and the write vanishes when others are elected', () => {
    for (const seed of SEEDS) {
      const result = play({
        seed,
        raft: N1_LEADS,
        steps: [WARM_UP, [2_000, 0, 'write', 'k', 1], ...READ_BACK],
        faults: [peersApart(1_950, 2_100), clientWithN1(1_950, 5_000), crash('N1', 2_050, 4_500)],
        endMs: 8_000,
      });
      expect(broken(result)).toEqual([]);
      const onlyN1 = statesOf(result, 1).filter(({ at }) => at < 2_050_000);
      expect(onlyN1.at(-1)?.lastIndex).toBeGreaterThan(stateAt(result, 1, 1_950).lastIndex);
      expect(operation(result, 1)).toMatchObject({ f: 'write', outcome: 'unknown' });
      expect(operation(result, 2)).toMatchObject({ f: 'read', outcome: 'ok', output: null });
      expect(operation(result, 3)).toMatchObject({ f: 'cas', outcome: 'ok', output: false });
    }
  });

  it('S1.58 the same write commits later when that node is elected after all (X13)', () => {
    for (const seed of SEEDS) {
      const result = play({
        seed,
        raft: N1_LEADS,
        steps: [WARM_UP, [2_000, 0, 'write', 'k', 1], ...READ_BACK],
        // N1 has the longest log and is needed for a majority when it comes back.
        faults: [
          peersApart(1_950, 2_100),
          clientWithN1(1_950, 5_000),
          crash('N1', 2_050, 2_200),
          crash('N2', 2_040, 6_500),
          crash('N3', 2_040, 6_500),
        ],
        endMs: 8_000,
      });
      expect(broken(result)).toEqual([]);
      expect(elections(result).find(({ at }) => at > 2_200_000)?.node).toBe(1);
      const write = applied(result).find(({ client, sequence }) => client === 1 && sequence === 2);
      expect(write?.term).toBe(stateAt(result, 1, 2_000).term);
      expect(operation(result, 2)).toMatchObject({ f: 'read', outcome: 'ok', output: 1 });
      expect(operation(result, 3)).toMatchObject({ f: 'cas', outcome: 'ok', output: true });
    }
  });

  it('S1.58 S1.55 a retry under the same id applies once, wherever its entries are', () => {
    for (const seed of SEEDS) {
      const result = play({
        seed,
        raft: N1_LEADS,
        // A compare-and-set from null cannot succeed twice: applied again it would answer false.
        steps: [WARM_UP, [2_000, 0, 'cas', 'k', [null, 1]], ...READ_BACK],
        faults: [peersApart(1_950, 2_200), crash('N1', 2_050, 4_500)],
        endMs: 8_000,
      });
      expect(broken(result)).toEqual([]);
      expect(operation(result, 1)).toMatchObject({ f: 'cas', outcome: 'ok', output: true });
      expect(operation(result, 2)).toMatchObject({ output: 1 });
      expect(operation(result, 3)).toMatchObject({ output: true });
    }
  });
});

describe('a leader that crashes after it has replicated a write', () => {
  /** Answers do not come back to C1 until the leader is gone. */
  function answerLost(seed: number): RunResult {
    return play({
      seed,
      raft: N1_LEADS,
      steps: [WARM_UP, [2_000, 0, 'cas', 'k', [null, 1]], ...READ_BACK],
      faults: [
        { kind: 'one-way', from: ['N1'], to: ['C1'], ...during(1_950, 4_000) },
        crash('N1', 2_050, 6_000),
      ],
      endMs: 8_000,
    });
  }

  it('S1.59 is followed by one that keeps the entry and commits it', () => {
    for (const seed of SEEDS) {
      const result = answerLost(seed);
      expect(broken(result)).toEqual([]);
      const oldTerm = stateAt(result, 1, 2_000).term;
      const next = elections(result).find(({ at }) => at > 2_050_000);
      expect(next?.node).not.toBe(1);
      const kept = applied(result).filter(
        ({ client, sequence, term }) => client === 1 && sequence === 2 && term === oldTerm,
      );
      expect(new Set(kept.map(({ node }) => node))).toEqual(new Set([1, 2, 3, 4, 5]));
      expect(new Set(kept.map(({ index }) => index)).size).toBe(1);
    }
  });

  it('S1.59 S1.55 whose client sees the original result when it asks again', () => {
    for (const seed of SEEDS) {
      const result = answerLost(seed);
      expect(operation(result, 1)).toMatchObject({ outcome: 'ok', output: true });
      // Entries of two terms hold the command: the first was applied, the other answered from the session.
      const entries = applied(result).filter((e) => e.client === 1 && e.sequence === 2 && e.node === 2);
      expect(entries.length).toBeGreaterThan(1);
      expect(operation(result, 2)).toMatchObject({ output: 1 });
    }
  });
});

describe('a follower that falls behind', () => {
  const script = writes(0, 'k', { fromMs: 1_200, untilMs: 6_000, everyMs: 20 });
  const latencies = (result: RunResult): number[] =>
    askedBy(result, 0, 2_100, 5_500)
      .map(({ invokedAt, completedAt }) => completedAt - invokedAt)
      .sort((a, b) => a - b);

  for (const [how, raft] of [
    ['entries', { snapshotEvery: 0 }],
    ['a snapshot', { snapshotEvery: 20, keepEntries: 5 }],
  ] as const) {
    it(`S1.60 catches up by ${how}, and the others' writes take no longer`, () => {
      for (const seed of SEEDS.slice(0, 3)) {
        const scenario = { seed, raft: { ...N1_LEADS, raft }, steps: script, healMs: 7_000, endMs: 8_000 };
        const calm = play(scenario);
        const behind = play({ ...scenario, faults: [crash('N5', 2_000, 5_000)] });
        expect(broken(behind)).toEqual([]);
        expect(elections(behind).filter(({ at }) => at > 2_000_000)).toEqual([]);
        expect(stateAt(behind, 5, 5_000).commit).toBeLessThan(stateAt(behind, 1, 5_000).commit - 100);
        expect(stateAt(behind, 5, 5_500).commit).toBeGreaterThanOrEqual(stateAt(behind, 1, 5_300).commit);
        const installed = behind.trace?.events.filter(
          ({ node, kind, label, data }) =>
            node === 4 &&
            kind === 'note' &&
            label === 'snapshot' &&
            (data as { action: string }).action === 'install',
        );
        expect(installed?.length).toBe(how === 'entries' ? 0 : 1);
        const [slow, usual] = [latencies(behind), latencies(calm)];
        expect(slow.at(-1)).toBeLessThan(2 * (usual.at(-1) ?? 0));
      }
    });
  }
});

describe('a stale leader that receives a request', () => {
  function cutOff(
    seed: number,
    raft: { readonly checkQuorum: boolean; readonly preVote: boolean },
  ): RunResult {
    return play({
      seed,
      raft: { ...N1_LEADS, raft },
      steps: writes(0, 'k', { fromMs: 1_500, untilMs: 7_000, everyMs: 100 }),
      faults: [{ kind: 'partition', groups: [['N1', 'C1']], unlisted: 'rest', ...during(2_000, 5_000) }],
      healMs: 5_000,
      endMs: 8_000,
    });
  }

  it('S1.62 steps down by the check-quorum rule', () => {
    for (const seed of SEEDS) {
      const result = cutOff(seed, { checkQuorum: true, preVote: true });
      expect(broken(result)).toEqual([]);
      const gone = statesOf(result, 1).find(({ at, role }) => at > 2_000_000 && role !== 'leader');
      // At the second check after the cut at the latest.
      expect(gone?.at).toBeLessThan(2_000_000 + 2 * 300_000 + 10_000);
      expect(gone?.term).toBe(stateAt(result, 1, 2_000).term);
    }
  });

  it('S1.62 without it stays leader and never commits, until it hears of a higher term (X28)', () => {
    for (const seed of SEEDS) {
      const result = cutOff(seed, { checkQuorum: false, preVote: false });
      expect(broken(result)).toEqual([]);
      const atCut = stateAt(result, 1, 2_010);
      const before = stateAt(result, 1, 4_999);
      expect(before).toMatchObject({ role: 'leader', term: atCut.term, commit: atCut.commit });
      expect(before.lastIndex).toBeGreaterThan(atCut.lastIndex + 5);
      const asked = askedBy(result, 0, 2_050, 3_000);
      expect(asked.length).toBeGreaterThan(5);
      expect(asked.filter(({ outcome }) => outcome !== 'unknown')).toEqual([]);
      const after = statesOf(result, 1).find(({ at, role }) => at > 5_000_000 && role !== 'leader');
      expect(after?.term).toBeGreaterThan(atCut.term);
    }
  });
});

describe('a membership change that is interrupted', () => {
  // {1,2,3} to {3,4,5} by a joint configuration; the leader crashes at each half millisecond of it, once with the others in
  // reach and once before anybody could hear of the change.
  const offsetsMs = Array.from({ length: 24 }, (_, i) => i / 2);

  for (const [reach, expected] of [
    ['in reach', '(3 4 5)'],
    ['out of reach', '(1 2 3)'],
  ] as const) {
    it(`S1.63 S1.53 S3.2 never has two leaders of a term, whenever its leader crashes, with the others ${reach}`, () => {
      for (const offsetMs of offsetsMs) {
        const alone = reach === 'in reach' ? [] : [peersApart(1_990, 2_100)];
        const result = play({
          seed: offsetMs * 2,
          raft: { ...N1_LEADS, voters: [1, 2, 3], changes: [{ atMs: 2_000, voters: [3, 4, 5] }] },
          steps: writes(0, 'k', { fromMs: 1_500, untilMs: 6_500, everyMs: 100 }),
          faults: [...alone, crash('N1', 2_000 + offsetMs, 4_000)],
          healMs: 4_500,
          endMs: 7_500,
        });
        expect(broken(result)).toEqual([]);
        const won = elections(result);
        expect(new Set(won.map(({ term }) => term)).size).toBe(won.length);
        const last = won.at(-1);
        if (last === undefined) expect.fail('somebody leads');
        expect(stateAt(result, last.node, 7_500).voters).toBe(expected);
      }
    });
  }
});
