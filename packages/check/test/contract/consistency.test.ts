import {
  checkConsistency,
  checkContract,
  consistencyNames,
  LITMUS_BOUNDS,
  litmusHistories,
  readLitmus,
  registerModel,
} from '@holdfast/check';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { both, clause, cut, judged, promising, statuses } from './support.ts';

const LIN = promising('linearizable');
const NOTHING = promising('unclaimed');
const STALE = ['0 w x 1', '1 r x -'];

describe('what a contract claims of consistency', () => {
  it.each(consistencyNames)('%s is judged as by itself, whatever the litmus history', (name) => {
    const bound = name === 'bounded-versions' || name === 'bounded-time';
    const { versions, within } = LITMUS_BOUNDS;
    const contract = both(
      promising(name, bound ? { freshness: name === 'bounded-time' ? { within } : { versions } } : {}),
    );
    let violated = 0;
    for (const { lines } of litmusHistories) {
      const history = readLitmus(lines);
      const alone = checkConsistency(history, name, registerModel(), LITMUS_BOUNDS);
      const verdict = checkContract(history, contract, { model: registerModel() }).consistency;
      expect(verdict.status).toBe(alone.status);
      expect(verdict.clauses.map(({ promise }) => promise)).toEqual([alone.promise]);
      expect(verdict.evidence.minimal).toEqual(alone.evidence.minimal);
      if (verdict.status === 'violated') violated++;
    }
    expect(violated).toBeGreaterThan(0);
    expect(violated).toBeLessThan(litmusHistories.length);
  });

  it('several claims of one operation must all hold, each with a verdict of its own', () => {
    const contract = both(promising(['read-your-writes', 'monotonic-reads']));
    const back = judged(['0 w x 1', '0 w x 2 @10-60', '1 r x 2', '1 r x 1'], contract);
    expect(back.consistency.clauses.map(({ promise, status }) => [promise, status])).toEqual([
      ['read your writes', 'holds'],
      ['monotonic reads', 'violated'],
    ]);
    expect(back.consistency.status).toBe('violated');
    expect(judged(['0 w x 1', '0 w x 2 @10-60', '1 r x 1', '1 r x 2'], contract).consistency.status).toBe(
      'holds',
    );
  });

  it('operations with different claims are judged each by its own', () => {
    const lines = ['0 w x 1', '1 r x -'];
    expect(judged(lines, { read: promising('sequential'), write: LIN }).consistency.status).toBe('holds');
    expect(judged(lines, { read: LIN, write: LIN }).consistency.status).toBe('violated');
    const fresh = promising('sequential', { freshness: { versions: 0 } });
    const verdict = judged(lines, { read: fresh, write: LIN });
    expect(verdict.consistency.clauses.map(({ promise, status }) => [promise, status])).toEqual([
      ['sequential consistency', 'holds'],
      ['bounded staleness in versions', 'violated'],
      ['linearizability', 'holds'],
    ]);
  });

  it('what claims nothing accuses nobody: its writes may have happened at any time, its reads say nothing', () => {
    // Were the write of 2 under the contract, a later read of 1 would be wrong.
    const lines = ['0 w x 1', '1 w x 2', '0 r x 1'];
    expect(judged(lines, both(LIN)).consistency.status).toBe('violated');
    const mixed = checkContract(
      {
        ...readLitmus(lines),
        operations: readLitmus(lines).operations.map((o) => (o.id === 1 ? { ...o, f: 'w' } : o)),
      },
      { read: LIN, write: LIN, w: NOTHING },
      { model: registerModel() },
    );
    expect(mixed.consistency.status).toBe('holds');
    const reads = judged(STALE, { read: NOTHING, write: LIN });
    expect(reads.consistency.status).toBe('holds');
    expect(reads.consistency.reason).toContain(
      '(1 operation claims nothing about consistency and was not judged)',
    );
  });

  it('a history that keeps a claim keeps it whatever part of it stops to claim anything', () => {
    const history = fc.array(fc.record({ write: fc.boolean(), claimed: fc.boolean(), process: fc.nat(2) }), {
      maxLength: 14,
    });
    fc.assert(
      fc.property(
        history,
        fc.constantFrom(...consistencyNames.filter((n) => !n.startsWith('bounded'))),
        (drafts, name) => {
          let value = 0;
          // One after the other: right by every model.
          const operations = drafts.map((draft, id) => {
            if (draft.write) value++;
            return {
              id,
              process: draft.process,
              f: `${draft.write ? 'write' : 'read'}`,
              input: draft.write ? value : null,
              outcome: 'ok' as const,
              output: draft.write || value === 0 ? null : value,
              invokedAt: id * 10,
              completedAt: id * 10 + 5,
            };
          });
          const some = operations.map((o, i) =>
            drafts[i]?.claimed === true ? o : { ...o, f: o.f === 'write' ? 'w' : 'r' },
          );
          const contract = { read: promising(name), write: promising(name), r: NOTHING, w: NOTHING };
          const verdict = checkContract({ operations: some, timeUnit: 'us' }, contract, {
            model: registerModel(),
          });
          expect(verdict.consistency.reason === '' ? 'violated' : verdict.consistency.status).toBe('holds');
        },
      ),
      { seed: 41, numRuns: 300 },
    );
  });

  it('object by object, where it says so: sequential consistency is not the sum of its objects', () => {
    const lines = litmusHistories.find(({ name }) => name === 'store buffering')?.lines ?? [];
    expect(judged(lines, both(promising('sequential'))).consistency.status).toBe('violated');
    const byKey = judged(lines, both(promising('sequential', { scope: 'key' })));
    expect(byKey.consistency.status).toBe('holds');
    expect(byKey.consistency.reason).toContain('each of 2 objects by itself');
  });
});

describe('eventual consistency under a contract', () => {
  const contract = both(promising('eventual', { agreeWithin: 20 }));
  const apart = (at: number): readonly string[] => [
    '0 w x 1',
    '0 w x 2',
    `1 r x 1 @${at}-${at}`,
    `2 r x 2 @${at + 5}-${at + 5}`,
  ];
  const of = (lines: readonly string[], healedAt: number): string =>
    judged(lines, contract, { healedAt, recoverWithin: 0 }).consistency.status;

  it('reads agree once everything has healed, and nothing has changed for as long as promised', () => {
    expect(of(apart(35), 0)).toBe('violated');
    expect(of(apart(29), 0)).toBe('holds');
    expect(of(apart(35), 36)).toBe('holds');
    expect(judged(apart(35), contract).consistency.status).toBe('holds');
  });
});

describe('what a contract says of a partition', () => {
  const soft = { read: promising('linearizable', { duringPartition: 'serve-stale' }), write: LIN } as const;

  it('serve-stale lets reads that overlap a partition be old, and no others', () => {
    expect(judged(STALE, soft, { faults: [cut(8, 20)] }).consistency.status).toBe('holds');
    expect(judged(STALE, soft, { faults: [cut(8, 20)] }).consistency.reason).toContain(
      '(1 read during a partition may be stale and was left out)',
    );
    expect(judged(STALE, soft, { faults: [cut(30, 40)] }).consistency.status).toBe('violated');
    expect(judged(STALE, both(LIN), { faults: [cut(8, 20)] }).consistency.status).toBe('violated');
  });

  it('reject: nothing is answered where nobody had the authority to decide, right or wrong', () => {
    const lines = ['0 w x 1', '1 r x 1'];
    const without = judged(lines, both(LIN), { authority: ({ id }) => (id === 1 ? 'without' : 'with') });
    expect(statuses(without)).toBe('violated holds holds');
    const verdict = clause(without, 'rejected without authority');
    expect(verdict.reason).toBe(
      'operation 1 was answered on a side of a partition without the authority to decide, and promises to be rejected there: ' +
        "process 1 was told 1 by 'read' (10 to 15 us)",
    );
    expect(verdict.evidence.minimal?.map(({ id }) => id)).toEqual([1]);
    // Controls: authority, no knowledge of it, an operation that was not answered, and one that promises no rejection.
    expect(judged(lines, both(LIN), { authority: () => 'with' }).consistency.status).toBe('holds');
    expect(judged(lines, both(LIN)).consistency.clauses.map(({ promise }) => promise)).toEqual([
      'linearizability',
    ]);
    expect(judged(['0 w? x 1'], both(LIN), { authority: () => 'without' }).consistency.status).toBe('holds');
    const merging = both(promising('causal', { duringPartition: 'accept-and-merge' }));
    expect(judged(lines, merging, { authority: () => 'without' }).consistency.status).toBe('holds');
  });

  it('S1.31 tells of each kind of operation which of consistency and availability it had', () => {
    const lines = ['0 w x 1', '1 r x -', '2 w? x 2'];
    const { operations } = judged(lines, both(LIN), { faults: [cut(8, 100)] });
    expect(operations).toEqual([
      {
        f: 'write',
        consistency: 'violated',
        operations: 2,
        answered: 1,
        duringPartition: { operations: 1, answered: 0, isAvailable: false },
      },
      {
        f: 'read',
        consistency: 'violated',
        operations: 1,
        answered: 1,
        duringPartition: { operations: 1, answered: 1, isAvailable: true },
      },
    ]);
  });
});
