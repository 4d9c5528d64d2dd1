import { worstStatus } from '@holdfast/check';
import { encodeRun } from '../data/codec.ts';
import { buildModel, type RunData, type RunModel, verdictMarks } from '../model/model.ts';
import { KEYS } from '../page/steps.ts';
import { layoutLegend } from '../pictures/legend.ts';
import { picturesOf } from '../pictures/pictures.ts';
import { firstView } from '../pictures/view.ts';
import type { RunReport } from '../run.ts';
import { sceneToSvg } from '../scene/svg.ts';
import { escapeHtml, escapeJson } from '../text/escape.ts';
import { counted, formatDuration, formatNumber } from '../text/format.ts';
import { figureHtml } from './figure.ts';
import type { RenderOptions } from './options.ts';
import { statusBadge, tableHtml } from './tables.ts';
import { verdictTable } from './verdicts.ts';

/** Width pictures are drawn for before a script knows the window's; narrower windows scroll without it. */
export const STATIC_WIDTH = 1190;
/** Data of at least this many characters is worth compressing. */
const WORTH_PACKING = 20_000;

/** One run of a page, as HTML. */
export function runHtml(run: RunReport, index: number, options: RenderOptions): string {
  const { trace, history } = run;
  const data: RunData = { trace, history, verdicts: run.verdicts.map(verdictMarks) };
  const model = buildModel(data);
  const status = run.verdicts.length === 0 ? 'undecided' : worstStatus(run.verdicts);
  return `<section class="run" id="run-${index}" data-run="${index}" aria-labelledby="run-${index}-title">
<h2 id="run-${index}-title">${statusBadge(status)} ${escapeHtml(run.title)}</h2>
${factsHtml(run)}${commandHtml(run, index)}
<h3>Verdicts</h3>
${verdictTable(run.verdicts, index, model)}
${playerHtml(model, index)}
${metricsHtml(run)}${sectionsHtml(run)}
${dataHtml(data, options)}
</section>`;
}

/** The pictures of a run; a run without events or operations has none. */
function playerHtml(model: RunModel, index: number): string {
  if (model.trace.events.length === 0 && model.history.operations.length === 0) {
    return '<p class="muted">Nothing was recorded that could be drawn.</p>';
  }
  const view = firstView(model, STATIC_WIDTH);
  const figures = picturesOf(model).map(({ layout }) => {
    const scene = layout(model, view);
    const extra = scene.id === 'messages' ? legendHtml() : '';
    return figureHtml(scene, sceneToSvg(scene), model.unit, index, extra);
  });
  const short = KEYS.map(({ keys }) => keys[0]).join(' ');
  return (
    `<h3>What happened</h3><div class="player">${controlsHtml(index)}` +
    '<p class="live" role="status" aria-live="polite" hidden>Nothing selected: click a mark, or press n for the first event of the window.</p>' +
    '<div class="stage" tabindex="0" role="group" aria-label="Pictures of the run; press ? for the keys" ' +
    `aria-keyshortcuts="${escapeHtml(short)}">${figures.join('')}</div>` +
    '<aside class="details" aria-label="Selected" hidden>' +
    '<button type="button" class="close" data-command="clear">Close</button><div class="body"></div></aside></div>'
  );
}

function legendHtml(): string {
  const items = layoutLegend().map((scene) => sceneToSvg(scene));
  return `<div class="signs">${items.join('')}</div>`;
}

function controlsHtml(index: number): string {
  const buttons = KEYS.filter(({ label }) => label !== '').map(
    ({ command, keys, label, help }) =>
      `<button type="button" data-command="${command}" title="${escapeHtml(`${help} (${keys[0] ?? ''})`)}"` +
      `${command === 'squeeze' ? ' aria-pressed="false"' : ''}>${escapeHtml(label)}</button>`,
  );
  const rows = KEYS.map(
    ({ keys, help }) =>
      `<div><dt><kbd>${escapeHtml(keys[0] ?? '')}</kbd></dt><dd>${escapeHtml(help)}</dd></div>`,
  );
  return (
    `<div class="controls" role="toolbar" aria-label="Move in the run" aria-controls="run-${index}" hidden>` +
    `${buttons.join('')}<span class="window-label"></span></div>` +
    `<div class="help" tabindex="-1" role="region" aria-label="Keys" hidden><dl>${rows.join('')}</dl>` +
    '<p>Keys work while the pictures have the keyboard: click them or reach them with Tab. Click any mark to select it. ' +
    'Drag in the overview to choose a window, drag in a picture to move it; Ctrl and wheel zooms.</p></div>'
  );
}

/** The run's data, for the script: JSON text, or gzip of it as base64. */
function dataHtml(data: RunData, options: RenderOptions): string {
  const json = encodeRun(data);
  if (options.compress === undefined || json.length < WORTH_PACKING) {
    return `<script type="application/json" data-packing="none">${escapeJson(json)}</script>`;
  }
  const packed = options.compress(json);
  if (!/^[A-Za-z0-9+/=]*$/.test(packed)) throw new NotBase64Error(packed);
  return `<script type="application/json" data-packing="gzip">${packed}</script>`;
}

/** Thrown when `compress` gives back something that is not base64. */
export class NotBase64Error extends TypeError {
  readonly code = 'NOT_BASE64';
  readonly found: string;
  constructor(found: string) {
    super(`Cannot embed compressed data as base64: compress returned ${JSON.stringify(found.slice(0, 40))}`);
    this.name = 'NotBase64Error';
    this.found = found;
  }
}

function factsHtml(run: RunReport): string {
  const facts: (readonly [string, string])[] = [['Experiment', run.experiment]];
  if (run.seed !== null) facts.push(['Seed', String(run.seed)]);
  facts.push(['Digest', run.digest]);
  if (run.trace.events.length > 0) {
    facts.push([
      'Trace',
      `${counted(run.trace.events.length, 'event')} in ${formatDuration(run.trace.endedAt)}`,
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
