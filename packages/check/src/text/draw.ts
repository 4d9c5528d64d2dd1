import { eventsOf } from '../history/events.ts';
import type { History, Operation } from '../history/operation.ts';
import { labelOf } from './label.ts';

/** How wide a drawing may be, and what it marks. */
export interface DrawOptions {
  /** Characters in a line; 100 unless told otherwise. */
  readonly width?: number;
  /** The operation at which an explanation fails: marked with `<` and a line below. */
  readonly blocking?: Operation | undefined;
}

/** Processes and operations beyond which a drawing says nothing any more. */
const MOST_DRAWN = 40;
const GAP = '  ';

/**
 * Operations as bars, a line per process, earlier ones further left; two bars overlap where the operations did. Only the order of
 * times is drawn, not their distance. A bar that ends with `?` has an unknown outcome and may end at any time.
 *
 *     process 0  [write x 1]  [write x 2]
 *     process 1                           [read x -> 1]
 *
 * Undefined when there are too many operations, or the lines would be longer than `width`; then a table says it better. In a history that
 * knows only sessions bars of different processes say nothing of one another.
 */
export function drawOperations(
  operations: readonly Operation[],
  order: History['order'] = 'real-time',
  options: DrawOptions = {},
): readonly string[] | undefined {
  const { width = 100, blocking } = options;
  if (operations.length === 0 || operations.length > MOST_DRAWN) return undefined;
  const sorted = [...operations].sort((a, b) => a.invokedAt - b.invokedAt || a.id - b.id);
  const bars = order === 'session' ? sideBySide(sorted) : inTime(sorted);
  const processes = [...new Set(sorted.map((o) => o.process))].sort((a, b) => a - b);
  const titleWidth = Math.max(...processes.map((process) => `process ${process}`.length));
  const lines = processes.map((process) => {
    let line = `process ${process}`.padEnd(titleWidth) + GAP;
    const from = line.length;
    for (const bar of bars) {
      if (bar.operation.process === process) line = line.padEnd(from + bar.start) + drawn(bar);
    }
    return blocking?.process === process && bars.some(({ operation }) => operation.id === blocking.id)
      ? `${line}  <--`
      : line;
  });
  return lines.some((line) => line.length > width) ? undefined : lines;
}

interface Bar {
  readonly operation: Operation;
  readonly label: string;
  readonly start: number;
  readonly end: number;
}

function drawn({ operation, label, start, end }: Bar): string {
  const isOpen = operation.outcome === 'unknown';
  const fill = Math.max(0, end - start - 1 - label.length);
  return `[${label}${(isOpen ? '.' : ' ').repeat(fill)}${isOpen ? '?' : ']'}`;
}

/** Where bars begin and end: as far left as labels and the order of times allow. */
function inTime(sorted: readonly Operation[]): Bar[] {
  // Numbered anew, because the events are those of a history by itself.
  const renumbered = sorted.map((operation, id) => ({ ...operation, id }));
  const events = eventsOf({ operations: renumbered, timeUnit: 'us' });
  const start: number[] = [];
  const end: number[] = [];
  const free = new Map<number, number>();
  let at = 0;
  for (const { operation, isInvocation } of events) {
    const { id, process } = operation;
    if (isInvocation) {
      at = Math.max(at + 1, free.get(process) ?? 0);
      start[id] = at;
      continue;
    }
    const label = labelOf(sorted[id] as Operation);
    at = Math.max(at + 1, (start[id] ?? 0) + label.length + 1);
    end[id] = at;
    free.set(process, at + 3);
  }
  const first = Math.min(...start);
  return sorted.map((operation, id) => ({
    operation,
    label: labelOf(operation),
    start: (start[id] ?? 0) - first,
    end: (end[id] ?? 0) - first,
  }));
}

/** Each process by itself. */
function sideBySide(sorted: readonly Operation[]): Bar[] {
  const free = new Map<number, number>();
  return sorted.map((operation) => {
    const label = labelOf(operation);
    const start = free.get(operation.process) ?? 0;
    const end = start + label.length + 1;
    free.set(operation.process, end + 3);
    return { operation, label, start, end };
  });
}
