import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/simulate/simulate.ts';
import { raftKv } from '../../src/subjects/raftKv.ts';
import { STRESS_KNOBS, stressed, stressReport } from '../../src/subjects/stress/stress.ts';

describe('skew and stress', () => {
  const SEEDS = [1, 2];

  it('S3.22 hot keys, slow disks and noisy neighbours break no promise, and what each degrades is reported', () => {
    const rows = stressReport('stressed-raft', raftKv({ nodes: 3 }), SEEDS);
    expect(rows.map(({ knob }) => knob)).toEqual(['none', 'hot keys', 'slow disks', 'noisy neighbours']);
    for (const { knob, broken, judged } of rows) {
      expect([knob, broken]).toEqual([knob, []]);
      expect(judged).toBeGreaterThan(10);
    }
    const [none, hot, disks, noisy] = rows;
    expect([none?.medianLatency, none?.tailLatency]).toEqual([1, 1]);
    expect(none?.hottestShare).toBeLessThan(0.3);
    // One log takes all keys: who is hot there makes nobody slower.
    expect(hot?.hottestShare).toBeGreaterThan(0.8);
    expect(hot?.medianLatency).toBeLessThan(1.2);
    expect(disks?.medianLatency).toBeGreaterThan(5);
    expect(noisy?.tailLatency).toBeGreaterThan(2);
  });

  it('S3.22 a store that answers before its disk has it is found under slow disks', () => {
    const twin = raftKv({ nodes: 3, defect: 'reply-before-fsync' });
    const broken = SEEDS.flatMap((seed) =>
      simulate(stressed('stressed-twin', twin, STRESS_KNOBS['slow disks'] ?? {}), seed).verdicts.filter(
        ({ status }) => status === 'violated',
      ),
    ).map(({ promise }) => promise);
    expect(broken).toContain('no acknowledged write lost');
  });
});
