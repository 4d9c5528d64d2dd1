import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type History,
  HistoryPrintError,
  parseHistoryFiles,
  printHistory,
  printHistoryFiles,
} from '@holdfast/check';
import { readGiven } from '../../node/files.ts';
import { InputError, messageOf, systemCode } from '../../node/inputError.ts';
import { formatNamed } from '../../node/judgeHistory.ts';
import { EXIT_CODES, type ExitCode } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { counted } from '../text.ts';

/** What `holdfast convert` takes. */
export interface ConvertOptions {
  readonly to: string;
  readonly format?: string;
  readonly out?: string;
}

/** `holdfast convert`: a recorded history in another format. Nothing is overwritten. */
export function convert(paths: readonly string[], { to, format, out }: ConvertOptions, io: Io): ExitCode {
  const wanted = formatNamed(to);
  if (wanted === 'auto')
    throw new InputError(
      'Cannot write a history as auto: that is no format',
      "name one; 'holdfast check --list' lists them",
    );
  if (wanted === 'cobra' && out === undefined)
    throw new InputError('Cannot write cobra logs to the terminal: they are bytes', 'give --out a folder');
  const history = readAll(paths, format ?? 'auto', io);
  try {
    if (out === undefined) io.out(printHistory(history, wanted));
    else write(history, wanted, resolve(io.cwd, out), out);
  } catch (error) {
    if (!(error instanceof HistoryPrintError)) throw error;
    throw new InputError(error.message, 'leave it out, or choose another format', { cause: error });
  }
  io.err(
    `${counted(history.operations.length, 'operation')} as ${wanted}${out === undefined ? '' : ` in ${out}`}\n`,
  );
  return EXIT_CODES.holds;
}

function readAll(paths: readonly string[], format: string, io: Io): History {
  const files = paths.map((name) => ({ name, content: readGiven(resolve(io.cwd, name), 'a history') }));
  try {
    return parseHistoryFiles(files, { format: formatNamed(format) }).history;
  } catch (error) {
    if (systemCode(error) === undefined || error instanceof InputError) throw error;
    throw new InputError(
      `${paths.join(' ')}: ${messageOf(error)}`,
      'mend the file, or name its format with --format',
      {
        cause: error,
      },
    );
  }
}

function write(
  history: History,
  format: Exclude<ReturnType<typeof formatNamed>, 'auto'>,
  path: string,
  given: string,
): void {
  const files = printHistoryFiles(history, format);
  const isFolder = format === 'cobra';
  const paths = files.map(({ name }) => (isFolder ? join(path, name) : path));
  const taken = paths.find((file) => existsSync(file));
  if (taken !== undefined)
    throw new InputError(
      `Cannot write ${given} as it is there already`,
      'name one that is not; nothing is overwritten',
    );
  if (isFolder) mkdirSync(path, { recursive: true });
  files.forEach(({ content }, i) => writeFileSync(paths[i] as string, content, { flag: 'wx' }));
}
