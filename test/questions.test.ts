import { simulate } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { DESIGNS, orderOf, overloadRamp } from '../scripts/questions/overload.ts';
import { leaderAndDisk, recoveries, recoveryMs } from '../scripts/questions/recovery.ts';

describe('open questions, measured', () => {
  it('S3.29 the maximum of recovery over seeds is that of its slowest seed, and no promise breaks', () => {
    const found = recoveries('loses what was not synced', 1, 3);
    expect(found.bad).toEqual([]);
    expect(found.maximumMs).toBeGreaterThan(150);
    expect(found.maximumMs).toBeGreaterThanOrEqual(found.medianMs);
    const slowest = simulate(leaderAndDisk('loses what was not synced'), found.slowestSeed);
    expect(recoveryMs(slowest)).toBe(found.maximumMs);
  });

  it('S3.29 under a rising load a careful design gives up availability alone, a careless one everything', () => {
    const { careful, careless } = DESIGNS;
    if (careful === undefined || careless === undefined) throw new Error('a design is missing');
    const kept = overloadRamp(careful, [0.5, 2]);
    expect(kept).toMatchObject({ correctness: undefined });
    expect(orderOf(kept)).toContain('availability');
    const lost = overloadRamp(careless, [0.5, 1.2, 2]);
    expect(orderOf(lost)).toEqual(['latency', 'availability', 'correctness']);
  });
});
