import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DocumentError, type GeneratedDocument, parseDocument } from '@holdfast/report';
import {
  type Completion,
  completionOf,
  parseProject,
  type ProjectFile,
  type Standing,
} from '../../casebook/index.ts';
import { kindOfFile, readGiven } from '../../node/files.ts';
import { InputError, messageOf } from '../../node/inputError.ts';
import { versions } from '../../node/versions.ts';
import { printDocument, RESULT_VERSION } from '../document.ts';
import { EXIT_CODES, type ExitCode } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { columns, painted } from '../text.ts';

/** Where a project says what its answers are, beside its documents. */
const PROJECT = 'project.json';

/** `holdfast casebook status <folder>`: which rules of the completion standard a project's documents fulfil, and which questions it answers. */
export function status(folders: readonly string[], json: boolean, io: Io): ExitCode {
  const [folder, ...more] = folders;
  if (folder === undefined || more.length > 0) {
    throw new InputError(
      `Cannot tell the status of ${folders.length} folders: it must be one`,
      'give the folder with the documents and project.json of your project',
    );
  }
  const path = resolve(io.cwd, folder);
  if (kindOfFile(path) !== 'folder') {
    throw new InputError(`Cannot tell the status of ${folder}: it is no folder`, 'check the path');
  }
  const completion = completionOf(documentsIn(path), projectIn(path, folder));
  const verdict = [...completion.rules, ...completion.questions].every(({ passes }) => passes)
    ? 'holds'
    : 'violated';
  if (!json) io.out(describe(io, completion));
  else {
    printDocument(io, {
      format: 'holdfast-result',
      version: RESULT_VERSION,
      command: 'casebook',
      verdict,
      exitCode: EXIT_CODES[verdict],
      ...completion,
      versions: versions(),
    });
  }
  return EXIT_CODES[verdict];
}

/** Every document in a folder; of one that is there as Markdown and as JSON, the Markdown. */
function documentsIn(folder: string): GeneratedDocument[] {
  const names = readdirSync(folder)
    .filter((name) => /\.(md|json)$/.test(name) && name !== PROJECT)
    .toSorted()
    .toReversed();
  const found = new Map<string, GeneratedDocument>();
  for (const name of names) {
    const document = documentIn(join(folder, name));
    const key = name.replace(/\.\w+$/, '');
    if (document !== undefined && !found.has(key)) found.set(key, document);
  }
  return [...found.values()];
}

/** A file may be anything else, too. */
function documentIn(path: string): GeneratedDocument | undefined {
  try {
    return parseDocument(new TextDecoder().decode(readGiven(path, 'a document')));
  } catch (error) {
    if (error instanceof DocumentError) return undefined;
    throw error;
  }
}

function projectIn(folder: string, shown: string): ProjectFile {
  const path = join(folder, PROJECT);
  if (kindOfFile(path) !== 'file') return { answers: {}, connections: {} };
  try {
    return parseProject(JSON.parse(new TextDecoder().decode(readGiven(path, 'a project'))));
  } catch (error) {
    throw new InputError(
      `Cannot read ${shown}/${PROJECT} as a project: ${messageOf(error)}`,
      'write { "answers": { "who-may-write": { "answer", "operation", "document" } }, "connections": { "replication", "transactions" } }',
      { cause: error },
    );
  }
}

function describe(io: Io, { rules, questions }: Completion): string {
  const rows = (list: readonly Standing[]): string[] =>
    columns(list.map(({ name, passes, reason }) => [`  ${passes ? 'pass' : 'FAIL'}`, name, reason]));
  const failed = [...rules, ...questions].filter(({ passes }) => !passes).length;
  const word = failed === 0 ? painted(io, 'holds', 'COMPLETE') : painted(io, 'violated', 'NOT COMPLETE');
  return `Completion standard\n${rows(rules).join('\n')}\n\nQuestions to the project\n${rows(questions).join('\n')}\n\n${word}  ${failed} of ${rules.length + questions.length} fail\n`;
}
