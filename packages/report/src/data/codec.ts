import type { Operation, Outcome } from '@holdfast/check';
import type { Plain } from '@holdfast/plain';
import type { Trace, TraceEvent, TraceEventKind } from '@holdfast/trace';
import type { CausalSlice } from '../run.ts';
import type { RunData } from '../model/model.ts';

/** Thrown when a page carries data this version cannot read. */
export class UnreadableRunError extends Error {
  readonly code = 'UNREADABLE_RUN';
  readonly found: unknown;
  constructor(found: unknown) {
    super(
      `Cannot read the run as data of version ${VERSION}: found version ${String(found)}; open the page that came with it`,
    );
    this.name = 'UnreadableRunError';
    this.found = found;
  }
}

const VERSION = 1;

const KINDS: readonly TraceEventKind[] = [
  'boot',
  'send',
  'deliver',
  'drop',
  'timer',
  'store',
  'stored',
  'crash',
  'restart',
  'pause',
  'resume',
  'clock',
  'disk',
  'fault',
  'heal',
  'invoke',
  'ok',
  'fail',
  'unknown',
  'state',
  'note',
  'violation',
];

const OUTCOMES: readonly Outcome[] = ['ok', 'fail', 'unknown'];

/** A run as columns: times as differences, repeated texts and payloads once. Plain JSON. */
interface Packed {
  readonly version: number;
  readonly trace: Omit<Trace, 'events'>;
  /** Distinct labels, and distinct payloads as JSON values. */
  readonly labels: readonly string[];
  readonly payloads: readonly Plain[];
  /** One column each: at, node, kind, cause, peer, message, operation, label, payload. */
  readonly events: readonly (readonly number[])[];
  readonly timeUnit: 'us' | 'index';
  readonly operations: readonly (readonly Plain[])[];
  readonly verdicts: RunData['verdicts'];
  readonly slice?: CausalSlice;
}

/** Numbers repeated things by the order of their first appearance. */
class Dictionary<T> {
  readonly items: T[] = [];
  private readonly places = new Map<string, number>();

  place(key: string, item: T): number {
    const known = this.places.get(key);
    if (known !== undefined) return known;
    this.places.set(key, this.items.length);
    this.items.push(item);
    return this.items.length - 1;
  }
}

/** A run as compact JSON text; `decodeRun` gives an equal run back. Event ids must be dense from 0, as a trace's are. */
export function encodeRun(run: RunData): string {
  const labels = new Dictionary<string>();
  const payloads = new Dictionary<Plain>();
  payloads.place('null', null);
  const columns: number[][] = Array.from({ length: 9 }, () => []);
  let before = 0;
  for (const event of run.trace.events) {
    const cells = [
      event.at - before,
      event.node + 1,
      KINDS.indexOf(event.kind),
      event.cause < 0 ? 0 : event.id - event.cause,
      event.peer + 1,
      event.message + 1,
      event.operation + 1,
      labels.place(event.label, event.label),
      payloads.place(JSON.stringify(event.data), event.data),
    ];
    cells.forEach((cell, i) => columns[i]?.push(cell));
    before = event.at;
  }
  const { events: _, ...trace } = run.trace;
  const packed: Packed = {
    version: VERSION,
    trace,
    labels: labels.items,
    payloads: payloads.items,
    events: columns,
    timeUnit: run.history.timeUnit,
    operations: run.history.operations.map(packOperation),
    verdicts: run.verdicts,
    ...(run.slice === undefined ? {} : { slice: run.slice }),
  };
  return JSON.stringify(packed);
}

function packOperation(operation: Operation): readonly Plain[] {
  const { id, process, f, key, input, outcome, output, invokedAt, completedAt, node } = operation;
  const done = Number.isFinite(completedAt) ? completedAt - invokedAt : null;
  return [
    id,
    process,
    f,
    key ?? null,
    input,
    OUTCOMES.indexOf(outcome),
    output,
    invokedAt,
    done,
    node ?? null,
  ];
}

/** Reads what `encodeRun` wrote. Throws `UnreadableRunError` for another version. */
export function decodeRun(text: string): RunData {
  const packed = JSON.parse(text) as Packed;
  if (packed.version !== VERSION) throw new UnreadableRunError(packed.version);
  const operations = packed.operations.map(unpackOperation);
  return {
    trace: { ...packed.trace, events: unpackEvents(packed) },
    history: { operations, timeUnit: packed.timeUnit },
    verdicts: packed.verdicts,
    ...(packed.slice === undefined ? {} : { slice: packed.slice }),
  };
}

function unpackEvents(packed: Packed): readonly TraceEvent[] {
  const [at = [], node, kind, cause, peer, message, operation, label, payload] = packed.events;
  let now = 0;
  return at.map((difference, id): TraceEvent => {
    now += difference;
    const back = cause?.[id] ?? 0;
    return {
      id,
      at: now,
      node: (node?.[id] ?? 0) - 1,
      kind: KINDS[kind?.[id] ?? 0] ?? 'note',
      cause: back === 0 ? -1 : id - back,
      peer: (peer?.[id] ?? 0) - 1,
      message: (message?.[id] ?? 0) - 1,
      operation: (operation?.[id] ?? 0) - 1,
      label: packed.labels[label?.[id] ?? 0] ?? '',
      data: packed.payloads[payload?.[id] ?? 0] ?? null,
    };
  });
}

function unpackOperation(cells: readonly Plain[]): Operation {
  const [id, process, f, key, input, outcome, output, invokedAt, done, node] = cells;
  return {
    id: Number(id),
    process: Number(process),
    f: textOf(f),
    ...(key === null || key === undefined ? {} : { key: textOf(key) }),
    input: input ?? null,
    outcome: OUTCOMES[Number(outcome)] ?? 'unknown',
    output: output ?? null,
    invokedAt: Number(invokedAt),
    completedAt: done === null ? Number.POSITIVE_INFINITY : Number(invokedAt) + Number(done),
    ...(node === null || node === undefined ? {} : { node: Number(node) }),
  };
}

function textOf(cell: Plain | undefined): string {
  return typeof cell === 'string' ? cell : '';
}
