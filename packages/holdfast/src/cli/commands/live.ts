import { basename, resolve } from 'node:path';
import { printHistory } from '@holdfast/check';
import {
  type ExperimentFile,
  isChaos,
  LiveError,
  type LiveResult,
  type NetworkName,
  readExperiment,
  reenter,
  rootlessProblem,
  runLive,
} from '@holdfast/live';
import { readGiven } from '../../node/files.ts';
import { InputError, messageOf } from '../../node/inputError.ts';
import { liveReport } from '../../node/liveReport.ts';
import { writeReport } from '../../node/report.ts';
import { simulatedStage } from '../../node/simulatedLive/stage.ts';
import { EXIT_CODES, type ExitCode, worstConclusion } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { painted, spent } from '../text.ts';
import { isExperimentName, liveProcesses } from './liveProcesses.ts';

/** What `holdfast live` takes. */
export interface LiveOptions {
  readonly json: boolean;
  /** Also the controls of the file. */
  readonly controls: boolean;
  readonly history: boolean;
  /** The folder an HTML report of all runs goes to. */
  readonly report?: string;
  /** Where to play it instead of where the file says. */
  readonly network?: NetworkName;
  /** Of a simulated run. */
  readonly seed?: number;
  /** The capture file of what members say to each other. */
  readonly pcap?: string;
  /** Where the journal of a Chaos Toolkit experiment goes. */
  readonly journal?: string;
}

/** What is wrong with a file, whatever the machine can do. */
const OF_FILES: ReadonlySet<LiveError['code']> = new Set(['BAD_FILE', 'UNKNOWN_NAME']);

/**
 * `holdfast live`: an experiment file on a real cluster. 0 when it showed what it expects, 1 when not, 2 when the file or the machine cannot
 * be used, 3 when nothing was decided: also when the version installed is not the one the file speaks of.
 */
export async function live(path: string, options: LiveOptions, io: Io): Promise<ExitCode> {
  if (isExperimentName(path)) return await onProcesses(path, options, io);
  const interrupt = io.catchInterrupt();
  try {
    const text = Buffer.from(readGiven(resolve(io.cwd, path), 'an experiment')).toString('utf8');
    if (isChaos(text)) {
      const { chaos } = await import('./chaos.ts');
      return await chaos(path, text, { ...options, signal: interrupt.signal }, io);
    }
    const file = readExperiment(text, path);
    if (needsRoot(file, options)) {
      const code = await reenter(interrupt.signal);
      if (code !== undefined) return code as ExitCode;
    }
    const runs = [
      { name: file.name, vars: {}, expect: file.expect ?? ('holds' as const) },
      ...(options.controls ? (file.controls ?? []) : []),
    ];
    const results: LiveResult[] = [];
    for (const { name, vars, expect = 'holds' } of runs) {
      const { network, seed = 1, pcap } = options;
      const result = await runLive(file, {
        vars,
        expect,
        signal: interrupt.signal,
        simulate: (played) => simulatedStage(played, seed),
        ...(network === undefined ? {} : { network }),
        ...(pcap === undefined ? {} : { pcap: resolve(io.cwd, pcap) }),
      });
      results.push({ ...result, name });
      if (!options.json) present({ ...result, name }, options, io);
    }
    const conclusion = worstConclusion(results.map(conclusionOf));
    const report = options.report === undefined ? undefined : writePage(path, results, options.report, io);
    if (report !== undefined && !options.json) io.out(`report: ${report}\n`);
    if (options.json) {
      const documents = results.map(({ recording, trace: _trace, ...rest }) => ({
        ...rest,
        operations: recording.history.operations,
      }));
      io.out(
        `${JSON.stringify({ format: 'holdfast-live-result', version: 1, conclusion, ...(report === undefined ? {} : { report }), runs: documents }, null, 2)}\n`,
      );
    }
    return EXIT_CODES[conclusion];
  } catch (error) {
    if (error instanceof LiveError && error.code === 'VERSION_OTHER') {
      io.err(`SKIPPED: ${error.message}\n`);
      return 3;
    }
    if (error instanceof InputError) throw error;
    if (error instanceof LiveError || (error instanceof Error && 'code' in error)) {
      const isOfFile = error instanceof LiveError && OF_FILES.has(error.code);
      const hint = isOfFile
        ? 'docs/live.md says how files are written'
        : "see 'holdfast doctor' for what this machine can do";
      throw new InputError(messageOf(error), hint, { cause: error });
    }
    throw error;
  } finally {
    interrupt.release();
  }
}

/** An experiment of cores, on processes. Throws `InputError` for what only clusters have. */
async function onProcesses(name: string, options: LiveOptions, io: Io): Promise<ExitCode> {
  const { controls, network, pcap, journal, seed = 1, json, history, report } = options;
  const given = { controls: controls || undefined, network, pcap, journal };
  for (const [option, value] of Object.entries(given)) {
    if (value === undefined) continue;
    throw new InputError(
      `Cannot use --${option} with the experiment '${name}': it is for experiment files of clusters (.yaml, .json)`,
      'leave it out',
    );
  }
  return await liveProcesses(name, { seed, json, history, ...(report === undefined ? {} : { report }) }, io);
}

/** Whether the file needs what only root may do, and this user can be root of namespaces of its own. */
function needsRoot({ subject }: ExperimentFile, { network = subject.network }: LiveOptions): boolean {
  const isNeeded =
    network === 'namespaces' ||
    network === 'vxlan' ||
    (subject.disk === 'volatile' && network !== 'simulation');
  return isNeeded && process.getuid?.() !== 0 && rootlessProblem() === undefined;
}

/** One page with every run of the file; the same runs never overwrite another page. */
function writePage(path: string, results: readonly LiveResult[], folder: string, io: Io): string {
  const command = `holdfast live ${path}${results.length > 1 ? ' --controls' : ''}`;
  const runs = results.map((result) => liveReport(result, command));
  const name = basename(path).replace(/\.ya?ml$/, '');
  const base = `${name}-${(runs[0]?.digest ?? '').slice(0, 8)}`;
  const title = results[0]?.name ?? name;
  return writeReport(resolve(io.cwd, folder), base, { title, generatedFor: `experiment file ${path}`, runs });
}

/** Whether a run showed what was expected of it. */
function conclusionOf({
  status,
  expect,
  undoFailures,
}: LiveResult): 'holds' | 'violated' | 'undecided' | 'error' {
  if (undoFailures.length > 0) return 'error';
  if (status === expect) return 'holds';
  return status === 'undecided' ? 'undecided' : 'violated';
}

function present(result: LiveResult, options: LiveOptions, io: Io): void {
  const conclusion = conclusionOf(result);
  const word =
    conclusion === 'holds'
      ? 'AS EXPECTED'
      : conclusion === 'violated'
        ? 'NOT AS EXPECTED'
        : conclusion.toUpperCase();
  const { name, status, expect, system, version, totalMs } = result;
  io.out(`${painted(io, conclusion, word)}  ${name}: ${status} (expected: ${expect})\n`);
  for (const line of result.journal) io.out(`  ${String(line.atMs).padStart(6)} ms  ${line.text}\n`);
  for (const { promise, status: verdict, reason } of result.verdicts)
    io.out(`  ${verdict.padEnd(9)} ${promise}: ${reason}\n`);
  for (const { name: metric, value, kept, limit } of result.metrics) {
    io.out(`  ${kept ? 'kept     ' : 'MISSED   '} ${metric}: ${value} ${limit}\n`);
  }
  for (const why of result.retries) io.out(`  again, on a fresh cluster: ${why}\n`);
  for (const failure of result.undoFailures) io.err(`  could not undo: ${failure}\n`);
  if (options.history) io.out(`${printHistory(result.recording.history, 'jsonl')}\n`);
  const named = result.digest === undefined ? '' : `, digest ${result.digest}`;
  io.out(`  ${system} ${version}, ${spent(totalMs)}${named}\n`);
}
