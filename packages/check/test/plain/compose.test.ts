import { describe, expect, it } from 'vitest';
import { counterModel } from '../../src/models/counter.ts';
import { registerModel } from '../../src/models/register.ts';
import { availabilityChecker } from '../../src/plain/availability.ts';
import { compose, linearizabilityChecker, transactionsChecker } from '../../src/plain/compose.ts';
import { counterBoundsChecker } from '../../src/plain/counter.ts';
import { longForkChecker } from '../../src/plain/longFork.ts';
import { queueChecker } from '../../src/plain/totalQueue.ts';
import { uniqueIdsChecker } from '../../src/plain/uniqueIds.ts';
import { historyOf } from './support.ts';

const OK = historyOf([0, 'write', 1, null, 0, 5], [1, 'read', null, 1, 6, 8]);
const STALE = historyOf([0, 'write', 1, null, 0, 5], [1, 'read', null, null, 6, 8]);

describe('compose', () => {
  it('holds when all parts do, and is violated with the evidence of the part that is', () => {
    const both = compose([linearizabilityChecker(registerModel()), availabilityChecker()]);
    expect(both.check(OK)).toMatchObject({
      status: 'holds',
      promise: 'linearizability; availability',
      evidence: { examined: 4 },
      counts: { 'availability.operations': 2, 'linearizable register.violated': 0 },
      measures: { 'availability.share': 1 },
    });
    const verdict = both.check(STALE);
    expect(verdict.status).toBe('violated');
    expect(verdict.evidence.blocking?.id).toBe(1);
    expect(verdict.parts?.map(({ status }) => status)).toEqual(['violated', 'holds']);
    expect(verdict.reason).toMatch(/^linearizability: process 1 read null/);
    expect(verdict.findings[0]?.operations).toBe(verdict.evidence.minimal);
  });

  it('is undecided when a part is and none is violated', () => {
    const poor = linearizabilityChecker(counterModel(), { stepBudget: 1, method: 'search' });
    const history = historyOf(
      [0, 'add', 1, null, 0, 5],
      [1, 'read', null, 1, 0, 8],
      [2, 'read', null, 0, 0, 8],
    );
    expect(compose([poor, counterBoundsChecker]).check(history).status).toBe('undecided');
  });

  it('names parts that examined nothing, and says so when none did', () => {
    const plain = compose([uniqueIdsChecker, queueChecker], 'plain');
    expect(plain.check(OK).reason).toMatch(/^nothing was examined: unique ids: nothing was examined/);
    const some = compose([linearizabilityChecker(registerModel()), uniqueIdsChecker]);
    expect(some.check(STALE).reason).toContain('unique ids: nothing was examined');
  });

  it('puts checkers of transactions beside others, in compositions of compositions', () => {
    const inner = compose([transactionsChecker({ workload: 'rw-register', model: 'serializable' })], 'inner');
    const step = [['w', 'x', 1]];
    const history = historyOf([0, 'txn', step, step, 0, 5]);
    expect(compose([inner, longForkChecker]).check(history).evidence.examined).toBe(1);
  });

  it('refuses no parts and two of one name', () => {
    expect(() => compose([])).toThrow(/name at least one/);
    expect(() => compose([uniqueIdsChecker, uniqueIdsChecker])).toThrow(/a name of its own/);
  });
});
