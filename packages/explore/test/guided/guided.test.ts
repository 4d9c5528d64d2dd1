import { describe, expect, it } from 'vitest';
import { followRun, guidedSearch, type GuidedStrategy, NAMED_MODELS } from '../../src/index.ts';

function model(name: string) {
  const found = NAMED_MODELS.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no model ${name}`);
  return found.load();
}

describe('guided search', () => {
  it.each([
    'raft-vote-not-persisted',
    'commit-prepares-in-memory',
    'paxos-forgets-on-restart',
    'raft-local-read',
  ])('S3.23 finds what %s breaks, and a short run that can be followed', (name) => {
    const wanted = model(name);
    const { status, counterexample, steps } = guidedSearch(wanted, undefined, {
      budget: 200_000,
      length: 60,
    });
    expect(status).toBe('violated');
    const found = counterexample?.steps ?? [];
    expect(found.length).toBeLessThan(25);
    expect(steps).toBeLessThan(200_000);
    const walk = followRun(
      wanted,
      wanted.bounds,
      found.map(({ text }) => text),
    );
    expect(walk.broken().map(({ property }) => property)).toContain(counterexample?.property);
  });

  it('S3.23 raises no alarm on a correct model, and says what was covered and what was not', () => {
    const result = guidedSearch(model('raft-election-crash'), undefined, { budget: 30_000, length: 60 });
    expect(result.status).toBe('undecided');
    expect(result.counterexample).toBeUndefined();
    expect(result.states).toBeGreaterThan(1_000);
    expect(Object.keys(result.kinds).sort()).toEqual(['crash', 'deliver', 'restart', 'stored', 'timer']);
    expect(result.steps).toBeGreaterThanOrEqual(30_000);
    expect(result.reason).toMatch(/^nothing was violated in \d+ runs of \d+ steps$/);
  });

  it.each<GuidedStrategy>(['random', 'priorities', 'coverage', 'mutation'])(
    'S3.23 %s takes the same steps for the same seed',
    (strategy) => {
      const options = { budget: 5_000, seed: 7, strategies: [strategy] };
      const [first, second, other] = [options, options, { ...options, seed: 8 }].map((one) =>
        guidedSearch(model('raft-election-crash'), undefined, one),
      );
      expect(first).toEqual(second);
      expect(other).not.toEqual(first);
    },
  );

  it('S3.23 runs with some choices changed meet what the runs themselves had not met', () => {
    const wanted = model('raft-replication-crash');
    const met = (strategies: GuidedStrategy[]): number =>
      guidedSearch(wanted, undefined, { budget: 20_000, length: 60, strategies }).states;
    const seen = met(['mutation']);
    expect(seen).toBeGreaterThan(1_000);
    expect(seen).not.toBe(met(['coverage']));
  });

  it('S3.23 ends when it is told to', () => {
    const { runs } = guidedSearch(model('raft-election-crash'), undefined, {
      budget: 10_000_000,
      onProgress: () => false,
    });
    expect(runs).toBe(1_000);
  });

  it('S3.23 names what should have been shown and was not', () => {
    const { notShown } = guidedSearch(model('two-phase-commit'), undefined, { budget: 1, length: 1 });
    expect(notShown).toEqual(['all committed', 'all aborted']);
  });
});
