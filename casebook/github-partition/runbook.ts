import { type CaseRuns, type DocumentRecipe, type FieldSource, partitionRunbook } from 'holdfast';
import { EAST_CLIENTS, WEST_CLIENTS } from './experiment.ts';
import { askedInCut, type Seen, seenIn } from './seen.ts';

type Cite = (text: string, experiment?: string) => FieldSource['evidence'];

/** Fills the partition runbook (S0.6) from the first seed of the better approach; its abort condition also from the wrong one. */
export const runbook: DocumentRecipe = {
  form: partitionRunbook,
  fill: (runs) => {
    const seed = runs.seeds.first;
    const seen = seenIn(runs.run('better', seed));
    const cite: Cite = (text, experiment = 'better') => [{ text, experiment, seed }];
    return { ...authority(seen, cite), ...operations(runs, seed, cite), ...recovery(runs, seed, cite) };
  },
};

const ms = (us: number): string => `${(us / 1_000).toFixed(0)} ms`;

function authority(
  { cutUs, fencedUs, appointedUs, appointed }: Seen,
  cite: Cite,
): Record<string, FieldSource> {
  return {
    'Authority source': {
      facts: { authority: 'N3', lost: 'N1', appointed },
      evidence: cite(`cut off at ${ms(cutUs)}, ${appointed} appointed at ${ms(appointedUs)}`),
    },
    'Fence mechanism': {
      facts: { lost: 'N1', fencedFirst: fencedUs < appointedUs },
      evidence: cite(
        fencedUs === Infinity
          ? 'N1 never stopped by itself'
          : `N1 stopped ${ms(fencedUs - cutUs)} after the cut, ${ms(appointedUs - fencedUs)} before the appointment`,
      ),
    },
  };
}

function operations(runs: CaseRuns, seed: number, cite: Cite): Record<string, FieldSource> {
  const result = runs.run('better', seed);
  const seen = seenIn(result);
  const near = askedInCut(result, 'write', EAST_CLIENTS);
  const far = askedInCut(result, 'write', WEST_CLIENTS);
  const reads = {
    near: askedInCut(result, 'read', EAST_CLIENTS),
    far: askedInCut(result, 'read', WEST_CLIENTS),
  };
  return {
    'Writes allowed': {
      facts: {
        acceptedWith: far.answered > 0,
        acceptedWithout: near.answered > 0,
        rejections: [...near.reasons],
      },
      evidence: cite(
        `${far.answered} of ${far.asked} writes were accepted on the authority's side, ${near.answered} of ${near.asked} on the other`,
      ),
    },
    'Reads allowed': {
      facts: { servedWith: reads.far.answered > 0, servedWithout: reads.near.answered > 0 },
      evidence: cite(
        `${reads.far.answered} of ${reads.far.asked} reads were served on the authority's side, ${reads.near.answered} of ${reads.near.asked} on the other`,
      ),
    },
    'User-visible mode': {
      facts: { modes: Object.entries(seen.modes).map(([site, modes]) => [site, modes.join('; ')]) },
      evidence: cite('the states both sites showed between the cut and its end'),
    },
  };
}

function recovery(runs: CaseRuns, seed: number, cite: Cite): Record<string, FieldSource> {
  const result = runs.run('better', seed);
  const seen = seenIn(result);
  const wrong = seenIn(runs.run('wrong', seed));
  const held = (promise: string): boolean =>
    result.verdicts.some((verdict) => verdict.promise === promise && verdict.status === 'holds');
  return {
    'Replication-position check': {
      facts: {
        exact: held('the comparison lists exactly what diverged'),
        acknowledgedDiverged: seen.divergentAcknowledged.length > 0,
      },
      evidence: cite(
        `entries on N1 only: ${seen.divergent.length}; of them acknowledged: ${seen.divergentAcknowledged.length}`,
      ),
    },
    'Recovery order': {
      facts: { steps: [...seen.steps], equal: held('equal replicas after recovery') },
      evidence: cite(
        `the network was back at ${ms(seen.healUs)}, the data ${ms(seen.recoveredUs - seen.healUs)} later`,
      ),
    },
    'Abort condition': {
      facts: {
        met: seen.divergentAcknowledged.length > 0,
        metInWrong: wrong.divergentAcknowledged.length > 0,
      },
      evidence: [
        ...cite(`${seen.divergentAcknowledged.length} acknowledged writes had diverged`),
        ...cite(`${wrong.divergentAcknowledged.length} acknowledged writes had diverged`, 'wrong'),
      ],
    },
  };
}
