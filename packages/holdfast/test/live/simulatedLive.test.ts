import { readFileSync } from 'node:fs';
import { type LiveResult, type RunOptions, readExperiment, runLive } from '@holdfast/live';
import { describe, expect, test } from 'vitest';
import { simulatedStage } from '../../src/node/simulatedLive/stage.ts';

const FOLDER = new URL('../../../../casebook/live/', import.meta.url);

function play(name: string, seed: number, options: RunOptions = {}): Promise<LiveResult> {
  const file = readExperiment(readFileSync(new URL(name, FOLDER), 'utf8'), name);
  return runLive(file, {
    network: 'simulation',
    simulate: (played) => simulatedStage(played, seed),
    ...options,
  });
}

function playText(text: string): Promise<LiveResult> {
  const file = readExperiment(`format: holdfast-live/1\nname: small\n${text}`, 'small.yaml');
  return runLive(file, { network: 'simulation', simulate: (played) => simulatedStage(played, 1) });
}

/** A row of `metrics`, by its name. */
function measured({ metrics }: LiveResult, name: string): number {
  return metrics.find((one) => one.name === name)?.value ?? Number.NaN;
}

describe('a fault file for real clusters in the simulator', () => {
  test('partial partitions hold, with leader stability, write latency and invariants reported', async () => {
    const result = await play('partial-partition.yaml', 1);
    expect(result.status).toBe('holds');
    expect(measured(result, 'leader stability')).toBeGreaterThanOrEqual(1);
    const [p50, p99] = ['write latency p50 ms', 'write latency p99 ms'].map((name) => measured(result, name));
    expect(p50).toBeGreaterThan(0);
    expect(p99).toBeGreaterThan(p50 ?? Number.NaN);
    const promises = result.verdicts.map(({ promise }) => promise);
    expect(promises).toContain('linearizability');
    expect(promises).toContain('leader completeness');
    expect(result.verdicts.every(({ evidence }) => evidence.examined > 0)).toBe(true);
    expect(result.trace.faults.map(({ kind }) => kind)).toEqual([
      'bridge',
      'one-way',
      'partition',
      'flapping',
    ]);
  });

  test('the same seed gives the same run, and another seed another', async () => {
    const [one, same, other] = [
      await play('partial-partition.yaml', 7),
      await play('partial-partition.yaml', 7),
      await play('partial-partition.yaml', 8),
    ];
    expect(same.recording.history).toEqual(one.recording.history);
    expect(same.digest).toBe(one.digest);
    expect(other.digest).not.toBe(one.digest);
  });

  test('the control with local reads is caught by the same check', async () => {
    const result = await play('partial-partition.yaml', 1, { vars: { mode: 'serializable' } });
    expect(result.verdicts[0]?.status).toBe('violated');
  });

  test('a stale read asked in the very microsecond of the write it misses is a violation', async () => {
    const { verdicts } = await playText(`
subject: { system: etcd }
steps:
  - let: { X: leader }
  - write: { on: X, key: x, value: 1 }
  - strike: { kind: partition, groups: [[X]], unlisted: rest }
  - wait: { leader: { not: [X], as: Y } }
  - write: { on: Y, key: x, value: 2 }
  - read: { on: X, key: x, mode: serializable }
checks: [{ linearizable: register }]
`);
    expect(verdicts[0]?.status).toBe('violated');
  });

  test('the combined nemesis holds under partitions, reordering, loss, duplicates, a crash and a pause', async () => {
    const result = await play('combined-nemesis.yaml', 1);
    expect(result.status).toBe('holds');
    const outcomes = new Set(result.recording.history.operations.map(({ outcome }) => outcome));
    expect(outcomes.has('ok')).toBe(true);
    expect(result.trace.faults).toHaveLength(7);
  });

  test('a crashed member refuses at once, a member cut off answers nothing, and others go on', async () => {
    const { recording, status } = await playText(`
subject: { system: etcd }
steps:
  - let: { L: leader, F: follower, G: other }
  - strike: { kind: crash, host: F, as: down }
  - write: { on: F, key: x, value: 1, as: refused, outcome: fail }
  - heal: down
  - strike: { kind: partition, groups: [[L]], unlisted: rest, as: alone }
  - wait: { leader: { not: [L], as: W } }
  - write: { on: W, key: x, value: 2 }
  - write: { on: L, key: x, value: 3, outcome: unknown, deadlineMs: 800 }
  - read: { on: L, key: x, mode: serializable, as: stale }
  - heal: alone
  - wait: { ms: 1000 }
  - read: { on: L, key: x, as: fresh }
checks:
  - output: { of: stale, is: null }
  - output: { of: fresh, isNot: null }
`);
    expect(status).toBe('holds');
    expect(recording.history.operations.map(({ outcome }) => outcome)).toEqual([
      'fail',
      'ok',
      'unknown',
      'ok',
      'ok',
    ]);
  });

  test('what the simulator cannot do is refused before the run', async () => {
    const checks = '\nchecks: [{ linearizable: register }]';
    const refused = (text: string): Promise<string> =>
      playText(`${text}${checks}`).then(
        () => 'it ran',
        (error: unknown) => String(error),
      );
    expect(await refused('subject: { system: redis }')).toMatch(/Cannot simulate redis/);
    expect(await refused('subject: { system: etcd, disk: volatile }')).toMatch(
      /Cannot simulate volatile disks/,
    );
    const amnesia = 'subject: { system: etcd }\nfaults: [{ kind: amnesia, host: N1, atMs: 1 }]';
    expect(await refused(amnesia)).toMatch(/amnesia of N1' at the simulated store/);
    const hold = 'subject: { system: etcd }\nsteps: [{ hold: { from: N1, to: N2 } }]';
    expect(await refused(hold)).toMatch(/Cannot act on messages with network: simulation/);
  });
});
