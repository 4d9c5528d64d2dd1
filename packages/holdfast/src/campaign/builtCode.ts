import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Thrown where built code would be run that is not what the sources say. */
export class StaleBuildError extends Error {
  readonly code = 'STALE_BUILD';
  /** The source file that is newer. */
  readonly file: string;
  constructor(file: string) {
    super(
      `Cannot run built code as it must be as new as its sources: ${file} was written later; run 'npm run build'`,
    );
    this.name = 'StaleBuildError';
    this.file = file;
  }
}

const SOURCES = new URL('..', import.meta.url).href;
const BUILT = new URL('../../dist/', import.meta.url).href;
const PACKAGES = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * The built file that belongs to a source file of this package, both by URL without the ending. Throws `StaleBuildError` when a
 * source of any package is newer than what was built: nobody may take old code for what stands in the editor.
 */
export function builtFile(source: string, packages: string = PACKAGES): string {
  const newer = newerThanBuilt(packages);
  if (newer !== undefined) throw new StaleBuildError(newer);
  return `${BUILT}${source.slice(SOURCES.length)}.js`;
}

/** A source file of a workspace that was written after its package was built, by its path there; undefined when there is none. */
export function newerThanBuilt(packages: string = PACKAGES): string | undefined {
  for (const name of readdirSync(packages)) {
    const sources = join(packages, name, 'src');
    if (!existsSync(sources)) continue;
    const built = builtAt(join(packages, name, 'dist'));
    for (const file of readdirSync(sources, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts')) continue;
      const path = join(sources, file);
      if (written(path) > built) return relative(packages, path);
    }
  }
  return undefined;
}

/** When a package was last built; 0 when it is not, or the compiler has run since its one module was made. */
function builtAt(folder: string): number {
  const compiled = written(join(folder, '.tsbuildinfo'));
  const bundle = written(join(folder, 'bundle.js'));
  return bundle > 0 && bundle < compiled ? 0 : compiled;
}

/** Milliseconds; 0 where there is no such file. */
function written(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
