import type { History } from '@holdfast/check';
import { renderTextTimeline } from '@holdfast/report';
import type { Trace, TraceEvent, TraceEventKind } from '@holdfast/trace';

/** How much of a run fits a terminal. */
export interface ShortTimelineOptions {
  /** Most lines. Default 60. */
  readonly lines?: number;
  /** Characters per line. Default 110. */
  readonly width?: number;
  /** Simulated microseconds of what matters: kept in view when not everything fits. Default: the end of the run. */
  readonly aroundUs?: number;
}

const DEFAULT_LINES = 60;
const DEFAULT_WIDTH = 110;

/** A kind of event that a short timeline can do without. */
interface Omission {
  readonly words: string;
  readonly covers: (event: TraceEvent, isClient: (node: number) => boolean) => boolean;
}

function kinds(words: string, ...names: readonly TraceEventKind[]): Omission {
  return { words, covers: ({ kind }) => names.includes(kind) };
}

const QUIET: readonly TraceEventKind[] = ['boot', 'store', 'stored', 'disk', 'clock'];

/** What is left out first, until the rest fits; each step also leaves out what those before it do. */
const LESS_TELLING: readonly Omission[] = [
  {
    words: 'starts and disk writes',
    covers: ({ kind, at }) => QUIET.includes(kind) || (at === 0 && (kind === 'state' || kind === 'note')),
  },
  { words: 'states of clients', covers: ({ kind, node }, isClient) => kind === 'state' && isClient(node) },
  kinds('timers', 'timer'),
  kinds('deliveries', 'deliver'),
  kinds('notes', 'note'),
  { words: 'messages to clients', covers: ({ kind, peer }, isClient) => kind === 'send' && isClient(peer) },
  { words: 'messages of clients', covers: ({ kind, node }, isClient) => kind === 'send' && isClient(node) },
  kinds('losses', 'drop'),
  kinds('messages', 'send'),
  kinds('states', 'state'),
];

/**
 * A run as text that fits a screen: every event when there is room, else without the less telling kinds of event, and at last only a part
 * around what matters. A last line says what was left out.
 */
export function shortTimeline(trace: Trace, history: History, options: ShortTimelineOptions = {}): string {
  const room = options.lines ?? DEFAULT_LINES;
  const width = options.width ?? DEFAULT_WIDTH;
  const isClient = (node: number): boolean => trace.nodes[node]?.role === 'client';
  let rows = trace.events;
  const left: string[] = [];
  for (const { words, covers } of LESS_TELLING) {
    if (rows.length <= room) break;
    left.push(words);
    rows = rows.filter((event) => !covers(event, isClient));
  }
  if (rows.length > room) {
    const { aroundUs = trace.endedAt } = options;
    const after = rows.findIndex(({ at }) => at > aroundUs);
    const end = Math.min(rows.length, Math.max(room, after < 0 ? rows.length : after + Math.floor(room / 5)));
    left.push('what came before and after');
    rows = rows.slice(end - room, end);
  }
  // One line per event, so a line's number is its event's.
  const all = renderTextTimeline(trace, history, { width }).split('\n');
  const lines = rows.map(({ id }) => all[id] ?? '');
  const hidden = trace.events.length - rows.length;
  if (hidden > 0) lines.push(`(${hidden} of ${trace.events.length} events not shown: ${left.join(', ')})`);
  return lines.join('\n');
}
