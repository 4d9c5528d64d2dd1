import { describe, expect, it } from 'vitest';
import type { Plain } from '@holdfast/plain';
import { bankChecker, checkBank } from '../../src/plain/bank.ts';
import { Random } from '../linearizable/random.ts';
import { expectAgreement, historyOf, type Row } from './support.ts';

const TOTAL = 10;

/**
 * A bank of three accounts under concurrent transfers. With snapshots a read sees one state; without, it looks at one
 * account after the other while transfers go on in between.
 */
function bankRun(seed: number, snapshots: boolean): readonly Row[] {
  const random = new Random(seed);
  const balances = [4, 3, 3];
  const rows: Row[] = [];
  const transfer = (at: number): void => {
    const from = random.below(3);
    const to = (from + 1 + random.below(2)) % 3;
    const amount = random.below((balances[from] ?? 0) + 1);
    balances[from] = (balances[from] ?? 0) - amount;
    balances[to] = (balances[to] ?? 0) + amount;
    rows.push([0, 'transfer', { from, to, amount }, null, at, at + 1]);
  };
  for (let at = 0; at < 200; at += 10) {
    const seen: Record<string, number> = {};
    for (const account of [0, 1, 2]) {
      seen[`a${account}`] = balances[account] ?? 0;
      if (!snapshots) transfer(at + account);
    }
    if (snapshots) for (const i of [0, 1, 2]) transfer(at + i);
    rows.push([1, 'read', null, seen, at, at + 5]);
  }
  return rows.toSorted((a, b) => a[4] - b[4]);
}

describe('bank', () => {
  it('S1.24 the total is constant in every snapshot, and a read that sees half of a transfer is caught', () => {
    let skewed = 0;
    for (let seed = 0; seed < 200; seed++) {
      expect(checkBank(historyOf(...bankRun(seed, true)), { total: TOTAL }).status).toBe('holds');
      const verdict = checkBank(historyOf(...bankRun(seed, false)), { total: TOTAL });
      if (verdict.status === 'violated') skewed++;
      expect(verdict.counts['negative']).toBe(0);
    }
    expect(skewed).toBeGreaterThan(190);
    const { reason, evidence } = checkBank(historyOf(...bankRun(3, false)), { total: TOTAL });
    expect(reason).toMatch(
      /^process 1 read \{"a0":\d,"a1":\d,"a2":\d\} \(\d+ to \d+ us\), \d+ in all, \d+ too (much|little): there is 10/,
    );
    expect(evidence.minimal).toHaveLength(1);
  });

  it('agrees with its definition on 10,000 random histories, told the total or not', () => {
    const output = (random: Random): Plain => {
      const names = random.chance(10) ? ['x', 'z'] : ['x', 'y'];
      return Object.fromEntries(names.map((name) => [name, random.below(5) - 1]));
    };
    const step = (random: Random) => ({ f: 'read', input: null, output: output(random) });
    for (const total of [undefined, 3]) {
      const checker = bankChecker(total === undefined ? {} : { total });
      const seen = expectAgreement(checker, step, 5_000, ({ operations }) => {
        const counts = { 'wrong-total': 0, negative: 0, 'wrong-accounts': 0 };
        const reads = operations.filter(({ outcome }) => outcome === 'ok');
        const first = reads.toSorted((a, b) => a.completedAt - b.completedAt || a.id - b.id)[0];
        for (const read of reads) {
          const balances = read.output as Record<string, number>;
          const amounts = Object.values(balances);
          counts.negative += amounts.filter((amount) => amount < 0).length;
          const firstBalances = first?.output as Record<string, number>;
          const sum = (of: Record<string, number>): number => Object.values(of).reduce((a, b) => a + b, 0);
          if (Object.keys(balances).join() !== Object.keys(firstBalances).join()) counts['wrong-accounts']++;
          else if (sum(balances) !== (total ?? sum(firstBalances))) counts['wrong-total']++;
        }
        return counts;
      });
      for (const kind of ['wrong-total', 'negative', 'wrong-accounts']) {
        expect(seen.get(kind) ?? 0).toBeGreaterThan(200);
      }
    }
  });

  it('reads balances as objects, as pairs and as transactions, and names missing accounts', () => {
    const history = historyOf(
      [0, 'read', null, { a: 1, b: 2 }, 0, 1],
      [
        1,
        'read',
        null,
        [
          ['a', 3],
          ['b', 0],
        ],
        2,
        3,
      ],
      [
        2,
        'txn',
        [
          ['r', 'a', null],
          ['r', 'b', null],
        ],
        [
          ['r', 'a', 2],
          ['r', 'b', 1],
        ],
        4,
        5,
      ],
      [
        2,
        'txn',
        [
          ['r', 'a', null],
          ['w', 'b', 9],
        ],
        [
          ['r', 'a', 2],
          ['w', 'b', 9],
        ],
        6,
        7,
      ],
    );
    expect(checkBank(history)).toMatchObject({ status: 'holds', counts: { reads: 3 } });
    const lacking = historyOf([0, 'read', null, { a: 1, b: null }, 0, 1]);
    expect(checkBank(lacking, { accounts: ['a', 'b'], total: 1 }).reason).toBe(
      'process 0 read {"a":1,"b":null} (0 to 1 us), which lacks account b',
    );
    expect(checkBank(historyOf([0, 'read', null, { a: -1, b: 4 }, 0, 1]), { overdraft: true }).status).toBe(
      'holds',
    );
    expect(() => checkBank(historyOf([0, 'read', null, { a: 'x' }, 0, 1]))).toThrow(
      /Cannot judge operation 0/,
    );
  });
});
