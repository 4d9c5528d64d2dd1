import { formatTime, type TimeUnit } from '../text/format.ts';
import type { Mark, Scene } from './scene.ts';

/** One line of a text twin. */
export interface TwinLine {
  readonly at: number;
  /** The instant with its unit. */
  readonly time: string;
  readonly text: string;
  readonly events: readonly number[];
  readonly operation?: number;
}

/**
 * The text twin of a picture: every mark that says something, in the order of time (then of events), and the
 * picture's notes. Whoever reads it knows what the picture shows.
 */
export function twinOf(scene: Scene, unit: TimeUnit = 'us'): readonly TwinLine[] {
  const speaking = scene.marks.filter((mark) => mark.text !== '');
  const ordered = speaking.toSorted((a, b) => a.at - b.at || firstEvent(a) - firstEvent(b));
  return ordered.map((mark) => ({
    at: mark.at,
    time: formatTime(mark.at, unit),
    text: mark.text,
    events: mark.events,
    ...(mark.operation === undefined ? {} : { operation: mark.operation }),
  }));
}

/** The twin as plain text, one line each, notes last. */
export function twinToText(scene: Scene, unit: TimeUnit = 'us'): string {
  const lines = twinOf(scene, unit).map((line) => `${line.time}  ${line.text}${eventNumbers(line.events)}`);
  return [
    `${scene.title}. ${scene.description}`,
    ...lines,
    ...scene.notes.map((note) => `Note: ${note}`),
  ].join('\n');
}

/** ` (event 3)` or ` (events 3, 5)`: how a line names the trace events it stands for. */
export function eventNumbers(events: readonly number[]): string {
  if (events.length === 0) return '';
  return events.length === 1 ? ` (event ${events[0]})` : ` (events ${events.join(', ')})`;
}

function firstEvent(mark: Mark): number {
  return mark.events[0] ?? -1;
}
