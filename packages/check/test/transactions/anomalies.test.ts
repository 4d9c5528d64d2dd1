import { describe, expect, it } from 'vitest';
import {
  type AnomalyName,
  checkTransactions,
  type History,
  type Operation,
  type TransactionModel,
  type TransactionWorkload,
} from '../../src/index.ts';

/** `0 ax1 rx12` is a transaction of process 0; `!` behind the process: it failed, `?`: unknown; `@5-9`: its times. */
function historyOf(workload: TransactionWorkload, lines: readonly string[]): History {
  const operations = lines.map((line, id): Operation => {
    const [head = '', ...words] = line.split(' ');
    const [, process, mark, from, to] = /^(\d+)([!?]?)(?:@(\d+)-(\d+))?$/.exec(head) ?? [];
    const done = words.map((word) => {
      const [f = '', key = '', ...digits] = word;
      if (f === 'a') return ['append', key, Number(digits.join(''))] as const;
      if (f === 'w') return ['w', key, Number(digits.join(''))] as const;
      const list = digits.map(Number);
      return ['r', key, workload === 'list-append' ? list : (list[0] ?? null)] as const;
    });
    const outcome = mark === '!' ? 'fail' : mark === '?' ? 'unknown' : 'ok';
    return {
      id,
      process: Number(process),
      f: 'txn',
      input: done.map(([f, key, value]) => [f, key, f === 'r' ? null : value]),
      outcome,
      output: outcome === 'ok' ? done : null,
      invokedAt: from === undefined ? id : Number(from),
      completedAt:
        outcome === 'unknown' ? Number.POSITIVE_INFINITY : to === undefined ? 100 + id : Number(to),
    };
  });
  return { operations: operations.toSorted((a, b) => a.invokedAt - b.invokedAt), timeUnit: 'us' };
}

interface Textbook {
  readonly name: AnomalyName;
  readonly lines: readonly string[];
  /** The weakest model that forbids it, and one that puts up with it, if any does. */
  readonly breaks: TransactionModel;
  readonly spares?: TransactionModel;
}

const LISTS: readonly Textbook[] = [
  { name: 'G0', lines: ['0 ax1 ay1', '1 ax2 ay2', '2 rx12 ry21'], breaks: 'read-uncommitted' },
  { name: 'G1a', lines: ['0! ax1', '1 rx1'], breaks: 'read-committed', spares: 'read-uncommitted' },
  {
    name: 'G1b',
    lines: ['0 ax1 ax2', '1 rx1', '2 rx12'],
    breaks: 'read-committed',
    spares: 'read-uncommitted',
  },
  { name: 'G1c', lines: ['0 ax1 ry1', '1 ay1 rx1'], breaks: 'read-committed', spares: 'read-uncommitted' },
  {
    name: 'dirty-update',
    lines: ['0! ax1', '1 ax2', '2 rx12'],
    breaks: 'read-committed',
    spares: 'read-uncommitted',
  },
  { name: 'internal', lines: ['0 ax1 rx'], breaks: 'read-uncommitted' },
  { name: 'incompatible-order', lines: ['0 ax1', '1 ax2', '2 rx12', '3 rx21'], breaks: 'read-uncommitted' },
  { name: 'garbage-read', lines: ['0 ax1', '1 rx9'], breaks: 'read-uncommitted' },
  { name: 'duplicate-elements', lines: ['0 ax1', '1 rx11'], breaks: 'read-uncommitted' },
  {
    name: 'G-single',
    lines: ['0 rx ry1', '1 ax1', '2 rx1 ay1'],
    breaks: 'consistent-view',
    spares: 'read-atomic',
  },
  {
    name: 'fractured-read',
    lines: ['0 rx ry1', '1 ax1 ay1'],
    breaks: 'read-atomic',
    spares: 'read-committed',
  },
  {
    name: 'lost-update',
    lines: ['0 rx ax1', '1 rx ax2', '2 rx12'],
    breaks: 'cursor-stability',
    spares: 'read-atomic',
  },
  {
    name: 'G2-item',
    lines: ['0 rx ay1', '1 ry ax1'],
    breaks: 'repeatable-read',
    spares: 'snapshot-isolation',
  },
  {
    name: 'long-fork',
    lines: ['0 ax1', '1 ay1', '2 rx1 ry', '3 rx ry1'],
    breaks: 'snapshot-isolation',
    spares: 'consistent-view',
  },
  {
    name: 'G-single-process',
    lines: ['0@0-5 ax1', '0@6-9 rx'],
    breaks: 'strong-session-consistent-view',
    spares: 'serializable',
  },
  {
    name: 'G-single-realtime',
    lines: ['0@0-5 ax1', '1@6-9 rx'],
    breaks: 'strong-consistent-view',
    spares: 'strong-session-serializable',
  },
];

const REGISTERS: readonly Textbook[] = [
  { name: 'G1a', lines: ['0! wx1', '1 rx1'], breaks: 'read-committed', spares: 'read-uncommitted' },
  { name: 'G1b', lines: ['0 wx1 wx2', '1 rx1'], breaks: 'read-committed', spares: 'read-uncommitted' },
  { name: 'internal', lines: ['0 wx1 rx2', '1 wx2'], breaks: 'read-uncommitted' },
  { name: 'future-read', lines: ['0 rx1 wx1'], breaks: 'read-uncommitted' },
  { name: 'G1c', lines: ['0 wx1 ry1', '1 wy1 rx1'], breaks: 'read-committed', spares: 'read-uncommitted' },
  {
    name: 'G-single',
    lines: ['0 rx ry1', '1 wx1', '2 rx1 wy1'],
    breaks: 'consistent-view',
    spares: 'read-atomic',
  },
  {
    name: 'fractured-read',
    lines: ['0 rx ry1', '1 wx1 wy1'],
    breaks: 'read-atomic',
    spares: 'read-committed',
  },
  { name: 'lost-update', lines: ['0 rx wx1', '1 rx wx2'], breaks: 'cursor-stability', spares: 'read-atomic' },
  {
    name: 'G2-item',
    lines: ['0 rx ry wx1', '1 rx ry wy2'],
    breaks: 'repeatable-read',
    spares: 'snapshot-isolation',
  },
  {
    name: 'long-fork',
    lines: ['0 wx1', '1 wy1', '2 rx1 ry', '3 rx ry1'],
    breaks: 'snapshot-isolation',
    spares: 'consistent-view',
  },
];

describe.each([
  ['list-append', LISTS],
  ['rw-register', REGISTERS],
] as const)('textbook anomalies of %s histories', (workload, cases) => {
  it.each(cases)(
    'S1.160 $name is found, named and ruled out from $breaks on',
    ({ name, lines, breaks, spares }) => {
      const history = historyOf(workload, lines);
      const verdict = checkTransactions(history, { workload, model: breaks });
      expect(verdict.status).toBe('violated');
      expect(verdict.anomalies.map((anomaly) => anomaly.name)).toContain(name);
      const found = verdict.anomalies.find((anomaly) => anomaly.name === name);
      expect(found?.rulesOut).toContain(breaks);
      expect(verdict.reason).toMatch(/T\d/);
      for (const { from, to, sentence } of found?.cycle ?? []) {
        expect(sentence).toContain(`T${from}`);
        expect(sentence).toContain(`T${to}`);
      }
      // One-minimal: the part is violated, and not without any one of its transactions.
      const { minimal = [], blocking } = verdict.evidence;
      const status = (operations: readonly Operation[]): string =>
        checkTransactions({ ...history, operations }, { workload, model: breaks, minimal: false }).status;
      expect(minimal.length).toBeGreaterThan(0);
      expect(minimal).toContain(blocking);
      if (spares === undefined) expect(verdict.ruledOut).toHaveLength(27);
      else {
        expect(verdict.notRuledOut).toContain(spares);
        expect(checkTransactions(history, { workload, model: spares }).status).toBe('holds');
      }
      expect(status(minimal)).toBe('violated');
    },
  );
});

describe('verdicts on transactions', () => {
  it('S1.160 accept a serial history and give the order that explains it', () => {
    const history = historyOf('list-append', [
      '0@0-5 ax1',
      '1@6-9 rx1 ay1',
      '0@10-15 ax2 ry1',
      '2@16-20 rx12',
    ]);
    const { status, evidence } = checkTransactions(history, { workload: 'list-append' });
    expect(status).toBe('holds');
    expect(evidence.order).toEqual([0, 1, 2, 3]);
  });

  it('are undecided only when the step limit is spent, the same way every time', () => {
    // Blind writes, and readers that see them in no order that is easy to find.
    const lines = Array.from(
      { length: 40 },
      (_, i) => `${i % 8} wx${i} wy${i} r${'xyz'[i % 3]}${(i * 7) % 10}`,
    );
    const history = historyOf('rw-register', [...lines, '9 wz0', '9 wz1', '9 wz2', '9 wz3']);
    const attempt = (stepLimit: number): readonly [string, number] => {
      const verdict = checkTransactions(history, {
        workload: 'rw-register',
        model: 'serializable',
        stepLimit,
        minimal: false,
      });
      return [verdict.status, verdict.evidence.steps];
    };
    expect(attempt(10)).toEqual(attempt(10));
    expect(attempt(10)[0]).not.toBe('holds');
  });
});
