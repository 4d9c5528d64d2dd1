/**
 * Makes one module of each neutral package, packages/<name>/dist/bundle.js: what programs load. A command needs hundreds of
 * small modules, and to find and open each takes longer than to run it; as one file a package costs a fifth of that.
 *
 *   node scripts/bundle.mjs      part of `npm run build`; makes those that are older than what they are made of
 *
 * Other packages stay apart, so that there is one copy of each however it is reached. The single modules remain for bundlers,
 * under the export condition `holdfast:modules`: they can leave out what a page does not need.
 */
import { renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** All that hold no `import.meta.url`, and so do not care where their code lies. */
const PACKAGES = ['plain', 'trace', 'world', 'protocols', 'check', 'explore', 'report'];

const FOLDER = fileURLToPath(new URL('../packages', import.meta.url));

/** When a file was last written, milliseconds; 0 where there is none. */
function written(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Packages whose compiler has run since their bundle was made. */
export function stalePackages(folder = FOLDER) {
  return PACKAGES.filter((name) => {
    const built = join(folder, name, 'dist');
    return written(join(built, 'bundle.js')) < written(join(built, '.tsbuildinfo'));
  });
}

/** Makes the bundles of these packages. Each appears whole, so that processes may do this at the same time. */
export async function bundle(names, folder = FOLDER) {
  if (names.length === 0) return;
  const { build } = await import('esbuild');
  for (const name of names) {
    const target = join(folder, name, 'dist/bundle.js');
    const draft = `${target}.${process.pid}`;
    try {
      await build({
        entryPoints: [join(folder, name, 'dist/index.js')],
        outfile: draft,
        bundle: true,
        format: 'esm',
        platform: 'neutral',
        packages: 'external',
        target: 'node20',
        legalComments: 'none',
        logLevel: 'silent',
      });
      renameSync(draft, target);
    } finally {
      rmSync(draft, { force: true });
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle(stalePackages());
