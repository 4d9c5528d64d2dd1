import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { completionStandard, type LintedDocument, lintWording } from '../../learning/index.ts';
import { shownPath } from '../../node/command.ts';
import { kindOfFile } from '../../node/files.ts';
import { InputError } from '../../node/inputError.ts';
import type { ExitCode } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { columns, painted } from '../text.ts';
import type { LearnerFolder } from './learnerFolder.ts';

/** `holdfast exercise status [documents...]`: the eight statements of the completion standard, by graded attempts and the words of one's documents. */
export function exerciseStatus(given: readonly string[], folder: LearnerFolder, io: Io): ExitCode {
  const standings = completionStandard(
    folder.attempts(),
    given.flatMap((path) => documentsAt(path, io.cwd)),
  );
  const rows = standings.map(({ statement, passes, reason }) => [
    `  ${passes ? 'shown' : 'OPEN '}`,
    statement,
    reason,
  ]);
  const open = standings.filter(({ passes }) => !passes).length;
  const word = open === 0 ? painted(io, 'holds', 'COMPLETE') : painted(io, 'violated', 'NOT COMPLETE');
  io.out(
    `Completion standard\n${columns(rows).join('\n')}\n\n${word}  ${standings.length - open} of ${standings.length} shown\n`,
  );
  return open === 0 ? 0 : 1;
}

/** A document, or all Markdown and text files of a folder. */
function documentsAt(path: string, cwd: string): LintedDocument[] {
  const at = resolve(cwd, path);
  const kind = kindOfFile(at);
  if (kind === 'none')
    throw new InputError(`Cannot read ${path} as documents: it is not there`, 'check the path');
  const files =
    kind === 'folder'
      ? readdirSync(at)
          .filter((name) => /\.(md|txt)$/.test(name))
          .toSorted()
          .map((name) => join(at, name))
      : [at];
  return files.map((file) => ({
    name: shownPath(file, cwd),
    findings: lintWording(readFileSync(file, 'utf8')),
  }));
}
