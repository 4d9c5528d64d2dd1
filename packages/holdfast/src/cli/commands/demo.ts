import { resolve } from 'node:path';
import type { ReportTable, RunReport } from '@holdfast/report';
import { seedCommand, shownPath } from '../../node/command.ts';
import { DEFAULT_FOLDER, recordFinding } from '../../node/finding.ts';
import { investigationReport, runReport, writeReport } from '../../node/report.ts';
import { type LoadedExperiment, resolveExperiment } from '../../node/resolveExperiment.ts';
import type { Summary } from '../../node/summary.ts';
import { type RunResult, simulate } from '../../simulate/simulate.ts';
import { campaignWithProgress } from '../campaignStep.ts';
import { type PartitionFacts, partitionFacts, partitionTable } from '../demo/partitionFacts.ts';
import { judgeRecorded, type RecordedVerdicts } from '../demo/recordedHistories.ts';
import { describeChecks, describeConclusion, describeExperiment } from '../describe.ts';
import type { ExitCode } from '../exitCodes.ts';
import { investigateWithProgress } from '../investigateStep.ts';
import type { Io } from '../io.ts';
import { presentViolation } from '../present.ts';
import { columns, counted, indented, painted, spent } from '../text.ts';

/** Seeds of each campaign, and how long each may take on a busy machine. */
const SEEDS = 40;
const CAMPAIGN_LIMIT_MS = 15_000;
const SHRINK_LIMIT_MS = 12_000;
/** Seeds looked through for one in which N1 leads when the partition strikes. */
const SEEDS_SEARCHED = 40;
const CORRECT = 'raft-majority';
const BROKEN = 'raft-ack-on-append';

/** What a part of the tour hands on. */
interface Part {
  /** Everything came out as it must. */
  readonly asExpected: boolean;
  readonly runs: readonly RunReport[];
  readonly tables?: readonly ReportTable[];
  /** For the report's name: equal tours share one file. */
  readonly digest: string;
}

/**
 * `holdfast demo`: the tour that `npm start` gives. Ends with 0 when everything came out as it must (the broken twin violated), 1 when it did
 * not, 3 when it was interrupted.
 */
export async function demo(io: Io): Promise<ExitCode> {
  const start = performance.now();
  const interrupt = io.catchInterrupt();
  const folder = resolve(io.cwd, DEFAULT_FOLDER);
  const parts: Part[] = [];
  try {
    for (const part of [correctPart, brokenPart, recordedPart]) {
      parts.push(await part(io, interrupt.signal, folder));
      if (interrupt.signal.aborted) {
        io.out('\nInterrupted.\n');
        return 3;
      }
    }
  } finally {
    interrupt.release();
  }
  const digests = parts.flatMap(({ digest }) => (digest === '' ? [] : [digest.slice(0, 8)]));
  const path = writeReport(folder, ['demo', ...digests].join('-'), {
    title: 'Holdfast: a tour',
    generatedFor: `${CORRECT}, its broken twin ${BROKEN}, and recorded histories of etcd`,
    runs: parts.flatMap((part) => part.runs),
    tables: parts.flatMap((part) => part.tables ?? []),
  });
  const good = parts.every((part) => part.asExpected);
  const verdict = painted(io, good ? 'holds' : 'violated', good ? 'all as it must be' : 'NOT as it must be');
  io.out(`\nDone in ${spent(performance.now() - start)}: ${verdict}.\n`);
  io.out(`Open the report in a browser, also offline:\n${shownPath(path, io.cwd)}\n`);
  return good ? 0 : 1;
}

function title(io: Io, number: number, text: string): void {
  const line = `${number}. ${text}`;
  io.out(`${number === 1 ? '' : '\n\n'}${line}\n${'='.repeat(line.length)}\n\n`);
}

/** Runs the demo's share of seeds; a busy machine runs fewer. */
async function campaign(
  io: Io,
  { experiment, reference }: LoadedExperiment,
  interrupted: AbortSignal,
): Promise<Summary> {
  io.out(`${describeExperiment(experiment)}\n  seeds     1 to ${SEEDS}\n\n`);
  const signal = AbortSignal.any([interrupted, AbortSignal.timeout(CAMPAIGN_LIMIT_MS)]);
  const result = await campaignWithProgress(io, { reference, firstSeed: 1, count: SEEDS, signal });
  const { summary } = result;
  const limited = result.interrupted && !interrupted.aborted;
  io.out(`${describeChecks(io, summary)}\n\n${describeConclusion(io, summary)}\n`);
  io.out(`${spent(result.wallMs)} on ${counted(result.jobs, 'thread')}`);
  if (limited) io.out(`; ${counted(summary.seeds, 'seed')} is what the time allowed`);
  io.out(`, campaign digest ${summary.digest || 'none'}\n`);
  return summary;
}

async function correctPart(io: Io, interrupted: AbortSignal): Promise<Part> {
  title(io, 1, 'Correct Raft, through a partition and everything else that can go wrong');
  const loaded = await resolveExperiment(CORRECT, io.cwd);
  const summary = await campaign(io, loaded, interrupted);
  const { result, facts } = partitionRun(loaded, interrupted);
  const command = seedCommand(loaded.reference, result.plan.seed, io.cwd);
  const living = { reference: loaded.reference, cwd: io.cwd };
  const about = { experiment: CORRECT, title: `${CORRECT}, seed ${result.plan.seed}`, command, living };
  const report = runReport(result, about);
  const asExpected = summary.conclusion === 'holds';
  if (facts === undefined) return { asExpected, runs: [report], digest: summary.digest };
  const rows = partitionTable(facts);
  io.out(`\nWhat the partition did in seed ${facts.seed}, where it cut off the leader:\n\n`);
  io.out(`${indented(columns(rows).join('\n'))}\n`);
  const text = rows.map(([question, answer]) => `${question}: ${answer}`).join('\n\n');
  const sections = [{ title: 'What the partition did', text }, ...(report.sections ?? [])];
  return { asExpected, runs: [{ ...report, sections }], digest: summary.digest };
}

/** The first seed in which N1 leads when the partition strikes, appends on its own and is replaced; else the first seed. */
function partitionRun(
  { experiment }: LoadedExperiment,
  interrupted: AbortSignal,
): { readonly result: RunResult; readonly facts: PartitionFacts | undefined } {
  const first = simulate(experiment, 1, { trace: true });
  for (let seed = 1; seed <= SEEDS_SEARCHED && !interrupted.aborted; seed++) {
    const result = seed === 1 ? first : simulate(experiment, seed, { trace: true });
    const facts = partitionFacts(result, 'N1');
    if (facts !== undefined) return { result, facts };
  }
  return { result: first, facts: undefined };
}

async function brokenPart(io: Io, interrupted: AbortSignal, folder: string): Promise<Part> {
  title(io, 2, 'A broken twin: the leader answers once it has appended, before a majority has');
  const loaded = await resolveExperiment(BROKEN, io.cwd);
  const summary = await campaign(io, loaded, interrupted);
  const [violated] = summary.violated;
  if (violated === undefined) return { asExpected: false, runs: [], digest: summary.digest };
  const { reference } = loaded;
  const signal = AbortSignal.any([interrupted, AbortSignal.timeout(SHRINK_LIMIT_MS)]);
  const { seed } = violated;
  const investigation = await investigateWithProgress(io, { reference, seed, shrink: true, signal });
  const finding = recordFinding(investigation, reference, { folder, cwd: io.cwd });
  io.out(`\n${presentViolation(io, investigation)}\n\n`);
  io.out(`evidence  ${shownPath(finding.evidencePath, io.cwd)}\nreplay    ${finding.command}\n`);
  const report = investigationReport(investigation, {
    experiment: BROKEN,
    title: `${BROKEN}, seed ${seed}, shrunk`,
    command: finding.command,
    living: { reference, cwd: io.cwd },
    originalCommand: seedCommand(reference, seed, io.cwd),
  });
  return { asExpected: true, runs: [report], digest: finding.evidence.digest };
}

function recordedPart(io: Io): Part {
  title(io, 3, 'The real thing: recorded histories of an etcd cluster under partitions');
  const recorded = judgeRecorded();
  if (recorded === undefined) {
    io.out('The recorded histories come with the sources of Holdfast and are not installed here.\n');
    return { asExpected: true, runs: [], digest: '' };
  }
  const { rows, totalMs } = recorded;
  const wrong = rows.filter(({ expected, found }) => expected !== found);
  io.out(`${compactTable(recorded)}\n\n`);
  const holding = rows.filter(({ found }) => found === 'holds').length;
  io.out(
    `${counted(rows.length, 'history', 'histories')} in ${spent(totalMs)}: ${holding} linearizable, ` +
      `${rows.length - holding} not; ${
        wrong.length === 0
          ? 'each as published'
          : `${wrong.length} unlike the published table: ${wrong.map(({ file }) => file).join(', ')}`
      }\n`,
  );
  const table = {
    title: 'Recorded histories of etcd, judged as one compare-and-set register',
    head: ['file', 'operations', 'verdict', 'as published', 'why'],
    rows: rows.map(({ file, operations, found, expected, reason }) => [
      file,
      String(operations),
      found,
      found === expected ? 'yes' : `no: ${expected}`,
      reason,
    ]),
  };
  return { asExpected: wrong.length === 0, runs: [], tables: [table], digest: '' };
}

/** Histories side by side: `etcd_000 violated`; one that is unlike the published verdict has a mark. */
function compactTable({ rows }: RecordedVerdicts): string {
  const ACROSS = 4;
  const cells = rows.map(({ file, found, expected, operations }) => [
    file.replace(/\.log$/, ''),
    `${found}${found === expected ? '' : ' (!)'}`,
    `${operations} ops`,
  ]);
  const lines: string[][] = [];
  for (let i = 0; i < cells.length; i += ACROSS) lines.push(cells.slice(i, i + ACROSS).flat());
  return columns(lines).join('\n');
}
