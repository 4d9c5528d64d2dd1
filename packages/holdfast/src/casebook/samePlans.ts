import { encodePlain, type Plain } from '@holdfast/plain';
import { planRun, type RunPlan } from '../simulate/plan.ts';
import type { CaseStudy } from './case.ts';
import { CaseError } from './errors.ts';

/**
 * Makes sure that the wrong approach and the better one face the same: in every seed the same operations at the same times and the
 * same faults. Throws `CaseError` naming the first seed in which they do not.
 */
export function assertSamePlans({ experiments, seeds, pairs = [] }: CaseStudy): void {
  const all = [{ name: 'experiments', wrong: 'wrong', better: 'better' }, ...pairs];
  for (const pair of all) {
    const [first, second] = [experiments[pair.wrong], experiments[pair.better]];
    if (first === undefined || second === undefined) continue;
    for (let seed = seeds.first; seed < seeds.first + seeds.count; seed++) {
      if (said(planRun(first, seed)) === said(planRun(second, seed))) continue;
      throw new CaseError(
        pair.name,
        `do not face the same operations and faults in seed ${seed}`,
        `let ${pair.wrong} and ${pair.better} share workload, faults and bounds, and differ in the subject alone`,
      );
    }
  }
}

function said({ operations, faults, healAtUs, endUs }: RunPlan): string {
  return encodePlain({ operations, faults, healAtUs, endUs } as unknown as Plain);
}
