import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/simulate/simulate.ts';
import {
  MATRIX_DEFECTS,
  type MatrixDefect,
  matrixExperiment,
  PARTITION_MATRIX,
  promiseOf,
} from '../../src/subjects/matrix/index.ts';

const BREAKS: Readonly<Record<MatrixDefect, readonly [string, string]>> = {
  'catalogue-asks-authority': ['read-catalogue', 'cut-off: refused 8 of 8, should be served'],
  'payment-anywhere': ['update-payment', 'cut-off: served 8 of 8, should be refused'],
  'reserves-locally': ['reserve-inventory', 'were sold of 6'],
  'last-cart-wins': ['add-to-cart', 'items are missing from some cart'],
  'leads-alone': ['acquire-leadership', 'terms had two leaders'],
};

describe('the partition response matrix', () => {
  it('S1.127 five operations under one partition do what the matrix says, on both sides and afterwards', () => {
    const { verdicts, history } = simulate(matrixExperiment(null), 1);
    for (const { operation } of PARTITION_MATRIX) {
      const verdict = verdicts.find(({ promise }) => promise === promiseOf(operation));
      expect([operation, verdict?.status]).toEqual([operation, 'holds']);
      expect(verdict?.evidence.examined).toBeGreaterThan(5);
    }
    // What the side that is cut off reads is stale, and gets no fresher.
    const read = history.operations.filter(
      ({ f, input, invokedAt }) =>
        f === 'read-catalogue' && input === 'cut-off' && invokedAt > 2_300_000 && invokedAt < 6_000_000,
    );
    expect(new Set(read.map(({ output }) => output)).size).toBe(1);
    const fresh = history.operations.filter(({ f, input }) => f === 'read-catalogue' && input === 'majority');
    expect(new Set(fresh.map(({ output }) => output)).size).toBeGreaterThan(5);
  });

  for (const defect of MATRIX_DEFECTS)
    it(`S1.127 a shop that ${defect} is listed with its deviation, and with no other`, () => {
      const [operation, says] = BREAKS[defect];
      const broken = simulate(matrixExperiment(defect), 1).verdicts.filter(
        ({ status }) => status !== 'holds',
      );
      expect(broken.map(({ promise }) => promise)).toEqual([promiseOf(operation)]);
      expect(broken[0]?.reason).toContain(says);
    });
});
