import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { printHistory } from '@holdfast/check';
import { LiveError } from '@holdfast/live';
import { assertUsableFolder } from '../../node/files.ts';
import { InputError } from '../../node/inputError.ts';
import { commandOf } from '../../node/maelstrom/command.ts';
import { maelstromReport } from '../../node/maelstrom/maelstromReport.ts';
import { NEMESES, type Nemesis } from '../../node/maelstrom/nemesis.ts';
import type { LatencyDistribution, MaelstromOptions } from '../../node/maelstrom/options.ts';
import { type MaelstromRun, runMaelstrom } from '../../node/maelstrom/runMaelstrom.ts';
import { latencies } from '../../node/maelstrom/statistics.ts';
import { WORKLOADS } from '../../node/maelstrom/workloads/all.ts';
import { didYouMean } from '../../node/nearest.ts';
import { writeReport } from '../../node/report.ts';
import { worstStatus } from '@holdfast/check';
import type { Conclusion } from '../../node/summary.ts';
import { EXIT_CODES, type ExitCode } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { ProgressLine } from '../progressLine.ts';
import { columns, counted, grouped, painted, spent } from '../text.ts';

/** What `holdfast maelstrom` takes, as it was typed. */
export interface MaelstromFlags {
  readonly workload?: string;
  readonly bin?: string;
  readonly nodeCount?: number;
  readonly concurrency: string;
  readonly rate: number;
  readonly timeLimit: number;
  readonly recoveryTime?: number;
  readonly timeout: number;
  readonly latency: number;
  readonly latencyDist: LatencyDistribution;
  readonly loss: number;
  readonly duplicate: number;
  readonly nemesis?: string;
  readonly nemesisInterval: number;
  readonly topology: string;
  readonly consistencyModels: string;
  readonly availability?: string;
  readonly keyCount?: number;
  readonly maxTxnLength: number;
  readonly maxWritesPerKey: number;
  readonly seed: number;
  readonly logStderr?: boolean;
  readonly history?: boolean;
  readonly report?: string;
  readonly json?: boolean;
}

const MAX_NODES = 100;

/**
 * `holdfast maelstrom`: one process of a program for each node, the workload's requests, faults between them, and what the history says. 0 holds, 1 violated, 2 when the
 * program cannot be tested, 3 when nothing was decided.
 */
export async function maelstrom(words: readonly string[], flags: MaelstromFlags, io: Io): Promise<ExitCode> {
  // Maelstrom's own command begins with 'test': it may stay.
  const args = words[0] === 'test' ? words.slice(1) : words;
  if (flags.workload === undefined) {
    io.out(listed());
    return 0;
  }
  if (flags.report !== undefined) assertUsableFolder(resolve(io.cwd, flags.report), '--report');
  const interrupt = io.catchInterrupt();
  let told = '';
  const progress = new ProgressLine(io, () => told);
  try {
    const options: MaelstromOptions = {
      ...optionsOf(flags, args, io),
      signal: interrupt.signal,
      progress: (text) => {
        told = text;
      },
      ...(flags.logStderr === true ? { logged: (line: string): void => io.err(`${line}\n`) } : {}),
    };
    const run = await runMaelstrom(options, io.cwd);
    progress.end();
    return tell(run, options, flags, io);
  } catch (error) {
    if (error instanceof LiveError)
      throw new InputError(error.message, 'nothing was judged', { cause: error });
    throw error;
  } finally {
    progress.end();
    interrupt.release();
  }
}

function optionsOf(flags: MaelstromFlags, args: readonly string[], io: Io): MaelstromOptions {
  const workload = WORKLOADS.find(({ name }) => name === flags.workload);
  if (workload === undefined) {
    const names = WORKLOADS.map(({ name }) => name);
    throw new InputError(
      `Cannot ask for workload '${flags.workload ?? ''}'`,
      didYouMean(flags.workload ?? '', names) ?? `it must be one of ${names.join(', ')}`,
    );
  }
  const nodes = nodesOf(flags.nodeCount);
  const nemeses = nemesesOf(flags.nemesis);
  return {
    workload,
    bin: binOf(flags.bin, io.cwd),
    args,
    nodes,
    clients: clientsOf(flags.concurrency, nodes.length),
    rate: positive('--rate', flags.rate),
    timeLimitMs: positive('--time-limit', flags.timeLimit) * 1_000,
    recoveryMs: (flags.recoveryTime ?? (nemeses.length > 0 ? 10 : 3)) * 1_000,
    timeoutMs: positive('--timeout', flags.timeout) * 1_000,
    latency: { meanMs: flags.latency, distribution: flags.latencyDist },
    loss: flags.loss,
    duplicate: flags.duplicate,
    nemeses,
    nemesisIntervalMs: positive('--nemesis-interval', flags.nemesisInterval) * 1_000,
    topology: flags.topology,
    consistencyModels: flags.consistencyModels,
    availability: availabilityOf(flags.availability),
    keyCount: flags.keyCount ?? workload.keys,
    maxTxnLength: flags.maxTxnLength,
    maxWritesPerKey: flags.maxWritesPerKey,
    seed: flags.seed,
  };
}

function nodesOf(count: number | undefined): string[] {
  if (count === undefined) return ['n1', 'n2', 'n3', 'n4', 'n5'];
  if (count > MAX_NODES)
    throw new InputError(`Cannot start ${count} nodes: --node-count is at most ${MAX_NODES}`, 'use fewer');
  return Array.from({ length: count }, (_, i) => `n${i}`);
}

function clientsOf(text: string, nodes: number): number {
  const [, count = '', each] = /^(\d{1,4})(n?)$/.exec(text) ?? [];
  const clients = Number(count) * (each === 'n' ? nodes : 1);
  if (clients >= 1) return clients;
  throw new InputError(
    `Cannot use '${text}' as --concurrency`,
    'give a number of clients, as 10, or of clients a node, as 2n',
  );
}

function nemesesOf(text: string | undefined): Nemesis[] {
  const names = (text ?? '').split(',').filter((name) => name !== '');
  for (const name of names) {
    if ((NEMESES as readonly string[]).includes(name)) continue;
    throw new InputError(`Cannot use '${name}' as --nemesis`, `it must be of ${NEMESES.join(', ')}`);
  }
  return names as Nemesis[];
}

function availabilityOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const share = text === 'total' ? 1 : Number(text);
  if (text.trim() !== '' && share >= 0 && share <= 1) return share;
  throw new InputError(`Cannot use '${text}' as --availability`, "say 'total', or a share from 0 to 1");
}

function binOf(bin: string | undefined, cwd: string): string {
  if (bin === undefined)
    throw new InputError(
      'Cannot test without a program',
      'name it with --bin; its arguments stand behind --',
    );
  if (!bin.includes('/')) return bin;
  const path = resolve(cwd, bin);
  if (!existsSync(path))
    throw new InputError(`Cannot test '${bin}': there is no such file`, 'check the path');
  return path;
}

function positive(option: string, value: number): number {
  if (value > 0) return value;
  throw new InputError(`Cannot use ${value} as ${option}`, 'it must be above 0');
}

function tell(run: MaelstromRun, options: MaelstromOptions, flags: MaelstromFlags, io: Io): ExitCode {
  const conclusion = conclusionOf(run);
  const name = `maelstrom-${options.workload.name}`;
  const command = commandOf(options, io.cwd);
  const page = flags.report === undefined ? undefined : maelstromReport(run, options, command);
  const report =
    page === undefined || flags.report === undefined
      ? undefined
      : writeReport(resolve(io.cwd, flags.report), `${name}-${page.digest.slice(0, 8)}`, {
          title: `${options.workload.name} on ${options.nodes.length} nodes`,
          generatedFor: command,
          runs: [page],
        });
  if (flags.json === true) io.out(documentOf(run, options, { conclusion, report, command }));
  else present(run, options, { conclusion, report, command, history: flags.history === true }, io);
  return EXIT_CODES[conclusion];
}

function conclusionOf({ verdicts, interrupted, undoFailures }: MaelstromRun): Conclusion {
  const worst = worstStatus(verdicts);
  if (worst === 'violated') return worst;
  if (undoFailures.length > 0) return 'error';
  return interrupted ? 'undecided' : worst;
}

/** Delays this much longer than planned are worth a word. */
const LATE_MS = 50;

/** What is told beside the run itself. */
interface Shown {
  readonly conclusion: Conclusion;
  readonly report: string | undefined;
  readonly command: string;
}

function present(
  run: MaelstromRun,
  { workload, nodes, clients }: MaelstromOptions,
  shown: Shown & { readonly history: boolean },
  io: Io,
): void {
  io.out(
    `${workload.name}: ${counted(nodes.length, 'node')}, ${counted(clients, 'client')}, ${counted(run.faults.length, 'fault')}\n\n`,
  );
  const rows = run.verdicts.map(({ promise, status, reason }) => [promise, status, reason]);
  io.out(`${columns([['promise', 'verdict', 'why'], ...rows]).join('\n')}\n\n`);
  const timed = latencies(run.history).map(({ f, count, medianMs, p99Ms, mostMs }) => [
    f,
    grouped(count),
    spent(medianMs),
    spent(p99Ms),
    spent(mostMs),
  ]);
  if (timed.length > 0)
    io.out(`${columns([['request', 'answered', 'median', '99 %', 'most'], ...timed], [1]).join('\n')}\n\n`);
  const each = run.operations === 0 ? '' : `, ${(run.messages / run.operations).toFixed(2)} a request`;
  io.out(
    `${painted(io, shown.conclusion, shown.conclusion.toUpperCase())}  ${counted(run.operations, 'request')}, ${counted(run.messages, 'message')} between nodes${each}\n`,
  );
  for (const [dest, count] of run.undeliverable)
    io.out(`${counted(count, 'message')} to '${dest}', which does not exist\n`);
  if (run.latestMs > LATE_MS)
    io.out(`something happened up to ${spent(run.latestMs)} late: this machine was busy\n`);
  if (run.interrupted) io.out('interrupted: what had happened by then was judged\n');
  for (const failure of run.undoFailures) io.err(`could not undo: ${failure}\n`);
  if (shown.history) io.out(`\n${printHistory(run.history, 'jsonl')}\n`);
  const page = shown.report === undefined ? '' : `report    ${shown.report}\n`;
  io.out(`\n${page}again     ${shown.command}\n`);
}

function documentOf(
  run: MaelstromRun,
  options: MaelstromOptions,
  { conclusion, report, command }: Shown,
): string {
  const document = {
    format: 'holdfast-maelstrom-result',
    version: 1,
    conclusion,
    workload: options.workload.name,
    nodes: options.nodes,
    seed: options.seed,
    checks: run.verdicts.map(({ promise, status, reason }) => ({ promise, status, reason })),
    latencies: latencies(run.history),
    messages: run.messages,
    undeliverable: Object.fromEntries(run.undeliverable),
    faults: run.faults,
    latestMs: Math.round(run.latestMs),
    interrupted: run.interrupted,
    undoFailures: run.undoFailures,
    command,
    report: report ?? null,
    operations: run.history.operations,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function listed(): string {
  const rows = WORKLOADS.map(({ name, about }) => [`  ${name}`, about]);
  return `Workloads\n${columns(rows).join('\n')}\n\nas in  npx holdfast maelstrom -w broadcast --bin ./node.py --time-limit 20 --nemesis partition\n`;
}
