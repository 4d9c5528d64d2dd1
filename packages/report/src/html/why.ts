import type { RunModel } from '../model/model.ts';
import type { CausalSlice } from '../run.ts';
import { escapeHtml } from '../text/escape.ts';
import { counted, formatTime } from '../text/format.ts';
import { eventSentence } from '../text/sentence.ts';

/**
 * Why it happened: the events behind the violation in order, each linked, with those without which it does not happen, and the
 * event after which nothing could avert it. Empty where nobody has worked it out.
 */
export function whyHtml(model: RunModel, run: number): string {
  const { slice, trace } = model;
  if (slice === undefined || slice.events.length === 0) return '';
  const shown = slice.events
    .filter(({ id }) => trace.events[id] !== undefined)
    .toSorted((a, b) => a.id - b.id);
  const necessary = shown.filter((event) => event.necessary).length;
  const items = shown.map(({ id, necessary: needed }) => {
    const event = trace.events[id];
    if (event === undefined) return '';
    const last = id === slice.pointOfNoReturn;
    const badge = needed
      ? '<strong class="needed">● necessary</strong> '
      : '<span class="muted">○ contributes</span> ';
    const turn = last
      ? '<p class="turn"><strong>▲ Point of no return:</strong> after this nothing averts it.</p>'
      : '';
    const link = `<a href="#run-${run}/e${id}" data-run="${run}" data-e="${id}">${escapeHtml(formatTime(event.at, model.unit))}</a>`;
    return `<li>${badge}${link} ${escapeHtml(eventSentence(model, event))}${turn}</li>`;
  });
  const led = slice.led ?? shown.length;
  const told = led > shown.length ? `; the ${counted(shown.length, 'event')} that tell it` : '';
  return (
    `<h3>Why</h3>${rulesHtml(slice.rules ?? [], run)}<p>${counted(led, 'event')} of ${counted(trace.events.length, 'event')} led to it${told}; ` +
    `${counted(necessary, 'is', 'are')} necessary: taken out alone, the violation does not happen. ` +
    'In the pictures they carry a ring; w walks them.</p>' +
    `<ol class="why">${items.join('')}</ol>`
  );
}

/** What went against the rules, each sentence linked to where it shows. */
function rulesHtml(rules: NonNullable<CausalSlice['rules']>, run: number): string {
  if (rules.length === 0) return '';
  const items = rules.map(({ sentence, events }) => {
    const links = events.map(
      (id) => `<a href="#run-${run}/e${id}" data-run="${run}" data-e="${id}">event ${id}</a>`,
    );
    return `<li>${escapeHtml(sentence)} (${links.join(', ')})</li>`;
  });
  return `<p><strong>Against the rules:</strong></p><ul class="rules">${items.join('')}</ul>`;
}
