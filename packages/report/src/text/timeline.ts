import type { History } from '@holdfast/check';
import type { Trace, TraceEvent } from '@holdfast/trace';
import { buildModel, nodeName, type RunModel } from '../model/model.ts';
import { oneLine } from './escape.ts';
import { clip, counted, formatTime, plainText } from './format.ts';
import { eventSentence } from './sentence.ts';

/** How a text timeline is written. */
export interface TextTimelineOptions {
  /** Characters per line, at least 40; longer lines end in an ellipsis. Default 100. */
  readonly width?: number;
}

const NARROWEST = 40;

/**
 * A run as plain text for a terminal: one line per event with its number, time, node, what happened and the number of
 * the event that caused it. Every event has its line; nothing an event carries can add one. A line that had to be
 * shortened is said at the end.
 */
export function renderTextTimeline(
  trace: Trace,
  history: History,
  options: TextTimelineOptions = {},
): string {
  const width = Math.max(NARROWEST, options.width ?? 100);
  const model = buildModel({ trace, history, verdicts: [] });
  if (trace.events.length === 0) return 'No event was recorded.';
  const rows = trace.events.map((event) => ({
    number: `#${event.id}`,
    time: formatTime(event.at, model.unit),
    node: clip(oneLine(nodeName(model, event.node)), 12),
    what: `${withoutName(model, event)}${payload(event)}`,
    cause: event.cause < 0 ? '' : `  <- #${event.cause}`,
  }));
  const widest = (column: 'number' | 'time' | 'node'): number =>
    rows.reduce((most, row) => Math.max(most, row[column].length), 0);
  const [number, time, node] = [widest('number'), widest('time'), widest('node')];
  let shortened = 0;
  const lines = rows.map((row) => {
    const start = `${row.number.padStart(number)}  ${row.time.padStart(time)}  ${row.node.padEnd(node)}  `;
    const what = clip(row.what, width - start.length - row.cause.length);
    if (what !== row.what) shortened++;
    return `${start}${what}${row.cause}`;
  });
  if (shortened > 0) lines.push(`(${counted(shortened, 'line')} shortened to ${width} characters)`);
  return lines.join('\n');
}

/** The event's sentence without the name of the node that has a column of its own. */
function withoutName(model: RunModel, event: TraceEvent): string {
  const sentence = eventSentence(model, event);
  const name = oneLine(nodeName(model, event.node));
  if (sentence.startsWith(`${name}: `)) return sentence.slice(name.length + 2);
  return sentence.startsWith(`${name} `) ? sentence.slice(name.length + 1) : sentence;
}

/** What a message, a note or a disk write carries, in short; deliveries repeat what their send said. */
function payload(event: TraceEvent): string {
  const { kind, data } = event;
  if (data === null || (kind !== 'send' && kind !== 'store')) return '';
  if (typeof data !== 'object' || Array.isArray(data)) return ` (${plainText(data)})`;
  const parts = Object.entries(data).map(([key, value]) => `${key} ${plainText(value ?? null, 40)}`);
  return parts.length === 0 ? '' : oneLine(` (${parts.join(', ')})`);
}
