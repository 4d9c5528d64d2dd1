import { type Command, Option } from 'commander';
import type { ExitCode } from './exitCodes.ts';
import type { Io } from './io.ts';
import { firstSeedNumber } from './numbers.ts';

interface ExerciseFlags {
  readonly seed?: number;
  readonly folder?: string;
  readonly from?: string;
}

/** `holdfast exercise`. `done` hears how it ended. */
export function addExercise(program: Command, io: Io, done: (code: ExitCode) => void): void {
  program
    .command('exercise [action] [what...]')
    .description(
      'list the exercises, `show` one, `grade` answers to it, read the `mistakes` made so far, tell the `status` of a course',
    )
    .copyInheritedSettings(program)
    .addOption(new Option('--seed <n>', 'which task of the exercise (default: 1)').argParser(firstSeedNumber))
    .option('--folder <folder>', "where the learner's answers and record are (default: .holdfast/learning)")
    .option('--from <folder>', 'where the exercises are (default: the casebook here or above, else its own)')
    .action(async (action: string | undefined, what: string[], flags: ExerciseFlags) => {
      const { exerciseCommand } = await import('./commands/exercise.ts');
      done(await exerciseCommand(action, what, flags, io));
    });
}
