import { describe, expect, it } from 'vitest';
import { tellTimes } from '../../src/text/times.ts';

describe('times in sentences', () => {
  it.each([
    [[0, 5], 'us', '0 to 5 us'],
    [[999], 'us', '999 us'],
    [[40, 1_500], 'us', '0.04 to 1.5 ms'],
    [[2_266_588, 2_269_362], 'us', '2,266.588 to 2,269.362 ms'],
    [[400_000_000], 'us', '400,000 ms'],
    [[-12_000], 'us', '-12 ms'],
    [[7_000, 7_001], 'index', '7000 to 7001'],
  ] as const)('%j of unit %s reads %s', (times, unit, expected) => {
    expect(tellTimes(times, unit)).toBe(expected);
  });
});
