import type { Summary } from '../../node/summary.ts';
import { shownPath } from '../../node/command.ts';
import type { ApproachEntry, CaseEntry } from '../document.ts';
import type { CaseFiles } from './casebookArtefacts.ts';
import type { LoadedCase } from './casebookFiles.ts';
import type { CaseOutcome } from './casebookOutcome.ts';
import { entryOf } from './verify.ts';

/** A case as `casebook run --json` tells it. */
export function caseEntry(
  { study }: LoadedCase,
  outcome: CaseOutcome,
  files: CaseFiles,
  cwd: string,
): CaseEntry {
  const { better, wrong, broke, pairs, table, claims, documents, problems, interrupted, conclusion, ms } =
    outcome;
  return {
    name: study.name,
    verdict: conclusion,
    interrupted,
    better: better === undefined ? null : approach('better', better),
    wrong: wrong === undefined ? null : approach('wrong', wrong),
    broke: broke === undefined ? null : { ...broke, because: broke.because ?? null },
    pairs: pairs.map(({ pair, broken, seeds, seed, reason }) => ({
      name: pair.name,
      breaks: pair.breaks,
      seeds,
      brokenSeeds: broken,
      seed: seed ?? null,
      reason,
    })),
    tradeoffs: table ?? {},
    claims,
    documents: documents.map(({ kept, now, findings, fileName }) =>
      entryOf(shownPath(files.documents.get(fileName) ?? fileName, cwd), {
        document: kept ?? now,
        now,
        findings,
        holds: findings.every(({ status }) => status === 'holds'),
      }),
    ),
    problems,
    report: files.report === undefined ? null : shownPath(files.report, cwd),
    ms: Math.round(ms),
  };
}

function approach(experiment: string, { conclusion, seeds, violated, checks }: Summary): ApproachEntry {
  return { experiment, verdict: conclusion, seeds, violatedSeeds: violated.length, checks };
}
