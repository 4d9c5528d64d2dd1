import { describe, expect, it } from 'vitest';
import { raftConfig, type RaftOptions } from '../../src/raft/config.ts';
import { leaseLengthMs } from '../../src/raft/lease.ts';
import { Cluster } from './cluster.ts';
import { sides, Timed } from './timed.ts';

const three = { voters: [1, 2, 3] };
const leased: RaftOptions = { ...three, leaseReads: true, electionTimeoutMs: 100, heartbeatMs: 20 };

const readX = (read: 'index' | 'lease' | 'local') =>
  ({ client: 0, sequence: 0, operation: { f: 'get', key: 'x' }, read }) as const;

describe('ReadIndex', () => {
  it('S1.56 answers at the leader and at followers, without an entry', () => {
    const group = new Cluster(three);
    group.elect(1);
    group.put(1, 'x', 1);
    expect([1, 2, 3].map((id) => group.get(id, 'x'))).toEqual(Array(3).fill({ ok: true, value: 1 }));
    expect(group.view(1).lastIndex).toBe(2);
  });

  it('S1.56 a deposed leader answers nothing, and then that it does not lead', () => {
    const group = new Cluster({ ...three, checkQuorum: false, preVote: false });
    group.elect(1);
    group.put(1, 'x', 1);
    group.passes = sides([1], [2, 3]);
    group.elect(2);
    group.put(2, 'x', 2);
    const stale = group.request(1, readX('index'));
    group.settle();
    expect(group.replies.get(stale)).toBeUndefined();
    group.passes = (): boolean => true;
    group.fire(2, 'heartbeat');
    group.settle();
    expect(group.replies.get(stale)).toMatchObject({ ok: false, error: 'not-leader', leader: 2 });
    // The broken twin answers from what it has.
    const twin = new Cluster({ ...three, checkQuorum: false, preVote: false, defect: 'local-read' });
    twin.elect(1);
    twin.put(1, 'x', 1);
    twin.passes = sides([1], [2, 3]);
    twin.elect(2);
    twin.put(2, 'x', 2);
    expect(twin.get(1, 'x')).toEqual({ ok: true, value: 1 });
  });

  it('S1.56 an answer to an earlier heartbeat confirms nothing', () => {
    const group = new Cluster({ ...three, checkQuorum: false, preVote: false });
    group.elect(1);
    group.put(1, 'x', 1);
    group.fire(1, 'heartbeat');
    const before = group.request(1, readX('index'));
    const [first] = group.flying.filter(({ message }) => message.type === 'heartbeat' && message.round === 0);
    if (first === undefined) throw new Error('no heartbeat was sent');
    group.flying = [];
    group.deliver(first);
    group.settle();
    expect(group.replies.get(before)).toBeUndefined();
    // The heartbeats of the read were lost; the next ones stand for them.
    group.fire(1, 'heartbeat');
    group.settle();
    expect(group.replies.get(before)).toEqual({ ok: true, value: 1 });
  });

  it('S1.56 a round begun for an earlier read does not confirm a later one', () => {
    const group = new Cluster({ ...three, checkQuorum: false, preVote: false });
    group.elect(1);
    group.put(1, 'x', 1);
    const early = group.request(1, readX('index'));
    const [heartbeat] = group.flying.splice(0);
    if (heartbeat === undefined) throw new Error('no heartbeat was sent');
    group.deliver(heartbeat);
    const [reply] = group.flying.splice(0);
    if (reply === undefined) throw new Error('no answer was sent');
    // Meanwhile the others go on without node 1.
    group.passes = sides([1], [2, 3]);
    group.elect(2);
    group.put(2, 'x', 2);
    const late = group.request(1, readX('index'));
    group.deliver(reply);
    expect(group.replies.get(early)).toEqual({ ok: true, value: 1 });
    expect(group.replies.get(late)).toBeUndefined();
  });

  it('S1.56 a new leader answers only once an entry of its own is committed', () => {
    const group = new Cluster({ ...three, checkQuorum: false, preVote: false });
    group.elect(1);
    group.put(1, 'x', 1);
    group.crash(1);
    group.passes = ({ message }) => message.type !== 'append';
    group.elect(2);
    const early = group.request(2, readX('index'));
    group.settle();
    expect(group.replies.get(early)).toBeUndefined();
    group.passes = (): boolean => true;
    group.fire(2, 'heartbeat');
    group.settle();
    expect(group.replies.get(early)).toEqual({ ok: true, value: 1 });
  });

  it('waits at a follower until the index is applied there', () => {
    const group = new Cluster({ ...three, checkQuorum: false, preVote: false });
    group.elect(1);
    group.passes = ({ to, message }) => to !== 3 || message.type !== 'append';
    group.put(1, 'x', 1);
    const read = group.request(3, readX('index'));
    group.settle();
    expect(group.replies.get(read)).toBeUndefined();
    group.passes = (): boolean => true;
    group.fire(1, 'heartbeat');
    group.settle();
    expect(group.replies.get(read)).toEqual({ ok: true, value: 1 });
  });

  it('refuses where nobody leads, and beyond maxPendingReads', () => {
    const group = new Cluster({ ...three, maxPendingReads: 1 });
    expect(group.get(1, 'x')).toMatchObject({ ok: false, error: 'not-leader', detail: 'nobody leads' });
    expect(group.get(1, 'x', 'local')).toEqual({ ok: true, value: null });
    group.elect(1);
    group.passes = sides([1]);
    expect(group.get(1, 'x')).toBeUndefined();
    expect(group.get(1, 'x')).toMatchObject({ ok: false, error: 'busy' });
  });
});

/** Cuts the leader off right after a heartbeat round, lets the others elect and write, and asks it for a lease read every 5 ms. */
function staleLeaseReads(options: Partial<RaftOptions>, rates: Record<number, number>, seed: number): number {
  const timed = new Timed({ ...leased, ...options }, { seed, latencyMs: [1, 2], rates });
  const { group } = timed;
  // Only node 1 is to lead first.
  group.fire(1, 'election');
  timed.pump();
  timed.run(60);
  group.put(1, 'x', 'old');
  // Just before or just after a quorum check, depending on the seed.
  const cut = 195 + (seed % 25);
  timed.run(cut);
  if (group.leaders()[0] !== 1) throw new Error('node 1 does not lead');
  group.passes = sides([1], [2, 3]);
  const asked: { request: number; at: number }[] = [];
  let written = Number.POSITIVE_INFINITY;
  let stale = 0;
  for (let at = cut + 5; at < 1_200; at += 5) {
    timed.at(at, () => {
      const leader = group.leaders().find((id) => id !== 1);
      if (leader !== undefined && written > at) {
        const request = group.request(leader, {
          client: 0,
          sequence: 0,
          operation: { f: 'put', key: 'x', value: 'new' },
        });
        asked.push({ request, at });
      }
      if (asked.some(({ request }) => group.replies.get(request)?.ok)) written = Math.min(written, at);
      const read = group.request(1, readX('lease'));
      const result = group.replies.get(read);
      if (result?.ok && result.value === 'old' && written < at) stale++;
    });
  }
  timed.run(1_200);
  if (written === Number.POSITIVE_INFINITY) throw new Error('the others never wrote');
  return stale;
}

describe('lease reads', () => {
  const bound = raftConfig(leased).maxDriftPpm;

  it('S1.56 are answered at once while the lease holds, and confirmed by a quorum when it does not', () => {
    const group = new Cluster(leased);
    group.elect(1);
    group.put(1, 'x', 1);
    group.fire(1, 'heartbeat');
    group.settle();
    expect(group.host(1).timers.get('read-lease/0')).toEqual({ minMs: 99, maxMs: 99 });
    group.passes = sides([1]);
    expect(group.get(1, 'x', 'lease')).toEqual({ ok: true, value: 1 });
    group.fire(1, 'read-lease/0');
    expect(group.get(1, 'x', 'lease')).toBeUndefined();
  });

  it('S1.56 count a lease from the start of the round, and keep at most eight', () => {
    const group = new Cluster(leased);
    group.elect(1);
    group.passes = sides([1]);
    for (let i = 0; i < 12; i++) group.fire(1, 'heartbeat');
    expect(group.state(1).leaseRounds).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    group.passes = (): boolean => true;
    group.fire(1, 'heartbeat');
    group.settle();
    // Round 13 was answered; the newest timer it can stand on is the one of round 8.
    expect(group.get(1, 'x', 'lease')).toEqual({ ok: true, value: null });
    for (let slot = 0; slot < 7; slot++) group.fire(1, `read-lease/${slot}`);
    group.passes = sides([1]);
    expect(group.get(1, 'x', 'lease')).toEqual({ ok: true, value: null });
    group.fire(1, 'read-lease/7');
    expect(group.get(1, 'x', 'lease')).toBeUndefined();
  });

  it(`S1.56 are never stale within the drift bound of ${bound} ppm (lease ${leaseLengthMs(raftConfig(leased))} of 100 ms)`, () => {
    const fast = 1 + bound / 1_000_000;
    for (let seed = 1; seed <= 60; seed++) {
      expect(staleLeaseReads({}, { 1: 1, 2: fast, 3: fast }, seed)).toBe(0);
      expect(staleLeaseReads({}, { 1: 1 / fast, 2: 1, 3: 1 }, seed)).toBe(0);
    }
  });

  it(`S1.56 are stale beyond the drift bound of ${bound} ppm, and sound again with the bound raised`, () => {
    const rates = { 1: 0.5, 2: 1, 3: 1 };
    let stale = 0;
    for (let seed = 1; seed <= 20; seed++) {
      stale += staleLeaseReads({}, rates, seed);
      expect(staleLeaseReads({ maxDriftPpm: 600_000 }, rates, seed)).toBe(0);
    }
    expect(stale).toBeGreaterThan(0);
  });

  it('S1.56 are stale when the lease ignores the bound, with perfect clocks', () => {
    let stale = 0;
    for (let seed = 1; seed <= 20; seed++)
      stale += staleLeaseReads({ defect: 'lease-beyond-drift' }, {}, seed);
    expect(stale).toBeGreaterThan(0);
    expect(leaseLengthMs({ electionTimeoutMs: 100, maxDriftPpm: 0, defect: 'lease-beyond-drift' })).toBe(400);
  });

  it('end with a change of the configuration they were granted under', () => {
    const group = new Cluster({ ...leased, learners: [4] }, [1, 2, 3, 4]);
    group.elect(1);
    group.fire(1, 'heartbeat');
    group.settle();
    const promote = { transition: 'auto', changes: [{ type: 'voter', node: 4 }] } as const;
    expect(group.ask(1, { reconfigure: promote })).toMatchObject({ ok: true });
    group.passes = sides([1]);
    expect(group.get(1, 'x', 'lease')).toBeUndefined();
  });

  it('end with a hand-over, which lets followers vote in spite of a fresh leader', () => {
    const group = new Cluster(leased);
    group.elect(1);
    group.put(1, 'x', 1);
    group.fire(1, 'heartbeat');
    group.settle();
    group.passes = ({ message }) => message.type !== 'timeout-now';
    expect(group.ask(1, { transfer: 2 })).toEqual({ ok: true, value: null });
    group.fire(1, 'transfer');
    group.fire(1, 'heartbeat');
    group.settle();
    // The word to campaign may still be on its way: no lease for the rest of the term.
    group.passes = sides([1]);
    expect(group.get(1, 'x', 'lease')).toBeUndefined();
  });

  it('hold a restarted follower to the vote it may have helped refuse', () => {
    const group = new Cluster({ ...leased, preVote: false });
    group.elect(1);
    group.fire(1, 'heartbeat');
    group.settle();
    group.crash(2);
    group.boot(2);
    group.passes = sides([2, 3]);
    group.fire(3, 'leader-fresh');
    group.fire(3, 'election');
    group.settle();
    expect(group.view(3).role).toBe('candidate');
    group.fire(2, 'leader-fresh');
    group.fire(3, 'election');
    group.settle();
    expect(group.view(3).role).toBe('leader');
  });

  it('hold a follower that learns of a higher term to the same', () => {
    const group = new Cluster({ ...leased, preVote: false });
    group.elect(1);
    group.fire(1, 'heartbeat');
    group.settle();
    group.deliver({ from: 3, to: 2, message: { type: 'pre-vote-reply', term: 5, reject: true } });
    expect(group.view(2)).toMatchObject({ term: 5, leader: 0 });
    group.deliver({
      from: 3,
      to: 2,
      message: { type: 'vote', term: 5, lastIndex: 9, lastTerm: 4, transfer: false },
    });
    expect(group.view(2)).toMatchObject({ term: 5, vote: 0 });
  });
});

describe('lost reads', () => {
  it('are sent again by a follower once it hears the leader twice', () => {
    const group = new Cluster(three);
    group.elect(1);
    group.put(1, 'x', 1);
    group.passes = ({ message }) => message.type !== 'read';
    const read = group.request(3, readX('index'));
    group.settle();
    group.passes = (): boolean => true;
    group.fire(1, 'heartbeat');
    group.settle();
    expect(group.replies.get(read)).toBeUndefined();
    group.fire(1, 'heartbeat');
    group.settle();
    expect(group.replies.get(read)).toEqual({ ok: true, value: 1 });
  });
});

describe('reads over a restart', () => {
  it('a late answer to a read from before a crash does not confirm a new one', () => {
    const group = new Cluster(three);
    group.elect(1);
    group.put(1, 'x', 1);
    group.passes = ({ message }) => message.type !== 'read-reply';
    group.request(3, readX('index'));
    const [asked] = group.flying.filter(({ message }) => message.type === 'read');
    if (asked === undefined || asked.message.type !== 'read') throw new Error('no read was sent');
    group.settle();
    group.crash(3);
    group.boot(3);
    group.fire(1, 'heartbeat');
    group.settle();
    const read = group.request(3, readX('index'));
    const { context } = asked.message;
    group.deliver({ from: 1, to: 3, message: { type: 'read-reply', term: 1, context, index: 2 } });
    group.settle();
    expect(group.replies.has(read)).toBe(false);
    group.passes = (): boolean => true;
    for (let i = 0; i < 2; i++) {
      group.fire(1, 'heartbeat');
      group.settle();
    }
    expect(group.replies.get(read)).toEqual({ ok: true, value: 1 });
  });
});

describe('reads that cannot be confirmed', () => {
  it('are repeated with heartbeats, which they do not multiply', () => {
    const group = new Cluster({ ...three, learners: [4], preVote: false, checkQuorum: false }, [1, 2, 3, 4]);
    group.elect(1);
    group.passes = sides([1, 4]);
    group.request(4, readX('index'));
    let sent = 0;
    const { passes } = group;
    group.passes = (flying): boolean => {
      if (flying.message.type === 'heartbeat' && flying.to === 4) sent++;
      return passes(flying);
    };
    for (let i = 0; i < 10; i++) {
      group.fire(1, 'heartbeat');
      group.settle(1_000);
    }
    expect(sent).toBe(11);
  });
});
