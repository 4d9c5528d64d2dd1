import { describe, expect, it } from 'vitest';
import {
  fencedLease,
  fencedLeaseConfig,
  grantLengthMs,
  LEASE_DEFECTS,
  leaseAnswers,
  LeaseOptionsError,
  leaseLab,
} from '../../src/lease/index.ts';
import { expectTranscript, Transcript } from '../support/transcript.ts';
import { acquire, broken, expire, GET, holder, put, serves, start } from './support.ts';

const FENCED = 'tokens only rise at the resource';

describe('leases with fencing', () => {
  it('serve from one holder at a time, and send others to it', () => {
    const run = start();
    const { group } = run;
    acquire(run, 3);
    expect(serves(run, 3)).toBe(true);
    const written = group.request(3, put(1));
    group.settle();
    expect(group.replies.get(written)).toEqual({ ok: true, value: null });
    expect(group.replies.get(group.request(3, GET))).toEqual({ ok: true, value: 1 });
    acquire(run, 4);
    expect(serves(run, 4)).toBe(false);
    expect(group.replies.get(group.request(4, put(2)))).toEqual({
      ok: false,
      error: 'not-holder',
      holder: 3,
    });
    // Its own clock ends the tenure, whatever the granter says.
    expire(run, 3);
    expect(serves(run, 3)).toBe(false);
    group.settle();
    acquire(run, 4);
    expect(group.replies.get(group.request(4, GET))).toEqual({ ok: true, value: 1 });
    expect(broken(run)).toEqual([]);
  });

  it('S1.43 a paused holder that resumes and writes is refused for its token; without the check its stale write lands', () => {
    for (const defect of ['no-fencing', 'fences-first-write-only', undefined] as const) {
      const run = start({ defect });
      const { group } = run;
      acquire(run, 3);
      // Node 3 stops. Its lease runs out at the granter, and node 4 takes over.
      group.fire(1, 'grant');
      acquire(run, 4);
      expect(serves(run, 4)).toBe(true);
      group.request(4, put(2));
      group.settle();
      // Node 3 goes on: it has noticed nothing.
      expect(serves(run, 3)).toBe(true);
      const late = group.request(3, put(1));
      group.settle();
      const resource = group.state(2) as { values: unknown };
      if (defect === undefined) {
        expect(resource.values).toEqual({ x: 2 });
        expect(group.replies.get(late)).toEqual({ ok: false, error: 'lease-lost' });
        expect(serves(run, 3)).toBe(false);
        expect(run.monitor.answers({}).find(({ id }) => id === 'LS3')).toMatchObject({ status: 'good' });
      } else expect(resource.values).toEqual({ x: 1 });
      expect(broken(run)).toEqual(defect === undefined ? [] : [FENCED]);
    }
  });

  it('a write that was under way when its holder stopped lands before the next tenure, or never', () => {
    const run = start();
    const { group } = run;
    acquire(run, 3);
    group.request(3, put(1));
    const [call] = group.flying;
    group.flying = [];
    group.fire(1, 'grant');
    acquire(run, 4);
    expect(group.replies.get(group.request(4, GET))).toEqual({ ok: true, value: null });
    if (call === undefined) expect.fail('a call was sent');
    group.deliver(call);
    group.settle();
    // What the new holder answered from its memory stays true.
    expect((group.state(2) as { values: unknown }).values).toEqual({});
  });

  it('a copy of a renewal, or one that comes late, gives no more time; catalogue 54: compared with nothing it takes the lease back', () => {
    for (const defect of ['renews-blindly', undefined] as const) {
      const run = start({ defect });
      const { group } = run;
      acquire(run, 3);
      group.fire(3, 'renew');
      const renewal = group.flying.find(({ message }) => message.type === 'renew');
      if (renewal === undefined) expect.fail('a renewal was sent');
      group.settle();
      group.host(1).timers.clear();
      group.deliver(renewal);
      expect(group.host(1).timers.has('grant')).toBe(defect !== undefined);
      group.host(1).timers.set('grant', { minMs: 1, maxMs: 1 });
      group.fire(1, 'grant');
      expire(run, 3);
      group.flying = [];
      acquire(run, 4);
      group.deliver(renewal);
      const { holder: recorded } = group.state(1) as { holder: number };
      expect(recorded).toBe(defect === undefined ? 4 : 3);
      // The first holder has heard which token is the latest, and asks for the next.
      group.fire(3, 'retry');
      group.settle();
      if (defect !== undefined) group.deliver(renewal);
      acquire(run, 3);
      expect([holder(run, 3).held > 0, holder(run, 4).held > 0]).toEqual([defect !== undefined, true]);
      const renewals = run.monitor.answers({}).find(({ id }) => id === 'LS5');
      expect(renewals?.status).toBe(defect === undefined ? 'good' : 'bad');
    }
  });

  it('counts from when it asked; a holder that counts from when it heard acts longer than it was granted', () => {
    for (const defect of ['counts-from-receipt', undefined] as const) {
      const run = start({ defect });
      const { group } = run;
      group.fire(3, 'retry');
      const armed = group.host(3).timers.get('lease/1');
      group.settle();
      expect(serves(run, 3)).toBe(true);
      // The same timer still runs, or was set again when the answer came.
      expect(group.host(3).timers.get('lease/1') === armed).toBe(defect === undefined);
    }
  });

  it('catalogue 25: a granter that forgets its tokens gives one of them to two', () => {
    for (const defect of ['token-in-memory', undefined] as const) {
      const run = start({ defect });
      const { group } = run;
      acquire(run, 3);
      group.restart(1);
      // It waits out what may still run, and knows which token comes next.
      acquire(run, 4);
      expect(serves(run, 4)).toBe(false);
      group.restart(4);
      group.host(4).records = {};
      group.restart(4);
      group.fire(1, 'grant');
      acquire(run, 4);
      expect(serves(run, 4)).toBe(true);
      expect(broken(run)).toEqual(defect === undefined ? [] : ['one holder a token']);
    }
  });

  it('a granter that restarts waits out the lease it may have given', () => {
    for (const defect of ['grants-after-restart', undefined] as const) {
      const run = start({ defect });
      acquire(run, 3);
      run.group.restart(1);
      acquire(run, 4);
      expect([serves(run, 3), serves(run, 4)]).toEqual([true, defect !== undefined]);
    }
  });

  it('with three granters a majority decides, and one of them is no lease service', () => {
    for (const defect of ['grants-alone', undefined] as const) {
      const run = start({ granters: [1, 2, 3], resource: 4, holders: [5, 6], defect });
      const { group } = run;
      group.passes = ({ from, to }): boolean => !((from === 5 && to !== 1) || (from === 6 && to === 1));
      acquire(run, 5);
      acquire(run, 6);
      expect(holder(run, 5).held > 0).toBe(defect !== undefined);
      expect(holder(run, 6).held > 0).toBe(true);
      expect(broken(run)).toEqual(defect === undefined ? [] : ['one holder a token']);
    }
  });

  it('a token refused before the resource restarts is refused after it', () => {
    for (const defect of ['fence-in-memory', undefined] as const) {
      const run = start({ defect });
      const { group } = run;
      acquire(run, 3);
      group.request(3, put(1));
      const [call] = group.flying;
      group.flying = [];
      group.fire(1, 'grant');
      acquire(run, 4);
      group.request(4, put(2));
      group.settle();
      group.restart(2);
      if (call === undefined) expect.fail('a call was sent');
      group.deliver(call);
      expect(broken(run)).toEqual(defect === undefined ? [] : [FENCED]);
    }
  });

  it('the granter waits longer than the holder may act, with its clock fast and the holder’s slow', () => {
    for (const [leaseMs, ppm, granularityMs] of [
      [300, 1_000, 1],
      [10_000, 200, 0],
      [5, 250_000, 1],
    ] as const) {
      const drift = ppm / 1e6;
      const granted = grantLengthMs(leaseMs, ppm, granularityMs);
      // The last instant at which a slow clock has not shown the end, and the first at which a fast one may have shown the other.
      const actsUntil = (leaseMs + granularityMs) / (1 - drift);
      const grantedUntil = (granted - granularityMs) / (1 + drift);
      expect(grantedUntil).toBeGreaterThanOrEqual(actsUntil - 1e-9);
    }
    const config = fencedLeaseConfig({ granters: [1], resource: 2, holders: [3], defect: 'no-drift-margin' });
    expect(config.grantMs).toBe(config.leaseMs);
  });

  it('reads as text', () => {
    const run = start();
    const text = new Transcript(run.group, ['role', 'token', 'holder', 'doing']);
    text.say('# Node 3 asks for the lease, opens the resource, and writes.');
    text.fire(3, 'retry');
    text.settle();
    text.request(3, put(1));
    text.settle();
    text.say('# Node 3 stops. By the clock of the granter its lease is over; node 4 takes over.');
    text.fire(1, 'grant');
    text.fire(4, 'retry');
    text.settle();
    text.fire(4, 'retry');
    text.settle();
    text.say('# Node 3 goes on, and its write comes too late.');
    const late = text.request(3, put(2));
    text.settle();
    text.answer(late);
    expectTranscript('lease', text.lines);
  });

  it('answers the six questions from what was measured, and leaves open what was not', () => {
    expect(leaseAnswers({}).map(({ id, status }) => [id, status])).toEqual(
      [1, 2, 3, 4, 5, 6].map((i) => [`LS${i}`, 'open']),
    );
    const bad = leaseAnswers({
      clock: { onSuspend: 'stops', suspendedMs: 900 },
      assumed: { maxDriftPpm: 200, leaseMs: 300, grantMs: 303 },
      worst: { driftPpm: 500, pauseMs: 0 },
      fencing: { refused: 0, lowerAccepted: 3 },
      stale: { reads: 1, writes: 3 },
      renewals: { copies: 2, extended: 1 },
      withoutLease: { refused: 0 },
    });
    expect(bad.map(({ status }) => status)).toEqual(Array(6).fill('bad'));
    expect(bad[0]?.answer).toContain('after 900 ms the lease looks as young as before');
  });

  it('refuses options no lease service can run with', () => {
    const options = { granters: [1], resource: 2, holders: [3] };
    expect(() => fencedLease({ ...options, holders: [] })).toThrow(LeaseOptionsError);
    expect(() => fencedLease({ ...options, resource: 1 })).toThrow(/distinct positive whole numbers/);
    expect(() => fencedLease({ ...options, renewMs: 300 })).toThrow(/renewMs must be below leaseMs/);
    expect(() => fencedLease({ ...options, maxDriftPpm: 1_000_000 })).toThrow(/from 0 to 900000/);
    expect(() => fencedLease({ ...options, reads: 'any' as never })).toThrow(/reads must be/);
    expect(() => fencedLease({ ...options, defect: 'x' as never })).toThrow(/defect must be one of/);
    for (const { name } of leaseLab.defects) expect(LEASE_DEFECTS).toContain(name);
  });
});
