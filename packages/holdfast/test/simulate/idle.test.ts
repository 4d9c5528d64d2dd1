import { describe, expect, it } from 'vitest';
import { broken, play, type Step } from './scenario.ts';

const DAY_MS = 24 * 3600 * 1_000;

describe('a store that idles for thirty days', () => {
  const steps: readonly Step[] = [1, 7, 7.5, 14, 29].flatMap((day, i): Step[] => [
    [day * DAY_MS, i % 2, 'write', 'k', i],
    [day * DAY_MS + 5_000, (i + 1) % 2, 'read', 'k', null],
  ]);
  const result = play({
    raft: { raft: { heartbeatMs: 60_000, electionTimeoutMs: 600_000 } },
    steps,
    // The leader is cut off for a day, and a server is down for another.
    faults: [
      {
        kind: 'partition',
        groups: [['leader']],
        unlisted: 'rest',
        atUs: 3 * DAY_MS * 1_000,
        forUs: DAY_MS * 1_000,
      },
      { kind: 'crash', host: 'N2', atUs: 10 * DAY_MS * 1_000, forUs: DAY_MS * 1_000 },
    ],
    healMs: 20 * DAY_MS,
    endMs: 30 * DAY_MS,
    recoverMs: DAY_MS,
    trace: false,
  });

  it('elects, commits, and holds', () => {
    expect(broken(result)).toEqual([]);
    expect(result.history.operations.map(({ outcome }) => outcome)).toEqual(steps.map(() => 'ok'));
    const reads = result.history.operations.filter(({ f }) => f === 'read').map(({ output }) => output);
    expect(reads).toEqual([0, 1, 2, 3, 4]);
    expect(result.metrics.term).toBeGreaterThan(1);
    expect(result.metrics.commit_index).toBeGreaterThanOrEqual(6);
    expect(result.history.endedAt).toBe(30 * DAY_MS * 1_000);
  });

  it('handles only what happens: some hundred thousand heartbeats', () => {
    expect(result.events).toBeGreaterThan(300_000);
    expect(result.events).toBeLessThan(600_000);
  });
});
