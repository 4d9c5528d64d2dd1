import {
  AUTHORITY_SYSTEMS,
  type AuthoritySystem,
  calls,
  exactly,
  type Experiment,
  experiment,
  failoverLab,
  type FaultDraft,
  protocol,
  type ProtocolLab,
  SPLIT_BRAIN_PREVENTIONS,
  type SplitBrainPrevention,
  unclaimed,
} from 'holdfast';

/** N1 and N2 may lead, N3 has the third vote, N4 is what both share, N5 cuts the power of whom it is told to. */
export const SYSTEMS: readonly AuthoritySystem[] = Object.keys(AUTHORITY_SYSTEMS) as AuthoritySystem[];

const span = { atUs: 3_000_000, forUs: 4_000_000 };

/** C1 stays with N1, C2 with N2; for four seconds N1 reaches neither N2 nor N3, and both sides reach what they share. */
const FAULTS: readonly FaultDraft[] = [
  { kind: 'bridge', left: ['C1'], right: ['N2'], atUs: 0, forUs: 9_000_000 },
  { kind: 'bridge', left: ['C2'], right: ['N1'], atUs: 3_000_000, forUs: 6_000_000 },
  { kind: 'bridge', left: ['N1'], right: ['N2', 'N3'], ...span },
];

const WHOLE = FAULTS.slice(0, 1);

function guarded(
  name: string,
  system: AuthoritySystem,
  preventions: readonly SplitBrainPrevention[],
  faults: readonly FaultDraft[] = FAULTS,
): Experiment {
  const options = { system, preventions: preventions.join(' ') };
  return experiment({
    name,
    subject: protocol(failoverLab as ProtocolLab, { options }),
    workload: calls({ clients: 2, ratePerSecond: 30, mix: { act: 1 } }),
    faults: [exactly(faults)],
    contract: { act: unclaimed({ duringPartition: 'reject', availability: 'none' }) },
    bounds: { simulatedSeconds: 12, recoverWithinMs: 1_000 },
  });
}

type Suffix = '' | '-guarded' | '-whole' | '-votes' | '-fence';

/** What checks an act where it takes effect, in the system that can check it; a database has nothing but itself. */
const FENCES: Readonly<Record<AuthoritySystem, readonly SplitBrainPrevention[]>> = {
  'database-primary': ['stonith'],
  'job-scheduler': ['epochs-in-commands'],
  'lock-service': ['fencing-tokens'],
  'cluster-controller': ['epochs-in-commands'],
  'storage-volume': ['single-writer-storage'],
};

const all = Object.fromEntries(
  SYSTEMS.flatMap((system) => [
    [system, guarded(system, system, [])],
    [`${system}-guarded`, guarded(`${system}-guarded`, system, SPLIT_BRAIN_PREVENTIONS)],
    [`${system}-whole`, guarded(`${system}-whole`, system, [], WHOLE)],
    [`${system}-votes`, guarded(`${system}-votes`, system, ['quorum-election'])],
    [`${system}-fence`, guarded(`${system}-fence`, system, FENCES[system])],
  ]),
) as Record<`${AuthoritySystem}${Suffix}`, Experiment>;

const experiments = { wrong: all['database-primary'], better: all['database-primary-guarded'], ...all };

export default experiments;
