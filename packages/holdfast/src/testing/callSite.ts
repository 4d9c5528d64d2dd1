import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shellWord } from '../node/command.ts';

/** This package's own files, which a caller's stack begins with; source maps may show either folder. */
const OWN: readonly string[] = ['../../src/', '../../dist/'].map((folder) =>
  fileURLToPath(new URL(folder, import.meta.url)),
);

/** The file that called into this package, as a stack tells; undefined when it does not. */
export function callerFile(stack: string | undefined): string | undefined {
  for (const line of (stack ?? '').split('\n').slice(1)) {
    const [, place] = /\(?((?:file:\/\/)?\/[^()]*?|[A-Za-z]:\\[^()]*?):\d+:\d+\)?$/.exec(line) ?? [];
    if (place === undefined) continue;
    const path = place.startsWith('file:') ? fileURLToPath(place.replace(/\?.*$/, '')) : place;
    if (OWN.some((own) => path.startsWith(own)) || path.includes(`${sep}node_modules${sep}`)) continue;
    return path;
  }
  return undefined;
}

/**
 * The command that runs the caller's test again with one seed only, for the test runner it runs under: by the runner where it is
 * known, else by what to do.
 */
export function rerunCommand(
  variable: string,
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): string {
  const shown = file === undefined ? '' : ` ${shellWord(relative(cwd, file).split(sep).join('/'))}`;
  if (env.VITEST !== undefined) return `${variable} npx vitest run${shown}`;
  if (env.NODE_TEST_CONTEXT !== undefined) return `${variable} node --test${shown}`;
  if (env.JEST_WORKER_ID !== undefined) return `${variable} npx jest${shown}`;
  return `${variable} node${shown}`;
}
