import { describe, expect, it } from 'vitest';
import type { Experiment } from '../../src/experiment/experiment.ts';
import { type RunResult, simulate } from '../../src/simulate/simulate.ts';
import {
  BOOKED,
  CACHE_TRUTH_DEFECTS,
  CACHE_TRUTH_PROMISES,
  cacheTruthExperiment,
  type CacheTruthDefect,
  COMES_BACK,
  controlPlaneExperiment,
  FULL_DISK_DEFECTS,
  fullDiskExperiment,
  GUARDED_DAYS,
  OPERATOR_GUARDS,
  type OperatorDay,
  operatorExperiment,
  type OperatorGuard,
  recoveryExperiment,
  RECOVERS_IN_TIME,
  SURVIVES_FULL_DISK,
  TELEMETRY_PROMISES,
  telemetryExperiment,
  VERSION_DEFECTS,
  versionsExperiment,
} from '../../src/subjects/incidents/index.ts';

const SEEDS = [1, 2, 3];

/** Promises that a run broke, with the reason of the first. */
function broken({ verdicts }: RunResult): readonly string[] {
  return verdicts.filter(({ status }) => status === 'violated').map(({ promise }) => promise);
}

function holds(experiment: Experiment): RunResult[] {
  const results = SEEDS.map((seed) => simulate(experiment, seed));
  for (const result of results) {
    expect([experiment.name, broken(result)]).toEqual([experiment.name, []]);
    // The claim of a monitor that has looked at nothing is none.
    for (const { promise, evidence } of result.verdicts)
      if (experiment.subject.promises.includes(promise)) expect(evidence.examined).toBeGreaterThan(0);
  }
  return results;
}

function breaks(experiment: Experiment, promise: string): RunResult[] {
  const results = SEEDS.map((seed) => simulate(experiment, seed));
  for (const result of results)
    expect([experiment.name, broken(result)]).toEqual([experiment.name, expect.arrayContaining([promise])]);
  return results;
}

const answersOf = ({ history }: RunResult, f: string): [string, unknown][] =>
  history.operations.filter((each) => each.f === f).map(({ outcome, output }) => [outcome, output]);

describe('failures that become worse than they are', () => {
  it('S3.12 a disk that is full during compaction refuses writes, loses none that was acknowledged, and goes on when there is room', () => {
    for (const { metrics } of holds(fullDiskExperiment(null))) {
      expect(metrics['compactions given up']).toBeGreaterThan(3);
      expect(metrics['refused']).toBeGreaterThan(20);
      expect(metrics['written once there was room']).toBeGreaterThan(40);
    }
    for (const defect of FULL_DISK_DEFECTS) breaks(fullDiskExperiment(defect), SURVIVES_FULL_DISK);
  });

  it('S3.12 two versions of a message book what was paid, whoever is upgraded first; a new meaning is not read as the old one unseen', () => {
    for (const first of ['shop', 'bank'] as const)
      expect(holds(versionsExperiment(null, first))).toHaveLength(SEEDS.length);
    for (const defect of VERSION_DEFECTS) breaks(versionsExperiment(defect, 'shop'), BOOKED);
    // Readers first, then writers: then another field does no harm, another meaning does.
    holds(versionsExperiment('another-field-instead', 'bank'));
    breaks(versionsExperiment('another-meaning-of-one-field', 'bank'), BOOKED);
  });

  it('S3.12 a recovery that needs nobody is over at once while a dependency is down, and one that needs it waits for it', () => {
    expect(holds(recoveryExperiment('last-known-settings'))).toHaveLength(SEEDS.length);
    breaks(recoveryExperiment('settings-service'), COMES_BACK);
    holds(recoveryExperiment('settings-service', false));
  });

  it('S3.12 a lost telemetry sink neither stops the service nor leaves a gap that nobody knows of', () => {
    const { served, told } = TELEMETRY_PROMISES;
    for (const { verdicts } of holds(telemetryExperiment(null)))
      expect(verdicts[1]?.reason).toMatch(/knows of \d\d that are missing/);
    for (const result of breaks(telemetryExperiment('waits-for-the-sink'), served))
      expect(broken(result)).toEqual([served]);
    for (const result of breaks(telemetryExperiment('drops-without-a-word'), told))
      expect(broken(result)).toEqual([told]);
  });

  it('S3.13 a cache is what its source makes of it: equal when rebuilt, audited for drift, and nothing is lost with it', () => {
    const { rebuilt, audited, expendable } = CACHE_TRUTH_PROMISES;
    for (const { verdicts } of holds(cacheTruthExperiment(null)))
      expect(verdicts[1]?.reason).toBe('3 entries drifted, 0 of them unseen; 0 named that had not');
    const without = simulate(cacheTruthExperiment(null, false), 1);
    expect([broken(without), answersOf(without, 'audit')]).toEqual([[], [1, 2, 3].map(() => ['ok', []])]);
    const BREAKS: Readonly<Record<CacheTruthDefect, string>> = {
      'acknowledges-before-the-source': expendable,
      'audits-by-counting': audited,
      'keeps-old-entries': rebuilt,
    };
    for (const defect of CACHE_TRUTH_DEFECTS) breaks(cacheTruthExperiment(defect), BREAKS[defect]);
  });

  it('S1.147 recovery starves in the one queue of an overloaded control plane, and with priority finishes within its bound', () => {
    for (const { metrics } of holds(controlPlaneExperiment('recovery-first'))) {
      // The others are still served as many as there is room for.
      expect(metrics['status answered']).toBeGreaterThan(1_300);
      expect(metrics['status refused']).toBeGreaterThan(500);
    }
    breaks(controlPlaneExperiment('one-queue'), RECOVERS_IN_TIME);
    holds(controlPlaneExperiment('one-queue', false));
  });
});

describe('an operator', () => {
  const REFUSALS: Readonly<Partial<Record<OperatorGuard, readonly [string, RegExp]>>> = {
    config: ['push-config', /^timeoutMs must be from 10 to 10000: 0$/],
    promotion: ['force-promote', /^member 1 is the primary and answers: stop it first$/],
    removal: ['remove-member', /^1 of the 2 that remain would answer$/],
  };

  for (const guard of OPERATOR_GUARDS) {
    const { day, breaks: promise } = GUARDED_DAYS[guard];
    it(`S1.10 ${day}: the guard '${guard}' refuses with a reason or rolls back, and without it '${promise}' is broken`, () => {
      const [refused, words] = REFUSALS[guard] ?? ['deploy', /^member 3 failed \d+ requests: rolled back$/];
      for (const result of holds(operatorExperiment(day, null))) {
        const [[outcome, output] = []] = answersOf(result, refused);
        expect(outcome).toBe('fail');
        expect(output).toMatch(words);
        expect(result.metrics[guard === 'stages' ? 'rolled back' : 'actions refused']).toBe(1);
      }
      for (const result of breaks(operatorExperiment(day, guard), promise))
        expect(result.metrics['actions refused']).toBe(0);
    });
  }

  it('S1.10 actions are events of the run, and those that do no harm are carried out: in stages, and back again', () => {
    const day: OperatorDay = 'all-is-well';
    const result = simulate(operatorExperiment(day, null), 1, { trace: true });
    expect(broken(result)).toEqual([]);
    const seen = result.trace?.events.filter(
      ({ kind, label }) => kind === 'note' && label.startsWith('operator '),
    );
    expect(seen?.map(({ label }) => label)).toEqual([
      'operator push-config 400',
      'operator deploy "v2"',
      'operator roll-back ""',
      'operator remove-member 3',
    ]);
    expect(answersOf(result, 'deploy')).toEqual([['ok', 'in stages']]);
    expect(answersOf(result, 'roll-back')).toEqual([['ok', 'rolled back']]);
  });
});
