import { encodePlain, type Plain } from '@holdfast/plain';
import { planRun, type RunPlan } from '../simulate/plan.ts';
import type { CaseStudy } from './case.ts';
import { CaseError } from './errors.ts';

/**
 * Makes sure that the wrong approach and the better one face the same: in every seed the same operations at the same times and the
 * same faults. Throws `CaseError` naming the first seed in which they do not.
 */
export function assertSamePlans({ experiments, seeds }: CaseStudy): void {
  for (let seed = seeds.first; seed < seeds.first + seeds.count; seed++) {
    const [wrong, better] = [planRun(experiments.wrong, seed), planRun(experiments.better, seed)];
    if (said(wrong) === said(better)) continue;
    throw new CaseError(
      'experiments',
      `do not face the same operations and faults in seed ${seed}`,
      'let wrong and better share workload, faults and bounds, and differ in the subject alone',
    );
  }
}

function said({ operations, faults, healAtUs, endUs }: RunPlan): string {
  return encodePlain({ operations, faults, healAtUs, endUs } as unknown as Plain);
}
