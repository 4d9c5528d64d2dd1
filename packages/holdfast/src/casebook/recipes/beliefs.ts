import type { DocumentForm } from '@holdfast/report';
import type { RunResult } from '../../simulate/simulate.ts';
import type { CasePair, CaseRuns, CitedRun, DocumentRecipe, FieldSource } from '../case.ts';
import { CaseError } from '../errors.ts';
import { brokenIn } from '../pairs.ts';

/** Seeds that a sheet is filled from: the first of the case's. */
const SEEDS = 2;

/** Fills a sheet of beliefs from the pairs of a case: one entry for each field of the form, from runs of the pair of that name. */
export function beliefs(form: DocumentForm, pairs: readonly CasePair[]): DocumentRecipe {
  return {
    form,
    fill: (runs) =>
      Object.fromEntries(
        form.fields.map(({ name }) => {
          const pair = pairs.find((each) => each.name === name);
          if (pair === undefined)
            throw new CaseError('pairs', `have none named '${name}'`, `${form.name} needs one`);
          return [name, entryOf(pair, runs)];
        }),
      ),
  };
}

function entryOf(pair: CasePair, runs: CaseRuns): FieldSource {
  const { approach, trouble, defence, breaks, wrong, better, calm } = pair;
  const seeds = Array.from({ length: Math.min(SEEDS, runs.seeds.count) }, (_, i) => runs.seeds.first + i);
  const all = (name: string): RunResult[] => seeds.map((seed) => runs.run(name, seed));
  const broken = all(wrong).find((result) => brokenIn(result, breaks) !== undefined);
  const [kept, quiet] = [worst(all(better)), calm === undefined ? undefined : worst(all(calm))];
  const shown = broken ?? runs.run(wrong, runs.seeds.first);
  const evidence: CitedRun[] = [said(wrong, shown, breaks), said(better, kept, breaks)];
  if (calm !== undefined && quiet !== undefined) evidence.push(said(calm, quiet, breaks));
  return {
    facts: {
      approach,
      trouble,
      defence,
      promise: breaks,
      breaks: broken !== undefined,
      holds: kept.status === 'holds',
      whileTrue: quiet?.status ?? 'not run',
    },
    evidence,
  };
}

/** The first run that does not hold, else the first. */
function worst(results: readonly RunResult[]): RunResult {
  const found = results.find(({ status }) => status !== 'holds') ?? results[0];
  if (found === undefined) throw new CaseError('seeds', 'are none', 'give at least one');
  return found;
}

function said(experiment: string, { plan, verdicts }: RunResult, promise: string): CitedRun {
  const verdict = verdicts.find((each) => each.promise === promise);
  const text = `${verdict?.status ?? 'undecided'}: ${verdict?.reason ?? 'nothing was judged'}`;
  return { text, experiment, seed: plan.seed };
}
