import type { History } from '@holdfast/check';
import type { Trace } from '@holdfast/trace';
import { TraceFormatError } from './errors.ts';

const FORMAT = 'holdfast-trace';
const VERSION = 1;

/** A run as anybody's program reads it. */
export interface RunDocument {
  readonly trace: Trace;
  readonly history: History;
}

/** A run as one JSON document; times that never came (`completedAt`) are null. */
export function printRunDocument({ trace, history }: RunDocument): string {
  const finite = (_key: string, value: unknown): unknown =>
    value === Number.POSITIVE_INFINITY ? null : value;
  return `${JSON.stringify({ format: FORMAT, version: VERSION, trace, history }, finite)}\n`;
}

/** Whether a JSON value claims to be such a document. */
export function isRunDocument(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as { format?: unknown }).format === FORMAT;
}

/** Reads what `printRunDocument` wrote. Throws `TraceFormatError`. */
export function readRunDocument(value: unknown): RunDocument {
  const found = value as Partial<RunDocument> & { readonly version?: unknown };
  if (found.version !== VERSION) {
    throw new TraceFormatError(FORMAT, 0, `version ${VERSION}`, `version ${JSON.stringify(found.version)}`);
  }
  const { trace, history } = found;
  if (!Array.isArray(trace?.nodes) || !Array.isArray(trace.events) || !Array.isArray(trace.faults)) {
    throw new TraceFormatError(FORMAT, 0, 'trace.nodes, trace.events and trace.faults', 'another shape');
  }
  trace.events.forEach((event, i) => {
    if (event.id === i && Number.isFinite(event.at) && typeof event.kind === 'string') return;
    throw new TraceFormatError(
      FORMAT,
      0,
      'events with ids from 0 on, a time and a kind',
      `event ${i} without`,
    );
  });
  const operations = (history?.operations ?? []).map((operation) => ({
    ...operation,
    completedAt: (operation.completedAt as number | null) ?? Number.POSITIVE_INFINITY,
  }));
  return { trace, history: { operations, timeUnit: history?.timeUnit ?? 'us' } };
}
