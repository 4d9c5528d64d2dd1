import {
  type CaseRuns,
  type DocumentRecipe,
  type FieldSource,
  quorumOf,
  quorumWorksheet,
  type RunResult,
} from 'holdfast';
import { GONE, losingName, SIZES } from './experiment.ts';
import { SNAPSHOT_ENTRIES, TIMES } from './model.ts';
import { seenIn } from './seen.ts';

/** Seeds whose losses are compared with the stated maximum. */
const RESTORES = 5;
const MEMBERS = 3;
/** Writes a second, at most, of which the store acknowledges in one backup interval, and while a backup is on its way. */
const WRITES_PER_SECOND = 30;

/** Most writes that can come after the last backup: those of a snapshot under way, and of two intervals. */
const MOST_LOST = 2 * SNAPSHOT_ENTRIES + Math.ceil((2 * TIMES.backup * WRITES_PER_SECOND) / 1_000);

/** Fills the quorum and recovery worksheet (S0.15). */
export const worksheet: DocumentRecipe = {
  form: quorumWorksheet,
  fill: (runs) => {
    const seed = runs.seeds.first;
    const cite = (text: string, experiment = 'better'): FieldSource['evidence'] => [
      { text, experiment, seed },
    ];
    return { ...arithmetic(runs, seed), ...loss(runs), ...procedure(runs.run('better', seed), cite) };
  },
};

/** Whether a group went on once so many of its members were gone for good. */
function goesOn({ history }: RunResult): boolean {
  const settledUs = (GONE[0] + 1_500) * 1_000;
  return history.operations.some(
    ({ outcome, invokedAt, completedAt }) =>
      outcome === 'ok' && invokedAt > settledUs && completedAt < GONE[1] * 1_000,
  );
}

function arithmetic(runs: CaseRuns, seed: number): Record<string, FieldSource> {
  const words = (members: number, gone: number): string =>
    goesOn(runs.run(losingName(members, gone), seed)) ? 'goes on' : 'stops';
  const tolerated = (members: number): number => members - quorumOf(members);
  const rows = SIZES.map((members) => [
    String(members),
    String(quorumOf(members)),
    String(tolerated(members)),
    words(members, tolerated(members)),
    words(members, tolerated(members) + 1),
  ]);
  const evidence = [MEMBERS, 5].map((members) => ({
    text: `with ${tolerated(members) + 1} of ${members} gone no operation is answered`,
    experiment: losingName(members, tolerated(members) + 1),
    seed,
  }));
  const better: FieldSource['evidence'] = [
    { text: 'N1, N2 and N3 are the members', experiment: 'better', seed },
  ];
  return {
    'Cluster size': { facts: { members: MEMBERS }, evidence: better },
    'Quorum size': { facts: { members: MEMBERS, quorum: quorumOf(MEMBERS) }, evidence },
    'Permanent failures tolerated': {
      facts: { members: MEMBERS, tolerated: tolerated(MEMBERS), rows },
      evidence,
    },
  };
}

function loss(runs: CaseRuns): Record<string, FieldSource> {
  const { first } = runs.seeds;
  const seeds = Array.from({ length: RESTORES }, (_, i) => first + i);
  const lost = seeds.map((seed) => seenIn(runs.run('better', seed)).lostWrites.length);
  const worst = Math.max(...lost);
  const seed = seeds[lost.indexOf(worst)] ?? first;
  return {
    'Snapshot interval': {
      facts: { intervalMs: TIMES.backup, entries: SNAPSHOT_ENTRIES },
      evidence: [{ text: 'the operator notes each backup', experiment: 'better', seed: first }],
    },
    'Maximum data loss': {
      facts: { most: MOST_LOST, covers: worst <= MOST_LOST },
      evidence: [
        {
          text: `in ${RESTORES} seeds ${lost.join(', ')} acknowledged writes were lost`,
          experiment: 'better',
          seed,
        },
      ],
    },
  };
}

function procedure(
  result: RunResult,
  cite: (text: string, experiment?: string) => FieldSource['evidence'],
): Record<string, FieldSource> {
  const seen = seenIn(result);
  const held = (promise: string): string =>
    result.verdicts.some((verdict) => verdict.promise === promise && verdict.status === 'holds')
      ? 'yes'
      : 'NO';
  const found = 'clients ahead of what was restored are found';
  return {
    'Restore procedure': {
      facts: { steps: [...seen.steps] },
      evidence: cite(`the snapshot restored ends at index ${seen.restoredAt ?? 'none'}`),
    },
    'Client reconfiguration': {
      facts: { cluster: seen.restoredAt === undefined ? 'c1' : 'c1-restored', found: held(found) === 'yes' },
      evidence: cite(`${seen.clientsAhead} clients were told that they are ahead`),
    },
    'Validation checks': {
      facts: {
        checks: [
          ['one history, whoever comes back', held('one history')],
          [
            'lost writes are those after the snapshot, and no others',
            held('only writes after the snapshot are lost'),
          ],
          ['clients ahead of the restored revision are found', held(found)],
          ['members of the old cluster that come back do not serve', seen.retired > 0 ? 'yes' : 'NO'],
        ],
      },
      evidence: cite(`${seen.retired} members came back and found their cluster retired`),
    },
  };
}
