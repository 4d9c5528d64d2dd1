import type { Scene } from '../scene/scene.ts';
import { type TwinLine, twinOf } from '../scene/twin.ts';
import { escapeHtml } from '../text/escape.ts';
import { counted, type TimeUnit } from '../text/format.ts';

/** The parts of a figure that change with the view. */
export interface FigureParts {
  /** What is not drawn and how to see it. */
  readonly notes: string;
  /** The text twin's summary. */
  readonly summary: string;
  /** The text twin: one list item for every mark. */
  readonly twin: () => string;
}

/** The changing parts of a figure, as HTML. */
export function figureParts(scene: Scene, unit: TimeUnit, run: number): FigureParts {
  const lines = twinOf(scene, unit);
  return {
    notes: scene.notes.map((note) => `<p>${escapeHtml(note)}</p>`).join(''),
    summary: `The same as text: ${counted(lines.length, 'line')}`,
    twin: () =>
      `<p>${escapeHtml(scene.description)}</p><ol tabindex="0">${lines.map((line) => lineHtml(line, run)).join('')}</ol>`,
  };
}

/** A picture with its caption, its notes and its text twin. */
export function figureHtml(scene: Scene, svg: string, unit: TimeUnit, run: number, extra = ''): string {
  const parts = figureParts(scene, unit, run);
  return (
    `<figure class="picture" data-picture="${scene.id}"><figcaption>${escapeHtml(scene.title)}</figcaption>${extra}` +
    `<div class="canvas">${svg}</div><div class="notes">${parts.notes}</div>` +
    `<details class="twin"><summary>${parts.summary}</summary><div class="lines">${parts.twin()}</div></details></figure>`
  );
}

/** One line of a text twin; lines that stand for events or operations link to them. */
function lineHtml(line: TwinLine, run: number): string {
  const links = line.events.map(
    (event) => `<a href="#run-${run}/e${event}" data-run="${run}" data-e="${event}">${event}</a>`,
  );
  const numbers = links.length === 0 ? '' : ` <span class="ids">${links.join(' ')}</span>`;
  return `<li><time>${escapeHtml(line.time)}</time> ${escapeHtml(line.text)}${numbers}</li>`;
}
