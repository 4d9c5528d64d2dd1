import { experiment, linearizable, partition, raftKv, registers, simulate, unclaimed } from 'holdfast';
import { renderReport } from '@holdfast/report';
import { describe, expect, it } from 'vitest';
import { runReport } from '../../src/node/report.ts';

const REJECT = { duringPartition: 'reject' } as const;

describe('the report of a run', () => {
  const correct = (): ReturnType<typeof simulate> =>
    simulate(
      experiment({
        name: 'sections',
        subject: raftKv({ nodes: 3 }),
        workload: registers({ keys: 1, clients: 2, ratePerSecond: 10, mix: { read: 4, write: 4, cas: 0 } }),
        faults: [partition({ sides: [['N1'], ['N2', 'N3']], atMs: 2_000, forMs: 3_000 })],
        contract: { read: linearizable(REJECT), write: unclaimed(REJECT) },
        bounds: { simulatedSeconds: 8, recoverWithinMs: 1_000 },
      }),
      1,
    );

  it('S1.31 tells of each kind of operation which of consistency and availability it had, and the order when it holds', () => {
    const result = correct();
    const report = runReport(result, { experiment: 'sections', title: 'sections', command: 'replay' });
    const [kinds, order] = report.sections ?? [];
    expect(kinds?.title).toBe('What each operation had');
    expect(kinds?.text).toMatch(
      /read: consistency holds; \d+ of \d+ answered, \d+ of \d+ that were open during a partition: not available during partitions\./,
    );
    expect(kinds?.text).toMatch(/write: claims nothing about consistency; /);
    expect(order?.title).toBe('An order that explains linearizability');
    expect(order?.text).toMatch(/^1\. (?:read|write) k0 .*\(process \d+\); 2\. /);
    const html = renderReport({ title: 'a page', generatedFor: 'a test', runs: [report] });
    expect(html).toContain('An order that explains linearizability');
    expect(html).toContain('not available during partitions.');
  });

  it('shows what failed, why in words, and the smallest contradiction when it does not hold', () => {
    const result = simulate(
      experiment({
        name: 'violated',
        subject: raftKv({ nodes: 3, defect: 'local-read' }),
        workload: registers({ keys: 1, clients: 2, ratePerSecond: 40, mix: { read: 4, write: 4, cas: 0 } }),
        faults: [partition({ sides: [['N1'], ['N2', 'N3']], atMs: 2_000, forMs: 3_000 })],
        contract: { read: linearizable(REJECT), write: linearizable(REJECT) },
        bounds: { simulatedSeconds: 8, recoverWithinMs: 1_000 },
      }),
      1,
    );
    const verdict = result.verdicts.find(({ promise }) => promise === 'linearizability');
    expect(verdict?.status).toBe('violated');
    const report = runReport(result, { experiment: 'violated', title: 'violated', command: 'replay' });
    const html = renderReport({ title: 'a page', generatedFor: 'a test', runs: [report] });
    expect(html).toContain('Smallest contradiction:');
    expect(html).toContain('Cannot be explained:');
    expect(html).toContain((verdict?.reason ?? '').slice(0, 40));
    expect(report.sections?.some(({ title }) => title.startsWith('An order'))).toBe(false);
  });
});
