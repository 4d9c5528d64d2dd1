import { checkLinearizable, checkTransactions, registerModel } from '@holdfast/check';
import { describe, expect, it } from 'vitest';
import { ofKey, runTwoShards, type Stamping } from './twoShards.ts';

const SEEDS = 16;

/** In how many runs each key is linearizable, the whole is serializable, and the whole is strict serializable. */
function tally(stamping: Stamping): { keys: number; serializable: number; strict: number; reason: string } {
  const found = { keys: 0, serializable: 0, strict: 0, reason: '' };
  for (let seed = 0; seed < SEEDS; seed++) {
    const history = runTwoShards(stamping, seed);
    const isLinearizable = ['x', 'y'].every(
      (key) => checkLinearizable(ofKey(history, key), registerModel()).status === 'holds',
    );
    if (isLinearizable) found.keys++;
    const judge = (model: 'serializable' | 'strict-serializable') =>
      checkTransactions(history, { workload: 'rw-register', model });
    if (judge('serializable').status === 'holds') found.serializable++;
    const strict = judge('strict-serializable');
    if (strict.status === 'holds') found.strict++;
    else found.reason ||= strict.reason;
  }
  return found;
}

describe('two shards with clocks that are off', () => {
  it.each(['wall clock', 'hybrid clock', 'commit without waiting'] as const)(
    'S2.37 stamped by %s each key is linearizable, and the whole not strict serializable',
    (stamping) => {
      const { keys, serializable, strict, reason } = tally(stamping);
      expect({ keys, serializable }).toEqual({ keys: SEEDS, serializable: SEEDS });
      expect(strict).toBeLessThan(SEEDS);
      expect(reason).toMatch(/against real time.*completed at \d+, before T\d+ was invoked at \d+/);
    },
  );

  it('S2.37 commit wait repairs it', () => {
    const { keys, serializable, strict } = tally('commit wait');
    expect({ keys, serializable, strict }).toEqual({ keys: SEEDS, serializable: SEEDS, strict: SEEDS });
  });
});
