import { describe, expect, it } from 'vitest';
import { classifyRaftResult, hadNoEffect, type RaftError, type RaftResult } from '../../src/raft/client.ts';
import { Cluster } from './cluster.ts';

const no = (error: RaftError): RaftResult => ({ ok: false, error, leader: 2, detail: '' });

describe('what a result says', () => {
  it('S1.58 only a refusal before the log is a failure', () => {
    const certain = (['not-leader', 'busy', 'refused', 'stale-sequence', 'unknown'] as const).filter(
      (error) => hadNoEffect(no(error)),
    );
    expect(certain).toEqual(['not-leader', 'busy', 'refused']);
    expect(hadNoEffect({ ok: true, value: null })).toBe(false);
  });

  it('tells a client where to go on', () => {
    expect(classifyRaftResult({ ok: true, value: 1 })).toEqual({ kind: 'done' });
    expect(classifyRaftResult(no('not-leader'))).toEqual({ kind: 'redirect', leader: 2 });
    expect(classifyRaftResult(no('busy'))).toEqual({ kind: 'redirect', leader: 2 });
    expect(classifyRaftResult(no('refused'))).toEqual({ kind: 'done' });
    expect(classifyRaftResult(no('unknown'))).toEqual({ kind: 'unclear' });
    expect(classifyRaftResult(no('stale-sequence'))).toEqual({ kind: 'unclear' });
  });

  it('a follower told to forget its leader may vote at once; a leader, and a node with lease reads, refuse', () => {
    const group = new Cluster({ voters: [1, 2, 3], preVote: false });
    group.elect(1);
    expect(group.ask(1, { forgetLeader: true })).toMatchObject({ ok: false, error: 'refused' });
    expect(group.ask(3, { forgetLeader: true })).toEqual({ ok: true, value: null });
    expect(group.view(3)).toMatchObject({ leader: 0, term: 1 });
    group.fire(2, 'election');
    group.settle();
    expect(group.leaders()).toContain(2);
    const leased = new Cluster({ voters: [1, 2, 3], leaseReads: true });
    leased.elect(1);
    expect(leased.ask(3, { forgetLeader: true })).toMatchObject({ ok: false, error: 'refused' });
  });
});
