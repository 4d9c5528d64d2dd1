import { printHistory } from '@holdfast/check';
import { hashString } from '@holdfast/plain';
import type { LiveResult } from '@holdfast/live';
import type { ReportSection, RunReport } from '@holdfast/report';
import { contractSections } from './contractSections.ts';
import { versions } from './versions.ts';

/** A run of a real cluster as a report shows it; `command` runs such an experiment again. */
export function liveReport(result: LiveResult, command: string): RunReport {
  const { name, system, version, recording, trace, verdicts } = result;
  const { history } = recording;
  return {
    title: `${name} on ${system} ${version}`,
    experiment: name,
    seed: null,
    digest: digestOf(printHistory(history, 'jsonl')),
    command,
    trace,
    history,
    verdicts,
    metrics: {
      ready_ms: Math.round(result.readyMs),
      total_ms: Math.round(result.totalMs),
      operations: history.operations.length,
      ...Object.fromEntries(result.metrics.map((metric) => [metric.name, metric.value])),
    },
    sections: [...told(result), ...contractSections({ operations: [], verdicts, history }), ...logs(result)],
    noRerun: 'it was recorded on a real cluster',
  };
}

/** What was expected, what happened in which order, and with which versions. */
function told(result: LiveResult): ReportSection[] {
  const { status, expect, journal, metrics, retries, undoFailures, system, version } = result;
  const { holdfast, node } = versions();
  const missed = metrics.filter(({ kept }) => !kept);
  const paragraphs = [
    `Expected: ${expect}. Found: ${status}.`,
    ...missed.map(({ name, value, limit }) => `${name} is ${value}, and should be ${limit}.`),
    ...retries.map((why, i) => `Cluster ${i + 1} was given up: ${why}`),
    ...undoFailures.map((failure) => `Could not be undone: ${failure}.`),
    `${system} ${version}; holdfast ${holdfast} on Node ${node}, ${process.platform} ${process.arch}.`,
  ];
  const lines = journal.map(({ atMs, text }) => (atMs < 0 ? text : `${atMs} ms: ${text}`));
  return [
    { title: 'What was expected, and of what', text: paragraphs.join('\n\n') },
    ...(lines.length === 0 ? [] : [{ title: 'What the experiment did', text: lines.join('\n\n') }]),
  ];
}

function logs({ logs }: LiveResult): ReportSection[] {
  return logs
    .filter(({ text }) => text !== '')
    .map(({ process: name, text }) => ({
      title: `The last lines ${name} printed`,
      text: text.split('\n').join('\n\n'),
    }));
}

/** A recording has no seed: its operations name it. */
export function digestOf(text: string): string {
  return [0x5eed, 0xc0de]
    .map((seed) => (hashString(text, seed) >>> 0).toString(16).padStart(8, '0'))
    .join('');
}
