import { describe, expect, it } from 'vitest';
import { checkLinearizable } from '../../src/linearizable/check.ts';
import { judgeFast } from '../../src/linearizable/fast.ts';
import { minimise } from '../../src/linearizable/minimise.ts';
import { splitParts } from '../../src/linearizable/parts.ts';
import { casRegisterModel } from '../../src/models/casRegister.ts';
import { partitionedHistory, type PartitionedShape } from './partitioned.ts';

const MODEL = casRegisterModel();
const MIXES: readonly PartitionedShape['mix'][] = [
  [5, 3, 2],
  [1, 1, 2],
  [2, 1, 6],
  [0, 1, 1],
];

describe('S1.13 thousands of operations of unknown outcome', () => {
  it.each(MIXES)(
    'do not make the search explode when values are set once (reads %i, writes %i, compares %i)',
    (...mix) => {
      for (const unknown of [20, 90]) {
        for (let seed = 0; seed < 4; seed++) {
          const history = partitionedHistory(seed, { operations: 2_000, unknown, mix });
          const { status, evidence } = checkLinearizable(history, MODEL);
          expect({ seed, unknown, status }).toEqual({ seed, unknown, status: 'holds' });
          expect(evidence.steps).toBeLessThan(300_000);
        }
      }
    },
  );

  it('are judged by the search in bounded steps when values return', () => {
    for (let seed = 0; seed < 4; seed++) {
      const history = partitionedHistory(seed, {
        operations: 1_500,
        unknown: 60,
        mix: [5, 3, 2],
        values: 400,
      });
      const { status, evidence } = checkLinearizable(history, MODEL, { explain: false });
      expect({ seed, status }).toEqual({ seed, status: 'holds' });
      expect(evidence.steps).toBeLessThan(2_000_000);
    }
  });

  it('leave a violation that is explained in full', () => {
    let violated = 0;
    for (let seed = 0; seed < 6; seed++) {
      const history = partitionedHistory(seed, { operations: 1_500, unknown: 60, mix: [5, 3, 2], wrong: 2 });
      const { status, reason, evidence } = checkLinearizable(history, MODEL);
      if (status === 'holds') continue;
      violated++;
      const { blocking, minimal = [], prefixes = [] } = evidence;
      expect(status).toBe('violated');
      expect(minimal).toContain(blocking);
      expect(prefixes.length).toBeGreaterThan(0);
      expect(reason).toContain(`process ${blocking?.process} `);
      const [part] = splitParts(history, MODEL, true);
      const again = minimise(part?.operations ?? [], minimal, minimal[0] as never, MODEL, {
        steps: 10_000_000,
        attemptSteps: 100_000,
      });
      expect(again).toMatchObject({ isMinimal: true, operations: minimal });
    }
    expect(violated).toBeGreaterThan(2);
  });

  it('agree with the search in what they come to without it', () => {
    let compared = 0;
    for (let seed = 0; seed < 200; seed++) {
      const mix = MIXES[seed % MIXES.length] as PartitionedShape['mix'];
      const history = partitionedHistory(seed, { operations: 40, unknown: 50, mix, wrong: seed % 3 });
      const [part] = splitParts(history, MODEL, true);
      const fast = judgeFast(part?.operations ?? [], MODEL)?.status;
      if (fast === undefined) continue;
      const { status } = checkLinearizable(history, MODEL, { method: 'search', explain: false });
      expect({ seed, fast }).toEqual({ seed, fast: status });
      compared++;
    }
    expect(compared).toBeGreaterThan(100);
  });
});
