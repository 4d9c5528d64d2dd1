import { describe, expect, it } from 'vitest';
import { checkLinearizable } from '../../src/linearizable/check.ts';
import { uniqueIdsModel } from '../../src/models/uniqueIds.ts';
import { checkUniqueIds, uniqueIdsChecker } from '../../src/plain/uniqueIds.ts';
import { expectAgreement, historyOf, randomOperations, type Step } from './support.ts';
import type { Random } from '../linearizable/random.ts';

const generate = (random: Random): Step => ({
  f: 'generate',
  input: null,
  output: random.pick([1, '1', [1], { a: 1 }, 2, 3, 4]),
});

describe('unique-ids', () => {
  it('agrees with its definition and with the linearizability of a source of ids, on 5,000 random histories', () => {
    const seen = expectAgreement(uniqueIdsChecker, generate, 5_000, ({ operations }) => {
      const ids = operations
        .filter(({ outcome }) => outcome === 'ok')
        .map(({ output }) => JSON.stringify(output));
      return { duplicate: ids.length - new Set(ids).size };
    });
    expect(seen.get('duplicate')).toBeGreaterThan(500);
    for (let seed = 0; seed < 1_000; seed++) {
      const history = randomOperations(seed, generate);
      expect(checkUniqueIds(history).status).toBe(checkLinearizable(history, uniqueIdsModel()).status);
    }
  });

  it('names both operations', () => {
    const { reason } = checkUniqueIds(
      historyOf(
        [0, 'generate', null, 7, 0, 5],
        [1, 'generate', null, '7', 1, 6],
        [2, 'generate', null, 7, 2, 9],
      ),
    );
    expect(reason).toBe(
      'process 2 was given the id 7 (2 to 9 us), which process 0 had been given (0 to 5 us) too',
    );
  });
});
