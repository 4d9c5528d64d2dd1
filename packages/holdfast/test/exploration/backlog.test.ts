import { describe, expect, it } from 'vitest';
import { Backlog } from '../../src/node/exploration/backlog.ts';

/** When other threads are started in a search of which is known what was expanded and what waited at each of these times; -1 for never. */
function startMs(looks: readonly (readonly [ms: number, expanded: number, queued: number])[]): number {
  const backlog = new Backlog();
  return looks.find(([ms, expanded, queued]) => backlog.isWorthThreads(ms, expanded, queued))?.[0] ?? -1;
}

describe('when other threads are worth it', () => {
  it('S3.23 they are started in a search whose queue grows, once it is warm', () => {
    // As measured of two-phase commit with 9 resource managers, 8 seconds, and a lossy Raft reconfiguration, 9 seconds.
    expect(
      startMs([
        [50, 5_000, 9_000],
        [100, 18_000, 35_000],
        [150, 40_000, 60_000],
        [201, 82_000, 107_000],
      ]),
    ).toBe(201);
    expect(
      startMs([
        [106, 2_000, 3_000],
        [207, 18_000, 16_000],
        [307, 52_000, 37_000],
      ]),
    ).toBe(207);
  });

  it('S3.23 they are not started in one that is nearly over, however long it takes to look', () => {
    // Elections of Raft, half a second.
    const looks = [
      [107, 1_000, 300],
      [208, 7_000, 3_000],
      [308, 28_000, 8_000],
      [409, 77_000, 10_000],
    ] as const;
    expect(startMs(looks)).toBe(-1);
    expect(startMs([[5_000, 1_000, 1_000]])).toBe(-1);
  });
});
