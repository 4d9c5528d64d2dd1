import { CommanderError } from 'commander';
import { widenInlining } from '../node/inlining.ts';
import { InputError, messageOf, stackOf, systemCode } from '../node/inputError.ts';
import { versions } from '../node/versions.ts';
import { printDocument, RESULT_VERSION } from './document.ts';
import type { ExitCode } from './exitCodes.ts';
import { type Io, processIo } from './io.ts';
import { buildProgram } from './program.ts';

/**
 * The command line. Resolves to the exit code and never rejects: 0 holds, 1 violated, 2 unusable input or a run that threw, 3
 * undecided.
 */
export async function main(words: readonly string[], io: Io = processIo()): Promise<ExitCode> {
  let code: ExitCode = 0;
  widenInlining();
  try {
    await buildProgram(io, (ended) => {
      code = ended;
    }).parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    return failed(error, words, io);
  }
}

/** Says what was wrong; in the document, too, when one was asked for. */
function failed(error: unknown, words: readonly string[], io: Io): ExitCode {
  // Help and version are printed by way of an exception with exit code 0.
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  const message = errorText(error);
  io.err(`${message}\n`);
  if (words.includes('--json')) {
    printDocument(io, {
      format: 'holdfast-result',
      version: RESULT_VERSION,
      command: words.find((word) => !word.startsWith('-')) ?? '',
      verdict: 'error',
      exitCode: 2,
      error: { code: systemCode(error) ?? 'UNEXPECTED', message },
      versions: versions(),
    });
  }
  return 2;
}

function errorText(error: unknown): string {
  if (error instanceof CommanderError) {
    if (error.code === 'commander.help') return "Cannot run without a command; see 'holdfast --help'";
    return `${error.message.replace(/^error: /, '')}; see 'holdfast --help'`;
  }
  if (error instanceof InputError || systemCode(error) === 'BAD_EXPERIMENT') return messageOf(error);
  return `Unexpected: this is a defect of Holdfast or of the experiment\n${stackOf(error)}`;
}
