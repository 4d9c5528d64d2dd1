import { type Command, Option } from 'commander';
import type { ExitCode } from './exitCodes.ts';
import type { Io } from './io.ts';
import { jobCount } from './numbers.ts';

interface CasebookFlags {
  readonly folder?: string;
  readonly report?: string;
  readonly jobs?: number;
  readonly write?: boolean;
  readonly shrink: boolean;
  readonly json?: boolean;
}

/** `holdfast casebook` and `holdfast verify`. `done` hears how they ended. */
export function addCasebook(program: Command, io: Io, done: (code: ExitCode) => void): void {
  const sub = (usage: string, about: string): Command =>
    program.command(usage).description(about).copyInheritedSettings(program);
  sub(
    'casebook [action] [cases...]',
    'list the incidents of the casebook, `run` one, some or all, or tell the `status` of a project',
  )
    .option('--folder <folder>', 'where the cases are (default: the casebook here or above, else its own)')
    .option('--report <folder>', 'where documents and reports go (default: holdfast-report)')
    .addOption(new Option('--jobs <n>', 'threads (default: one per core)').argParser(jobCount))
    .option('--write', 'renew the documents, tables and pictures that stand beside the pages')
    .option('--no-shrink', 'leave the run of the wrong approach as it is')
    .option('--json', 'print one JSON document and nothing else')
    .action(async (action: string | undefined, cases: string[], flags: CasebookFlags) => {
      const { casebook } = await import('./commands/casebook.ts');
      const { json = false, write = false, ...rest } = flags;
      done(await casebook(action, cases, { ...rest, json, write }, io));
    });
  sub('verify <document...>', 'make the runs of a document again, and name each claim that no longer holds')
    .option(
      '--with <change>',
      'fill it from another experiment: better=./mine.ts#name; may be repeated',
      collect,
      [],
    )
    .option('--json', 'print one JSON document and nothing else')
    .action(async (documents: string[], flags: { with: string[]; json?: boolean }) => {
      const { verify } = await import('./commands/verify.ts');
      done(await verify(documents, { changes: flags.with, json: flags.json === true }, io));
    });
}

function collect(word: string, before: readonly string[]): string[] {
  return [...before, word];
}
