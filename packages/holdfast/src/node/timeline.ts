import type { History } from '@holdfast/check';
import { renderTextTimeline } from '@holdfast/report';
import type { Trace, TraceEventKind } from '@holdfast/trace';

/** How much of a run fits a terminal. */
export interface ShortTimelineOptions {
  /** Most lines. Default 60. */
  readonly lines?: number;
  /** Characters per line. Default 110. */
  readonly width?: number;
}

const DEFAULT_LINES = 60;
const DEFAULT_WIDTH = 110;

/** What is left out first, until the rest fits; each step also leaves out those before it. */
const LESS_TELLING: readonly (readonly TraceEventKind[])[] = [
  ['boot', 'store', 'stored', 'disk', 'clock'],
  ['timer'],
  ['drop'],
  ['deliver'],
  ['note'],
  ['send'],
  ['state'],
];

/**
 * A run as text that fits a screen: every event when there is room, else without the less telling kinds of event, and at last only the
 * beginning and the end. A last line says what was left out.
 */
export function shortTimeline(trace: Trace, history: History, options: ShortTimelineOptions = {}): string {
  const room = options.lines ?? DEFAULT_LINES;
  const width = options.width ?? DEFAULT_WIDTH;
  const hidden = new Set<TraceEventKind>();
  const shown = (): number[] => trace.events.flatMap(({ kind }, i) => (hidden.has(kind) ? [] : [i]));
  let rows = shown();
  for (const kinds of LESS_TELLING) {
    if (rows.length <= room) break;
    for (const kind of kinds) hidden.add(kind);
    rows = shown();
  }
  if (rows.length > room) rows = [...rows.slice(0, room / 2), ...rows.slice(rows.length - room / 2)];
  // One line per event, so a line's number is its event's.
  const all = renderTextTimeline(trace, history, { width }).split('\n');
  const lines = rows.map((row) => all[row] ?? '');
  const left = trace.events.length - rows.length;
  if (left > 0) lines.push(`(${left} of ${trace.events.length} events not shown: ${whatIsLeft(hidden)})`);
  return lines.join('\n');
}

function whatIsLeft(hidden: ReadonlySet<TraceEventKind>): string {
  const kinds = LESS_TELLING.flat().filter((kind) => hidden.has(kind));
  return kinds.length === LESS_TELLING.flat().length
    ? 'all but the first and last things clients and faults did'
    : `${kinds.join(', ')}; the report has them all`;
}
