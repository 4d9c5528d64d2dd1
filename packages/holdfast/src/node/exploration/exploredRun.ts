import { createHash } from 'node:crypto';
import { join, relative, sep } from 'node:path';
import type { Bounds, ExploreTrace } from '@holdfast/explore';
import { shownPath } from '../command.ts';
import { readGiven, writeOnce } from '../files.ts';
import { DEFAULT_FOLDER } from '../finding.ts';
import type { ExploredSize } from '../../exploring/experimentModel.ts';
import { InputError } from '../inputError.ts';
import { mergedBounds, parseBounds, printBounds } from './parseBounds.ts';
import type { ModelReference } from './resolveModel.ts';

/** A run of a model written down: which model, within which bounds, and its steps by their texts. */
export interface ExploredRun {
  readonly format: 'holdfast-exploration';
  readonly version: 1;
  /** The name of a built-in model or experiment, or `file#name` as seen from the folder it was found in. */
  readonly model: string;
  /** How large an experiment's world was; of models it says nothing. */
  readonly size?: ExploredSize;
  readonly bounds: Bounds;
  readonly property: string;
  /** Why the property is violated at the end. */
  readonly seen: string;
  readonly steps: readonly string[];
}

/** How a person in `cwd` names a model. */
export function modelText(reference: ModelReference, cwd: string): string {
  const file = reference.kind === 'experiment' ? reference.experiment : reference;
  if (file.kind === 'built-in') return file.name;
  return `${relative(cwd, file.path).split(sep).join('/')}#${file.name}`;
}

/** The file a model or an experiment is in, as a person in `cwd` names it; null for what comes with Holdfast. */
export function modelFile(reference: ModelReference, cwd: string): string | null {
  const from = reference.kind === 'experiment' ? reference.experiment : reference;
  return from.kind === 'file' ? shownPath(from.path, cwd) : null;
}

/** Writes a violated run to a folder and answers the path; the same run again uses the file that is there. */
export function writeExploredRun(
  found: ExploreTrace & { readonly property: string },
  reference: ModelReference,
  bounds: Bounds,
  cwd: string,
): string {
  const { property, seen, steps } = found;
  const model = modelText(reference, cwd);
  // Infinity has no form in JSON.
  const text = JSON.stringify(
    {
      format: 'holdfast-exploration',
      version: 1,
      model,
      ...(reference.kind === 'experiment' ? { size: reference.size } : {}),
      bounds: printBounds(bounds),
      property,
      seen,
      steps: steps.map((step) => step.text),
    },
    null,
    2,
  );
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 8);
  const base = `${reference.name.replace(/[^\w.-]+/g, '-')}-${digest}`;
  return writeOnce(join(cwd, DEFAULT_FOLDER), base, '.json', `${text}\n`);
}

/** Reads a run that `writeExploredRun` wrote. Throws `InputError`. */
export function readExploredRun(path: string): ExploredRun {
  const problem = (what: string): InputError =>
    new InputError(`Cannot read ${path} as a run: ${what}`, 'give a file that holdfast explore wrote');
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(readGiven(path, 'a run')));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw problem('it is not JSON');
  }
  const file = value as Partial<Omit<ExploredRun, 'bounds'>> & { readonly bounds?: unknown };
  if (typeof value !== 'object' || value === null || file.format !== 'holdfast-exploration')
    throw problem("its format is not 'holdfast-exploration'");
  if (file.version !== 1) throw problem(`its version is ${String(file.version)}, not 1`);
  const { model, size, bounds, property, seen, steps } = file;
  if (size !== undefined && !isSize(size)) throw problem('its size is not made of whole numbers');
  const texts = [model, bounds, property, seen, ...(Array.isArray(steps) ? steps : [null])];
  if (!texts.every((text) => typeof text === 'string')) throw problem('a field is missing');
  const within = bounds === '' ? {} : parseBounds(bounds as string);
  return { ...(file as ExploredRun), bounds: mergedBounds({}, within) };
}

function isSize(size: unknown): boolean {
  return (
    typeof size === 'object' &&
    size !== null &&
    Object.values(size).every((value) => Number.isSafeInteger(value))
  );
}
