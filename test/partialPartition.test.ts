import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ExperimentFile, type LiveResult, readExperiment, runLive, substituted } from '@holdfast/live';
import { expect, test } from 'vitest';
import { simulatedStage } from '../packages/holdfast/src/node/simulatedLive/stage.ts';
import { play, type Played } from '../packages/live/src/experiment/play.ts';
import { realStage } from './realRaft/stage.ts';

const PATH = new URL('../casebook/live/partial-partition.yaml', import.meta.url);

/** The same steps in less time than the file takes on a cluster of etcd. */
const QUICK = { cutMs: 250, calmMs: 120, flapMs: 350, restMs: 150, heartbeatMs: 30, electionMs: 200 };

async function onSockets({
  controls: _controls,
  ...file
}: ExperimentFile): Promise<Played & { cuts: number }> {
  const state = mkdtempSync(join(tmpdir(), 'hf-sockets-'));
  const { heartbeatMs, electionMs } = QUICK;
  const stage = await realStage(3, { heartbeatMs, electionTimeoutMs: electionMs }, state);
  try {
    const played = await play(substituted(file, { ...file.vars, ...QUICK }), stage, {});
    return { ...played, cuts: stage.cluster.cuts };
  } finally {
    await stage.close();
    rmSync(state, { recursive: true, force: true });
  }
}

/** What a run reports of the three things that suffer. */
function measuresOf({
  metrics,
  verdicts,
}: Pick<LiveResult, 'metrics' | 'verdicts'>): Record<string, unknown> {
  const valueOf = (wanted: string): number =>
    metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
  const promises = verdicts.map(({ promise, status }) => `${promise} ${status}`);
  return {
    leaders: valueOf('leader stability'),
    p50: valueOf('write latency p50 ms'),
    p99: valueOf('write latency p99 ms'),
    linearizable: promises.includes('linearizability holds'),
    safe: promises.includes('election safety holds'),
  };
}

test('S2.43 one fault file drives the simulator and a real cluster behind proxies, and both report leader stability, write latency and invariants', async () => {
  const file = readExperiment(readFileSync(PATH, 'utf8'), 'partial-partition.yaml');
  const simulated = await runLive(file, {
    network: 'simulation',
    vars: QUICK,
    simulate: (played) => simulatedStage(played, 1),
  });
  const real = await onSockets(file);
  for (const run of [simulated, real]) {
    const measures = measuresOf(run);
    expect(run.trace.faults.map(({ kind }) => kind)).toEqual(['bridge', 'one-way', 'partition', 'flapping']);
    expect(measures).toMatchObject({ linearizable: true, safe: true });
    // The leader that was cut off was replaced, and writes took time.
    expect(measures['leaders']).toBeGreaterThanOrEqual(1);
    expect(measures['p50']).toBeGreaterThan(0);
    expect(measures['p99']).toBeGreaterThan(measures['p50'] as number);
    expect(run.recording.history.operations.length).toBeGreaterThan(50);
  }
  // The proxies were down once for each lasting cut, and again and again for the one that comes and goes.
  expect(real.cuts).toBeGreaterThanOrEqual(4);
});
