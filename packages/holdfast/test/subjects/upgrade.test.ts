import { UnknownFaultTargetError } from '@holdfast/world';
import type { FaultDraft, RaftKvOptions, RunResult } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { askedBy, broken, during, events, play, stateAt, writes } from '../simulate/scenario.ts';

const VERSIONS: NonNullable<RaftKvOptions['versions']> = {
  // Other heartbeats, batches and snapshots; the same messages and the same disk.
  v2: { heartbeatMs: 40, maxEntriesPerAppend: 2, maxInflight: 4, snapshotEvery: 20, keepEntries: 5 },
  // Leaves the term out of the snapshots it takes in: what it then says of its log is not what others mean.
  incompatible: { snapshotEvery: 10, keepEntries: 0, defect: 'snapshot-without-term' },
};

/** One server after the other is stopped for 150 ms and comes back in another version. */
function rolling(version: string, fromMs: number, everyMs: number): FaultDraft[] {
  return ['N1', 'N2', 'N3', 'N4', 'N5'].map((host, i) => {
    return { kind: 'upgrade', host, version, ...during(fromMs + i * everyMs, fromMs + i * everyMs + 150) };
  });
}

interface Traffic {
  /** Between writes of one client; there are two. */
  readonly everyMs: number;
  readonly more?: readonly FaultDraft[];
}

function run(version: string, seed: number, fromMs: number, { everyMs, more = [] }: Traffic): RunResult {
  return play({
    seed,
    raft: { versions: VERSIONS, raft: { snapshotEvery: 10, keepEntries: 0 } },
    steps: [
      ...writes(0, 'a', { fromMs: 1_000, untilMs: 11_500, everyMs }),
      ...writes(1, 'b', { fromMs: 1_010, untilMs: 11_500, everyMs: everyMs * 1.2 }),
    ],
    faults: [...rolling(version, fromMs, 900), ...more],
    healMs: 10_000,
    endMs: 12_500,
    recoverMs: 1_000,
  });
}

describe('a rolling upgrade under traffic', () => {
  it('S3.26 keeps every invariant, whenever it begins', () => {
    for (let point = 0; point < 8; point++) {
      const result = run('v2', point, 1_500 + point * 110, { everyMs: 50 });
      expect({ point, broken: broken(result) }).toEqual({ point, broken: [] });
      expect(events(result, 'restart')).toHaveLength(5);
      const shown = result.trace?.faults.filter(({ kind }) => kind === 'upgrade').map(({ text }) => text);
      expect(shown).toEqual([1, 2, 3, 4, 5].map((n) => `N${n} restarts as v2`));
      // Both versions are at work for a while, and clients are served throughout.
      const mixed = askedBy(result, 0, 2_700, 5_000);
      expect(mixed.filter(({ outcome }) => outcome === 'ok').length).toBeGreaterThan(0.6 * mixed.length);
      const commits = [1, 2, 3, 4, 5].map((node) => stateAt(result, node, 12_500).commit);
      expect(new Set(commits).size).toBe(1);
      // Heartbeats every 40 ms instead of 60: the new version is what runs at the end.
      const beats = events(result, 'send').filter(
        ({ label, at }) => label === 'Heartbeat' && at > 11_500_000,
      );
      expect(beats.length).toBeGreaterThan(80);
    }
  });

  it('S3.26 is caught when the new version reads a message as the old one does not mean it', () => {
    // Few writes, so that a snapshot often ends in an older term than the one in which it is sent.
    const more: FaultDraft[] = [6_300, 7_600, 8_900].flatMap((atMs, i) => [
      { kind: 'crash', host: `N${i + 1}`, ...during(atMs - 1_000, atMs + 800) },
      { kind: 'crash', host: 'leader', ...during(atMs, atMs + 300) },
    ]);
    const seeds = Array.from({ length: 12 }, (_, seed) => seed);
    const accused = seeds.filter((seed) => {
      const result = run('incompatible', seed, 1_500, { everyMs: 200, more });
      return broken(result).some((text) => text.startsWith('log matching'));
    });
    expect(accused.length).toBeGreaterThan(0);
    const compatible = seeds.flatMap((seed) => broken(run('v2', seed, 1_500, { everyMs: 200, more })));
    expect(compatible).toEqual([]);
  });

  it('is refused for a version the subject does not have', () => {
    expect(() => run('v3', 0, 1_500, { everyMs: 50 })).toThrow(UnknownFaultTargetError);
    expect(() => run('v3', 0, 1_500, { everyMs: 50 })).toThrow(
      /version 'v3' is not known: known are v2, incompatible/,
    );
  });
});
