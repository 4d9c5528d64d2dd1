import { KEYS } from '../page/steps.ts';
import type { RunModel } from '../model/model.ts';
import { layoutLegend } from '../pictures/legend.ts';
import { picturesOf } from '../pictures/pictures.ts';
import { firstView } from '../pictures/view.ts';
import { sceneToSvg } from '../scene/svg.ts';
import { escapeHtml } from '../text/escape.ts';
import { figureHtml } from './figure.ts';

/** Commands that switch something on and off. */
const TOGGLES: ReadonlySet<string> = new Set(['squeeze', 'stamps', 'cone']);

/** Width pictures are drawn for before a script knows the window's; narrower windows scroll without it. */
export const STATIC_WIDTH = 1190;

/** The pictures of a run; a run without events or operations has none. */
export function playerHtml(model: RunModel, index: number): string {
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
      `${TOGGLES.has(command) ? ' aria-pressed="false"' : ''}>${escapeHtml(label)}</button>`,
  );
  const rows = KEYS.map(
    ({ keys, help }) =>
      `<div><dt><kbd>${escapeHtml(keys[0] ?? '')}</kbd></dt><dd>${escapeHtml(help)}</dd></div>`,
  );
  return (
    `<div class="controls" role="toolbar" aria-label="Move in the run" aria-controls="run-${index}" hidden>` +
    `${buttons.join('')}<input type="search" data-search aria-label="Search events: words, or kind:, node:, label:" placeholder="Search events (/)">` +
    '<span class="found" role="status"></span><span class="window-label"></span></div>' +
    `<div class="help" tabindex="-1" role="region" aria-label="Keys" hidden><dl>${rows.join('')}</dl>` +
    '<p>Keys work while the pictures have the keyboard: click them or reach them with Tab. Click any mark to select it. ' +
    'Drag in the overview to choose a window, drag in a picture to move it; Ctrl and wheel zooms.</p></div>'
  );
}
