import { gzipSync } from 'node:zlib';
import { type ReportPage, type RunReport, renderReport } from '@holdfast/report';
import type { RunResult } from '../simulate/simulate.ts';
import { writeOnce } from './files.ts';
import { type Investigation, shownRun } from './investigate.ts';

/** What a report says of a run beside the run itself. */
export interface RunReportOptions {
  readonly experiment: string;
  readonly title: string;
  /** The one command that replays exactly this run. */
  readonly command: string;
}

/** A run, with its trace, as a report shows it. */
export function runReport(result: RunResult, options: RunReportOptions): RunReport {
  const { plan, digest, history, verdicts, metrics } = result;
  const trace = result.trace ?? { nodes: [], events: [], faults: [], endedAt: plan.endUs };
  return { ...options, seed: plan.seed, digest, trace, history, verdicts, metrics };
}

/** The run an investigation shows; `originalCommand` reaches the run as it was before shrinking. */
export function investigationReport(
  investigation: Investigation,
  options: RunReportOptions & { readonly originalCommand: string },
): RunReport {
  const { originalCommand, ...rest } = options;
  const report = runReport(shownRun(investigation), rest);
  const { shrunk, original } = investigation;
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

/** Writes a page as one HTML file and returns its path; equal pages share one file. */
export function writeReport(folder: string, base: string, page: ReportPage): string {
  const html = renderReport(page, { compress: (text) => gzipSync(text).toString('base64') });
  return writeOnce(folder, base, '.html', html);
}
