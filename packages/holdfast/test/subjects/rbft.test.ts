import { type LabTrouble, pbftLab, type ProtocolLab, rbftLab } from '@holdfast/protocols';
import { labExperiment, simulate } from 'holdfast';
import { describe, expect, it } from 'vitest';

/** The first primary keeps each proposal for just under half a second: PBFT's patience. */
const DAWDLE: LabTrouble = { kind: 'lies', nodes: [1], lie: 'dawdle' };

/** How long answered operations took on average, in milliseconds, once the primary has dawdled for a while. */
function waitOf<S, M, C, R>(lab: ProtocolLab<S, M, C, R>): number {
  const watched = { ...lab, troubles: [DAWDLE] } as unknown as ProtocolLab;
  const { status, history, plan } = simulate(labExperiment(watched), 1);
  expect(status).toBe('holds');
  const [lie] = plan.faults as readonly { readonly atUs: number; readonly forUs: number }[];
  if (lie === undefined) expect.fail('the primary dawdles');
  // The first half second is for the others to notice.
  const within = history.operations.filter(
    ({ outcome, invokedAt }) =>
      outcome === 'ok' && invokedAt > lie.atUs + 500_000 && invokedAt < lie.atUs + lie.forUs - 500_000,
  );
  expect(within.length).toBeGreaterThan(40);
  return within.reduce((sum, op) => sum + (op.completedAt - op.invokedAt) / 1_000, 0) / within.length;
}

describe('a primary as slow as it may be', () => {
  it('S2.30 keeps its place in PBFT and lets everybody wait; RBFT sees it beside its backups, and replaces it', () => {
    const [slow, quick] = [waitOf(pbftLab), waitOf(rbftLab)];
    // Just under the 500 ms after which a replica would call for another.
    expect(slow).toBeGreaterThan(250);
    expect(slow).toBeLessThan(500);
    expect(quick).toBeLessThan(20);
  });
});
