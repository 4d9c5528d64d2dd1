import {
  binned,
  buildModel,
  monitoringCharts,
  monitoringPeaks,
  type Panel,
  PANELS,
  renderReport,
} from '@holdfast/report';
import { describe, expect, it } from 'vitest';
import { runReport } from '../../src/node/report.ts';
import { simulate } from '../../src/simulate/simulate.ts';
import {
  MONITORED_RUNS,
  monitoredExperiment,
  type MonitoredRun,
} from '../../src/subjects/incidents/index.ts';

const BINS = 60;

function peaks(run: MonitoredRun): Readonly<Partial<Record<Panel, number>>> {
  const { trace, history, verdicts } = simulate(monitoredExperiment(run), 1, { trace: true });
  if (trace === undefined) expect.fail('there is no trace');
  const model = buildModel({ trace, history, verdicts: [] });
  const bins = binned(history, model.end, BINS);
  expect([run, verdicts[0]?.status]).toEqual([run, run === 'violations' ? 'violated' : 'holds']);
  return monitoringPeaks(model, bins);
}

describe('what is to be monitored', () => {
  it('S3.21 each of five panels moves alone in a run of its own, and none of them while all is well', () => {
    const calm = peaks('calm');
    expect(Object.keys(calm)).toEqual([...PANELS]);
    expect([calm.violations, calm.denials, calm.rollbacks, calm.retries]).toEqual([0, 0, 0, 0]);
    expect(calm.budget).toBeLessThan(0.3);
    for (const run of MONITORED_RUNS) {
      const seen = peaks(run);
      const moved = PANELS.filter((panel) => (seen[panel] ?? 0) > (calm[panel] ?? 0) + 1);
      expect([run, moved]).toEqual([run, run === 'calm' ? [] : [run]]);
    }
  });

  it('S3.21 the panels stand in the report of a monitored run, retries by endpoint and cohort', () => {
    const result = simulate(monitoredExperiment('retries'), 1, { trace: true });
    const run = runReport(result, {
      experiment: 'monitored-retries',
      title: 'A cohort asks again',
      command: 'none',
    });
    const html = renderReport({ title: 'Monitored', generatedFor: 'a test', runs: [run] });
    for (const title of [
      'Invariant violations a second',
      'Denials of access a second',
      'Rollbacks a second',
      'Error budget burn',
      'by endpoint and cohort',
    ])
      expect(html).toContain(title);
    expect(html).toContain('pay/mobile');
    expect(html).not.toContain('pay/web');
    const model = buildModel({ trace: run.trace, history: run.history, verdicts: [] });
    const without = { ...model, trace: { ...model.trace, events: [] } };
    expect(monitoringCharts(without, binned(run.history, model.end, BINS))).toEqual([]);
  });
});
