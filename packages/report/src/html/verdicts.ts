import type { Operation, Verdict } from '@holdfast/check';
import { type RunModel, violationEvent } from '../model/model.ts';
import { escapeHtml } from '../text/escape.ts';
import { counted, formatNumber, formatTime, type TimeUnit } from '../text/format.ts';
import { operationText } from '../text/sentence.ts';
import { statusBadge } from './tables.ts';

const SHOWN_EVENTS = 24;

/** The verdicts of a run: promise, status, reason, evidence. Links select the event or operation in the pictures. */
export function verdictTable(verdicts: readonly Verdict[], run: number, model: RunModel): string {
  if (verdicts.length === 0) return '<p class="muted">No promise was judged in this run.</p>';
  const rows = verdicts.map(
    (verdict) =>
      `<tr class="${verdict.status}"><th scope="row">${escapeHtml(verdict.promise)}</th>` +
      `<td>${statusBadge(verdict.status)}</td><td>${escapeHtml(verdict.reason)}</td>` +
      `<td>${evidenceHtml(verdict, run, model)}</td></tr>`,
  );
  return (
    '<div class="wide" tabindex="0" role="group" aria-label="Verdicts"><table class="verdicts"><thead><tr>' +
    '<th scope="col">Promise</th><th scope="col">Status</th><th scope="col">Why</th><th scope="col">Evidence</th>' +
    `</tr></thead><tbody>${rows.join('')}</tbody></table></div>`
  );
}

function evidenceHtml({ promise, evidence }: Verdict, run: number, model: RunModel): string {
  const { unit } = model;
  const { examined, steps } = evidence;
  const parts = [
    `Examined ${formatNumber(examined)}${steps === examined ? '' : ` in ${counted(steps, 'step')}`}`,
  ];
  if (evidence.order !== undefined)
    parts.push(`an order of ${counted(evidence.order.length, 'operation')} explains it`);
  const lines = [escapeHtml(`${parts.join('; ')}.`)];
  if (evidence.atUs !== undefined) {
    const event = violationEvent(model.trace, promise, evidence.events ?? [], evidence.atUs);
    const when = formatTime(evidence.atUs);
    lines.push(`Seen at ${event < 0 ? when : eventLink(event, run, when)}.`);
  }
  if (evidence.blocking !== undefined) {
    lines.push(`Cannot be explained: ${operationLink(evidence.blocking, run, unit)}`);
  }
  if (evidence.minimal !== undefined && evidence.minimal.length > 0) {
    const items = evidence.minimal.map((operation) => `<li>${operationLink(operation, run, unit)}</li>`);
    lines.push(`Smallest contradiction:<ul>${items.join('')}</ul>`);
  }
  if (evidence.events !== undefined && evidence.events.length > 0) {
    const shown = evidence.events.slice(0, SHOWN_EVENTS).map((event) => eventLink(event, run, String(event)));
    const rest = evidence.events.length - shown.length;
    lines.push(`Events ${shown.join(' ')}${rest > 0 ? ` and ${rest} more` : ''}`);
  }
  return lines.map((line) => `<div>${line}</div>`).join('');
}

/** A link that selects an event of a run. */
function eventLink(event: number, run: number, text: string): string {
  return `<a href="#run-${run}/e${event}" data-run="${run}" data-e="${event}">${escapeHtml(text)}</a>`;
}

function operationLink(operation: Operation, run: number, unit: TimeUnit): string {
  const text = `${operationText(operation)} by process ${operation.process}, asked at ${formatTime(operation.invokedAt, unit)}`;
  return `<a href="#run-${run}/o${operation.id}" data-run="${run}" data-o="${operation.id}">${escapeHtml(text)}</a>`;
}
