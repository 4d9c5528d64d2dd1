import { askService, gradeScheduler, type SchedulerDesign, tryService, watchService } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { beliefsOf, wrongItems } from './support.ts';

/** The storage remembers the highest number it was shown, and refuses a lower one. */
const accept: SchedulerDesign['accept'] = (remembered, shown) => {
  const highest = Number(remembered ?? 0);
  const isCurrent = Number(shown) >= highest;
  return { accepted: isCurrent, remembered: isCurrent ? Number(shown) : highest };
};

const etcd: SchedulerDesign = {
  *lead(session, ttlMs) {
    yield* askService({ api: 'etcd', request: { op: 'lease-grant', lease: session, ttlMs } });
    for (;;) {
      const { answer, revision } = yield* askService({
        api: 'etcd',
        request: {
          op: 'txn',
          compare: [{ key: 'leader', target: 'create', result: 'equal', operand: 0 }],
          success: [{ op: 'put', key: 'leader', value: session, lease: session }],
          failure: [],
        },
      });
      // The revision that created the key only rises.
      if (answer['succeeded'] === true) return revision;
      yield* watchService('leader', revision + 1);
    }
  },
  accept,
};

const zooKeeper: SchedulerDesign = {
  *lead(session, timeoutMs) {
    yield* askService({ api: 'zookeeper', request: { op: 'connect', session, timeoutMs } });
    for (;;) {
      const { answer, revision } = yield* tryService({
        api: 'zookeeper',
        request: { op: 'create', path: '/leader', data: session, mode: 'ephemeral', session },
      });
      if (answer['error'] === undefined) return revision;
      if (answer['error'] !== 'node-exists') throw new Error('the session is over');
      yield* watchService('/leader', revision + 1);
    }
  },
  accept,
};

const consul: SchedulerDesign = {
  *lead(session, ttlMs) {
    yield* askService({
      api: 'consul',
      request: { op: 'session-create', session, ttlMs, lockDelayMs: 100, behavior: 'delete' },
    });
    for (;;) {
      const { answer, revision } = yield* askService({
        api: 'consul',
        request: { op: 'kv-put', key: 'leader', value: session, acquire: session },
      });
      if (answer['done'] === true) return revision;
      yield* watchService('leader', revision + 1);
    }
  },
  accept,
};

const PAUSED = 'the leader is paused past its session, and works when it wakes';
const CUT = 'the leader is cut off from the service, and not from the storage';
const BACK = 'leadership comes back to the first, and goes on';
const ALL = 'a leader after the other is paused, and cut off';

describe('exactly one active scheduler', () => {
  it.each(Object.entries({ etcd, zooKeeper, consul }))(
    'S4.39 an election with a fence, written against %s, passes crash, pause and partition',
    (_, design) => {
      const grade = gradeScheduler(design);
      expect(grade.marks.filter(({ right }) => !right)).toEqual([]);
    },
  );

  it('S4.8 S4.39 the same election without a fence fails under pause and partition, and there only', () => {
    const grade = gradeScheduler({
      ...etcd,
      accept: (remembered: never) => ({ accepted: true, remembered }),
    });
    expect(wrongItems(grade)).toEqual([PAUSED, CUT, BACK, ALL]);
    expect(beliefsOf(grade)).toEqual([expect.stringContaining('who holds the lock may work')]);
  });

  it('S4.8 S4.39 a fence of session numbers, of a number that must rise, or no election at all does not pass', () => {
    const sessions: SchedulerDesign = {
      ...etcd,
      *lead(session, ttlMs) {
        yield* etcd.lead(session, ttlMs);
        return session;
      },
    };
    expect(wrongItems(gradeScheduler(sessions))).toContain(BACK);
    const rising: SchedulerDesign = {
      ...etcd,
      accept: (remembered, shown) => {
        const isHigher = Number(shown) > Number(remembered ?? 0);
        return { accepted: isHigher, remembered: isHigher ? shown : remembered };
      },
    };
    expect(wrongItems(gradeScheduler(rising))).toContain('nothing happens');
    const alone: SchedulerDesign = {
      ...etcd,
      *lead(session, ttlMs) {
        const { revision } = yield* askService({
          api: 'etcd',
          request: { op: 'lease-grant', lease: session, ttlMs },
        });
        return revision;
      },
    };
    expect(wrongItems(gradeScheduler(alone))).toContain('nothing happens');
    expect(() => gradeScheduler({ lead: 1 })).toThrow("'lead' of the default export as a function");
  });
});
