import { type Command, InvalidArgumentError, Option } from 'commander';
import type { MaelstromFlags } from './commands/maelstrom.ts';
import type { ExitCode } from './exitCodes.ts';
import type { Io } from './io.ts';
import { seedNumber } from './numbers.ts';

/** As `TOPOLOGIES`, `DISTRIBUTIONS` and `NEMESES`, which are loaded only when they are needed. */
const TOPOLOGY_NAMES = ['grid', 'line', 'total', 'tree2', 'tree3', 'tree4'];
const DISTRIBUTION_NAMES = ['constant', 'uniform', 'exponential'];

/** The command that tests programs of any language over standard input and output. */
export function addMaelstrom(program: Command, io: Io, done: (code: ExitCode) => void): void {
  program
    .command('maelstrom [words...]')
    .description(
      "test a program of any language that speaks Maelstrom's protocol on standard input and output",
    )
    .copyInheritedSettings(program)
    .addOption(new Option('-w, --workload <name>', 'what it is asked; without it they are listed'))
    .option('--bin <file>', 'the program; its arguments stand behind --')
    .addOption(whole('--node-count <n>', 'nodes n0, n1, ... (default: n1 to n5)'))
    .addOption(new Option('--concurrency <n>', "clients: a number, or '2n' for two a node").default('1n'))
    .addOption(real('--rate <n>', 'requests a second').default(5))
    .addOption(real('--time-limit <s>', 'how long requests come').default(10))
    .addOption(
      real('--recovery-time <s>', 'rest before the last requests (default: 10 after a nemesis, else 3)'),
    )
    .addOption(real('--timeout <s>', 'how long a client waits for an answer').default(5))
    .addOption(real('--latency <ms>', 'mean delay between nodes').default(0))
    .addOption(
      new Option('--latency-dist <name>', 'its distribution').choices(DISTRIBUTION_NAMES).default('constant'),
    )
    .addOption(chance('--loss <p>', 'chance that a message between nodes is lost').default(0))
    .addOption(chance('--duplicate <p>', 'chance that one arrives twice').default(0))
    .option('--nemesis <names>', 'what strikes: partition, kill, pause; several with commas')
    .addOption(real('--nemesis-interval <s>', 'between strikes').default(10))
    .addOption(
      new Option('--topology <name>', 'who may talk to whom (broadcast)')
        .choices(TOPOLOGY_NAMES)
        .default('grid'),
    )
    .option('--consistency-models <names>', 'what transactions are judged by', 'strict-serializable')
    .option('--availability <share>', "share of requests that must succeed: 'total', or from 0 to 1")
    .addOption(whole('--key-count <n>', 'keys in use at a time'))
    .addOption(whole('--max-txn-length <n>', 'most operations of a transaction').default(4))
    .addOption(whole('--max-writes-per-key <n>', 'writes of a key').default(16))
    .addOption(
      new Option('--seed <n>', 'which requests, strikes and delays are drawn')
        .argParser(seedNumber)
        .default(1),
    )
    .option('--log-stderr', 'show what nodes print on standard error')
    .option('--history', 'print the history, one operation a line')
    .option('--report <folder>', 'write an HTML report there')
    .option('--json', 'print one JSON document and nothing else')
    .action(async (words: readonly string[], flags: MaelstromFlags) => {
      const { maelstrom } = await import('./commands/maelstrom.ts');
      done(await maelstrom(words, flags, io));
    });
}

function whole(flags: string, about: string): Option {
  return new Option(flags, about).argParser((text) => {
    if (!/^[1-9]\d{0,5}$/.test(text))
      throw new InvalidArgumentError('It must be a whole number from 1 to 999,999.');
    return Number(text);
  });
}

function real(flags: string, about: string): Option {
  return new Option(flags, about).argParser((text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= 0 && value <= 1e6))
      throw new InvalidArgumentError('It must be a number from 0 to 1,000,000.');
    return value;
  });
}

function chance(flags: string, about: string): Option {
  return new Option(flags, about).argParser((text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= 0 && value <= 1))
      throw new InvalidArgumentError('It must be from 0 to 1.');
    return value;
  });
}
