import { gzipSync } from 'node:zlib';
import { type CausalSlice, type ReportPage, type RunReport, renderReport } from '@holdfast/report';
import { relative, sep } from 'node:path';
import type { RunResult } from '../simulate/simulate.ts';
import { contractSections } from './contractSections.ts';
import { writeOnce } from './files.ts';
import { type Investigation, shownRun } from './investigate.ts';
import { rerunOf } from './livingCode.ts';
import type { ExperimentReference } from './resolveExperiment.ts';

/** What a report says of a run beside the run itself. */
export interface RunReportOptions {
  readonly experiment: string;
  readonly title: string;
  /** The one command that replays exactly this run. */
  readonly command: string;
  /** The events behind the violation of the run shown, by their ids in its trace. */
  readonly slice?: CausalSlice;
  /** Where the experiment came from, and the folder the command is for: with them the page can run the run again. */
  readonly living?: { readonly reference: ExperimentReference; readonly cwd: string };
}

/** A run, with its trace, as a report shows it. */
export function runReport(result: RunResult, options: RunReportOptions): RunReport {
  const { plan, digest, history, verdicts, metrics } = result;
  const trace = result.trace ?? { nodes: [], events: [], faults: [], endedAt: plan.endUs };
  const { living, ...rest } = options;
  const again = living === undefined ? {} : rerunOf(plan, living.reference, fileOf(living));
  const sections = contractSections(result);
  return { ...rest, seed: plan.seed, digest, trace, history, verdicts, metrics, sections, ...again };
}

/** How evidence names the experiment's file. */
function fileOf({ reference, cwd }: NonNullable<RunReportOptions['living']>): string | undefined {
  return reference.kind === 'file' ? relative(cwd, reference.path).split(sep).join('/') : undefined;
}

/** The run an investigation shows; `originalCommand` reaches the run as it was before shrinking. */
export function investigationReport(
  investigation: Investigation,
  options: RunReportOptions & { readonly originalCommand: string },
): RunReport {
  const { originalCommand, ...rest } = options;
  const { shrunk, original, slice } = investigation;
  const report = runReport(shownRun(investigation), { ...rest, ...(slice === undefined ? {} : { slice }) });
  if (shrunk === undefined) return report;
  return {
    ...report,
    shrink: { fromEvents: shrunk.fromEvents, toEvents: shrunk.toEvents, steps: shrunk.runs },
    original: {
      eventCount: original.events,
      operationCount: original.history.operations.length,
      endedAt: original.plan.endUs,
      command: originalCommand,
    },
  };
}

/** Base64 of the gzip of a text: how pages carry long data. */
export function compressed(text: string): string {
  return gzipSync(text).toString('base64');
}

/** Writes a page as one HTML file and returns its path; equal pages share one file. */
export function writeReport(folder: string, base: string, page: ReportPage): string {
  const html = renderReport(page, { compress: compressed });
  return writeOnce(folder, base, '.html', html);
}
