import { describe, expect, it } from 'vitest';
import type { Plain } from '@holdfast/plain';
import type { History, Operation } from '../../src/history/operation.ts';
import { checkLongFork, longForkChecker } from '../../src/plain/longFork.ts';
import { checkTransactions } from '../../src/transactions/check.ts';
import { Random } from '../linearizable/random.ts';
import { expectConsistent, expectMinimal, historyOf, type Row } from './support.ts';

const KEYS = ['a', 'b', 'c'] as const;

function write(process: number, key: string, from: number, to: number | null, more: Row[6] = {}): Row {
  return [process, 'txn', [['w', key, 1]], [['w', key, 1]], from, to, more];
}

function read(process: number, seen: Readonly<Record<string, Plain>>, from: number, to: number): Row {
  const output = Object.entries(seen).map(([key, value]): Plain[] => ['r', key, value]);
  return [process, 'txn', output.map(([f, key]) => [f ?? null, key ?? null, null]), output, from, to];
}

function randomForks(seed: number): History {
  const random = new Random(seed);
  const rows: Row[] = KEYS.map((key, i) => {
    const kind = random.below(10);
    if (kind === 0) return write(i, key, i, i + 5, { outcome: 'fail' });
    return write(i, key, i, kind === 1 ? null : i + 5);
  });
  const reads = 1 + random.below(4);
  for (let r = 0; r < reads; r++) {
    const keys = KEYS.filter(() => random.chance(75));
    rows.push(
      read(10 + r, Object.fromEntries(keys.map((key) => [key, random.chance(50) ? 1 : null])), 10 + r, 30),
    );
  }
  return historyOf(...rows);
}

/** Some order of the operations in which every read sees exactly the writes ahead of it; tried one by one. */
function hasOrder(operations: readonly Operation[], written: ReadonlySet<Plain> = new Set()): boolean {
  if (operations.length === 0) return true;
  return operations.some((operation) => {
    const rest = operations.filter((other) => other !== operation);
    const steps = operation.output as readonly (readonly Plain[])[];
    if (steps[0]?.[0] === 'w') return hasOrder(rest, new Set(written).add(steps[0][1] ?? null));
    return (
      steps.every(([, key, value]) => written.has(key ?? null) === (value !== null)) &&
      hasOrder(rest, written)
    );
  });
}

describe('long-fork', () => {
  it('agrees with every order of 3,000 random histories, and with snapshot isolation of the transaction checker', () => {
    const seen = { fork: 0, unexpected: 0, holds: 0 };
    for (let seed = 0; seed < 3_000; seed++) {
      const history = randomForks(seed);
      const verdict = checkLongFork(history);
      const sound = history.operations
        .filter((o) => o.outcome !== 'fail')
        .map((o): Operation => ({ ...o, outcome: 'ok', output: o.outcome === 'ok' ? o.output : o.input }));
      const expected = hasOrder(sound) ? 'holds' : 'violated';
      if (verdict.status !== expected) expect({ seed, history }).toBe(expected);
      const { status } = checkTransactions(history, {
        workload: 'rw-register',
        model: 'snapshot-isolation',
        minimal: false,
      });
      if (verdict.status !== status) expect({ seed, status, history }).toBe(verdict.status);
      expectConsistent(verdict);
      for (const finding of verdict.findings) expectMinimal(longForkChecker, history, finding);
      if ((verdict.counts['long-fork'] ?? 0) > 0) seen.fork++;
      else if ((verdict.counts['unexpected'] ?? 0) > 0) seen.unexpected++;
      else seen.holds++;
    }
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
  });

  it('names two reads that see two writes in opposite orders', () => {
    const { reason, evidence } = checkLongFork(
      historyOf(
        write(0, 'x', 0, 5),
        write(1, 'y', 0, 5),
        read(2, { x: 1, y: null }, 6, 8),
        read(3, { x: null, y: 1 }, 7, 9),
        read(4, { x: 1, y: 1 }, 10, 12),
      ),
    );
    expect(reason).toBe(
      'no one order of the writes explains these reads: process 2 saw x = 1 and not yet y = 1 (6 to 8 us) and process 3 saw ' +
        'y = 1 and not yet x = 1 (7 to 9 us); process 1 wrote y = 1 (0 to 5 us) and process 0 wrote x = 1 (0 to 5 us)',
    );
    expect(evidence.minimal?.map(({ id }) => id)).toEqual([0, 1, 2, 3]);
  });

  it('finds chains of three reads, none of which contradicts another alone', () => {
    const { status, evidence } = checkLongFork(
      historyOf(
        ...KEYS.map((key, i) => write(i, key, 0, 5)),
        read(3, { a: 1, b: null }, 6, 8),
        read(4, { b: 1, c: null }, 6, 8),
        read(5, { c: 1, a: null }, 6, 8),
      ),
    );
    expect(status).toBe('violated');
    expect(evidence.minimal).toHaveLength(6);
  });

  it('refuses a key written twice and transactions that do more, and says when nothing was read', () => {
    expect(() => checkLongFork(historyOf(write(0, 'x', 0, 5), write(1, 'x', 6, 7)))).toThrow(
      /is written twice/,
    );
    const mixed = [
      ['r', 'x', null],
      ['w', 'x', 1],
    ];
    expect(() => checkLongFork(historyOf([0, 'txn', mixed, mixed, 0, 5]))).toThrow(
      /Cannot judge operation 0/,
    );
    expect(checkLongFork(historyOf(write(0, 'x', 0, 5))).evidence.examined).toBe(0);
  });
});
