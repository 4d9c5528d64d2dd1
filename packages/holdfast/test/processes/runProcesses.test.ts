import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runProcesses } from '../../src/node/processes/runProcesses.ts';
import { resolveExperiment } from '../../src/node/resolveExperiment.ts';
import { holdfast } from '../cli/support.ts';

const FIXTURE = fileURLToPath(new URL('./fixtures/small.ts', import.meta.url));

/** Processes of nodes of these experiments. */
function left(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(FIXTURE);
    } catch {
      // It has ended meanwhile.
      return false;
    }
  });
}

describe('an experiment on processes', () => {
  it('keeps its promises while processes are killed, stopped and cut off, and each step is one of its core', async () => {
    const { experiment, reference } = await resolveExperiment(`${FIXTURE}#troubled`, '.');
    const run = await runProcesses(experiment, { reference, seed: 1 });
    const { result, starts, steps, interrupted, undoFailures } = run;
    // How soon it recovers is the machine's business: `npm run test:live` judges it.
    const broken = result.verdicts.filter(
      ({ promise, status }) => status === 'violated' && promise !== 'liveness after healing',
    );
    expect(broken).toEqual([]);
    expect(result.verdicts.map(({ promise }) => promise)).toContain('linearizability');
    expect({ interrupted, undoFailures, struck: result.metrics['faults_struck'] }).toEqual({
      interrupted: false,
      undoFailures: [],
      struck: 5,
    });
    expect(starts).toBeGreaterThanOrEqual(3);
    expect(steps).toBeGreaterThan(50);
    const kinds = new Set(result.trace?.events.map(({ kind }) => kind));
    for (const kind of ['send', 'deliver', 'crash', 'restart', 'pause', 'timer', 'stored', 'invoke'])
      expect([...kinds]).toContain(kind);
    expect(left()).toEqual([]);
  });

  it('is refused before any process starts when a fault cannot be done to one', async () => {
    const { code, err } = await holdfast(['live', `${FIXTURE}#suspended`]);
    expect(code).toBe(2);
    expect(err).toMatch(/'suspend', which cannot be done to a process/);
  });

  it('refuses what is for clusters only', async () => {
    const { code, err } = await holdfast(['live', 'raft-majority', '--network', 'mesh']);
    expect(code).toBe(2);
    expect(err).toMatch(/--network .*experiment files of clusters/);
  });
});
