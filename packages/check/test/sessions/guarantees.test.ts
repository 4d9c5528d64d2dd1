import { describe, expect, it } from 'vitest';
import { registerModel } from '../../src/models/register.ts';
import { checkAppliedOrder, type SessionUpdate } from '../../src/sessions/applied.ts';
import { checkSession } from '../../src/sessions/check.ts';
import type { SessionGuarantee } from '../../src/sessions/required.ts';
import { historyOf, minimalityFault } from '../litmus/build.ts';
import { Random } from '../litmus/random.ts';
import { smallWeakShape, weakHistory } from '../litmus/weakHistories.ts';
import { ReplicatedStore, type SessionTracking } from './replicatedStore.ts';

const model = registerModel();
const GUARANTEES: readonly SessionGuarantee[] = [
  'read-your-writes',
  'monotonic-reads',
  'monotonic-writes',
  'writes-follow-reads',
];

function statusOf(guarantee: SessionGuarantee, ...lines: readonly string[]): string {
  return checkSession(historyOf(...lines), model, guarantee).status;
}

describe('read your writes', () => {
  it('S1.16 rejects w(x,1) and then r(x)=null in a session, and accepts the same across sessions', () => {
    const { status, reason, evidence } = checkSession(
      historyOf('0 w x 1', '0 r x -'),
      model,
      'read-your-writes',
    );
    expect(status).toBe('violated');
    expect(reason).toBe(
      'process 0 read null from x (10 to 15 us), the value before any write, although it must have seen this: process 0 wrote 1 ' +
        'to x (0 to 5 us)',
    );
    expect(evidence.minimal?.map((o) => o.id)).toEqual([0, 1]);
    expect(statusOf('read-your-writes', '0 w x 1', '1 r x -')).toBe('holds');
  });

  it('S1.16 rejects an older value of its own, and accepts a later one of somebody else', () => {
    expect(statusOf('read-your-writes', '0 w x 1', '0 w x 2', '0 r x 1')).toBe('violated');
    expect(statusOf('read-your-writes', '1 w x 7', '0 w x 1', '0 r x 7')).toBe('holds');
  });

  function lagging(tracking: SessionTracking): string {
    const store = new ReplicatedStore(2, tracking);
    store.write(1, 'email', 1);
    store.read(1, 'email', 1);
    return checkSession(store.finish(), model, 'read-your-writes').status;
  }

  it('S1.16 a session token makes the failing run pass', () => {
    expect(lagging('none')).toBe('violated');
    expect(lagging('write-token')).toBe('holds');
  });
});

describe('monotonic reads', () => {
  it('S1.17 rejects a session that reads a newer and then an older version', () => {
    const { status, reason } = checkSession(
      historyOf('0 w x 1', '0 w x 2', '1 r x 2', '1 r x 1'),
      model,
      'monotonic-reads',
    );
    expect(status).toBe('violated');
    expect(reason).toBe(
      'process 1 read 1 from x (30 to 35 us), an older version than it must have seen: process 0 wrote 2 to x (10 to 15 us), ' +
        'then process 1 read 2 from x (20 to 25 us)',
    );
  });

  it('S1.17 rejects going back to a version, whichever of the two is newer, and to the initial value', () => {
    expect(statusOf('monotonic-reads', '0 w x 1', '1 w x 2', '2 r x 1', '2 r x 2', '2 r x 1')).toBe(
      'violated',
    );
    expect(statusOf('monotonic-reads', '0 w x 1', '1 r x 1', '1 r x -')).toBe('violated');
    expect(statusOf('monotonic-reads', '0 w x 1', '0 w x 2', '1 r x 2', '2 r x 1')).toBe('holds');
  });

  function roaming(tracking: SessionTracking): string {
    const store = new ReplicatedStore(3, tracking);
    store.write(1, 'x', 1);
    store.replicate(1);
    store.replicate(2);
    store.write(1, 'x', 2);
    store.replicate(1);
    store.read(2, 'x', 1);
    store.read(2, 'x', 2);
    return checkSession(store.finish(), model, 'monotonic-reads').status;
  }

  it('S1.17 tracking versions across replicas makes the failing run pass', () => {
    expect(roaming('none')).toBe('violated');
    expect(roaming('read-version')).toBe('holds');
  });
});

describe('monotonic writes', () => {
  it('S1.18 rejects a session that sees a write without an earlier one of the same session', () => {
    const { status, reason } = checkSession(
      historyOf('0 w x 1', '0 w y 1', '1 r y 1', '1 r x -'),
      model,
      'monotonic-writes',
    );
    expect(status).toBe('violated');
    expect(reason).toBe(
      'process 1 read null from x (30 to 35 us), the value before any write, although it must have seen this: process 0 wrote 1 ' +
        'to x (0 to 5 us), then process 0 wrote 1 to y (10 to 15 us), then process 1 read 1 from y (20 to 25 us)',
    );
    expect(statusOf('monotonic-writes', '0 w x 1', '1 w y 1', '2 r y 1', '2 r x -')).toBe('holds');
  });

  const updates: readonly SessionUpdate[] = [
    { id: 'a1', session: 'a' },
    { id: 'b1', session: 'b' },
    { id: 'a2', session: 'a' },
  ];
  const replica = (name: string, ...applied: readonly string[]) => ({
    name,
    states: applied.map((_, i) => ({ at: i, applied: applied.slice(0, i + 1), state: i })),
  });

  it("S1.18 rejects any replica that applies a session's writes out of order", () => {
    const good = [replica('A', 'a1', 'b1', 'a2'), replica('B', 'b1', 'a1', 'a2')];
    expect(checkAppliedOrder(good, updates, 'monotonic-writes').status).toBe('holds');
    const bad = checkAppliedOrder([...good, replica('C', 'b1', 'a2', 'a1')], updates, 'monotonic-writes');
    expect(bad.status).toBe('violated');
    expect(bad.reason).toBe(
      'Replica C had applied a2 by 1 without having applied a1 first, which session a had written before it',
    );
  });
});

describe('writes follow reads', () => {
  const post = ['0 w post 1', '1 r post 1', '1 w reply 1', '2 r reply 1', '2 r post -'];

  it('S1.19 rejects a session that sees the reply and then not the post it answers', () => {
    const { status, reason } = checkSession(historyOf(...post), model, 'writes-follow-reads');
    expect(status).toBe('violated');
    expect(reason).toBe(
      'process 2 read null from post (40 to 45 us), the value before any write, although it must have seen this: process 0 wrote ' +
        '1 to post (0 to 5 us), then process 1 read 1 from post (10 to 15 us), then process 1 wrote 1 to reply (20 to 25 us), ' +
        'then process 2 read 1 from reply (30 to 35 us)',
    );
    expect(statusOf('writes-follow-reads', ...post.toSpliced(1, 1))).toBe('holds');
    expect(statusOf('writes-follow-reads', ...post.slice(0, 3), '2 r post -', '2 r reply 1')).toBe('holds');
  });

  it('S1.19 follows posts that answer posts', () => {
    const chain = ['0 w a 1', '1 r a 1', '1 w b 1', '2 r b 1', '2 w c 1', '3 r c 1', '3 r a -'];
    expect(statusOf('writes-follow-reads', ...chain)).toBe('violated');
    expect(statusOf('monotonic-writes', ...chain)).toBe('holds');
  });

  it("S1.19 rejects versions that go in a circle, whoever reads them: each writer had read the other one's value before", () => {
    const circle = ['0 r x 2', '0 w x 1', '1 r x 1', '1 w x 2'];
    expect(statusOf('writes-follow-reads', ...circle)).toBe('violated');
    expect(statusOf('monotonic-reads', ...circle)).toBe('holds');
    expect(checkSession(historyOf(...circle), model, 'writes-follow-reads').reason).toBe(
      'process 0 read 2 from x (0 to 5 us) before process 0 wrote 1 to x (10 to 15 us), so that is a newer version; ' +
        'process 1 read 1 from x (20 to 25 us) before process 1 wrote 2 to x (30 to 35 us), so that is a newer version: ' +
        'each version would be older than itself',
    );
  });

  it('S1.19 a read cannot have come from what its own process wrote only later, also where values repeat', () => {
    // Only process 1's 2 is left for process 2 to have read first, and that was written after x 1 was read.
    const history = ['0 w x 1', '1 r x 1', '1 w y 2', '2 r y 2', '2 r x -', '2 w y 2', '1 r y 2', '2 r y 2'];
    expect(statusOf('writes-follow-reads', ...history)).toBe('violated');
    const early = ['0 r x 1', '0 w x 1'];
    expect(GUARANTEES.map((guarantee) => statusOf(guarantee, ...early))).toEqual(
      GUARANTEES.map(() => 'violated'),
    );
    const { reason, evidence } = checkSession(historyOf(...early), model, 'read-your-writes');
    expect(reason).toBe(
      'process 0 read 1 from x (0 to 5 us), which only its own process wrote, and only afterwards: process 0 wrote 1 to x (10 to 15 us)',
    );
    expect(evidence.minimal?.map(({ id }) => id)).toEqual([0, 1]);
  });

  it('S1.19 rejects a replica that exposes the reply before the post it answers', () => {
    const updates: readonly SessionUpdate[] = [
      { id: 'post', session: 'ann' },
      { id: 'reply', session: 'bob', read: ['post'] },
    ];
    const state = (at: number, ...applied: readonly string[]) => ({ at, applied, state: [...applied] });
    const good = { name: 'A', states: [state(0), state(1, 'post'), state(2, 'post', 'reply')] };
    const bad = { name: 'B', states: [state(0), state(3, 'reply'), state(4, 'reply', 'post')] };
    expect(checkAppliedOrder([good], updates, 'writes-follow-reads').status).toBe('holds');
    expect(checkAppliedOrder([good, bad], updates, 'writes-follow-reads').reason).toBe(
      'Replica B had applied reply by 3 without having applied post first, which session bob had read before it wrote that',
    );
  });
});

describe('evidence', () => {
  it.each(GUARANTEES)(
    '%s: the minimal sub-history is violated and no operation of it can be spared',
    (guarantee) => {
      let seen = 0;
      for (let seed = 0; seed < 1_200; seed++) {
        const random = new Random(seed + 70_000);
        const history = weakHistory(random, { ...smallWeakShape(random), operations: 12 });
        const verdict = checkSession(history, model, guarantee);
        if (verdict.status !== 'violated') continue;
        seen++;
        const fault = minimalityFault(history, model, verdict, (h) =>
          checkSession(h, model, guarantee, { explain: false }),
        );
        if (fault !== undefined)
          expect({ seed, fault, verdict }).toEqual({ seed, fault: undefined, verdict });
        expect(verdict.reason).toMatch(/process \d/);
      }
      expect(seen).toBeGreaterThan(25);
    },
  );
});
