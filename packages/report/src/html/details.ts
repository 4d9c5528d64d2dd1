import type { Plain } from '@holdfast/plain';
import type { TraceEvent } from '@holdfast/trace';
import { causalityOf, coneSizes, stampText } from '../model/causality.ts';
import { causesOf, effectsOf, nodeName, type RunModel } from '../model/model.ts';
import { downAt, stateAt } from '../model/nodes.ts';
import { stripKeys, stripNodes } from '../pictures/strips.ts';
import { escapeHtml } from '../text/escape.ts';
import { counted, formatNumber, formatTime, plainText } from '../text/format.ts';
import { eventSentence, operationText } from '../text/sentence.ts';

/** Causes listed at once; the list says how many more there are. */
const SHOWN_CAUSES = 12;
const SHOWN_EFFECTS = 12;
/** Characters of a payload shown; what is cut is said. */
const PAYLOAD_LIMIT = 4_000;

/** Everything known of one event: what, where, when, why, its payload, and the state of every node right after it. */
export function eventDetails(model: RunModel, id: number, run: number): string {
  const event = model.trace.events[id];
  if (event === undefined) return '';
  const columns = [
    causeHtml(model, event, run),
    payloadHtml(event),
    stateHtml(model, event),
    operationPart(model, event, run),
  ];
  return (
    `<h3>${escapeHtml(eventSentence(model, event))}</h3>` +
    `<p class="muted">Event ${id} of ${model.trace.events.length}, ${formatTime(event.at, model.unit)} after the start, ` +
    `at ${escapeHtml(nodeName(model, event.node))}</p>${causalityHtml(model, event)}` +
    `<div class="columns">${columns.filter((column) => column !== '').join('')}</div>`
  );
}

/** Everything known of one operation, and what the verdicts say of it. */
export function operationDetails(model: RunModel, id: number, run: number): string {
  const operation = model.operations.get(id);
  if (operation === undefined) return '';
  const done = Number.isFinite(operation.completedAt)
    ? `answered at ${formatTime(operation.completedAt, model.history.timeUnit)}`
    : 'never answered: it may have taken effect, may still, or never will';
  const said = model.verdicts
    .filter((verdict) => verdict.blocking === id || verdict.minimal.includes(id))
    .map((verdict) => {
      const part = verdict.blocking === id ? 'cannot be explained' : 'part of the smallest contradiction';
      return `<p><strong>${escapeHtml(verdict.promise)}: ${part}.</strong> ${escapeHtml(verdict.reason)}</p>`;
    });
  const events = model.trace.events.filter((event) => event.operation === id);
  const links = events.map((event) => eventItem(model, event, run)).join('');
  return (
    `<h3>${escapeHtml(operationText(operation))}</h3>` +
    `<p class="muted">Operation ${id} by process ${operation.process}, asked at ` +
    `${formatTime(operation.invokedAt, model.history.timeUnit)}, ${done}</p>${said.join('')}` +
    `<div class="columns">${links === '' ? '' : `<div><h4>In the trace</h4><ol>${links}</ol></div>`}` +
    `<div><h4>Input and output</h4><pre>${payloadText(operation.input)}\n${payloadText(operation.output)}</pre></div></div>`
  );
}

/** Its stamps, and how many events stand how to it. */
function causalityHtml(model: RunModel, event: TraceEvent): string {
  const causality = event.node < 0 ? undefined : causalityOf(model);
  if (causality === undefined) return '';
  const stamps = (['lamport', 'vector', 'hybrid'] as const).map(
    (kind) => `${kind} ${stampText(causality, kind, event)}`,
  );
  const { past, future, concurrent } = coneSizes(model, causality, event.id);
  return (
    `<p class="muted stamps">Stamps: ${stamps.join(', ')}. ${counted(past, 'event')} can have led to it, ` +
    `${formatNumber(future)} can have come of it, ${formatNumber(concurrent)} are concurrent.</p>`
  );
}

function causeHtml(model: RunModel, event: TraceEvent, run: number): string {
  const causes = causesOf(model.trace, event.id);
  const effects = effectsOf(model.trace, event.id);
  const list = (events: readonly TraceEvent[], limit: number): string => {
    const rest = events.length - limit;
    const more =
      rest > 0 ? `<li class="muted">and ${counted(rest, 'more', 'more')}; step along with [ and ]</li>` : '';
    return (
      events
        .slice(0, limit)
        .map((item) => eventItem(model, item, run))
        .join('') + more
    );
  };
  const why =
    causes.length === 0
      ? '<p class="muted">No recorded cause.</p>'
      : `<ol>${list(causes, SHOWN_CAUSES)}</ol>`;
  const then = effects.length === 0 ? '' : `<h4>What it caused</h4><ol>${list(effects, SHOWN_EFFECTS)}</ol>`;
  return `<div><h4>Why: the chain of causes, nearest first</h4>${why}${then}</div>`;
}

function eventItem(model: RunModel, event: TraceEvent, run: number): string {
  return (
    `<li><a href="#run-${run}/e${event.id}" data-run="${run}" data-e="${event.id}">${escapeHtml(formatTime(event.at, model.unit))}</a> ` +
    `${escapeHtml(eventSentence(model, event))}</li>`
  );
}

function payloadHtml(event: TraceEvent): string {
  if (event.data === null || event.kind === 'state') return '';
  const title = event.message >= 0 ? `Message ${event.message}` : 'Details';
  return `<div><h4>${title}</h4><pre tabindex="0">${payloadText(event.data)}</pre></div>`;
}

function payloadText(value: Plain): string {
  const text = JSON.stringify(value, null, 1);
  if (text.length <= PAYLOAD_LIMIT) return escapeHtml(text);
  return `${escapeHtml(text.slice(0, PAYLOAD_LIMIT))}… (${counted(text.length - PAYLOAD_LIMIT, 'character')} more)`;
}

/** The state of every node once the event had happened: term, leader, commit index and whatever else they show. */
function stateHtml(model: RunModel, event: TraceEvent): string {
  const keys = stripKeys(model);
  const nodes = stripNodes(model);
  if (nodes.length === 0) return '';
  const rows = nodes.map((node) => {
    const timeline = model.nodes[node];
    const state = timeline === undefined ? undefined : stateAt(timeline, event.id);
    const down = timeline === undefined ? undefined : downAt(timeline, event.id);
    const cells = keys.map((key) => {
      const value = state?.view[key];
      return `<td>${value === undefined || value === null ? '-' : escapeHtml(plainText(value, 32))}</td>`;
    });
    const fresh = state?.event === event.id ? ' class="fresh"' : '';
    const up = down === undefined ? 'up' : down.kind;
    return `<tr${fresh}><th scope="row">${escapeHtml(nodeName(model, node))}</th><td>${up}</td>${cells.join('')}</tr>`;
  });
  const head = ['node', 'runs', ...keys].map((key) => `<th scope="col">${escapeHtml(key)}</th>`).join('');
  return (
    '<div class="states"><h4>State of every node right after it</h4><div class="wide" tabindex="0" role="group" aria-label="States"><table>' +
    `<thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div></div>`
  );
}

function operationPart(model: RunModel, event: TraceEvent, run: number): string {
  const operation = model.operations.get(event.operation);
  if (operation === undefined) return '';
  const link = `<a href="#run-${run}/o${operation.id}" data-run="${run}" data-o="${operation.id}">`;
  return `<div><h4>Operation</h4><p>${link}${escapeHtml(operationText(operation))}</a></p></div>`;
}
