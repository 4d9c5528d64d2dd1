import type { Verdict } from '@holdfast/check';
import { encodePlain, type Plain } from '@holdfast/plain';
import type { Rerun, RerunPlan } from './data.ts';

/** What was found of a run. */
interface Found {
  readonly digest: string;
  readonly status: string;
  readonly verdicts: readonly Verdict[];
}

/** A run made in a page as an evidence file, version 1: `holdfast replay` makes the same run from it. */
export function evidenceText(
  rerun: Pick<Rerun, 'experiment' | 'file'>,
  plan: RerunPlan,
  found: Found,
): string {
  const findings = found.verdicts
    .filter(({ status }) => status !== 'holds')
    .map(({ promise, status, reason }) => ({ promise, status, reason }));
  const { experiment, file } = rerun;
  const evidence = {
    format: 'holdfast-evidence',
    version: 1,
    experiment,
    ...(file === undefined ? {} : { file }),
    seed: plan.seed,
    plan,
    digest: found.digest,
    status: found.status,
    findings,
  };
  return `${encodePlain(evidence as unknown as Plain)}\n`;
}
