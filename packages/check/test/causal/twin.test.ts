import { describe, expect, it } from 'vitest';
import { type CausalModel, checkCausal } from '../../src/causal/check.ts';
import { registerModel } from '../../src/models/register.ts';
import { Random } from '../litmus/random.ts';
import { smallWeakShape, weakHistory } from '../litmus/weakHistories.ts';
import { isCausal, isCausalMemory, isConverging, isPram, type Reference, someReading } from './reference.ts';

const CASES = 3_000;

const MODELS: Readonly<Record<CausalModel, (reading: Reference) => boolean>> = {
  causal: isCausal,
  'causal-memory': isCausalMemory,
  'causal-convergence': isConverging,
  pram: isPram,
};

describe.each(Object.entries(MODELS) as [CausalModel, (reading: Reference) => boolean][])(
  '%s',
  (name, holds) => {
    it('S1.15 agrees with the definition on 3,000 random histories of up to 10 operations', () => {
      let violated = 0;
      const model = registerModel();
      for (let seed = 0; seed < CASES; seed++) {
        const random = new Random(seed);
        const history = weakHistory(random, smallWeakShape(random));
        const expected = someReading(history, model, holds) ? 'holds' : 'violated';
        const { status } = checkCausal(history, model, name, { explain: false });
        if (status !== expected)
          expect({ seed, status, history }).toEqual({ seed, status: expected, history });
        if (status === 'violated') violated++;
      }
      expect(violated).toBeGreaterThan(CASES / 100);
      expect(violated).toBeLessThan((CASES * 9) / 10);
    });
  },
);
