import { describe, expect, it } from 'vitest';
import { explore, twoPhaseCommit } from '../../src/index.ts';
import { COUNT_CASES, differences, exploreCase } from './cases.ts';

describe('counts that outside judges agree on', () => {
  for (const known of COUNT_CASES.filter(({ size }) => size === 'small')) {
    it(`S3.23 ${known.name}: ${known.states} states, as ${known.judges}`, () => {
      expect(differences(known, exploreCase(known))).toEqual([]);
    });
  }

  it('S3.23 a count that is wrong is told', () => {
    const [known] = COUNT_CASES;
    if (known === undefined) throw new Error('no cases');
    const other = explore(twoPhaseCommit(3), {}, { symmetry: false });
    expect(differences(known, other)).toEqual([
      'states 288 instead of 34',
      'generated 1146 instead of 94',
      'depth 11 instead of 7',
    ]);
  });
});
