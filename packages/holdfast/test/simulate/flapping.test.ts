import { experiment, linearizable, raftKv, registers, type RunResult, simulate, storm } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { broken, events } from './scenario.ts';

const CONTRACT = linearizable({ duringPartition: 'reject' });
/** The store's own: attempts per operation, and how long a client waits in all. */
const BUDGET = 8;
const DEADLINE_US = 2_000_000;

/** Whoever leads is cut off, with half of the clients, every second or two. */
function flapping(defect?: 'no-dedup'): ReturnType<typeof experiment> {
  return experiment({
    name: 'flapping-leadership',
    subject: raftKv({ nodes: 5, ...(defect === undefined ? {} : { defect }) }),
    workload: registers({ keys: 3, clients: 6, ratePerSecond: 40, mix: { read: 4, write: 3, cas: 3 } }),
    faults: [storm({ fault: 'isolate', on: 'leader', everyMs: [700, 1_500], forMs: [400, 900] })],
    contract: { read: CONTRACT, write: CONTRACT, cas: CONTRACT },
    bounds: { simulatedSeconds: 30, recoverWithinMs: 3_000 },
  });
}

interface Attempt {
  readonly attempt: number;
  readonly command: { readonly client: number; readonly sequence: number };
}

/** Calls sent per operation, by client and sequence. */
function attempts(result: RunResult): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { label, data } of events(result, 'send')) {
    if (label !== 'Call') continue;
    const { client, sequence } = (data as unknown as Attempt).command;
    const name = `${client}/${sequence}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

describe('clients under flapping leadership', () => {
  const runs = [0, 1, 2, 3].map((seed) => simulate(flapping(), seed, { trace: true }));

  it('S3.32 lose and double nothing, while leadership really flaps', () => {
    for (const result of runs) {
      expect(broken(result)).toEqual([]);
      expect(result.metrics.leader_changes_per_minute).toBeGreaterThan(15);
      const { operations, operations_ok, operations_failed } = result.metrics;
      expect(operations_ok).toBeGreaterThan(0.6 * (operations ?? 0));
      expect(operations_failed).toBe(0);
    }
  });

  it('S3.32 follow redirects to whoever leads now', () => {
    for (const result of runs) {
      const redirects = events(result, 'send').filter(({ label, data }) => {
        const answer = data as { readonly result?: { readonly ok: boolean; readonly error?: string } };
        return label === 'Answer' && answer.result?.error === 'not-leader';
      });
      expect(redirects.length).toBeGreaterThan(20);
      const retried = [...attempts(result).values()].filter((count) => count > 1);
      expect(retried.length).toBeGreaterThan(20);
    }
  });

  it('S3.32 stay within their budget of attempts and their deadline', () => {
    for (const result of runs) {
      const counts = [...attempts(result).values()];
      expect(counts).toHaveLength(result.history.operations.length);
      expect(Math.max(...counts)).toBeLessThanOrEqual(BUDGET);
      for (const { outcome, invokedAt, completedAt } of result.history.operations) {
        if (outcome === 'ok') expect(completedAt - invokedAt).toBeLessThanOrEqual(DEADLINE_US);
      }
    }
  });

  it('S3.32 would double some without an identity per operation', () => {
    const doubled = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].filter(
      (seed) => broken(simulate(flapping('no-dedup'), seed)).length > 0,
    );
    expect(doubled.length).toBeGreaterThan(0);
  });
});
