import { resolve } from 'node:path';
import type { CampaignResult } from '../../campaign/campaign.ts';
import { seedCommand, shownPath } from '../../node/command.ts';
import { assertUsableFolder } from '../../node/files.ts';
import { DEFAULT_FOLDER } from '../../node/finding.ts';
import type { Investigation } from '../../node/investigate.ts';
import { type LoadedExperiment, resolveExperiment } from '../../node/resolveExperiment.ts';
import type { Conclusion, Summary } from '../../node/summary.ts';
import { type Artefacts, writeArtefacts } from '../artefacts.ts';
import { campaignWithProgress } from '../campaignStep.ts';
import { describeChecks, describeConclusion, describeExperiment, whyUndecided } from '../describe.ts';
import { printDocument } from '../document.ts';
import { EXIT_CODES, type ExitCode } from '../exitCodes.ts';
import { investigateWithProgress } from '../investigateStep.ts';
import type { Io } from '../io.ts';
import { presentViolation } from '../present.ts';
import { runDocument } from '../runDocument.ts';
import { counted, indented, spent } from '../text.ts';

/** What `holdfast run` takes, checked. */
export interface RunOptions {
  readonly firstSeed: number;
  readonly seeds: number;
  /** Threads; one per core without it. */
  readonly jobs?: number;
  readonly json: boolean;
  /** Folder for an HTML report and evidence; without it evidence of a violation goes to `holdfast-report`. */
  readonly report?: string;
  readonly shrink: boolean;
  readonly keepGoing: boolean;
  /** Each seed is run again and compared. */
  readonly twice: boolean;
}

/** Seeds that threw shown with their stacks; `--json` has them all. */
const SHOWN_ERRORS = 3;

/** A campaign and what was made of it. */
interface Session extends LoadedExperiment {
  readonly campaign: CampaignResult;
  readonly summary: Summary;
  readonly conclusion: Conclusion;
}

/** `holdfast run`: many seeds of an experiment; on a violation the small run, its evidence and the command that replays it. */
export async function run(name: string, options: RunOptions, io: Io): Promise<ExitCode> {
  const start = performance.now();
  const loaded = await resolveExperiment(name, io.cwd);
  if (options.report !== undefined) assertUsableFolder(resolve(io.cwd, options.report), '--report');
  const { firstSeed, seeds: count } = options;
  const interrupt = io.catchInterrupt();
  try {
    if (!options.json) {
      const seeds =
        count === 1 ? `seed      ${firstSeed}` : `seeds     ${firstSeed} to ${firstSeed + count - 1}`;
      io.out(`${describeExperiment(loaded.experiment)}\n  ${seeds}\n\n`);
    }
    const { signal } = interrupt;
    const { jobs, keepGoing, twice } = options;
    const campaign = await campaignWithProgress(io, {
      reference: loaded.reference,
      firstSeed,
      count,
      keepGoing,
      twice,
      signal,
      ...(jobs === undefined ? {} : { jobs }),
    });
    const { summary } = campaign;
    const stopped = campaign.interrupted && summary.conclusion === 'holds';
    const session = {
      ...loaded,
      campaign,
      summary,
      conclusion: stopped ? 'undecided' : summary.conclusion,
    } as const;
    if (!options.json) io.out(describeSession(io, session));
    const investigation = await lookCloser(io, session, options, signal);
    finish(io, session, options, investigation, start);
    return EXIT_CODES[session.conclusion];
  } finally {
    interrupt.release();
  }
}

function describeSession(io: Io, session: Session): string {
  const { campaign, summary, conclusion, reference } = session;
  const shown = { ...summary, conclusion };
  const rate = (summary.seeds * 1_000) / campaign.wallMs;
  const speed = `${spent(campaign.wallMs)} on ${counted(campaign.jobs, 'thread')} (${rate.toFixed(1)} seeds/s)`;
  const parts = summary.checks.length === 0 ? [] : [describeChecks(io, summary)];
  parts.push(`${describeConclusion(io, shown)}\n${speed}, campaign digest ${summary.digest || 'none'}`);
  if (conclusion === 'undecided') parts.push(whyUndecided(summary, campaign.interrupted));
  for (const { seed, error } of summary.errors.slice(0, SHOWN_ERRORS)) {
    const replay = `show it again: ${seedCommand(reference, seed, io.cwd)}`;
    parts.push(`seed ${seed} threw\n${indented(`${error?.stack ?? ''}\n${replay}`)}`);
  }
  const more = summary.errors.length - SHOWN_ERRORS;
  if (more > 0) parts.push(`and ${counted(more, 'more seed')} threw`);
  return `${parts.join('\n\n')}\n`;
}

/** The seed worth a closer look: the smallest violated one; else, for a report, an undecided one or the first. */
async function lookCloser(
  io: Io,
  session: Session,
  options: RunOptions,
  signal: AbortSignal,
): Promise<Investigation | undefined> {
  const { summary, reference } = session;
  const [violated] = summary.violated;
  const forReport = options.report === undefined || summary.errors.length > 0 ? undefined : summary.first;
  const chosen = violated ?? summary.undecided[0] ?? forReport;
  if (chosen === undefined || (violated === undefined && options.report === undefined)) return undefined;
  const shrink = options.shrink && !signal.aborted;
  return await investigateWithProgress(io, { reference, seed: chosen.seed, shrink, signal });
}

function finish(
  io: Io,
  session: Session,
  options: RunOptions,
  investigation: Investigation | undefined,
  start: number,
): void {
  const { campaign, summary, conclusion, reference } = session;
  const place = {
    folder: resolve(io.cwd, options.report ?? DEFAULT_FOLDER),
    asked: options.report !== undefined,
  };
  const artefacts =
    investigation === undefined ? undefined : writeArtefacts(io, investigation, reference, place);
  if (!options.json) {
    if (summary.violated.length > 0 && investigation !== undefined) {
      io.out(`\n${presentViolation(io, investigation)}\n\n`);
    }
    if (artefacts !== undefined) io.out(describeArtefacts(io, artefacts));
    return;
  }
  printDocument(
    io,
    runDocument(io, {
      command: 'run',
      reference,
      conclusion,
      summary,
      seeds: { from: campaign.firstSeed, count: campaign.count },
      digest: summary.digest,
      interrupted: campaign.interrupted,
      investigation,
      artefacts,
      timings: {
        totalMs: performance.now() - start,
        campaignMs: campaign.wallMs,
        shrinkMs: investigation?.shrinkMs ?? 0,
      },
    }),
  );
}

/** Where things were written, and how to see the run again. */
export function describeArtefacts(io: Io, artefacts: Artefacts): string {
  const { finding, reportPath, command } = artefacts;
  const lines: string[] = [];
  if (finding !== undefined) lines.push(`evidence  ${shownPath(finding.evidencePath, io.cwd)}`);
  lines.push(`replay    ${command}`);
  if (reportPath !== undefined) lines.push(`report    ${shownPath(reportPath, io.cwd)}`);
  return `${lines.join('\n')}\n`;
}
