import { type Command, Option } from 'commander';
import type { ExitCode } from './exitCodes.ts';
import type { Io } from './io.ts';
import { portNumber, seedNumber } from './numbers.ts';

/** As `NETWORKS` of @holdfast/live, which is loaded only when it is needed. */
const NETWORK_NAMES = ['loopback', 'mesh', 'namespaces', 'vxlan', 'simulation'] as const;

interface LiveFlags {
  readonly journal?: string;
  readonly controls?: boolean;
  readonly history?: boolean;
  readonly report?: string;
  readonly network?: (typeof NETWORK_NAMES)[number];
  readonly pcap?: string;
  readonly seed?: number;
  readonly json?: boolean;
}

/** The commands that deal with real clusters. */
export function addLive(program: Command, io: Io, done: (code: ExitCode) => void): void {
  const sub = (usage: string, about: string): Command =>
    program.command(usage).description(about).copyInheritedSettings(program);
  sub(
    'live <experiment>',
    'run an experiment on processes of its own, or an experiment file on a real cluster',
  )
    .option('--journal <file>', 'write the journal of a Chaos Toolkit experiment there')
    .option('--controls', 'also run the controls of the file')
    .option('--history', 'print the history of each run, one operation a line')
    .option('--report <folder>', 'write an HTML report of all runs there')
    .addOption(new Option('--network <name>', 'play it elsewhere').choices(NETWORK_NAMES))
    .addOption(
      new Option('--seed <n>', 'whose plan a run on processes follows; seed of a simulated run').argParser(
        seedNumber,
      ),
    )
    .option('--pcap <file>', 'write what members say to each other there (network: vxlan)')
    .option('--json', 'print one JSON document and nothing else')
    .action(async (file: string, flags: LiveFlags) => {
      const { live } = await import('./commands/live.ts');
      const { controls = false, history = false, json = false, ...named } = flags;
      done(await live(file, { controls, history, json, ...named }, io));
    });
  sub('doctor', 'what this machine can do with real clusters, and how to get the rest')
    .option('--install', 'install the servers that are missing from Debian packages')
    .option('--json', 'print one JSON document and nothing else')
    .action(async (flags: { install?: boolean; json?: boolean }) => {
      const { doctor } = await import('./commands/doctor.ts');
      done(doctor({ install: flags.install === true, json: flags.json === true }, io));
    });
  sub('proxy', "TCP proxies with toxics behind Toxiproxy's HTTP API, until interrupted")
    .addOption(new Option('--port <n>', 'where the API listens (default: 8474)').argParser(portNumber))
    .option('--config <file>', 'proxies to begin with: a JSON list')
    .action(async (flags: { port?: number; config?: string }) => {
      const { proxy } = await import('./commands/proxy.ts');
      done(await proxy(flags, io));
    });
  sub('clean', 'undo what a killed run against real clusters has left').action(async () => {
    const { clean } = await import('./commands/clean.ts');
    done(clean(io));
  });
}
