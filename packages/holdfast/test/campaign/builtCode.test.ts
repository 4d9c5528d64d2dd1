import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtFile, newerThanBuilt, StaleBuildError } from '../../src/campaign/builtCode.ts';
import { temporaryFolder } from '../cli/support.ts';

const ENTRY = new URL('../../src/campaign/seedWorker', import.meta.url).href;

/** Packages `a` and `b`, built at second 100 from sources of second 50; `a` is made one module. */
function built(): { readonly folder: string; readonly write: (path: string, second: number) => void } {
  const folder = temporaryFolder();
  const write = (path: string, second: number): void => {
    const file = join(folder, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, '');
    utimesSync(file, second, second);
  };
  for (const name of ['a', 'b']) {
    write(`${name}/src/index.ts`, 50);
    write(`${name}/src/deep/er.ts`, 50);
    write(`${name}/dist/.tsbuildinfo`, 100);
  }
  write('a/dist/bundle.js', 101);
  return { folder, write };
}

describe('code that was built', () => {
  it('is run by threads of a process that runs from source while no source is newer', () => {
    const { folder, write } = built();
    expect(newerThanBuilt(folder)).toBeUndefined();
    expect(builtFile(ENTRY, folder)).toMatch(/\/packages\/holdfast\/dist\/campaign\/seedWorker\.js$/);
    write('b/src/README.md', 200);
    expect(newerThanBuilt(folder)).toBeUndefined();
  });

  it('is refused by name when a source of any package is newer, or new', () => {
    const { folder, write } = built();
    write('b/src/deep/er.ts', 200);
    expect(() => builtFile(ENTRY, folder)).toThrow(StaleBuildError);
    expect(() => builtFile(ENTRY, folder)).toThrow(
      "Cannot run built code as it must be as new as its sources: b/src/deep/er.ts was written later; run 'npm run build'",
    );
    const other = built();
    other.write('a/src/added.ts', 200);
    expect(newerThanBuilt(other.folder)).toBe('a/src/added.ts');
  });

  it('is refused when a package was never built, or compiled since its one module was made', () => {
    const { folder, write } = built();
    write('c/src/index.ts', 50);
    expect(newerThanBuilt(folder)).toBe('c/src/index.ts');
    const other = built();
    other.write('a/dist/.tsbuildinfo', 150);
    expect(newerThanBuilt(other.folder)).toMatch(/^a\/src/);
  });
});
