import { describe, expect, it } from 'vitest';
import { RAFT_DEFECTS, type RaftDefect } from '../../src/raft/defects.ts';
import { Broken, Chaos } from './chaos.ts';
import { Cluster } from './cluster.ts';
import { sides } from './timed.ts';

const bare = { voters: [1, 2, 3], preVote: false, checkQuorum: false };
const append = (sequence: number) => ({
  client: 9,
  sequence,
  operation: { f: 'append', key: 'l', value: sequence },
});

/** Broken twins a random schedule finds within a few hundred seeds: how many seeds to try, and which promises may break. */
const FOUND_AT_RANDOM: Partial<Record<RaftDefect, { seeds: number; promise: RegExp }>> = {
  'no-up-to-date-check': { seeds: 20, promise: /^leader completeness/ },
  'no-previous-entry-check': { seeds: 60, promise: /^(state machine safety|log matching)/ },
  'ack-on-append': { seeds: 20, promise: /^linearizable reads/ },
  'local-read': { seeds: 20, promise: /^linearizable reads/ },
  'reply-before-fsync': {
    seeds: 60,
    promise: /^(leader completeness|state machine safety|linearizable reads)/,
  },
  'forgets-on-restart': { seeds: 20, promise: /^(election safety|leader completeness|state machine safety)/ },
};

describe('broken twins', () => {
  it.each(Object.keys(FOUND_AT_RANDOM) as RaftDefect[])(
    'S1.48 S1.50 S1.52 S1.56 S1.57 a random schedule finds %s',
    (defect) => {
      const { seeds, promise } = FOUND_AT_RANDOM[defect] ?? { seeds: 0, promise: /never/ };
      let found: unknown;
      for (let seed = 1; seed <= seeds && found === undefined; seed++) {
        const raft = {
          ...bare,
          snapshotEvery: 7,
          keepEntries: 2,
          maxInflight: 3,
          maxEntriesPerAppend: 2,
          defect,
        };
        try {
          new Chaos(seed, { raft, ids: [1, 2, 3], steps: 1_200, crashes: true, changes: false }).run();
        } catch (error) {
          found = error;
        }
      }
      expect(found).toBeInstanceOf(Broken);
      expect((found as Broken).message).toMatch(promise);
    },
  );

  it('S1.52 without the up-to-date check a leader lacks a committed entry', () => {
    const committedSurvives = (defect?: RaftDefect): boolean => {
      const group = new Cluster({ ...bare, defect });
      group.elect(1);
      group.passes = sides([1, 2]);
      expect(group.ask(1, append(1))).toEqual({ ok: true, value: 1 });
      group.crash(1);
      group.passes = sides([2, 3]);
      group.elect(3);
      if (group.leaders().length === 0) group.elect(2);
      const [leader = 0] = group.leaders();
      return group.state(leader).log.entries.some((entry) => entry.term === 1 && entry.index === 2);
    };
    expect(committedSurvives()).toBe(true);
    expect(committedSurvives('no-up-to-date-check')).toBe(false);
  });

  it('S1.50 without the check of the entry before, logs disagree below entries they share', () => {
    const logs = (defect?: RaftDefect): number[][] => {
      const group = new Cluster({ ...bare, defect });
      group.elect(1);
      group.passes = sides([1]);
      group.put(1, 'x', 1);
      group.passes = sides([2, 3]);
      group.elect(2);
      group.put(2, 'x', 2);
      const [, , third] = group.state(2).log.entries;
      if (third === undefined) throw new Error('there are three entries');
      // An append after entry 2 of term 2 reaches a node whose entry 2 is of term 1.
      group.deliver({
        from: 2,
        to: 1,
        message: { type: 'append', term: 2, prevIndex: 2, prevTerm: 2, commit: 1, entries: [third] },
      });
      return [1, 2].map((id) => group.state(id).log.entries.map((entry) => entry.term));
    };
    expect(logs()).toEqual([
      [1, 1],
      [1, 2, 2],
    ]);
    expect(logs('no-previous-entry-check')).toEqual([
      [1, 1, 2],
      [1, 2, 2],
    ]);
  });

  it('S1.58 answering on append acknowledges what may vanish', () => {
    const answer = (defect?: RaftDefect): unknown => {
      const group = new Cluster({ ...bare, defect });
      group.elect(1);
      group.passes = sides([1]);
      return group.ask(1, append(1));
    };
    expect(answer()).toBeUndefined();
    expect(answer('ack-on-append')).toEqual({ ok: true, value: 1 });
  });

  it('S1.55 without deduplication a retry is applied twice', () => {
    const list = (defect?: RaftDefect): unknown => {
      const group = new Cluster({ ...bare, defect });
      group.elect(1);
      group.ask(1, append(1));
      group.crash(1);
      group.elect(2);
      group.ask(2, append(1));
      return group.state(2).machine;
    };
    expect(list()).toEqual({ l: [1] });
    expect(list('no-dedup')).toEqual({ l: [1, 1] });
  });

  it('are listed, each once', () => {
    expect(new Set(RAFT_DEFECTS).size).toBe(RAFT_DEFECTS.length);
    expect(RAFT_DEFECTS).toHaveLength(13);
  });
});
