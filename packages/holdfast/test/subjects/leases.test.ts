import { explore, leaseSystem, type LeaseSystem } from '@holdfast/explore';
import { type LabTrouble, type LeaseDefect, leaseLab, type LeaseMonitor } from '@holdfast/protocols';
import { labExperiment, simulate, TWINS } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { accusedControl, firstConvictingSeed } from '../catalogue/hunt.ts';

/** The first seed that shows the twin, and what the correct protocol does on the seeds up to it. */
function inTheWorld(defect: LeaseDefect): { readonly found: boolean; readonly accused: string | undefined } {
  const twin = TWINS.find((other) => other.protocol === 'lease' && other.defect === defect);
  if (twin === undefined) throw new Error(`no twin ${defect}`);
  const seed = firstConvictingSeed(twin, 40);
  return { found: seed !== undefined, accused: accusedControl(twin, Math.min(seed ?? 0, 4)) };
}

function inDiscreteTime(within: Omit<LeaseSystem, 'name'>, defect: LeaseDefect): (string | undefined)[] {
  const options = { granularityMs: 0, leaseMs: 3, renewMs: 2, retryMs: 2 };
  const run = (twin: LeaseDefect | undefined): string | undefined =>
    explore(leaseSystem({ name: 'lease', inFlight: 1, options, ...within, ...(twin && { defect: twin }) }))
      .counterexample?.property;
  return [run(defect), run(undefined)];
}

describe('leases', () => {
  it('S1.39 skew, pause, delay and split brain each break a naive lease, and each has its cure', () => {
    // Skew: conservative expiry.
    expect(inTheWorld('no-drift-margin')).toEqual({ found: true, accused: undefined });
    // Pause: fencing.
    expect(inTheWorld('no-fencing')).toEqual({ found: true, accused: undefined });
    // Delay: time counts from the request, and a renewal names its epoch and round (`lease.test.ts`, catalogue 54).
    const delay = { ticks: 5, delayTicks: 1 };
    expect(inDiscreteTime(delay, 'counts-from-receipt')).toEqual(['one holder at a time', undefined]);
    // Split brain: a quorum of granters.
    const split = { ticks: 4, delayTicks: 0, granters: 2 };
    expect(inDiscreteTime(split, 'grants-alone')).toEqual(['one holder at a time', undefined]);
  });

  it('S1.39 the six questions are answered from a run', () => {
    const troubles: readonly LabTrouble[] = [
      { kind: 'drift', ppm: 500 },
      { kind: 'steady', fault: 'duplicate', probability: 0.3 },
      { kind: 'storm', fault: 'pause', on: 'leader', everyMs: [800, 1_500], forMs: [400, 900] },
      { kind: 'storm', fault: 'suspend', on: 'leader', everyMs: [900, 1_500], forMs: [400, 800] },
    ];
    let monitor: LeaseMonitor | undefined;
    const watched = {
      ...leaseLab,
      troubles,
      monitor: (variant: Parameters<typeof leaseLab.monitor>[0]) =>
        (monitor = leaseLab.monitor(variant) as LeaseMonitor),
    };
    const result = simulate(labExperiment(watched), 1);
    expect(result.verdicts.filter(({ status }) => status === 'violated')).toEqual([]);
    const answers = monitor?.answers({
      clock: { onSuspend: 'continues', suspendedMs: 800 },
      worst: { driftPpm: 500, pauseMs: 900 },
    });
    const status = Object.fromEntries((answers ?? []).map(({ id, status: s }) => [id, s]));
    expect(status).toMatchObject({ LS1: 'good', LS2: 'good', LS3: 'good', LS5: 'good', LS6: 'good' });
    // Nothing was written behind a successor, and the answer says how much was.
    expect(answers?.find(({ id }) => id === 'LS4')?.evidence).toMatchObject({ writes: 0 });
  });
});
