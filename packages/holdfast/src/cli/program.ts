import { Command, Option } from 'commander';
import { packageVersion } from '../node/versions.ts';
import type { CheckOptions } from './commands/check.ts';
import type { ExitCode } from './exitCodes.ts';
import { addCasebook } from './casebookCommand.ts';
import { addDraw, DRAW_ABOUT } from './drawCommand.ts';
import { addExplore, EXPLORE_ABOUT } from './exploreCommand.ts';
import { addExercise } from './exerciseCommand.ts';
import type { Io } from './io.ts';
import { addLive } from './livePrograms.ts';
import { addReview, REVIEW_ABOUT } from './reviewCommand.ts';
import { addMaelstrom } from './maelstromPrograms.ts';
import { firstSeedNumber, jobCount, runNumber, seedCount, seedNumber, stepBudget } from './numbers.ts';

/** Seeds of a run when none are asked for. */
export const DEFAULT_SEEDS = 100;

const EXAMPLES = `
Examples:
  holdfast list                                     the experiments that come with it
  holdfast run raft-majority --seeds 1000           a campaign on all cores
  holdfast run ./bank.ts --seed 17 --report out     one seed of your own experiment, with a report
  holdfast run ./bank.ts#transfers --json           one of several in a file, for a program to read
  holdfast replay holdfast-report/bank-....json     the very run a violation was found in
  holdfast explore raft-election                    every run of a small system, or the shortest violation
  holdfast draw holdfast-report/bank-....json --format mermaid   the same as a sequence diagram
  holdfast casebook run raft-majority               an incident: the wrong approach, the better one, what each costs
  holdfast check history.edn                        what a history that anybody recorded can be judged by
  holdfast check history.edn --model cas-register   is it linearizable?

Exit codes: 0 holds, 1 violated, 2 unusable input or a run that threw, 3 undecided.`;

/** How a command hands back its end. */
type Done = (code: ExitCode) => void;

/** The command line: parses, then hands over to a command that is loaded only then. `done` hears how it ended. */
export function buildProgram(io: Io, done: Done): Command {
  const program = new Command('holdfast');
  program
    .description(
      'The failure lab for distributed systems: say what must hold, see it hold or the smallest run that breaks it.',
    )
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('--help', 'print this help, or that of a command')
    .helpCommand(false)
    .addHelpText('after', EXAMPLES)
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: () => undefined })
    .exitOverride();
  addRun(program, io, done);
  addReplay(program, io, done);
  addCheck(program, io, done);
  addConvert(program, io, done);
  addDraw(sub(program, 'draw <file>', DRAW_ABOUT), io, done);
  addExplore(sub(program, 'explore [model]', EXPLORE_ABOUT), io, done);
  addList(program, io, done);
  addCasebook(program, io, done);
  addReview(sub(program, 'review <service>', REVIEW_ABOUT), io, done);
  addExercise(program, io, done);
  addDemo(program, io, done);
  addLive(program, io, done);
  addMaelstrom(program, io, done);
  return program;
}

function sub(program: Command, usage: string, about: string): Command {
  return program.command(usage).description(about).copyInheritedSettings(program);
}

interface RunFlags {
  readonly seeds?: number;
  readonly seed?: number;
  readonly firstSeed?: number;
  readonly jobs?: number;
  readonly json?: boolean;
  readonly report?: string;
  readonly shrink: boolean;
  readonly keepGoing?: boolean;
  readonly twice?: boolean;
}

function addRun(program: Command, io: Io, done: Done): void {
  sub(
    program,
    'run <experiment>',
    'run many seeds of an experiment: a built-in name, or a TypeScript or JavaScript file',
  )
    .addOption(new Option('--seeds <n>', `how many seeds (default: ${DEFAULT_SEEDS})`).argParser(seedCount))
    .addOption(
      new Option('--seed <n>', 'this seed only').argParser(seedNumber).conflicts(['seeds', 'firstSeed']),
    )
    .addOption(new Option('--first-seed <n>', 'where to begin (default: 1)').argParser(firstSeedNumber))
    .addOption(new Option('--jobs <n>', 'threads (default: one per core)').argParser(jobCount))
    .option('--keep-going', 'run all seeds, also after a violated one')
    .option('--twice', 'run every seed twice and name the first event that differs, should one differ')
    .option('--no-shrink', 'leave a violated run as it is')
    .option('--report <folder>', 'write an HTML report there (evidence of a violation is always written)')
    .option('--json', 'print one JSON document and nothing else')
    .action(async (experiment: string, flags: RunFlags) => {
      const { run } = await import('./commands/run.ts');
      const { seed, seeds, firstSeed, jobs, report } = flags;
      const options = {
        firstSeed: seed ?? firstSeed ?? 1,
        seeds: seed === undefined ? (seeds ?? DEFAULT_SEEDS) : 1,
        json: flags.json === true,
        shrink: flags.shrink,
        keepGoing: flags.keepGoing === true,
        twice: flags.twice === true,
        ...(jobs === undefined ? {} : { jobs }),
        ...(report === undefined ? {} : { report }),
      };
      done(await run(experiment, options, io));
    });
}

interface ReplayFlags {
  readonly json?: boolean;
  readonly report?: string;
  readonly experiment?: string;
  readonly run?: number;
}

function addReplay(program: Command, io: Io, done: Done): void {
  sub(
    program,
    'replay <evidence>',
    'make the very run again that an evidence file or an HTML report speaks of',
  )
    .option('--experiment <file>', 'where the experiment is now, when it has moved')
    .option('--run <n>', 'which run of a report (default: the first)', runNumber)
    .option('--report <folder>', 'write an HTML report there')
    .option('--json', 'print one JSON document and nothing else')
    .action(async (file: string, flags: ReplayFlags) => {
      const { replay } = await import('./commands/replay.ts');
      const { json, ...rest } = flags;
      done(await replay(file, { ...rest, json: json === true }, io));
    });
}

function addCheck(program: Command, io: Io, done: Done): void {
  sub(program, 'check [history...]', 'judge recorded histories by a model; without one it suggests what fits')
    .option(
      '--model <name>',
      'what the operations act on, or a promise: register, kv, set-full, serializable, ...',
    )
    .option('--consistency <name>', 'what is promised instead of linearizability: sequential, causal, ...')
    .addOption(
      new Option('--with <setting>', 'a setting of the checker, as in versions=2; may be repeated')
        .default([], 'none')
        .argParser((word: string, before: readonly string[]) => [...before, word]),
    )
    .option('--format <name>', 'how the files are written (default: recognised from their content)')
    .addOption(
      new Option('--step-budget <n>', 'search steps after which the answer is undecided').argParser(
        stepBudget,
      ),
    )
    .option('--order', 'print the order that explains a history, or how far one goes')
    .option('--list', 'print everything there is to judge by, and the formats')
    .option('--litmus', 'print which consistency model accepts which small history')
    .option('--json', 'print one JSON document and nothing else')
    .action(async (files: string[], flags: Partial<CheckOptions>) => {
      const { check } = await import('./commands/check.ts');
      done(check(files, { ...flags, json: flags.json === true }, io));
    });
}

function addConvert(program: Command, io: Io, done: Done): void {
  sub(program, 'convert <history...>', 'write a recorded history in another format')
    .requiredOption('--to <name>', 'the format to write')
    .option('--format <name>', 'how the files are written (default: recognised from their content)')
    .option('--out <file>', 'write there, a folder for cobra (default: to the terminal)')
    .action(async (files: string[], flags: { to: string; format?: string; out?: string }) => {
      const { convert } = await import('./commands/convert.ts');
      done(convert(files, flags, io));
    });
}

function addList(program: Command, io: Io, done: Done): void {
  sub(program, 'list', 'list the built-in experiments')
    .option('--json', 'print one JSON document and nothing else')
    .action(async (flags: { json?: boolean }) => {
      const { list } = await import('./commands/list.ts');
      done(list({ json: flags.json === true }, io));
    });
}

function addDemo(program: Command, io: Io, done: Done): void {
  sub(
    program,
    'demo',
    'a tour in under a minute: correct Raft, a broken twin, recorded histories, a report',
  ).action(async () => {
    const { demo } = await import('./commands/demo.ts');
    done(await demo(io));
  });
}
