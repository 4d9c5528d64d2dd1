import type { Plain } from '@holdfast/plain';
import { describe, expect, it } from 'vitest';
import {
  checkCommitLog,
  checkTransactions,
  type History,
  HistoryBuilder,
  TRANSACTION_MODEL_NAMES,
  type TransactionModel,
  type TransactionWorkload,
} from '../../src/index.ts';
import { READS_BY_NAME } from '../../src/transactions/models.ts';
import { TestRandom } from './support/random.ts';
import { readHistory, referenceHolds } from './support/reference.ts';
import { scanHistory, someOrderExplains, spelledOut } from './support/scanHistories.ts';

const HISTORIES = 500;

/** Transactions that all overlap, each of its own process. */
function concurrent(...transactions: readonly (readonly Plain[])[]): History {
  const builder = new HistoryBuilder();
  const ids = transactions.map((steps, process) => ({
    id: builder.invoke(process, 'txn', steps, process),
    steps,
  }));
  for (const { id, steps } of ids) builder.complete(id, 'ok', steps, 100);
  return builder.finish(100);
}

function judge(history: History, model: TransactionModel): ReturnType<typeof checkTransactions> {
  return checkTransactions(history, { workload: 'rw-register', model });
}

describe('transactions that scan', () => {
  const phantom = concurrent(
    [
      ['scan', 'user:', []],
      ['w', 'user:1', 1],
    ],
    [
      ['scan', 'user:', []],
      ['w', 'user:2', 2],
    ],
  );

  it('S1.160 two that find nothing and both insert are a phantom: repeatable, but not serializable', () => {
    const verdict = judge(phantom, 'serializable');
    expect(verdict.status).toBe('violated');
    expect(verdict.anomalies.map(({ name, title }) => [name, title])).toEqual([['G2', 'phantom']]);
    expect(verdict.reason).toBe(
      'phantom (G2): T0 scanned and found no user:2, to which T1 wrote 2; T1 scanned and found no user:1, to which T0 wrote 1; ' +
        'so T0 would have to come before itself',
    );
    for (const model of ['repeatable-read', 'cursor-stability', 'snapshot-isolation'] as const) {
      expect([model, judge(phantom, model).status]).toEqual([model, 'holds']);
      expect(verdict.notRuledOut).toContain(model);
    }
    expect(verdict.anomalies[0]?.rulesOut).not.toContain('repeatable-read');
  });

  it('S1.160 one that misses a row and sees the rest of its transaction reads skewed, which repeatable read puts up with', () => {
    const history = concurrent(
      [
        ['scan', 'a', []],
        ['r', 'b', 1],
      ],
      [
        ['w', 'a1', 1],
        ['w', 'b', 1],
      ],
    );
    const verdict = judge(history, 'snapshot-isolation');
    expect(verdict.status).toBe('violated');
    expect(verdict.anomalies.map(({ name }) => name)).toContain('G-single');
    expect(judge(history, 'repeatable-read').status).toBe('holds');
    expect(judge(history, 'read-committed').status).toBe('holds');
  });

  it('S1.160 rows that were found and overwritten are items: no repeatable read', () => {
    const rows = [
      ['x', 1],
      ['y', 1],
    ];
    const history = concurrent(
      [
        ['w', 'x', 1],
        ['w', 'y', 1],
      ],
      [
        ['scan', '', rows],
        ['w', 'x', 2],
      ],
      [
        ['scan', '', rows],
        ['w', 'y', 2],
      ],
    );
    const verdict = judge(history, 'repeatable-read');
    expect(verdict.status).toBe('violated');
    expect(verdict.anomalies.map(({ name }) => name)).toContain('G2-item');
  });

  it('one that does not find its own insert rules out every model', () => {
    const history = concurrent([
      ['w', 'x', 1],
      ['scan', '', []],
    ]);
    for (const model of TRANSACTION_MODEL_NAMES)
      expect([model, judge(history, model).status]).toEqual([model, 'violated']);
    expect(judge(history, 'repeatable-read').reason).toMatch(/^own writes not seen/);
  });

  it.each([
    [['scan', 5, []], 'found a scan of 5'],
    [['scan', 'a', null], 'found null, not a list'],
    [['scan', 'a', [['b', 1]]], 'found the key b, which is not in its range'],
    [
      [
        'scan',
        'a',
        [
          ['a', 1],
          ['a', 2],
        ],
      ],
      'found the key a twice',
    ],
    [['scan', 'a', [['a', null]]], 'found the key a without a value'],
    [['scan', 'a', [1]], 'found 1, not a key and a value'],
  ] as const)('refuses %j', (step, message) => {
    expect(() => judge(concurrent([step as Plain]), 'serializable')).toThrow(message);
  });

  it.each<TransactionWorkload>(['rw-register', 'list-append'])(
    'S1.160 %s: serializable exactly if some serial order returns what they returned, tried one after the other',
    (workload) => {
      let violated = 0;
      for (let seed = 0; seed < HISTORIES; seed++) {
        const history = scanHistory(new TestRandom(seed), workload);
        const expected = someOrderExplains(history, workload) ? 'holds' : 'violated';
        const { status } = checkTransactions(history, { workload, model: 'serializable', minimal: false });
        expect(status, `seed ${seed}`).toBe(expected);
        if (expected === 'violated') violated++;
      }
      expect(violated).toBeGreaterThan(HISTORIES / 20);
      expect(violated).toBeLessThan(HISTORIES / 2);
    },
  );

  it.each<TransactionWorkload>(['rw-register', 'list-append'])(
    'S1.160 %s: every model is judged as its definition says of what the scans found and did not find',
    (workload) => {
      let apart = 0;
      for (let seed = 0; seed < HISTORIES / 8; seed++) {
        const history = scanHistory(new TestRandom(seed), workload);
        const whole = readHistory(spelledOut(history, workload, true), workload);
        const byName = readHistory(spelledOut(history, workload, false), workload);
        for (const model of TRANSACTION_MODEL_NAMES) {
          const isByName = READS_BY_NAME.has(model);
          const isExplained = whole.executions.length > 0 && referenceHolds(isByName ? byName : whole, model);
          const { status, ruledOut } = checkTransactions(history, { workload, model, minimal: false });
          expect(status, `${model}, seed ${seed}`).toBe(isExplained ? 'holds' : 'violated');
          expect(ruledOut.includes(model), `${model}, seed ${seed}`).toBe(!isExplained);
          if (isByName && isExplained && !referenceHolds(whole, model)) apart++;
        }
      }
      expect(apart).toBeGreaterThan(5);
    },
  );

  it('S1.160 the commit log agrees: what its order leads to, scans included', () => {
    const rows = [['a1', 1]];
    const history = concurrent(
      [['w', 'a1', 1]],
      [
        ['scan', 'a', rows],
        ['w', 'a2', 2],
      ],
    );
    const log = (commits: readonly number[]): string =>
      checkCommitLog(history, { commits }, { workload: 'rw-register', model: 'serializable' }).status;
    expect([log([0, 1]), log([1, 0])]).toEqual(['holds', 'violated']);
  });

  it('shrinks to the transactions that make the phantom', () => {
    const noise = Array.from({ length: 6 }, (_, i): Plain[] => [['w', `other:${i}`, 100 + i]]);
    const { operations } = phantom;
    const history = concurrent(...noise, ...operations.map(({ output }) => output as Plain[]));
    const { evidence } = judge(history, 'serializable');
    expect(evidence.minimal?.map(({ id }) => id)).toEqual([6, 7]);
  });
});
