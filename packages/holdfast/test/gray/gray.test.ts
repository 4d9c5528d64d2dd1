import { describe, expect, it } from 'vitest';
import {
  alertsOf,
  FLEET_NODES,
  type FleetFigures,
  GRAY_FAULTS,
  type GrayFault,
  meanShiftMs,
  runFleet,
  SICK_NODE,
  WORK_LIMIT_MS,
} from '../../src/gray/index.ts';

const runs = new Map<GrayFault | null, FleetFigures>();

function run(fault: GrayFault | null): FleetFigures {
  const found = runs.get(fault) ?? runFleet(fault, 1);
  runs.set(fault, found);
  return found;
}

const SICK = `node-${SICK_NODE + 1}`;

describe('gray failures', () => {
  it('S1.7 the health check of a node with one slow disk stays green while real work breaks its limit; a probe that does real work flags it', () => {
    const calm = run(null);
    expect([calm.flaggedByPing, calm.flaggedByProbe]).toEqual([[], []]);
    expect(Math.max(...calm.nodes.map(({ p99Ms }) => p99Ms))).toBeLessThan(WORK_LIMIT_MS);
    const { nodes, flaggedByPing, flaggedByProbe } = run('slow-disk');
    const sick = nodes.filter(({ p99Ms }) => p99Ms > WORK_LIMIT_MS).map(({ name }) => name);
    expect([sick, flaggedByPing, flaggedByProbe]).toEqual([[SICK], [], [SICK]]);
  });

  for (const fault of GRAY_FAULTS)
    it(`S2.24 ${fault}: the average is silent, a percentile rings, segmentation by node finds the sick one, the shift of the mean is printed`, () => {
      const figures = run(fault);
      const alerts = alertsOf(figures, run(null));
      expect([alerts.byAverage, alerts.byPercentile, alerts.sickest]).toEqual([false, true, SICK]);
      expect([figures.requests, figures.nodes.length]).toEqual([6_000, FLEET_NODES]);
      // The mean does move (X16), by less than the alarm of a dashboard asks for.
      expect(alerts.meanShiftMs).toBeGreaterThan(0);
      expect(alerts.says).toMatch(/^mean \d+\.\d -> \d+\.\d ms \(\d+ % more\), p99 .+, p99\.9 .+ms$/);
    });

  it('S2.24 a fleet without a fault rings no alarm, and no node stands out', () => {
    const alerts = alertsOf(runFleet(null, 2), run(null));
    expect([alerts.byAverage, alerts.byPercentile, alerts.sickest]).toEqual([false, false, undefined]);
  });

  it('S2.24 X16 one of a hundred with ten seconds more moves the mean of its node by 100 ms, and that of a thousand nodes by a tenth', () => {
    expect(meanShiftMs(0.01, 10_000)).toBe(100);
    expect(meanShiftMs(0.01, 10_000, 1, 1_000)).toBeCloseTo(0.1);
  });
});
