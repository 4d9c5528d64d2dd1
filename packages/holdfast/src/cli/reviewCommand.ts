import type { Command } from 'commander';
import type { ExitCode } from './exitCodes.ts';
import type { Io } from './io.ts';

/** What the command does, in a line. */
export const REVIEW_ABOUT =
  'ask the rules of design and operations of a service: its description and its runs';

interface ReviewFlags {
  readonly list: readonly string[];
  readonly report?: string;
  readonly json?: boolean;
}

/** `holdfast review`. `done` hears how it ended. */
export function addReview(command: Command, io: Io, done: (code: ExitCode) => void): void {
  command
    .option('--list <name>', 'the rules of this list only; may be repeated', collect, [])
    .option('--report <folder>', 'write an HTML report there')
    .option('--json', 'print one JSON document and nothing else')
    .action(async (service: string, flags: ReviewFlags) => {
      const { reviewService } = await import('./commands/review.ts');
      const { list, report, json = false } = flags;
      done(
        await reviewService(service, { lists: list, json, ...(report === undefined ? {} : { report }) }, io),
      );
    });
}

function collect(word: string, before: readonly string[]): string[] {
  return [...before, word];
}
