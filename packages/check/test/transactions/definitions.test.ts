import { describe, expect, it } from 'vitest';
import { TRANSACTION_MODEL_NAMES, type TransactionWorkload, weakerThan } from '../../src/index.ts';
import { judgeEveryModel } from '../../src/transactions/everyModel.ts';
import { TestRandom } from './support/random.ts';
import { readHistory, referenceHolds } from './support/reference.ts';
import { randomHistory } from './support/smallHistories.ts';

// `npm run fuzz -- transactions` runs as many as wanted.
const HISTORIES = 1000;

describe.each<TransactionWorkload>(['list-append', 'rw-register'])(
  'random small %s histories',
  (workload) => {
    it('S1.160 every model is decided as its definition, tried on every order of versions, says', () => {
      let violated = 0;
      for (let seed = 1; seed <= HISTORIES; seed++) {
        const operations = randomHistory(new TestRandom(seed), workload);
        const found = judgeEveryModel({ operations, timeUnit: 'us' }, workload);
        const reading = readHistory(operations, workload);
        for (const model of TRANSACTION_MODEL_NAMES) {
          const expected = referenceHolds(reading, model) ? 'holds' : 'violated';
          if (expected === 'violated') violated++;
          expect(found.get(model), `${model}, seed ${seed}`).toBe(expected);
        }
      }
      expect(violated).toBeGreaterThan(HISTORIES);
    });

    it('S2.36 a history that a model accepts is accepted by every weaker one', () => {
      for (let seed = 1; seed <= HISTORIES; seed++) {
        const operations = randomHistory(new TestRandom(1_000_000 + seed), workload);
        const found = judgeEveryModel({ operations, timeUnit: 'us' }, workload);
        for (const model of TRANSACTION_MODEL_NAMES) {
          if (found.get(model) !== 'holds') continue;
          for (const weaker of weakerThan(model)) expect(found.get(weaker), `seed ${seed}`).toBe('holds');
        }
      }
    });
  },
);
