import { describe, expect, it } from 'vitest';
import type { Plain } from '@holdfast/plain';
import type { History, Operation } from '../../src/history/operation.ts';
import { checkQueue, checkTotalQueue, queueChecker, totalQueueChecker } from '../../src/plain/totalQueue.ts';
import type { Random } from '../linearizable/random.ts';
import { expectAgreement, expectMinimal, historyOf, randomOperations, type Step } from './support.ts';

const UNIQUE: readonly Plain[] = [1, 2, 3, 4, 5, 6];

/** Messages are put in once, by a counter of the random stream's own making. */
function queueStep(values: readonly Plain[]): (random: Random) => Step {
  return (random) => {
    if (random.chance(45)) return { f: 'enqueue', input: random.pick(values), output: null };
    if (random.chance(80)) {
      return { f: 'dequeue', input: null, output: random.pick([null, ...values]) };
    }
    return { f: 'drain', input: null, output: values.filter(() => random.chance(20)) };
  };
}

function takesOf(operation: Operation, value: Plain): number {
  if (operation.outcome !== 'ok' || operation.f === 'enqueue') return 0;
  const out = operation.f === 'drain' ? (operation.output as readonly Plain[]) : [operation.output];
  return out.filter((item) => item === value).length;
}

function queueByDefinition({ operations }: History): Record<string, number> {
  const counts = { lost: 0, unexpected: 0, duplicated: 0, missing: 0, remaining: 0 };
  const isEmptied = (o: Operation): boolean =>
    o.outcome === 'ok' && (o.f === 'drain' || (o.f === 'dequeue' && o.output === null));
  const emptied = Math.max(-1, ...operations.filter(isEmptied).map((o) => o.invokedAt));
  const unknown = operations.filter((o) => o.outcome === 'unknown' && o.f !== 'enqueue');
  const spare = unknown.some((o) => o.f === 'drain') ? Number.POSITIVE_INFINITY : unknown.length;
  let gone = 0;
  for (const value of UNIQUE) {
    const puts = operations.filter((o) => o.f === 'enqueue' && o.outcome !== 'fail' && o.input === value);
    const takers = operations.filter((o) => takesOf(o, value) > 0);
    const takes = takers.reduce((sum, o) => sum + takesOf(o, value), 0);
    if (takers.some((taker) => !puts.some((put) => put.invokedAt <= taker.completedAt))) counts.unexpected++;
    else if (takes > puts.length) counts.duplicated++;
    const done = puts.filter((put) => put.outcome === 'ok');
    const surely = Math.max(0, done.filter((put) => put.completedAt < emptied).length - takes);
    gone += surely;
    counts.remaining += Math.max(0, done.length - takes) - surely;
  }
  counts[gone > spare ? 'lost' : 'missing'] = gone;
  return counts;
}

describe('total-queue', () => {
  it('agrees with its definition on 10,000 random histories, values repeated', () => {
    const checker = { ...totalQueueChecker(), check: countsOnly(totalQueueChecker().check) };
    const seen = expectAgreement(checker, queueStep(UNIQUE), 10_000, queueByDefinition);
    for (const kind of ['lost', 'unexpected', 'duplicated', 'missing', 'remaining']) {
      expect(seen.get(kind) ?? 0).toBeGreaterThan(100);
    }
  });

  it('has findings that show themselves where every message is put in once', () => {
    const checker = totalQueueChecker();
    const seen = new Set<string>();
    for (let seed = 0; seed < 10_000; seed++) {
      const history = withUniquePuts(randomOperations(seed, queueStep(UNIQUE)));
      for (const finding of checker.check(history).findings) {
        seen.add(finding.kind);
        expectMinimal(checker, history, finding);
      }
    }
    expect([...seen].sort()).toEqual([
      'duplicated',
      'lost',
      'missing',
      'recovered',
      'remaining',
      'unexpected',
    ]);
  });

  it('names the message lost, and who found the queue empty', () => {
    const { reason, evidence } = checkTotalQueue(
      historyOf([0, 'enqueue', 7, null, 0, 5], [1, 'dequeue', null, null, 9, 12]),
    );
    expect(reason).toBe(
      'process 0 put in 7 (0 to 5 us), and it never came out, although process 1 found the queue empty after that (9 to 12 us)',
    );
    expect(evidence.minimal).toHaveLength(2);
  });

  it('forgives a message that a dequeue of unknown outcome may have taken, and no more than that', () => {
    const rows = [
      [0, 'enqueue', 7, null, 0, 5],
      [1, 'dequeue', null, null, 6, null],
      [2, 'dequeue', null, null, 9, 12],
    ] as const;
    expect(checkTotalQueue(historyOf(...rows)).counts).toMatchObject({ lost: 0, missing: 1 });
    const two = historyOf([3, 'enqueue', 8, null, 0, 5], ...rows);
    expect(checkTotalQueue(two).counts).toMatchObject({ lost: 2, missing: 0 });
  });

  it('allows a message twice only when told that delivery is at least once', () => {
    const history = historyOf(
      [0, 'enqueue', 7, null, 0, 5],
      [1, 'dequeue', null, 7, 6, 8],
      [2, 'dequeue', null, 7, 9, 12],
    );
    expect(checkTotalQueue(history).reason).toBe(
      '7 was put in once and came out twice: process 0 put it in (0 to 5 us), process 1 took 7 (6 to 8 us), and again process 2 took 7 (9 to 12 us)',
    );
    expect(checkTotalQueue(history, { delivery: 'at-least-once' }).status).toBe('holds');
  });

  it('without word that the queue was empty says what may still be inside', () => {
    const history = historyOf([0, 'enqueue', 7, null, 0, 5]);
    expect(checkTotalQueue(history).counts).toMatchObject({ lost: 0, remaining: 1 });
    expect(checkTotalQueue(history, { drained: true }).status).toBe('violated');
    const failed = historyOf(
      [0, 'enqueue', 7, null, 0, 5],
      [1, 'dequeue', null, 'queue exhausted', 9, 12, { outcome: 'fail' }],
    );
    expect(checkTotalQueue(failed).counts['lost']).toBe(1);
  });
});

describe('queue', () => {
  it('asks only that what comes out went in', () => {
    const lost = historyOf([0, 'enqueue', 7, null, 0, 5], [1, 'dequeue', null, null, 9, 12]);
    expect(checkQueue(lost)).toMatchObject({ status: 'holds', evidence: { examined: 0 } });
    const wrong = historyOf(
      [0, 'enqueue', 7, 'full', 0, 5, { outcome: 'fail' }],
      [1, 'dequeue', null, 7, 9, 12],
    );
    expect(checkQueue(wrong).reason).toBe(
      'process 1 took 7 (9 to 12 us), although process 0 had failed to put it in (0 to 5 us)',
    );
    for (let seed = 0; seed < 3_000; seed++) {
      const history = randomOperations(seed, queueStep(UNIQUE));
      const { unexpected, duplicated } = checkTotalQueue(history).counts;
      expect(checkQueue(history).counts).toMatchObject({ unexpected, duplicated, lost: 0 });
      expect(queueChecker.check(history).status).toBe(
        (unexpected ?? 0) + (duplicated ?? 0) > 0 ? 'violated' : 'holds',
      );
    }
  });
});

/** Leaves the findings out, for histories in which they need not be minimal. */
function countsOnly(check: (history: History) => ReturnType<typeof checkTotalQueue>): typeof check {
  return (history) => {
    const verdict = check(history);
    const { minimal: _, blocking: __, ...evidence } = verdict.evidence;
    const status = 'holds' as const;
    const reason = verdict.evidence.examined === 0 ? 'nothing was examined' : '';
    return { ...verdict, status, reason, findings: [], evidence };
  };
}

/** Later attempts to put in a message already put in are taken out. */
function withUniquePuts(history: History): History {
  const seen = new Set<Plain>();
  const operations = history.operations.filter(({ f, input }) => {
    if (f !== 'enqueue') return true;
    const isNew = !seen.has(input);
    seen.add(input);
    return isNew;
  });
  return { ...history, operations };
}
