import { explore, LIAR_TELLS_ANYTHING, type LiarTells, pbftLyingPrimary } from '@holdfast/explore';
import { describe, expect, it } from 'vitest';

const BOUNDS = { storage: 'at-once', timers: { speak: 1 } } as const;

/** Nodes 2 and 3 hear two stories, node 4 anything; `npm run explored -- pbft` tells all three anything. */
const TWO_STORIES: readonly (readonly LiarTells[])[] = [[[0, 0]], [[1, 1]], LIAR_TELLS_ANYTHING];

describe('PBFT explored', () => {
  it('S2.27 four replicas agree in every order of delivery while the primary tells two stories; with quorums of 2f they do not', () => {
    const correct = explore(pbftLyingPrimary({ name: 'pbft', tells: TWO_STORIES }), BOUNDS);
    expect(correct.properties.map(({ name, status }) => [name, status])).toEqual([
      ['agreement', 'holds'],
      ['something is decided', 'holds'],
    ]);
    expect(correct.end).toBe('complete');
    expect(correct.states).toBeGreaterThan(10_000);
    const broken = explore(
      pbftLyingPrimary({ name: 'pbft', tells: TWO_STORIES, defect: 'quorum-2f' }),
      BOUNDS,
    );
    expect(broken.properties[0]).toMatchObject({ name: 'agreement', status: 'violated' });
  });
});
