import type { Scene } from '../scene/scene.ts';
import { twinOf } from '../scene/twin.ts';
import { escapeHtml } from '../text/escape.ts';
import { counted, type TimeUnit } from '../text/format.ts';

/** A picture with its caption, its notes and its text twin. */
export function figureHtml(scene: Scene, svg: string, unit: TimeUnit, run: number): string {
  return (
    `<figure class="picture" data-picture="${scene.id}"><figcaption>${escapeHtml(scene.title)}</figcaption>` +
    `<div class="canvas">${svg}</div><div class="notes">${notesHtml(scene)}</div>` +
    `<details class="twin"><summary>${summaryText(scene, unit)}</summary>${twinHtml(scene, unit, run)}</details></figure>`
  );
}

/** What a text twin's summary says. */
export function summaryText(scene: Scene, unit: TimeUnit): string {
  return `The same as text: ${counted(twinOf(scene, unit).length, 'line')}`;
}

/** The notes of a picture: what is not drawn, and how to see it. */
export function notesHtml(scene: Scene): string {
  return scene.notes.map((note) => `<p>${escapeHtml(note)}</p>`).join('');
}

/** The text twin as an ordered list; lines that stand for events or operations link to them. */
export function twinHtml(scene: Scene, unit: TimeUnit, run: number): string {
  const lines = twinOf(scene, unit).map((line) => {
    const links = line.events.map(
      (event) => `<a href="#run-${run}/e${event}" data-run="${run}" data-e="${event}">${event}</a>`,
    );
    const numbers = links.length === 0 ? '' : ` <span class="ids">${links.join(' ')}</span>`;
    return `<li><time>${escapeHtml(line.time)}</time> ${escapeHtml(line.text)}${numbers}</li>`;
  });
  return `<p>${escapeHtml(scene.description)}</p><ol>${lines.join('')}</ol>`;
}
