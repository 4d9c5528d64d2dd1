import { describe, expect, it } from 'vitest';
import { isMicroOperations, isTransaction, parseHistory } from '@holdfast/check';

describe('transactions', () => {
  it('are operations txn over micro-operations, from whatever format', () => {
    const texts = [
      '{:type :invoke :f :txn :process 0 :value [[:w :x 2]]}\n{:type :ok :f :txn :process 0 :value [[:w :x 2]]}\n',
      '[[{"events":[["w","x",2]],"committed":true}]]',
      '[x:=2]\n',
    ];
    for (const text of texts) {
      const [operation] = parseHistory(text).history.operations;
      expect(operation).toMatchObject({
        f: 'txn',
        input: [['w', 'x', 2]],
        output: [['w', 'x', 2]],
        outcome: 'ok',
      });
      expect(operation === undefined ? false : isTransaction(operation)).toBe(true);
    }
  });

  it.each([
    [[], true],
    [[['r', 1, null]], true],
    [[['r', 1]], false],
    [[['r', [1], null]], false],
    [[[1, 2, 3]], false],
    [['r', 1, null], false],
    [null, false],
  ])('%j is a list of micro-operations: %s', (value, expected) => {
    expect(isMicroOperations(value)).toBe(expected);
  });
});
