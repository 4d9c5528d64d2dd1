import { readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CaseStudy, isCaseStudy } from '../../casebook/index.ts';
import { kindOfFile } from '../../node/files.ts';
import { defaultExport, importModule } from '../../node/importModule.ts';
import { InputError, messageOf, systemCode } from '../../node/inputError.ts';
import { didYouMean } from '../../node/nearest.ts';
import type { ExperimentReference } from '../../node/resolveExperiment.ts';

/** The casebook that comes with the sources. */
const OWN = fileURLToPath(new URL('../../../../../casebook', import.meta.url));

/** A case and the folder it lives in. */
export interface LoadedCase {
  readonly study: CaseStudy;
  /** Absolute. */
  readonly folder: string;
}

/** The folder of cases: the one named, else the nearest `casebook` here or above, else the one that comes with the sources. */
export function casebookFolder(cwd: string, named: string | undefined): string {
  if (named !== undefined) {
    const folder = resolve(cwd, named);
    if (namesIn(folder).length > 0) return folder;
    throw new InputError(
      `Cannot use ${named} as a casebook: no folder in it holds a case.ts`,
      'give --folder the folder that holds the folders of cases',
    );
  }
  for (let at = resolve(cwd); ; at = dirname(at)) {
    const folder = join(at, 'casebook');
    if (namesIn(folder).length > 0) return folder;
    if (dirname(at) === at) break;
  }
  if (namesIn(OWN).length > 0) return OWN;
  throw new InputError(
    'Cannot find a casebook: it comes with the sources of Holdfast and is not installed here',
    'give --folder a folder of cases',
  );
}

/** Names of the cases in a folder, in order. */
export function namesIn(folder: string): string[] {
  if (kindOfFile(folder) !== 'folder') return [];
  return readdirSync(folder)
    .filter((name) => kindOfFile(join(folder, name, 'case.ts')) === 'file')
    .toSorted();
}

/** The cases asked for, or all. Throws `InputError` for a name there is no case of. */
export async function loadCases(folder: string, names: readonly string[]): Promise<LoadedCase[]> {
  const known = namesIn(folder);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new InputError(
      `Cannot run '${unknown}' as a case: ${folder} holds none of that name`,
      didYouMean(unknown, known) ?? "see 'holdfast casebook'",
    );
  }
  const chosen = names.length === 0 ? known : known.filter((name) => names.includes(name));
  const cases: LoadedCase[] = [];
  for (const name of chosen) cases.push(await loadCase(join(folder, name, 'case.ts')));
  return cases;
}

/** The case a file holds. Throws `InputError`. */
export async function loadCase(path: string): Promise<LoadedCase> {
  const folder = dirname(path);
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await importModule(path);
  } catch (error) {
    const mend =
      systemCode(error) === 'BAD_CASE' ? 'mend the case' : 'mend the file; it must load without error';
    throw new InputError(`Cannot load the case in ${path}: ${messageOf(error)}`, mend, { cause: error });
  }
  const study = defaultExport(module);
  if (!isCaseStudy(study)) {
    throw new InputError(
      `Cannot load the case in ${path}: its default export is no case`,
      'write `export default caseStudy({ ... })`',
    );
  }
  if (study.name !== basename(folder)) {
    throw new InputError(
      `Cannot load the case in ${path}: its name is '${study.name}'`,
      `name it '${basename(folder)}' as its folder`,
    );
  }
  return { study, folder };
}

/** One of a case's experiments, as any thread can load it. */
export function caseReference({ folder }: LoadedCase, name: string): ExperimentReference {
  return { kind: 'file', path: join(folder, 'experiment.ts'), name };
}
