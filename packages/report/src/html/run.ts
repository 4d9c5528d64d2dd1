import { worstStatus } from '@holdfast/check';
import { encodeRun } from '../data/codec.ts';
import { buildModel, type RunData, verdictMarks } from '../model/model.ts';
import type { RunReport } from '../run.ts';
import { escapeHtml } from '../text/escape.ts';
import { counted, formatDuration, formatNumber } from '../text/format.ts';
import { chartsHtml } from './charts.ts';
import { diagramsHtml } from './diagrams.ts';
import type { RenderOptions } from './options.ts';
import { packedText } from './packed.ts';
import { playerHtml } from './player.ts';
import { runBadge, tableHtml } from './tables.ts';
import { verdictTable } from './verdicts.ts';
import { whatIfHtml } from './whatIf.ts';
import { whyHtml } from './why.ts';

/** One run of a page, as HTML. */
export function runHtml(run: RunReport, index: number, options: RenderOptions): string {
  const { trace, history } = run;
  const slice = run.slice === undefined ? {} : { slice: run.slice };
  const data: RunData = { trace, history, verdicts: run.verdicts.map(verdictMarks), ...slice };
  const model = buildModel(data);
  return `<section class="run" id="run-${index}" data-run="${index}" data-digest="${escapeHtml(run.digest)}" data-status="${worstStatus(run.verdicts)}" aria-labelledby="run-${index}-title">
<h2 id="run-${index}-title">${runBadge(run.verdicts)} ${escapeHtml(run.title)}</h2>
${factsHtml(run)}${commandHtml(run, index)}
<h3>Verdicts</h3>
${verdictTable(run.verdicts, index, model)}
${whyHtml(model, index)}
${playerHtml(model, index)}
${whatIfHtml(run, index)}
${diagramsHtml(run, index)}${chartsHtml(model, index)}${metricsHtml(run)}${sectionsHtml(run)}
${dataHtml(data, options)}
</section>`;
}

/** The run's data, for the script: JSON text, or gzip of it as base64. */
function dataHtml(data: RunData, options: RenderOptions): string {
  return packedText(encodeRun(data), 'application/json', 'data-trace', options);
}

function factsHtml(run: RunReport): string {
  const facts: (readonly [string, string])[] = [['Experiment', run.experiment]];
  if (run.seed !== null) facts.push(['Seed', String(run.seed)]);
  facts.push(['Digest', run.digest]);
  if (run.trace.events.length > 0) {
    facts.push([
      'Trace',
      `${counted(run.trace.events.length, 'event')}${run.trace.timeUnit === 'index' ? '' : ` in ${formatDuration(run.trace.endedAt)}`}`,
    ]);
  }
  facts.push(['History', counted(run.history.operations.length, 'operation')]);
  if (run.shrink !== undefined) {
    const { fromEvents, toEvents, steps } = run.shrink;
    const share = `from ${formatNumber(fromEvents)} to ${formatNumber(toEvents)} handled events`;
    facts.push(['Shrunk', `${share}, ${counted(steps, 'candidate run')} tried`]);
  }
  const rows = facts.map(
    ([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`,
  );
  return `<dl class="facts">${rows.join('')}</dl>`;
}

function commandHtml(run: RunReport, index: number): string {
  const original = run.original?.command;
  const first = commandBox(run.command, commandLabel(run), `run-${index}-command`);
  if (original === undefined) return first;
  return `${first}${commandBox(original, 'Replay it as it was before shrinking', `run-${index}-original`)}`;
}

function commandLabel({ seed, noRerun }: RunReport): string {
  if (seed !== null) return 'Replay this run';
  return noRerun === undefined ? 'Draw it again' : 'Run such an experiment again';
}

function commandBox(command: string, label: string, id: string): string {
  return (
    `<div class="command"><span class="label" id="${id}-label">${label}</span>` +
    `<code id="${id}" tabindex="0" aria-labelledby="${id}-label">${escapeHtml(command)}</code>` +
    `<button type="button" data-copy="${id}" hidden>Copy</button></div>`
  );
}

/** What the metrics that every replicated log should export say. */
const METRIC_MEANINGS: Readonly<Record<string, string>> = {
  leader_changes_per_minute:
    'elections won, per simulated minute; many mean timeouts below what the network keeps',
  commit_index_monotonic: '1 while no commit index ever went back, 0 as soon as one did',
  snapshot_install_failures: 'snapshots that could not be installed',
  quorum_acks_latency_p99:
    'time from append to acknowledgement by a quorum that 99 of 100 entries did not exceed',
  rejected_requests_due_to_admission_control: 'requests turned away with an explicit answer',
  term: 'the highest term (or ballot, or view) at the end',
  leader: 'who leads at the end; 0 for nobody',
  commit_index: 'the last entry known to be committed, at the end',
  config_version: 'the version of the membership in force at the end',
};

function metricsHtml(run: RunReport): string {
  const entries = Object.entries(run.metrics ?? {});
  if (entries.length === 0) return '';
  const rows = entries.map(([name, value]) => [name, formatNumber(value), METRIC_MEANINGS[name] ?? '']);
  return `<h3>Metrics</h3>${tableHtml(['Metric', 'Value', 'What it says'], rows)}`;
}

function sectionsHtml(run: RunReport): string {
  return (run.sections ?? [])
    .map(({ title, text }) => {
      const paragraphs = text.split(/\n\s*\n/).map((part) => `<p>${escapeHtml(part.trim())}</p>`);
      return `<h3>${escapeHtml(title)}</h3>${paragraphs.join('')}`;
    })
    .join('');
}
