import { worstStatus } from '@holdfast/check';
import { buildModel, verdictMarks } from '../model/model.ts';
import { layoutSpaceTime } from '../pictures/spaceTime.ts';
import { firstView } from '../pictures/view.ts';
import type { RunReport } from '../run.ts';
import { sceneToSvg } from '../scene/svg.ts';
import { escapeHtml } from '../text/escape.ts';
import { counted, formatNumber, formatTime } from '../text/format.ts';
import { figureHtml } from './figure.ts';
import type { RenderOptions } from './page.ts';
import { statusBadge, tableHtml } from './tables.ts';
import { verdictTable } from './verdicts.ts';

/** Width pictures are drawn for before a script knows the window's; narrower windows scroll without it. */
export const STATIC_WIDTH = 1180;

/** One run of a page, as HTML. */
export function runHtml(run: RunReport, index: number, options: RenderOptions): string {
  const { trace, history } = run;
  const verdicts = run.verdicts.map(verdictMarks);
  const model = buildModel({ trace, history, verdicts });
  const view = firstView(model, STATIC_WIDTH);
  const scene = layoutSpaceTime(model, view);
  const status = run.verdicts.length === 0 ? 'undecided' : worstStatus(run.verdicts);
  return `<section class="run" id="run-${index}" data-run="${index}" aria-labelledby="run-${index}-title">
<h2 id="run-${index}-title">${statusBadge(status)} ${escapeHtml(run.title)}</h2>
${factsHtml(run)}${commandHtml(run, index)}
<h3>Verdicts</h3>
${verdictTable(run.verdicts, index, model.unit)}
${figureHtml(scene, sceneToSvg(scene), model.unit, index)}
${metricsHtml(run)}${sectionsHtml(run)}
</section>`;
}

function factsHtml(run: RunReport): string {
  const facts: (readonly [string, string])[] = [['Experiment', run.experiment]];
  if (run.seed !== null) facts.push(['Seed', String(run.seed)]);
  facts.push(['Digest', run.digest]);
  if (run.trace.events.length > 0) {
    facts.push(['Trace', `${counted(run.trace.events.length, 'event')} in ${formatTime(run.trace.endedAt)}`]);
  }
  facts.push(['History', counted(run.history.operations.length, 'operation')]);
  if (run.shrink !== undefined) {
    const { fromEvents, toEvents, steps } = run.shrink;
    const share = `${formatNumber(fromEvents)} to ${formatNumber(toEvents)} events`;
    facts.push(['Shrunk', `from ${share}, ${counted(steps, 'candidate run')} tried`]);
  }
  const rows = facts.map(
    ([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`,
  );
  return `<dl class="facts">${rows.join('')}</dl>`;
}

function commandHtml(run: RunReport, index: number): string {
  const original = run.original?.command;
  const first = commandBox(run.command, 'Replay this run', `run-${index}-command`);
  if (original === undefined) return first;
  return `${first}${commandBox(original, 'Replay it as it was before shrinking', `run-${index}-original`)}`;
}

function commandBox(command: string, label: string, id: string): string {
  return (
    `<div class="command"><span class="label" id="${id}-label">${label}</span>` +
    `<code id="${id}" tabindex="0" aria-labelledby="${id}-label">${escapeHtml(command)}</code>` +
    `<button type="button" data-copy="${id}" hidden>Copy</button></div>`
  );
}

function metricsHtml(run: RunReport): string {
  const entries = Object.entries(run.metrics ?? {});
  if (entries.length === 0) return '';
  const rows = entries.map(([name, value]) => [name, formatNumber(value)]);
  return `<h3>Metrics</h3>${tableHtml(['Metric', 'Value'], rows)}`;
}

function sectionsHtml(run: RunReport): string {
  return (run.sections ?? [])
    .map(({ title, text }) => {
      const paragraphs = text.split(/\n\s*\n/).map((part) => `<p>${escapeHtml(part.trim())}</p>`);
      return `<h3>${escapeHtml(title)}</h3>${paragraphs.join('')}`;
    })
    .join('');
}
