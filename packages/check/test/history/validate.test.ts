import { describe, expect, it } from 'vitest';
import { type History, HistoryError, type Operation, validateHistory } from '@holdfast/check';

const READ: Operation = {
  id: 0,
  process: 0,
  f: 'read',
  input: null,
  outcome: 'ok',
  output: 1,
  invokedAt: 10,
  completedAt: 20,
};

function historyOf(...changes: readonly Partial<Operation>[]): History {
  return {
    operations: changes.map((change, id) => ({ ...READ, id, process: id, ...change })),
    timeUnit: 'us',
  };
}

describe('validateHistory', () => {
  it.each<[string, History, number, string]>([
    ['ID_NOT_DENSE', historyOf({}, { id: 5 }), 1, 'its id is 5; ids count from 0'],
    ['BAD_PROCESS', historyOf({ process: 0.5 }), 0, 'its process is 0.5; use an integer'],
    ['BAD_NAME', historyOf({ f: '' }), 0, 'its f is ""; use a name'],
    ['BAD_TIME', historyOf({ invokedAt: 1.5 }), 0, 'it is invoked at 1.5; times are integers'],
    ['BAD_TIME', historyOf({ completedAt: Number.NaN }), 0, 'it completes at NaN'],
    [
      'NOT_ORDERED',
      historyOf({}, { invokedAt: 9 }),
      1,
      'it is invoked at 9, before the one listed ahead of it (10)',
    ],
    ['BAD_OUTCOME', historyOf({ outcome: 'timeout' as never }), 0, 'its outcome is "timeout"'],
    [
      'COMPLETED_BEFORE_INVOKED',
      historyOf({ completedAt: 9 }),
      0,
      'it completes at 9, before its invocation at 10',
    ],
    [
      'UNKNOWN_COMPLETED',
      historyOf({ outcome: 'unknown' }),
      0,
      'its outcome is unknown, yet it completes at 20',
    ],
    [
      'NEVER_COMPLETED',
      historyOf({ completedAt: Number.POSITIVE_INFINITY }),
      0,
      'its outcome is ok, yet it never completes',
    ],
    [
      'VALUE_NOT_PLAIN',
      historyOf({ output: Number.NaN }),
      0,
      'Cannot treat its output as plain data: found NaN',
    ],
    [
      'TWO_OPEN',
      historyOf({ process: 7 }, { process: 7, invokedAt: 19 }),
      1,
      'process 7 invokes it at 19 while its operation 0 (read) is open: that one completes at 20',
    ],
    [
      'TWO_OPEN',
      historyOf(
        { process: 7, outcome: 'unknown', completedAt: Number.POSITIVE_INFINITY },
        { process: 7, invokedAt: 100, completedAt: 110 },
      ),
      1,
      'process 7 invokes it at 100 while its operation 0 (read) is open: that one never completes; give each concurrent or continued client its own process number',
    ],
  ])('names the operation and the reason: %s', (code, history, operation, reason) => {
    let failure: unknown;
    try {
      validateHistory(history);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(HistoryError);
    expect(failure).toMatchObject({ code, operation });
    expect((failure as Error).message).toContain(
      `Cannot judge operation ${operation} as part of a history: ${reason}`,
    );
  });

  it('accepts concurrent processes, equal times, and a process that goes on after ok and fail', () => {
    const history = historyOf({}, { invokedAt: 10 }, { process: 0, invokedAt: 20, completedAt: 20 });
    expect(() => validateHistory(history)).not.toThrow();
    expect(() => validateHistory({ operations: [], timeUnit: 'index' })).not.toThrow();
  });
});
