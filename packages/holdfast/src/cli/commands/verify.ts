import { dirname, join, resolve } from 'node:path';
import {
  compareDocuments,
  DocumentError,
  type FieldFinding,
  type GeneratedDocument,
  parseDocument,
  runbookForm,
} from '@holdfast/report';
import { type CaseExperiments, type CaseStudy, filled } from '../../casebook/index.ts';
import type { Experiment } from '../../experiment/experiment.ts';
import { shownPath } from '../../node/command.ts';
import { kindOfFile, readGiven } from '../../node/files.ts';
import { InputError } from '../../node/inputError.ts';
import { resolveExperiment } from '../../node/resolveExperiment.ts';
import { resolveService } from '../../node/resolveService.ts';
import { versions } from '../../node/versions.ts';
import { Rehearsals } from '../../review/rehearsed.ts';
import { runbookDocument } from '../../review/runbook.ts';
import { printDocument, RESULT_VERSION, type VerifiedEntry } from '../document.ts';
import { EXIT_CODES, type ExitCode } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { columns, counted, painted } from '../text.ts';
import { loadCase } from './casebookFiles.ts';
import { describeDrawing, drawingIn, verifyDrawing } from './verifyDrawing.ts';

/** What `holdfast verify` takes. */
export interface VerifyOptions {
  /** `name=experiment`, each. */
  readonly changes: readonly string[];
  readonly json: boolean;
}

/** A document judged by its runs, made again. */
export interface Verified {
  readonly document: GeneratedDocument;
  readonly now: GeneratedDocument;
  readonly findings: readonly FieldFinding[];
  readonly holds: boolean;
}

/** `holdfast verify`: 0 when every claim of every document holds, 1 with the fields that do not. */
export async function verify(files: readonly string[], options: VerifyOptions, io: Io): Promise<ExitCode> {
  const start = performance.now();
  const changes = await changesOf(options.changes, io.cwd);
  const entries: VerifiedEntry[] = [];
  for (const file of files) {
    const drawing = drawingIn(textOf(resolve(io.cwd, file)), file);
    if (drawing !== undefined) {
      const entry = verifyDrawing(file, drawing);
      entries.push(entry);
      if (!options.json) io.out(`${describeDrawing(io, entry, drawing)}\n`);
      continue;
    }
    const verified = await verifyFile(file, changes, io);
    entries.push(entryOf(file, verified));
    if (!options.json) io.out(`${describe(io, file, verified)}\n`);
  }
  const verdict = entries.every(({ holds }) => holds) ? 'holds' : 'violated';
  if (options.json) {
    printDocument(io, {
      format: 'holdfast-result',
      version: RESULT_VERSION,
      command: 'verify',
      verdict,
      exitCode: EXIT_CODES[verdict],
      documents: entries,
      timings: { totalMs: Math.round(performance.now() - start) },
      versions: versions(),
    });
  }
  return EXIT_CODES[verdict];
}

/** How a verified document is told in JSON. */
export function entryOf(file: string, { document, now, findings, holds }: Verified): VerifiedEntry {
  return {
    file,
    form: document.form,
    holds,
    fields: findings,
    runs: now.runs.map((run) => ({ ...run, asRecorded: isRecorded(document, run) })),
  };
}

async function verifyFile(file: string, changes: Partial<CaseExperiments>, io: Io): Promise<Verified> {
  const path = resolve(io.cwd, file);
  const document = read(path, file);
  if (document.form === runbookForm.name) return verifyRunbook(document, path, io);
  const { study } = await loadCase(whereabouts(document, path, io.cwd));
  return verifyDocument(study, document, changes);
}

/** Judges a runbook by the rehearsal of its service, run again. */
async function verifyRunbook(document: GeneratedDocument, path: string, io: Io): Promise<Verified> {
  const service = await resolveService(whereabouts(document, path, io.cwd), io.cwd);
  const event = document.fields[0]?.facts['event'];
  const runbook = service.runbooks.find((one) => one.event === event);
  const now = runbook === undefined ? undefined : runbookDocument(service, runbook, new Rehearsals(service));
  if (now === undefined) {
    const events = service.runbooks.map((one) => one.event).join(', ');
    throw new InputError(
      `Cannot verify a runbook for ${JSON.stringify(event)}: service ${service.name} has none with a rehearsal`,
      `its runbooks are for ${events}`,
    );
  }
  const findings = compareDocuments(runbookForm, document, now);
  return { document, now, findings, holds: findings.every(({ status }) => status === 'holds') };
}

/** Judges a document of a case by its runs, made again. Throws `InputError` when the case has no such document. */
export function verifyDocument(
  study: CaseStudy,
  document: GeneratedDocument,
  changes: Partial<CaseExperiments> = {},
): Verified {
  const recipe = study.documents.find(({ form }) => form.name === document.form);
  if (recipe === undefined) {
    const forms = study.documents.map(({ form }) => form.name).join(', ');
    throw new InputError(
      `Cannot verify a document of form '${document.form}': case ${study.name} has none`,
      `its documents are ${forms}`,
    );
  }
  const home = dirname(dirname(document.source));
  const now = filled(study, recipe, { experiments: changes, home });
  const findings = compareDocuments(recipe.form, document, now);
  return { document, now, findings, holds: findings.every(({ status }) => status === 'holds') };
}

function textOf(path: string): string {
  return new TextDecoder().decode(readGiven(path, 'a document'));
}

function read(path: string, shown: string): GeneratedDocument {
  const text = textOf(path);
  try {
    return parseDocument(text);
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw new InputError(`${shown}: ${error.message}`, 'nothing was run', { cause: error });
  }
}

/** Where the case of a document is: its path is tried from the current folder, the document's, and those above. */
function whereabouts({ source }: GeneratedDocument, path: string, cwd: string): string {
  const places = [cwd];
  for (const from of [cwd, dirname(path)]) {
    for (let at = from; dirname(at) !== at; at = dirname(at)) places.push(dirname(at));
  }
  const found = places.map((place) => join(place, source)).find((each) => kindOfFile(each) === 'file');
  if (found !== undefined) return found;
  throw new InputError(
    `Cannot verify ${shownPath(path, cwd)}: its case was in ${source}, which is not there`,
    'verify it from the folder that holds the casebook',
  );
}

async function changesOf(words: readonly string[], cwd: string): Promise<Partial<CaseExperiments>> {
  const changes: Record<string, Experiment> = {};
  for (const word of words) {
    const [, name, reference] = /^([^=]+)=(.+)$/.exec(word) ?? [];
    if (name === undefined || reference === undefined) {
      throw new InputError(
        `Cannot use --with ${word}: it names no experiment`,
        'write better=./mine.ts#name',
      );
    }
    changes[name] = (await resolveExperiment(reference, cwd)).experiment;
  }
  return changes;
}

const WORDS: Readonly<Record<FieldFinding['status'], string>> = {
  holds: 'holds',
  missing: 'MISSING',
  unproved: 'UNPROVED',
  altered: 'ALTERED',
  false: 'FALSE',
  foreign: 'FOREIGN',
};

/** A verified document for people. */
function describe(io: Io, file: string, verified: Verified): string {
  const { document, now, findings, holds } = verified;
  const table = columns(
    findings.map(({ field, status, reason }) => [`  ${field}`, WORDS[status], reason.replaceAll('\n', ' ')]),
  );
  const differing = now.runs.filter((run) => !isRecorded(document, run)).length;
  const runs = `${counted(now.runs.length, 'run')} made again`;
  const remark =
    differing === 0 ? 'each as recorded' : `${differing} unlike the recorded one, and judged as it is now`;
  const broken = findings.filter(({ status }) => status !== 'holds');
  const word = painted(io, holds ? 'holds' : 'violated', holds ? 'HOLDS' : 'VIOLATED');
  const sum = holds
    ? counted(findings.length, 'claim')
    : `${broken.length} of ${counted(findings.length, 'field')}: ${broken.map(({ field }) => field).join(', ')}`;
  return `${document.title}: ${file}\n${table.join('\n')}\n${word}  ${sum}; ${runs}, ${remark}\n`;
}

function isRecorded(document: GeneratedDocument, run: GeneratedDocument['runs'][number]): boolean {
  return document.runs.some(
    ({ experiment, seed, digest }) =>
      experiment === run.experiment && seed === run.seed && digest === run.digest,
  );
}
