import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { DivergedError } from '../../src/node/processes/mirroredCore.ts';
import {
  parseRecording,
  printRecording,
  type Recording,
  replayRecording,
} from '../../src/node/processes/recording.ts';
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

/** The same recording, in which every vote was asked for a later term than it was. */
function withOtherTerms(recording: Recording): Recording {
  const text = JSON.stringify(recording.turns).replaceAll(
    /"type":"vote","term":(\d)/g,
    '"type":"vote","term":1$1',
  );
  return { ...recording, turns: JSON.parse(text) as Recording['turns'] };
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

    const head = {
      experiment: reference.name,
      seed: 1,
      endUs: run.endUs,
      latestMs: run.latestMs,
      digest: result.digest,
    };
    const recording = parseRecording(printRecording(head, run.log), 'it');
    const again = replayRecording(experiment, recording);
    expect(again.result.digest).toBe(result.digest);
    expect(again.result.verdicts).toEqual(result.verdicts);
    expect(again.result.history).toEqual(result.history);
    expect([again.steps, again.starts]).toEqual([steps, starts]);
    expect(() => replayRecording(experiment, withOtherTerms(recording))).toThrow(DivergedError);
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
