import { describe, expect, it } from 'vitest';
import { flagship } from '../../src/catalogue/flagship.ts';
import { type PartitionFacts, partitionFacts, partitionTable } from '../../src/cli/demo/partitionFacts.ts';
import { type RunResult, simulate } from '../../src/simulate/simulate.ts';

/** The first seed in which N1 leads when the partition strikes, as the tour looks for it. */
function cutOffLeader(): { readonly result: RunResult; readonly facts: PartitionFacts } {
  const experiment = flagship('raft-majority');
  for (let seed = 1; seed <= 40; seed++) {
    const result = simulate(experiment, seed, { trace: true });
    const facts = partitionFacts(result, 'N1');
    if (facts !== undefined) return { result, facts };
  }
  throw new Error('in none of 40 seeds N1 leads when the partition strikes');
}

describe('what the partition of the flagship did', () => {
  it('S0.7 the old leader appends and cannot commit, the majority elects and commits, nothing of the minority survives', () => {
    const { result, facts } = cutOffLeader();
    expect(facts).toMatchObject({ oldLeader: 'N1', minority: ['N1', 'N2'], majority: ['N3', 'N4', 'N5'] });
    expect(facts.appendedUpTo).toBeGreaterThan(facts.commitBeforeHeal);
    expect(facts.newTerm).toBeGreaterThan(facts.oldTerm);
    expect(facts.majority).toContain(facts.newLeader);
    expect(facts.majorityCommit).toBeGreaterThan(facts.commitBeforeHeal);
    expect(facts.survivors).toBe(0);
    expect(facts.askedOfMinority).toBeGreaterThan(0);
    expect(facts.okOfMinority).toBe(0);
    const rows = partitionTable(facts);
    expect(rows.map(([question]) => question)).toHaveLength(7);
    expect(rows.find(([question]) => question.startsWith('can the old leader'))?.[1]).toMatch(/^no: /);
    expect(rows.find(([question]) => question.startsWith('can a new leader'))?.[1]).toMatch(/^yes: N[345], /);

    // Nothing is said of nodes that did not lead, or were not cut off, or of a run nobody recorded.
    expect(['N2', 'N3', 'N4', 'N5'].map((name) => partitionFacts(result, name))).toEqual(
      new Array(4).fill(undefined),
    );
    const { trace: _trace, ...untraced } = result;
    expect(partitionFacts(untraced, 'N1')).toBeUndefined();
  });
});
