import { createHash } from 'node:crypto';
import { join, relative, sep } from 'node:path';
import type { Bounds, ExploreTrace } from '@holdfast/explore';
import { readGiven, writeOnce } from '../files.ts';
import { DEFAULT_FOLDER } from '../finding.ts';
import { InputError } from '../inputError.ts';
import { mergedBounds, parseBounds, printBounds } from './parseBounds.ts';
import type { ModelReference } from './resolveModel.ts';

/** A run of a model written down: which model, within which bounds, and its steps by their texts. */
export interface TraceFile {
  readonly format: 'holdfast-trace';
  readonly version: 1;
  /** A built-in model's name, or `file#name` as seen from the folder it was found in. */
  readonly model: string;
  readonly bounds: Bounds;
  readonly property: string;
  /** Why the property is violated at the end. */
  readonly seen: string;
  readonly steps: readonly string[];
}

/** How a person in `cwd` names a model. */
export function modelText(reference: ModelReference, cwd: string): string {
  if (reference.kind === 'built-in') return reference.name;
  return `${relative(cwd, reference.path).split(sep).join('/')}#${reference.name}`;
}

/** Writes a violated run to a folder and answers the path; the same run again uses the file that is there. */
export function writeTrace(
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
      format: 'holdfast-trace',
      version: 1,
      model,
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

/** Reads a run that `writeTrace` wrote. Throws `InputError`. */
export function readTrace(path: string): TraceFile {
  const problem = (what: string): InputError =>
    new InputError(`Cannot read ${path} as a run: ${what}`, 'give a file that holdfast explore wrote');
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(readGiven(path, 'a run')));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw problem('it is not JSON');
  }
  const file = value as Partial<Omit<TraceFile, 'bounds'>> & { readonly bounds?: unknown };
  if (typeof value !== 'object' || value === null || file.format !== 'holdfast-trace')
    throw problem("its format is not 'holdfast-trace'");
  if (file.version !== 1) throw problem(`its version is ${String(file.version)}, not 1`);
  const { model, bounds, property, seen, steps } = file;
  const texts = [model, bounds, property, seen, ...(Array.isArray(steps) ? steps : [null])];
  if (!texts.every((text) => typeof text === 'string')) throw problem('a field is missing');
  const within = bounds === '' ? {} : parseBounds(bounds as string);
  return { ...(file as TraceFile), bounds: mergedBounds({}, within) };
}
