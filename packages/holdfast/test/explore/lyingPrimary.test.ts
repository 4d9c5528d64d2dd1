import { explore } from '@holdfast/explore';
import { describe, expect, it } from 'vitest';
import { ANYTHING, lyingPrimary, type Told } from './lyingPrimary.ts';

const BOUNDS = { storage: 'at-once', timers: { speak: 1 } } as const;

/** Nodes 2 and 3 hear two stories, node 4 anything; `scripts/explorePbft.ts` tells all three anything. */
const TWO_STORIES: readonly (readonly Told[])[] = [[[0, 0]], [[1, 1]], ANYTHING];

describe('PBFT explored', () => {
  it('S2.27 four replicas agree in every order of delivery while the primary tells two stories; with quorums of 2f they do not', () => {
    const correct = explore(lyingPrimary(TWO_STORIES), BOUNDS);
    expect(correct.properties.map(({ name, status }) => [name, status])).toEqual([
      ['agreement', 'holds'],
      ['something is decided', 'holds'],
    ]);
    expect(correct.end).toBe('complete');
    expect(correct.states).toBeGreaterThan(10_000);
    const broken = explore(lyingPrimary(TWO_STORIES, 'quorum-2f'), BOUNDS);
    expect(broken.properties[0]).toMatchObject({ name: 'agreement', status: 'violated' });
  });
});
