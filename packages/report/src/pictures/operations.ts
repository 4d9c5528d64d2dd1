import type { Operation } from '@holdfast/check';
import { nodeName, operationsShareAxis, type RunModel, type VerdictMarks } from '../model/model.ts';
import { decoration, type Mark, type Scene, type Shape, textWidth } from '../scene/scene.ts';
import { oneLine } from '../text/escape.ts';
import { counted, formatTime } from '../text/format.ts';
import { callText, operationText } from '../text/sentence.ts';
import { AXIS_HEIGHT, axisMarks, cursorMarks, squeezeNotes } from './axis.ts';
import { busyMark, type BusySpan } from './busy.ts';
import { emptyScene } from './empty.ts';
import { faultBands, fit, shadeMarks } from './faults.ts';
import { buildFrame, type Frame, highlight, type View } from './view.ts';

const ROW = 34;
const BAR = 20;
/** More operations than this in a window run together into one bar per process. */
export const MAX_BARS = 400;
/** An order that explains a history is numbered up to this many operations. */
export const MAX_ORDER = 99;
/** Rows of processes drawn at once. */
export const MAX_ROWS = 40;

/** What the verdicts say of one operation. */
interface Judged {
  /** Promises it blocks. */
  readonly blocks: readonly string[];
  /** Promises whose smallest contradiction it belongs to. */
  readonly contradicts: readonly string[];
  /** Its place in the explaining order, from 1; 0 where there is none. */
  readonly place: number;
}

/** What clients saw: one row per process, one bar per operation from invocation to completion. */
export function layoutOperations(model: RunModel, view: View): Scene {
  if (model.history.operations.length === 0) {
    return emptyScene('operations', TITLE, 'No client operation was recorded.', view.width);
  }
  if (!operationsShareAxis(model)) return layoutUnshared(model, view);
  const frame = buildFrame(model, view);
  const { seen, ghosts } = operationsIn(frame);
  const processes = [...new Set(seen.map((operation) => operation.process))].sort((a, b) => a - b);
  const shown = processes.slice(0, MAX_ROWS);
  const bands = faultBands(frame, AXIS_HEIGHT + 2);
  const top = AXIS_HEIGHT + bands.height + 6;
  const pitch = frame.narrow ? ROW + 12 : ROW;
  const bottom = top + Math.max(1, shown.length) * pitch;
  const rowOf = new Map(shown.map((process, i) => [process, top + i * pitch + (frame.narrow ? 16 : 4)]));
  const drawn = seen.filter((operation) => rowOf.has(operation.process));
  const crowded = drawn.length > MAX_BARS;
  const marks: Mark[] = [
    ...shadeMarks(frame, -1, top, bottom - top),
    ...axisMarks(frame, 0, bottom),
    ...bands.marks,
    ...shown.map((process) => processName(frame, process, rowOf.get(process) ?? top, drawn)),
    ...(crowded ? crowdedRows(frame, drawn, rowOf) : []),
    ...barMarks(frame, crowded ? drawn.filter((o) => isJudgedBad(model, o.id)) : drawn, rowOf),
    ...cursorMarks(frame, AXIS_HEIGHT - 6, bottom),
  ];
  return {
    id: 'operations',
    title: TITLE,
    description: `${counted(drawn.length, 'operation')} of ${counted(shown.length, 'process', 'processes')}. ${HOW}`,
    width: view.width,
    height: bottom + 6,
    marks,
    notes: [
      ...(crowded
        ? [
            `${counted(drawn.length, 'operation')} in this window run together; zoom in (+) below ${MAX_BARS} to part them.`,
          ]
        : []),
      ...hiddenNotes(model, ghosts, seen.length - drawn.length, processes.length - shown.length),
      ...bands.notes,
      ...squeezeNotes(frame),
    ],
  };
}

const TITLE = 'Operations as clients saw them';

/** The operations that touch the window; those open from before it, their outcome unknown, apart. */
function operationsIn(frame: Frame): {
  readonly seen: readonly Operation[];
  readonly ghosts: readonly Operation[];
} {
  const { scale, model } = frame;
  const seen: Operation[] = [];
  const ghosts: Operation[] = [];
  for (const operation of model.history.operations) {
    if (operation.invokedAt > scale.until || operation.completedAt < scale.from) continue;
    const ghost =
      operation.outcome === 'unknown' &&
      operation.invokedAt < scale.from &&
      !isJudgedBad(model, operation.id);
    (ghost ? ghosts : seen).push(operation);
  }
  return { seen, ghosts };
}

/** One mark for all operations of a process. */
function crowdedRows(
  frame: Frame,
  drawn: readonly Operation[],
  rowOf: ReadonlyMap<number, number>,
): readonly Mark[] {
  const rows = new Map<number, BusySpan[]>();
  for (const { process, invokedAt, completedAt, outcome } of drawn) {
    const row = rows.get(process) ?? [];
    row.push({ from: invokedAt, until: completedAt, outcome });
    rows.set(process, row);
  }
  return [...rows].map(([process, spans]) =>
    busyMark(frame, spans, rowOf.get(process) ?? 0, BAR, `process ${process}`),
  );
}

function barMarks(
  frame: Frame,
  operations: readonly Operation[],
  rowOf: ReadonlyMap<number, number>,
): readonly Mark[] {
  const judged = judge(frame.model);
  return operations.map((operation) => barMark(frame, operation, rowOf.get(operation.process) ?? 0, judged));
}

const HOW =
  'Solid bars finished ok, short-dashed struck bars failed, long-dashed bars that run on to the right edge never learned their outcome.';

function hiddenNotes(
  model: RunModel,
  ghosts: readonly Operation[],
  cut: number,
  rows: number,
): readonly string[] {
  const notes: string[] = [];
  if (ghosts.length > 0) {
    const names = ghosts.slice(0, 6).map((operation) => `${operation.id} (${callText(operation)})`);
    const more = ghosts.length > 6 ? ` and ${ghosts.length - 6} more` : '';
    notes.push(
      `Still open from before this window, outcome unknown, not drawn: ${names.join(', ')}${more}; move the window left to see them.`,
    );
  }
  if (cut > 0)
    notes.push(
      `${counted(cut, 'operation')} of ${counted(rows, 'more process', 'more processes')} are not drawn; zoom in (+).`,
    );
  const order = model.verdicts.find((verdict) => verdict.order.length > MAX_ORDER);
  if (order !== undefined) {
    notes.push(
      `${order.promise}: the explaining order of ${counted(order.order.length, 'operation')} is too long to number here.`,
    );
  }
  return notes;
}

/** Operations whose times are only an order cannot stand under a clock: they get an axis of their own. */
function layoutUnshared(model: RunModel, view: View): Scene {
  const alone: RunModel = {
    ...model,
    trace: { nodes: [], events: [], faults: [], endedAt: 0 },
    unit: 'index',
    end: model.history.operations.reduce(
      (end, o) => Math.max(end, Number.isFinite(o.completedAt) ? o.completedAt : o.invokedAt),
      1,
    ),
  };
  const scene = layoutOperations(alone, { ...view, from: -1, until: alone.end + 1, event: -1 });
  return {
    ...scene,
    notes: [...scene.notes, 'These operations carry an order, not a time: this axis counts steps.'],
  };
}

function isJudgedBad(model: RunModel, operation: number): boolean {
  return model.verdicts.some(
    (v) => v.status === 'violated' && (v.blocking === operation || v.minimal.includes(operation)),
  );
}

function judge(model: RunModel): (operation: number) => Judged {
  const violated = model.verdicts.filter((verdict) => verdict.status === 'violated');
  const explained = model.verdicts.find(
    (v) => v.status === 'holds' && v.order.length > 0 && v.order.length <= MAX_ORDER,
  );
  const places = new Map((explained?.order ?? []).map((operation, i) => [operation, i + 1]));
  const promise = (verdict: VerdictMarks): string => verdict.promise;
  return (operation) => ({
    blocks: violated.filter((verdict) => verdict.blocking === operation).map(promise),
    contradicts: violated.filter((verdict) => verdict.minimal.includes(operation)).map(promise),
    place: places.get(operation) ?? 0,
  });
}

function processName(frame: Frame, process: number, y: number, drawn: readonly Operation[]): Mark {
  const { scale, narrow, model } = frame;
  const clients = new Set(
    drawn.filter((operation) => operation.process === process).map((operation) => askedBy(model, operation)),
  );
  const client = clients.size === 1 ? [...clients][0] : undefined;
  const name = client === undefined || client === '' ? `process ${process}` : `${client} · p${process}`;
  const at = narrow ? { x: scale.left, y: y - 4 } : { x: scale.left - 12, y: y + 14 };
  const middle = y + BAR / 2;
  return decoration('lane', [
    { kind: 'line', from: { x: scale.left, y: middle }, to: { x: scale.right, y: middle } },
    {
      kind: 'text',
      class: 'name',
      at,
      text: fit(oneLine(name), narrow ? 200 : 88),
      anchor: narrow ? 'start' : 'end',
    },
  ]);
}

/** The node that invoked an operation, by the trace; empty when the trace does not say. */
function askedBy(model: RunModel, operation: Operation): string {
  const node = model.invokers.get(operation.id);
  return node === undefined ? '' : nodeName(model, node);
}

function barMark(frame: Frame, operation: Operation, y: number, judge: (operation: number) => Judged): Mark {
  const { scale } = frame;
  const judged = judge(operation.id);
  const open = !Number.isFinite(operation.completedAt);
  const x1 = Math.max(scale.left, scale.x(operation.invokedAt));
  const x2 = Math.max(x1 + 3, Math.min(scale.right, open ? scale.right : scale.x(operation.completedAt)));
  const shapes: Shape[] = [{ kind: 'rect', x: x1, y, width: x2 - x1, height: BAR, radius: open ? 0 : 3 }];
  const indent = judged.place > 0 && x2 - x1 >= 22 ? 22 : 5;
  shapes.push(...labelShapes(operation, x1 + indent, x2, y), ...blameShapes(frame, operation, judged, x1, y));
  if (operation.outcome === 'fail') {
    shapes.push({ kind: 'line', class: 'strike', from: { x: x1, y: y + BAR }, to: { x: x2, y } });
  }
  if (open) {
    const points = [
      { x: x2 - 7, y: y + 3 },
      { x: x2, y: y + BAR / 2 },
      { x: x2 - 7, y: y + BAR - 3 },
    ];
    shapes.push({ kind: 'path', class: 'open', points });
  }
  if (judged.place > 0 && x2 - x1 >= 16) shapes.push(...placeShapes(judged.place, x1 + 11, y + BAR / 2));
  const classes = [
    operation.outcome,
    judged.blocks.length > 0 ? 'blocking' : '',
    judged.contradicts.length > 0 ? 'minimal' : '',
  ];
  const name = `operation ${classes.filter((part) => part !== '').join(' ')}`;
  return {
    class: `${name}${highlight(frame, [], operation.id)}`,
    at: operation.invokedAt,
    text: operationSentence(frame, operation, judged),
    events: [],
    operation: operation.id,
    shapes,
  };
}

function labelShapes(operation: Operation, x: number, x2: number, y: number): readonly Shape[] {
  const options = [operationText(operation), callText(operation)];
  const text = options.find((option) => textWidth(option) + 4 <= x2 - x) ?? fit(options[1] ?? '', x2 - x - 2);
  return text === '' ? [] : [{ kind: 'text', at: { x, y: y + 14 }, text }];
}

/** What a verdict says of an operation stands under its bar, where it is always readable. */
function blameShapes(
  frame: Frame,
  operation: Operation,
  judged: Judged,
  x: number,
  y: number,
): readonly Shape[] {
  if (judged.blocks.length === 0 && judged.contradicts.length === 0) return [];
  const text = judged.blocks.length > 0 ? `✗ cannot be explained: ${operationText(operation)}` : '✗';
  const room = frame.scale.right - x;
  const anchor = textWidth(text, 11, true) > room ? 'end' : 'start';
  const at = { x: anchor === 'end' ? frame.scale.right : x, y: y + BAR + 11 };
  return [
    { kind: 'text', class: 'why', at, text: fit(text, frame.scale.right - frame.scale.left, true), anchor },
  ];
}

function placeShapes(place: number, x: number, y: number): readonly Shape[] {
  return [
    { kind: 'circle', class: 'order', center: { x, y }, radius: 8 },
    { kind: 'text', class: 'place', at: { x, y: y + 3.5 }, text: String(place), anchor: 'middle' },
  ];
}

function operationSentence(frame: Frame, operation: Operation, judged: Judged): string {
  const { unit } = frame.model;
  const asked = askedBy(frame.model, operation);
  const who = asked === '' ? `process ${operation.process}` : `${asked} (process ${operation.process})`;
  const done = Number.isFinite(operation.completedAt)
    ? `, answered at ${formatTime(operation.completedAt, unit)}`
    : '';
  const parts = [`${who}: ${operationText(operation)}${done}`];
  if (judged.blocks.length > 0) parts.push(`cannot be explained under ${judged.blocks.join(', ')}`);
  else if (judged.contradicts.length > 0)
    parts.push(`part of the smallest contradiction of ${judged.contradicts.join(', ')}`);
  if (judged.place > 0) parts.push(`number ${judged.place} in the explaining order`);
  return oneLine(parts.join('; '));
}
