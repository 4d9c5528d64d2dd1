import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExperimentReference } from './resolveExperiment.ts';

/** The command line's own file, wherever this package is. */
const BIN = fileURLToPath(new URL('../../bin/holdfast.js', import.meta.url));

/** A word for a shell: quoted when it has to be. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./#-]+$/.test(text) && !text.startsWith('#')
    ? text
    : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A path as a person in `cwd` would type it. */
export function shownPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  if (short === '') return '.';
  const typed = short.length < path.length ? short : path;
  return typed.split(sep).join('/');
}

/** How to start this very program from `cwd`: `npx holdfast` where that finds it, else by its path. */
export function programCommand(cwd: string): string {
  for (let at = resolve(cwd); ; at = dirname(at)) {
    const link = join(at, 'node_modules', '.bin', 'holdfast');
    if (existsSync(link)) {
      if (realpathSync(link) === BIN) return 'npx holdfast';
      break;
    }
    if (dirname(at) === at) break;
  }
  return `node ${shellWord(shownPath(BIN, cwd))}`;
}

/** The command that replays an evidence file. */
export function replayCommand(evidencePath: string, cwd: string): string {
  return `${programCommand(cwd)} replay ${shellWord(shownPath(evidencePath, cwd))}`;
}

/** How a person names an experiment: its built-in name, or its file with the name inside. */
export function referenceText(reference: ExperimentReference, cwd: string): string {
  if (reference.kind === 'built-in') return reference.name;
  return `${shownPath(reference.path, cwd)}#${reference.name}`;
}

/** The command that runs one seed of an experiment. */
export function seedCommand(reference: ExperimentReference, seed: number, cwd: string): string {
  return `${programCommand(cwd)} run ${shellWord(referenceText(reference, cwd))} --seed ${seed}`;
}
