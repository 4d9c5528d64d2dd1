import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { flagship, planRun, simulate, simulatePlan, simulateTwice } from 'holdfast';
import { describe, expect, it } from 'vitest';

const PRINT_RUNS = fileURLToPath(new URL('./printRuns.ts', import.meta.url));
const EXPERIMENT = flagship('raft-majority');
const SEEDS = [0, 1, 2, 3, 4];
const RUNS = SEEDS.map((seed) => simulate(EXPERIMENT, seed));

describe('the flagship', () => {
  it('S3.25 holds under partitions, reordering, loss, crashes and retries, and every judge saw something', () => {
    for (const { verdicts, status, metrics } of RUNS) {
      expect(verdicts.filter((verdict) => verdict.status !== 'holds')).toEqual([]);
      expect(status).toBe('holds');
      for (const { promise, evidence } of verdicts) {
        expect({ promise, examined: evidence.examined > 0 }).toEqual({ promise, examined: true });
      }
      expect(metrics.faults_struck).toBeGreaterThan(5);
      expect(metrics.operations_ok).toBeGreaterThan(400);
    }
  });

  it('judges every promise of its subject, then consistency, availability and durability as clients saw them', () => {
    for (const { verdicts } of RUNS) {
      expect(verdicts.map(({ promise }) => promise)).toEqual([
        ...EXPERIMENT.subject.promises,
        'linearizability',
        'rejected without authority',
        'liveness after healing',
        'acknowledged effects survive',
      ]);
    }
  });

  it('gives another run for every seed', () => {
    expect(new Set(RUNS.map(({ digest }) => digest)).size).toBe(SEEDS.length);
  });

  it('gives the same run again, also when its trace and its choices are recorded', () => {
    const [plain] = RUNS;
    let choices = 0;
    const recorded = simulate(EXPERIMENT, 0, { trace: true, onChoice: () => choices++ });
    expect(recorded.digest).toBe(plain?.digest);
    expect(recorded.events).toBe(plain?.events);
    expect(recorded.history).toEqual(plain?.history);
    expect(recorded.verdicts).toEqual(plain?.verdicts);
    expect(choices).toBeGreaterThan(10_000);
    expect(simulateTwice(EXPERIMENT, planRun(EXPERIMENT, 1))).toEqual({
      digest: RUNS[1]?.digest,
      second: RUNS[1]?.digest,
    });
  });

  it('gives the same runs and verdicts in another process', () => {
    const args = ['--import', 'tsx', PRINT_RUNS, String(SEEDS.length)];
    const other = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 50_000 });
    expect(other.stderr).toBe('');
    expect(JSON.parse(other.stdout)).toEqual(
      RUNS.map(({ digest, status, verdicts }) => ({
        digest,
        status,
        reasons: verdicts.map(({ reason }) => reason),
      })),
    );
  });

  it('records bands of faults, states of every server, and every operation', () => {
    const { trace, history, plan, metrics } = simulate(EXPERIMENT, 0, { trace: true });
    if (trace === undefined) expect.fail('a trace was asked for');
    expect(trace.nodes.map(({ name }) => name).slice(0, 6)).toEqual(['N1', 'N2', 'N3', 'N4', 'N5', 'C1']);
    expect(trace.faults).toHaveLength(metrics.faults_struck ?? -1);
    const cut = trace.faults.find(({ kind }) => kind === 'partition');
    expect(cut?.text).toContain('{N1,N2');
    expect(cut).toMatchObject({ from: 5_000_000, until: 15_000_000 });
    for (const { from, until } of trace.faults) expect(until).toBeGreaterThanOrEqual(from);
    for (let node = 0; node < 5; node++) {
      const states = trace.events.filter((event) => event.kind === 'state' && event.node === node);
      expect(states.length).toBeGreaterThan(50);
      expect(Object.keys(states[0]?.data ?? {})).toEqual(
        expect.arrayContaining(['role', 'term', 'leader', 'commit', 'applied', 'voters', 'configVersion']),
      );
    }
    const count = (kind: string): number => trace.events.filter((event) => event.kind === kind).length;
    expect(count('invoke')).toBe(history.operations.length);
    expect(count('ok')).toBe(metrics.operations_ok);
    expect(count('invoke')).toBe(plan.operations.length);
    expect(trace.events.every((event, id) => event.id === id)).toBe(true);
  });

  it('runs a plan that is not of its seed as well: half of the faults, another end', () => {
    const plan = planRun(EXPERIMENT, 2);
    const shorter = { ...plan, faults: plan.faults.filter(({ id }) => id % 2 === 0), endUs: 30_000_000 };
    const result = simulatePlan(EXPERIMENT, shorter);
    expect(result.digest).not.toBe(RUNS[2]?.digest);
    expect(result.history.endedAt).toBe(30_000_000);
    expect(simulatePlan(EXPERIMENT, shorter).digest).toBe(result.digest);
  });
});
