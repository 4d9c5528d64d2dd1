import { describe, expect, it } from 'vitest';
import {
  checkCommitLog,
  checkTransactions,
  type CommitLogModel,
  type History,
  TransactionInputError,
  type TransactionWorkload,
} from '../../src/index.ts';
import { TestRandom } from './support/random.ts';
import { simulateStore, type StoreShape } from './support/simulatedStore.ts';

const WORKLOADS: readonly TransactionWorkload[] = ['list-append', 'rw-register'];
// `npm run fuzz -- commit-log` runs as many as wanted.
const RUNS = 120;

interface Tally {
  readonly white: number;
  readonly black: number;
}

/** Runs a store and has both judges look at it; they must agree as far as they can. */
function compare(shape: StoreShape, model: CommitLogModel): Tally {
  let white = 0;
  let black = 0;
  for (let seed = 0; seed < RUNS; seed++) {
    const { history, log } = simulateStore(new TestRandom(seed), shape, 8);
    const byLog = checkCommitLog(history, log, { workload: shape.workload, model }).status;
    const { status } = checkTransactions(history, { workload: shape.workload, model, minimal: false });
    // What the log explains has an explanation.
    if (byLog === 'holds') expect({ seed, status }).toEqual({ seed, status: 'holds' });
    if (byLog === 'violated') white++;
    if (status === 'violated') black++;
  }
  return { white, black };
}

describe.each(WORKLOADS)('the order of commits that a simulated store logged, %s', (workload) => {
  it('S1.160 agrees with the judge that sees only the history, for a correct store', () => {
    const serial = { workload, isolation: 'serial', defect: 'none' } as const;
    expect(compare(serial, 'strict-serializable')).toEqual({ white: 0, black: 0 });
    const snapshot = { workload, isolation: 'snapshot', defect: 'none' } as const;
    expect(compare(snapshot, 'strong-snapshot-isolation')).toEqual({ white: 0, black: 0 });
    // Snapshot isolation is not serializable, and both judges see that.
    const skewed = compare(snapshot, 'serializable');
    expect(skewed.black).toBeGreaterThan(0);
    expect(skewed.white).toBeGreaterThanOrEqual(skewed.black);
  });

  it('S1.160 shows what is broken, at least as often as the history alone does', () => {
    const stale = compare({ workload, isolation: 'serial', defect: 'stale' }, 'strict-serializable');
    expect(stale.black).toBeGreaterThan(RUNS / 4);
    expect(stale.white).toBeGreaterThanOrEqual(stale.black);
    const unchecked = compare({ workload, isolation: 'snapshot', defect: 'unchecked' }, 'snapshot-isolation');
    expect(unchecked.black).toBeGreaterThan(RUNS / 50);
    expect(unchecked.white).toBeGreaterThanOrEqual(unchecked.black);
  });
});

function historyOf(
  ...lines: readonly (readonly [
    process: number,
    from: number,
    to: number,
    done: readonly (readonly [string, string, number | null])[],
  ])[]
): History {
  const operations = lines.map(([process, invokedAt, completedAt, done], id) => ({
    id,
    process,
    f: 'txn',
    input: done.map(([f, key, value]) => [f, key, f === 'r' ? null : value]),
    outcome: 'ok' as const,
    output: done,
    invokedAt,
    completedAt,
  }));
  return { operations, timeUnit: 'us' };
}

describe('checkCommitLog', () => {
  const skew = historyOf(
    [
      0,
      0,
      9,
      [
        ['r', 'x', null],
        ['w', 'y', 1],
      ],
    ],
    [
      1,
      1,
      8,
      [
        ['r', 'y', null],
        ['w', 'x', 2],
      ],
    ],
  );
  const workload = 'rw-register' as const;

  it('S1.160 names the read that the log does not explain, and what it had to see', () => {
    const { status, reason, evidence } = checkCommitLog(
      skew,
      { commits: [0, 1] },
      { workload, model: 'serializable' },
    );
    expect(status).toBe('violated');
    expect(reason).toBe(
      'T1 read null from "y" where 1 was due: of the 1 commits it had to see T0 had committed last',
    );
    expect(evidence.blocking?.id).toBe(1);
    expect(evidence.minimal?.map(({ id }) => id)).toEqual([0, 1]);
    expect(evidence.prefixes).toEqual([[0]]);
  });

  it('S1.160 accepts under snapshot isolation what it rejects as serializable, write skew', () => {
    const log = {
      commits: [0, 1],
      snapshots: new Map([
        [0, 0],
        [1, 0],
      ]),
    };
    const { status, evidence } = checkCommitLog(skew, log, { workload, model: 'strong-snapshot-isolation' });
    expect(status).toBe('holds');
    expect(evidence.order).toEqual([0, 1]);
  });

  it('S1.160 rejects a commit over a concurrent one, and a snapshot without what was over before', () => {
    const lost = historyOf([0, 0, 5, [['w', 'x', 1]]], [1, 1, 6, [['w', 'x', 2]]]);
    const log = {
      commits: [0, 1],
      snapshots: new Map([
        [0, 0],
        [1, 0],
      ]),
    };
    expect(checkCommitLog(lost, log, { workload, model: 'snapshot-isolation' }).reason).toBe(
      'T1 committed over "x" although T0 had committed it since the snapshot of T1',
    );
    const late = historyOf([0, 0, 5, [['w', 'x', 1]]], [1, 7, 9, [['r', 'x', null]]]);
    expect(checkCommitLog(late, log, { workload, model: 'snapshot-isolation' }).status).toBe('holds');
    expect(checkCommitLog(late, log, { workload, model: 'strong-snapshot-isolation' }).reason).toBe(
      'T1 took its snapshot without T0, which had completed before it began',
    );
    expect(checkCommitLog(late, { commits: [1, 0] }, { workload }).reason).toBe(
      'T1 is logged as committed ahead of T0, which had completed before it began',
    );
    const session = historyOf([0, 0, 5, [['w', 'x', 1]]], [0, 7, 9, [['r', 'x', null]]]);
    expect(
      checkCommitLog(session, { commits: [1, 0] }, { workload, model: 'strong-session-serializable' }).reason,
    ).toBe('T1 is logged as committed ahead of T0, which its process had made before it');
    expect(checkCommitLog(session, { commits: [1, 0] }, { workload, model: 'serializable' }).status).toBe(
      'holds',
    );
  });

  it.each([
    [{ commits: [0] }, 'it was reported committed but is not in the log'],
    [{ commits: [0, 1, 0] }, 'it stands in the log twice'],
    [{ commits: [0, 1, 7] }, 'the history has no such operation'],
  ])('refuses the log %j: %s', (log, reason) => {
    const attempt = (): unknown => checkCommitLog(skew, log, { workload });
    expect(attempt).toThrow(TransactionInputError);
    expect(attempt).toThrow(reason);
  });

  it('refuses to judge snapshots that it was not told', () => {
    expect(() =>
      checkCommitLog(skew, { commits: [0, 1] }, { workload, model: 'snapshot-isolation' }),
    ).toThrow('its snapshot must hold 0 to 0 commits, found undefined');
  });
});
