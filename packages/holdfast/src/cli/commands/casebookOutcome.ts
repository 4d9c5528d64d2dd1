import { assertSamePlans, type CaseStudy, type Measured, type PairOutcome } from '../../casebook/index.ts';
import { type Investigation, shownRun } from '../../node/investigate.ts';
import type { Conclusion, Summary } from '../../node/summary.ts';
import { simulate } from '../../simulate/simulate.ts';
import { counted } from '../text.ts';
import { documentsOf, type KeptDocument } from './casebookDocuments.ts';
import { tableIsStale } from './casebookPage.ts';
import { measureTable, runApproach, runPairs, shrinkWrong, type StepContext } from './casebookStep.ts';

/** What broke in the wrong approach. */
export interface Broke {
  readonly promise: string;
  readonly seed: number;
  readonly reason: string;
  /** The fault that the belief led to, as the run shows it; undefined when the case does not say how, or the run does not show it. */
  readonly because?: string;
}

/** Everything that is known of a case once it has been run; parts that an interruption kept from being made are undefined. */
export interface CaseOutcome {
  readonly better?: Summary;
  readonly wrong?: Summary;
  readonly broke?: Broke;
  readonly investigation?: Investigation;
  /** Of the case's pairs. */
  readonly pairs: readonly PairOutcome[];
  readonly table?: Measured;
  /** The page's table is not the one measured. */
  readonly tableIsStale: boolean;
  readonly claims: readonly { readonly sentence: string; readonly holds: boolean }[];
  readonly documents: readonly KeptDocument[];
  readonly problems: readonly string[];
  readonly interrupted: boolean;
  readonly conclusion: Conclusion;
  readonly ms: number;
}

/** Runs a case: both approaches on the same seeds, the wrong one's run made small, the table, the documents. */
export async function runCase(context: StepContext): Promise<CaseOutcome> {
  const start = performance.now();
  const { loaded, signal } = context;
  const { study } = loaded;
  assertSamePlans(study);
  const better = await runApproach(context, 'better');
  const wrong = signal.aborted ? undefined : await runApproach(context, 'wrong');
  const seed = wrong === undefined ? undefined : brokenSeed(wrong, study.wrong.breaks);
  const investigation = seed === undefined || signal.aborted ? undefined : await shrinkWrong(context, seed);
  const pairs = signal.aborted ? [] : await runPairs(context);
  const table = signal.aborted ? undefined : await measureTable(context);
  const claims =
    table === undefined
      ? []
      : study.tradeoffs.claims.map(({ sentence, holds }) => ({ sentence, holds: holds(table) }));
  context.progress.at = `${context.label}: documents`;
  const filled = await documentsOf(loaded, signal);
  const documents = context.write ? filled.map((each) => ({ ...each, stale: [] })) : filled;
  const known = {
    better,
    ...(wrong === undefined ? {} : { wrong }),
    ...(seed === undefined || wrong === undefined
      ? {}
      : { broke: brokeIn(study, wrong, seed, investigation) }),
    ...(investigation === undefined ? {} : { investigation }),
    pairs,
    ...(table === undefined ? {} : { table }),
    tableIsStale: table !== undefined && !context.write && tableIsStale(loaded, table),
    claims,
    documents,
    interrupted: signal.aborted,
  };
  const problems = problemsOf(known, study.wrong.breaks);
  if (known.broke !== undefined && known.broke.because === undefined && study.wrong.seen !== undefined) {
    problems.push('the run of the wrong approach does not show the fault that the belief leads to');
  }
  return { ...known, problems, conclusion: conclude(known, problems), ms: performance.now() - start };
}

/** The first seed in which the wrong approach broke the promise it must break. */
function brokenSeed({ violated }: Summary, promise: string): number | undefined {
  return violated.find(({ verdicts }) =>
    verdicts.some((verdict) => verdict.promise === promise && verdict.status === 'violated'),
  )?.seed;
}

function brokeIn(
  { experiments, wrong: { breaks: promise, seen } }: CaseStudy,
  { violated }: Summary,
  seed: number,
  investigation: Investigation | undefined,
): Broke {
  // The small run may have been kept for another of the broken promises.
  const small = investigation === undefined ? [] : shownRun(investigation).verdicts;
  const whole = violated.find((each) => each.seed === seed)?.verdicts ?? [];
  const broken = [...small, ...whole].find(
    (verdict) => verdict.promise === promise && verdict.status === 'violated',
  );
  const reason = broken?.reason ?? '';
  if (seen === undefined) return { promise, seed, reason };
  const because =
    (investigation === undefined ? undefined : seen(shownRun(investigation))) ??
    seen(simulate(experiments.wrong, seed, { trace: true }));
  return { promise, seed, reason, ...(because === undefined ? {} : { because }) };
}

type Known = Omit<CaseOutcome, 'problems' | 'conclusion' | 'ms'>;

function problemsOf(
  { better, wrong, broke, claims, documents, pairs, tableIsStale: isStale, interrupted }: Known,
  breaks: string,
): string[] {
  const problems: string[] = [];
  for (const [name, summary] of [
    ['better', better],
    ['wrong', wrong],
  ] as const) {
    const [thrown] = summary?.errors ?? [];
    if (thrown !== undefined)
      problems.push(`seed ${thrown.seed} of the ${name} approach threw: ${thrown.error?.message ?? ''}`);
  }
  for (const { promise, status, seed, reason } of better?.checks ?? []) {
    if (status === 'violated')
      problems.push(`the better approach broke ${promise} in seed ${seed}: ${reason}`);
  }
  if (better !== undefined && better.conclusion === 'undecided' && !interrupted) {
    problems.push('the better approach was not decided in every seed');
  }
  if (wrong !== undefined && broke === undefined && !interrupted) {
    problems.push(`the wrong approach did not break '${breaks}' in any of ${counted(wrong.seeds, 'seed')}`);
  }
  for (const pair of pairs) problems.push(...pair.problems);
  if (isStale) problems.push("the table of the page is not the one measured: '--write' renews it");
  for (const { sentence, holds } of claims)
    if (!holds) problems.push(`the table does not show that ${sentence}`);
  for (const { fileName, findings, stale } of documents) {
    for (const name of stale)
      problems.push(`${name} is not what belongs to ${fileName}: '--write' renews it`);
    for (const { field, status, reason } of findings) {
      if (status !== 'holds') problems.push(`${fileName}, '${field}' is ${status}: ${reason}`);
    }
  }
  return problems;
}

function conclude({ better, wrong, interrupted }: Known, problems: readonly string[]): Conclusion {
  if ((better?.errors.length ?? 0) + (wrong?.errors.length ?? 0) > 0) return 'error';
  if (problems.length > 0)
    return better?.conclusion === 'undecided' && problems.length === 1 ? 'undecided' : 'violated';
  return interrupted ? 'undecided' : 'holds';
}
