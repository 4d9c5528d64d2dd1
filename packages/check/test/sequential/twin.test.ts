import { describe, expect, it } from 'vitest';
import { readRegisters } from '../../src/causal/registers.ts';
import { registerModel } from '../../src/models/register.ts';
import { checkSequential } from '../../src/sequential/check.ts';
import { interleave } from '../../src/sequential/interleave.ts';
import { saturate } from '../../src/sequential/saturate.ts';
import { isSequential, someReading } from '../causal/reference.ts';
import { randomHistory, smallShape } from '../linearizable/generate.ts';
import { Random as ModelRandom } from '../linearizable/random.ts';
import { subjects } from '../linearizable/subjects.ts';
import { Random } from '../litmus/random.ts';
import { smallWeakShape, weakHistory } from '../litmus/weakHistories.ts';
import { bruteForceSequential } from './bruteForce.ts';

describe('sequential consistency', () => {
  it('S1.14 agrees with the definition on 3,000 random histories of reads and writes of up to 10 operations', () => {
    const model = registerModel();
    let violated = 0;
    for (let seed = 0; seed < 3_000; seed++) {
      const random = new Random(seed);
      const history = weakHistory(random, smallWeakShape(random));
      const expected = someReading(history, model, isSequential) ? 'holds' : 'violated';
      const { status } = checkSequential(history, model, { explain: false });
      if (status !== expected) expect({ seed, status, history }).toEqual({ seed, status: expected, history });
      if (status === 'violated') violated++;
    }
    expect(violated).toBeGreaterThan(500);
    expect(violated).toBeLessThan(2_500);
  });

  it.each(Object.entries(subjects))(
    'S1.14 agrees with brute force for the model %s on 600 random histories of up to 8 operations',
    (_name, subject) => {
      let violated = 0;
      for (let seed = 0; seed < 600; seed++) {
        const random = new ModelRandom(seed);
        const history = randomHistory(subject, { ...smallShape(random), wrong: 20 }, random);
        const expected = bruteForceSequential(history, subject.model) ? 'holds' : 'violated';
        const { status } = checkSequential(history, subject.model, { explain: false });
        if (status !== expected)
          expect({ seed, status, history }).toEqual({ seed, status: expected, history });
        if (status === 'violated') violated++;
      }
      expect(violated).toBeGreaterThan(0);
      expect(violated).toBeLessThan(500);
    },
  );

  it('the search over reads and writes agrees with the search over states, on 600 histories of up to 24 operations', () => {
    const model = registerModel();
    let bySaturation = 0;
    let violated = 0;
    for (let seed = 0; seed < 600; seed++) {
      const random = new Random(seed + 1_000_000);
      const operations = 14 + random.below(11);
      const shape = {
        ...smallWeakShape(random),
        operations,
        plan: [],
        repeated: 0,
        keys: 3,
        wrong: random.below(8),
      };
      const history = weakHistory(random, shape);
      const { registers, sourceless } = readRegisters(history.operations, model, 'a test');
      const matter = history.operations.filter((o) => o.outcome === 'ok' || o.f === 'write');
      const expected = interleave(matter, model, 5_000_000).status;
      expect(expected).not.toBe('undecided');
      const { status } = checkSequential(history, model, { explain: false });
      if (status !== expected) expect({ seed, status, history }).toEqual({ seed, status: expected, history });
      if (status === 'holds') continue;
      violated++;
      if (sourceless !== undefined || saturate(registers).conflict !== undefined) bySaturation++;
    }
    expect(violated).toBeGreaterThan(150);
    expect(violated).toBeLessThan(500);
    expect(bySaturation).toBeGreaterThan(violated * 0.8);
  });
});
