import { describe, expect, it } from 'vitest';
import { registerModel } from '../../src/models/register.ts';
import { checkSession } from '../../src/sessions/check.ts';
import type { SessionGuarantee } from '../../src/sessions/required.ts';
import { someReading } from '../causal/reference.ts';
import { Random } from '../litmus/random.ts';
import { smallWeakShape, weakHistory } from '../litmus/weakHistories.ts';
import { keepsGuarantee } from './reference.ts';

const CASES = 3_000;
const GUARANTEES: readonly (readonly [row: string, guarantee: SessionGuarantee])[] = [
  ['S1.16', 'read-your-writes'],
  ['S1.17', 'monotonic-reads'],
  ['S1.18', 'monotonic-writes'],
  ['S1.19', 'writes-follow-reads'],
];

describe('session guarantees', () => {
  it.each(GUARANTEES)('%s %s agrees with its definition on 3,000 random histories', (_row, guarantee) => {
    let violated = 0;
    const model = registerModel();
    for (let seed = 0; seed < CASES; seed++) {
      const random = new Random(seed);
      const history = weakHistory(random, smallWeakShape(random));
      const isKept = someReading(history, model, (reading) => keepsGuarantee(reading, guarantee));
      const expected = isKept ? 'holds' : 'violated';
      const { status } = checkSession(history, model, guarantee, { explain: false });
      if (status !== expected) expect({ seed, status, history }).toEqual({ seed, status: expected, history });
      if (status === 'violated') violated++;
    }
    expect(violated).toBeGreaterThan(CASES / 100);
    expect(violated).toBeLessThan((CASES * 9) / 10);
  });
});
