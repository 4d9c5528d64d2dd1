import { join } from 'node:path';
import { printMarkdownDocument } from '@holdfast/report';
import { type CaseExperiments, type CaseStudy, filled } from '../../src/casebook/index.ts';
import { loadCase } from '../../src/cli/commands/casebookFiles.ts';
import { ROOT } from '../cli/support.ts';

/** The cases that come with the sources. */
export const CASEBOOK: string = join(ROOT, 'casebook');

/** A case of the casebook. */
export async function caseNamed(name: string): Promise<CaseStudy> {
  return (await loadCase(join(CASEBOOK, name, 'case.ts'))).study;
}

/** A case's document as its runs give it, or as those of other experiments do. */
export function documentText(
  study: CaseStudy,
  experiments: Partial<CaseExperiments> = {},
  which = 0,
): string {
  const recipe = study.documents[which];
  if (recipe === undefined)
    throw new RangeError(`Cannot fill document ${which} of ${study.name}: it has fewer`);
  return printMarkdownDocument(filled(study, recipe, { experiments }));
}
