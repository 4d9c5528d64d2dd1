import { type Command, Option } from 'commander';
import type { ExitCode } from './exitCodes.ts';
import type { Io } from './io.ts';
import type { FingerprintBits, PartialOrderKind, SearchOrder } from '@holdfast/explore';
import {
  exploredCalls,
  exploredNodes,
  fingerprintBits,
  memoryMiB,
  partialOrderKind,
  searchBudget,
  searchOrder,
  searchSeconds,
  seedNumber,
  stateCount,
  workerCount,
} from './numbers.ts';

/** What the command is, in a line. */
export const EXPLORE_ABOUT =
  'search every run of a small system of cores, of an experiment, or of a specification: a built-in name, or a file; without one list them';

interface ExploreFlags {
  readonly search?: SearchOrder;
  readonly shrink?: boolean;
  readonly bounds?: string;
  readonly symmetry: boolean;
  readonly partialOrder?: true | PartialOrderKind;
  readonly exact?: boolean;
  readonly fingerprint?: FingerprintBits;
  readonly spill?: string;
  readonly keepGoing?: boolean;
  readonly maxStates?: number;
  readonly time?: number;
  readonly memory?: number;
  readonly workers?: number;
  readonly replay?: string;
  readonly resume?: string;
  readonly budget?: number;
  readonly seed?: number;
  readonly walk?: string | true;
  readonly nodes?: number;
  readonly calls?: number;
  readonly report?: string;
  readonly json?: boolean;
}

/** Gives the command its options and its action. `done` hears how it ended. */
export function addExplore(command: Command, io: Io, done: (code: ExitCode) => void): void {
  addHow(command);
  command
    .option('--keep-going', 'go on after the first violation')
    .addOption(new Option('--max-states <n>', 'stop after so many states').argParser(stateCount))
    .addOption(new Option('--time <seconds>', 'stop after so long, as Ctrl-C does').argParser(searchSeconds))
    .addOption(
      new Option(
        '--memory <MiB>',
        'stop in good order when it needs more (default: 3/4 of what is free, at most half of the machine)',
      ).argParser(memoryMiB),
    )
    .addOption(new Option('--workers <n>', 'threads (default: 1)').argParser(workerCount))
    .option('--resume <file>', 'go on from the checkpoint that an interrupted search wrote')
    .addOption(
      new Option(
        '--budget <steps>',
        'walks of so many steps in all, for what is too large to exhaust',
      ).argParser(searchBudget),
    )
    .addOption(new Option('--seed <n>', 'of the walks (default: 1)').argParser(seedNumber))
    .option('--walk [steps]', 'step by step: the state after steps 0,2,1,... and what may follow')
    .option('--replay <file>', 'follow a run that an exploration wrote down, step by step')
    .addOption(
      new Option(
        '--nodes <n>',
        'of an experiment: how many servers (default: as few as it can have, from 3)',
      ).argParser(exploredNodes),
    )
    .addOption(
      new Option('--calls <n>', 'of an experiment: how many calls clients make (default: 3)').argParser(
        exploredCalls,
      ),
    )
    .option('--report <folder>', 'write a page of the violated run there')
    .option('--json', 'print one JSON document and nothing else')
    .action(async (model: string | undefined, flags: ExploreFlags) => {
      const { explore } = await import('./commands/explore.ts');
      const { json, exact, keepGoing, shrink, ...rest } = flags;
      const options = {
        ...rest,
        json: json === true,
        exact: exact === true,
        keepGoing: keepGoing === true,
        shrink: shrink === true,
      };
      done(await explore(model, options, io));
    });
}

/** Options that say what is searched, in which order and how states are told apart. */
function addHow(command: Command): void {
  command
    .option(
      '--bounds <list>',
      'what runs may contain: crashes=1,timeouts=2,timers.election=1,storage=at-once; a range is raised step by step: messages=1..6,depth=1..any',
    )
    .addOption(
      new Option(
        '--search <order>',
        'breadth: shortest runs; depth: hardly any memory for states that wait (default: breadth)',
      ).argParser(searchOrder),
    )
    .option('--shrink', 'shorten the run that breaks a promise, where it need not be a shortest one')
    .option('--no-symmetry', 'tell states apart that differ by a renaming of nodes')
    .addOption(
      new Option(
        '--partial-order [kind]',
        'leave out orders of steps that make no difference to promises: ample, dynamic or off (without a kind: ample)',
      ).argParser(partialOrderKind),
    )
    .option('--exact', 'compare whole states instead of fingerprints')
    .addOption(
      new Option('--fingerprint <bits>', 'length of fingerprints: 64 or 96 (default: 64)').argParser(
        fingerprintBits,
      ),
    )
    .option(
      '--spill <folder>',
      'where states wait that memory has no room for (default: the temporary folder)',
    );
}
