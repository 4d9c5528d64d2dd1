import { basename, dirname, join } from 'node:path';
import {
  compareDocuments,
  DocumentError,
  type FieldFinding,
  type GeneratedDocument,
  parseDocument,
} from '@holdfast/report';
import { type DocumentRecipe, filledWhole } from '../../casebook/index.ts';
import { kindOfFile, readGiven } from '../../node/files.ts';
import type { LoadedCase } from './casebookFiles.ts';

/** A document as the runs give it now, and what that says of the one kept beside the page. */
export interface KeptDocument {
  readonly now: GeneratedDocument;
  /** `raft-partition-trace.md`. */
  readonly fileName: string;
  /** The one beside the page; undefined where there is none yet. */
  readonly kept: GeneratedDocument | undefined;
  /** Of the kept one. */
  readonly findings: readonly FieldFinding[];
  /** Files that belong to it, as the runs give them now, by name. */
  readonly attachments: Readonly<Record<string, string>>;
  /** Names of those beside the page that are not as the runs give them now. */
  readonly stale: readonly string[];
}

/**
 * Fills every document of a case, and judges those kept beside its page. Once `signal` is aborted no further one is begun: what is known
 * by then is returned.
 */
export async function documentsOf(loaded: LoadedCase, signal: AbortSignal): Promise<KeptDocument[]> {
  const known: KeptDocument[] = [];
  for (const recipe of loaded.study.documents) {
    // Between documents the progress line and Ctrl-C have their turn.
    await new Promise((resolve) => setImmediate(resolve));
    if (signal.aborted) break;
    known.push(documentOf(loaded, recipe));
  }
  return known;
}

function documentOf({ study, folder }: LoadedCase, recipe: DocumentRecipe): KeptDocument {
  const home = basename(dirname(folder));
  const { document: now, attachments } = filledWhole(study, recipe, { home });
  const stale = Object.keys(attachments).filter(
    (name) => !isSame(name, textIn(join(folder, name)), attachments[name]),
  );
  const fileName = `${recipe.form.name}.md`;
  const found = keptIn(join(folder, fileName));
  const whole = { now, fileName, attachments };
  if (found === undefined) return { ...whole, kept: undefined, findings: [], stale: [] };
  if (found instanceof DocumentError) {
    const finding: FieldFinding = { field: 'the document', status: 'missing', reason: found.message };
    return { ...whole, kept: undefined, findings: [finding], stale };
  }
  return { ...whole, kept: found, findings: compareDocuments(recipe.form, found, now), stale };
}

/** Whether a kept file is the one that the runs give; how JSON is laid out tells nothing. */
function isSame(name: string, kept: string | undefined, now: string | undefined): boolean {
  if (kept === undefined || now === undefined || !name.endsWith('.json')) return kept === now;
  try {
    return JSON.stringify(JSON.parse(kept)) === JSON.stringify(JSON.parse(now));
  } catch {
    return false;
  }
}

function textIn(path: string): string | undefined {
  return kindOfFile(path) === 'file' ? new TextDecoder().decode(readGiven(path, 'a file')) : undefined;
}

function keptIn(path: string): GeneratedDocument | DocumentError | undefined {
  if (kindOfFile(path) !== 'file') return undefined;
  try {
    return parseDocument(new TextDecoder().decode(readGiven(path, 'a document')));
  } catch (error) {
    if (error instanceof DocumentError) return error;
    throw error;
  }
}
