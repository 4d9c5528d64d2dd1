import { kv, type Outbox, raft, type RaftMessage, type RaftResult } from '@holdfast/protocols';
import { raftKv, type RaftKvOptions, type RunResult } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { broken, during, elections, play, stateAt, statesOf, writes } from './scenario.ts';

const NODES = [1, 2, 3, 4, 5];

/** All servers apart, so that the last one to be healed decides nothing; then stable. */
function afterIsolation(seed: number, options: RaftKvOptions['raft']): RunResult {
  return play({
    seed,
    raft: { raft: options ?? {} },
    steps: writes(0, 'k', { fromMs: 4_000, untilMs: 5_500, everyMs: 50 }),
    faults: [
      {
        kind: 'partition',
        groups: NODES.map((node) => [`N${node}`]),
        unlisted: 'with-all',
        ...during(500, 3_000),
      },
    ],
    healMs: 3_000,
    endMs: 6_000,
    recoverMs: 1_000,
  });
}

describe('election timeouts', () => {
  it('S1.49 from 150 to 300 ms elect somebody soon after the network is stable', () => {
    const options = { electionTimeoutMs: 150, electionJitterMs: 151, heartbeatMs: 50 };
    const waits: number[] = [];
    for (let seed = 0; seed < 30; seed++) {
      const result = afterIsolation(seed, options);
      expect(broken(result)).toEqual([]);
      const first = elections(result).find(({ at }) => at > 3_000_000);
      if (first === undefined) expect.fail(`seed ${seed} elected nobody`);
      waits.push((first.at - 3_000_000) / 1_000);
    }
    expect(Math.max(...waits)).toBeLessThan(1_000);
  });

  it('S1.49 S2.41 that are equal split the vote again and again: nobody is elected, terms rise', () => {
    const result = play({
      raft: {
        latency: { kind: 'constant', us: 500 },
        raft: { preVote: false, checkQuorum: false, electionJitterMs: 1 },
      },
      steps: [[1_000, 0, 'write', 'k', 1]],
      endMs: 10_000,
    });
    expect(elections(result)).toEqual([]);
    for (const node of NODES) expect(stateAt(result, node, 10_000)).toMatchObject({ term: 33 });
    expect(result.history.operations[0]?.outcome).toBe('unknown');
  });

  it('S1.61 a split vote ends at a higher term once timeouts differ', () => {
    const options = { preVote: false, electionTimeoutMs: 150, electionJitterMs: 12, heartbeatMs: 50 };
    let splits = 0;
    for (let seed = 0; seed < 20; seed++) {
      const result = play({
        seed,
        raft: { nodes: 4, latency: { kind: 'uniform', minUs: 2_000, maxUs: 9_000 }, raft: options },
        steps: writes(0, 'k', { fromMs: 4_000, untilMs: 4_500, everyMs: 50 }),
        endMs: 6_000,
      });
      expect(broken(result)).toEqual([]);
      const [first] = elections(result);
      if (first === undefined) expect.fail(`seed ${seed} elected nobody`);
      expect(first.at).toBeLessThan(4_000_000);
      const candidates = [1, 2, 3, 4].flatMap((node) =>
        statesOf(result, node).filter(({ at, role }) => at <= first.at && role === 'candidate'),
      );
      const terms = [...new Set(candidates.map(({ term }) => term))];
      const split = terms.filter(
        (term) =>
          term < first.term && new Set(candidates.filter((c) => c.term === term).map((c) => c.node)).size > 1,
      );
      if (split.length === 0) continue;
      splits++;
      expect(first.term).toBeGreaterThan(Math.max(...split));
    }
    expect(splits).toBeGreaterThan(3);
  });

  it('S1.49 that are not above the heartbeat are refused', () => {
    expect(() => raftKv({ nodes: 3, raft: { electionTimeoutMs: 50, heartbeatMs: 60 } })).toThrow(
      'Cannot run Raft as heartbeatMs must be below electionTimeoutMs (50)',
    );
  });
});

describe('a leader that comes back', () => {
  it('S2.41 does not stop a candidate of a later term with its heartbeats (X5)', () => {
    const core = raft({ voters: [1, 2, 3], preVote: false }, kv);
    const sent: { readonly to: number; readonly message: RaftMessage }[] = [];
    const out: Outbox<RaftMessage, RaftResult> = {
      send: (to, message) => void sent.push({ to, message }),
      store: () => 1,
      setTimer: () => undefined,
      cancelTimer: () => undefined,
      reply: () => undefined,
      choose: () => 0,
      note: () => undefined,
    };
    const state = core.boot({ self: 2, records: {} }, out);
    core.step(state, { kind: 'timer', timer: 'election' }, out);
    core.step(state, { kind: 'timer', timer: 'election' }, out);
    expect(state).toMatchObject({ role: 'candidate', term: 2 });
    sent.length = 0;
    core.step(
      state,
      { kind: 'message', from: 1, message: { type: 'heartbeat', term: 1, commit: 0, round: 0 } },
      out,
    );
    expect(state).toMatchObject({ role: 'candidate', term: 2, leader: 0 });
    // The answer, of the later term, is what makes the old leader step down.
    core.step(state, { kind: 'stored', token: 1 }, out);
    expect(sent).toContainEqual({
      to: 1,
      message: expect.objectContaining({ type: 'append-reply', term: 2 }),
    });
  });

  it('S2.41 finds a leader of a later term, steps down, and no term goes back (X5)', () => {
    for (let seed = 0; seed < 10; seed++) {
      const result = play({
        seed,
        raft: { transfers: [{ atMs: 1_000, to: 1 }] },
        steps: writes(0, 'k', { fromMs: 1_500, untilMs: 6_000, everyMs: 50 }),
        faults: [{ kind: 'pause', host: 'N1', ...during(2_000, 2_700) }],
        healMs: 2_800,
        endMs: 8_000,
        recoverMs: 1_500,
      });
      expect(broken(result)).toEqual([]);
      const before = stateAt(result, 1, 2_000);
      expect(before.role).toBe('leader');
      expect(elections(result).some(({ at, term }) => at > 2_000_000 && term > before.term)).toBe(true);
      for (const node of NODES) {
        const terms = statesOf(result, node).map(({ term }) => term);
        expect(terms).toEqual(terms.toSorted((a, b) => a - b));
      }
      expect(stateAt(result, 1, 4_000).role).toBe('follower');
    }
  });
});
