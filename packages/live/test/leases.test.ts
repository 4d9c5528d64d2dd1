import type { Plain } from '@holdfast/plain';
import { judgeLeases, leaseStatement, loadOf, type WorkloadEntry } from '@holdfast/live';
import { expect, test } from 'vitest';
import type { Recorded } from '../src/history/recorder.ts';
import { changeOf } from '../src/subjects/changes.ts';

const TTL_US = 1_000_000;

/** An operation of a holder, microseconds. */
function asked(
  f: string,
  holder: string,
  [invokedAt, completedAt]: readonly [number, number],
  more: { token?: number; outcome?: 'ok' | 'fail' | 'unknown'; countsFrom?: string } = {},
): Recorded {
  const { token = 0, outcome = 'ok', ...reckoning } = more;
  const action = { f, key: 'lease', input: { holder, token, ttlMs: TTL_US / 1_000, ...reckoning } };
  return {
    id: invokedAt,
    action,
    client: holder,
    member: 'N1',
    answer: { outcome, output: token },
    invokedAt,
    completedAt,
  };
}

const a = asked('acquire-lease', 'a', [0, 100], { token: 1 });
const b = (at: number, token = 2): Recorded => asked('acquire-lease', 'b', [at, at + 100], { token });

test('a lease is believed in from its answer on until its time has passed since it was asked for', () => {
  expect(judgeLeases([a, b(TTL_US)]).status).toBe('holds');
  expect(judgeLeases([a, b(TTL_US - 101)])).toMatchObject({
    status: 'violated',
    reason: 'a and b both believed to hold lease, for 0 ms from 1000 ms on',
  });
  // Who counts from a late answer believes for too long.
  const late = asked('acquire-lease', 'a', [0, 300_000], { token: 1, countsFrom: 'answer' });
  expect(judgeLeases([late, b(TTL_US)]).status).toBe('violated');
  expect(
    judgeLeases([{ ...late, action: { ...late.action, input: a.action.input } }, b(TTL_US)]).status,
  ).toBe('holds');
});

test('what is given back, lost or renewed moves the end of a belief, and what had no answer does not', () => {
  const renewed = (outcome: 'ok' | 'fail' | 'unknown'): Recorded =>
    asked('renew-lease', 'a', [500_000, 500_100], { token: 1, outcome });
  expect(judgeLeases([a, renewed('ok'), b(TTL_US)]).status).toBe('violated');
  expect(judgeLeases([a, renewed('unknown'), b(TTL_US)]).status).toBe('holds');
  expect(judgeLeases([a, renewed('fail'), b(600_000)]).status).toBe('holds');
  const back = asked('release-lease', 'a', [600_000, 700_000], { outcome: 'unknown' });
  expect(judgeLeases([a, renewed('ok'), back, b(600_000)]).status).toBe('holds');
  expect(judgeLeases([a, renewed('ok'), back, b(599_000)]).status).toBe('violated');
});

test('tokens of leases rise, and no write with an older one is stored behind a newer', () => {
  expect(judgeLeases([a, b(TTL_US, 1)])).toMatchObject({
    status: 'violated',
    reason: 'after a was given token 1, b was given token 1 (lease)',
  });
  const write = (holder: string, token: number, at: number, outcome: 'ok' | 'fail' = 'ok'): Recorded =>
    asked('fenced-write', holder, [at, at + 10], { token, outcome });
  const [newer, older] = [write('b', 2, TTL_US + 200), write('a', 1, TTL_US + 300)];
  expect(judgeLeases([a, b(TTL_US), newer, older])).toMatchObject({ status: 'violated' });
  expect(judgeLeases([a, b(TTL_US), newer, write('a', 1, TTL_US + 300, 'fail')])).toMatchObject({
    status: 'holds',
    reason: '2 leases were believed in one after another; 1 writes were stored, 1 were fenced off',
  });
  expect(judgeLeases([a]).status).toBe('undecided');
});

test('a fenced write compares tokens, and its twin does not', () => {
  const made = (held: Plain, more: object = {}): unknown =>
    changeOf({ f: 'fenced-write', key: 'k', input: { token: 2, value: 7, ...more } })?.of(
      new Map([['k', held]]),
    );
  expect(made({ token: 2, value: 1 })).toEqual({ puts: [['k', { token: 2, value: 7 }]], output: null });
  expect(made({ token: 3, value: 1 })).toEqual({
    puts: [],
    outcome: 'fail',
    output: 'fenced off by token 3',
  });
  expect(made({ token: 3, value: 1 }, { unfenced: true })).toMatchObject({ output: null });
  const sql = (input: object): string =>
    leaseStatement({ f: 'fenced-write', key: 'k', input: { token: 2, value: 7, ...input } })?.sql ?? '';
  expect(sql({})).toContain('where guarded.token <= excluded.token');
  expect(sql({ unfenced: true })).not.toContain('where');
});

test('a client gives back what it lost by its own clock, and counts from when it asked unless it is broken', () => {
  const releasedAt = (entry: WorkloadEntry): number => {
    let nowUs = 0;
    const load = loadOf(
      { of: 'lease', mix: { 'renew-lease': 1 }, ...entry },
      () => 0.5,
      () => nowUs,
    );
    const [taken] = load.next(0);
    if (taken === undefined) throw new Error('nothing was asked');
    load.learned?.(taken, { outcome: 'ok', output: 1 }, 0, { invokedAt: 0, completedAt: 200_000 });
    for (; nowUs < 3 * TTL_US; nowUs += 10_000) if (load.next(0)[0]?.f === 'release-lease') return nowUs;
    throw new Error('it was never given back');
  };
  expect(releasedAt({})).toBe(510_000);
  expect(releasedAt({ twin: 'counts-from-answer' })).toBe(710_000);
});
