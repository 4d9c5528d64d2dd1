import { resolve } from 'node:path';
import { isReviewedService, type ReviewedService } from '../review/description.ts';
import { kindOfFile } from './files.ts';
import { defaultExport, importModule } from './importModule.ts';
import { InputError, messageOf } from './inputError.ts';
import { didYouMean } from './nearest.ts';

/** Loads the description of a service: a file's default export, or with `file#name` an item of the record that is. Throws `InputError`. */
export async function resolveService(text: string, cwd: string): Promise<ReviewedService> {
  const [, path = text, name] = /^(.+)#([^\\/#]*)$/.exec(text) ?? [];
  const absolute = resolve(cwd, path);
  if (kindOfFile(absolute) !== 'file') {
    throw new InputError(
      `Cannot review ${path}: there is no such file`,
      'check the path; it is relative to the current folder',
    );
  }
  const found = defaultExport(await load(absolute, path));
  if (isReviewedService(found) && name === undefined) return found;
  const named =
    typeof found === 'object' && found !== null && !isReviewedService(found) ? Object.entries(found) : [];
  const services = new Map(
    named.flatMap(([key, value]) => (isReviewedService(value) ? [[key, value] as const] : [])),
  );
  const chosen = name === undefined ? undefined : services.get(name);
  if (chosen !== undefined) return chosen;
  if (services.size > 0) {
    const names = [...services.keys()];
    throw new InputError(
      `Cannot choose among the services in ${path}: ${names.join(', ')}`,
      (name === undefined ? undefined : didYouMean(name, names)) ??
        `pick one, as in ${path}#${names[0] ?? 'name'}`,
    );
  }
  throw new InputError(
    `Cannot review ${text}: its default export is no description of a service`,
    'write `export default describeService({ ... })`',
  );
}

async function load(path: string, shown: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await importModule(path);
  } catch (error) {
    throw new InputError(
      `Cannot load a service from ${shown}: ${messageOf(error)}`,
      'mend the file; it must load without error',
      { cause: error },
    );
  }
}
