import type { TraceEvent } from '@holdfast/trace';
import { type Mark, type Point, type Shape, textWidth } from '../scene/scene.ts';
import { oneLine } from '../text/escape.ts';
import { eventSentence, operationText, callText } from '../text/sentence.ts';
import type { Lane } from './lanes.ts';
import { fit } from './faults.ts';
import { type Frame, highlight, type Room } from './view.ts';

/** Kinds that are always drawn, however crowded the window is. */
const ESSENTIAL: ReadonlySet<string> = new Set([
  'crash',
  'restart',
  'pause',
  'resume',
  'fault',
  'heal',
  'violation',
  'clock',
  'disk',
]);

/** Whether an event must be drawn even in a crowded window. */
export function isEssential(event: TraceEvent): boolean {
  return ESSENTIAL.has(event.kind);
}

/** The events of the window that are drawn as glyphs: everything but messages and operations. */
export function glyphEvents(frame: Frame): readonly TraceEvent[] {
  const { from, until } = frame.scale;
  return frame.model.trace.events.filter(
    (event) => event.at >= from && event.at <= until && event.message < 0 && !isOperation(event),
  );
}

function isOperation(event: TraceEvent): boolean {
  return event.operation >= 0 && ['invoke', 'ok', 'fail', 'unknown'].includes(event.kind);
}

/** Small marks at a node's lane (or at the axis, for the world's own events). */
export function glyphMarks(
  frame: Frame,
  lanes: readonly Lane[],
  events: readonly TraceEvent[],
  axisY: number,
  bottom: number,
  room: Room,
): readonly Mark[] {
  const laneOf = new Map(lanes.map((lane) => [lane.node, lane]));
  return events.map((event): Mark => {
    const x = frame.scale.x(event.at);
    const lane = laneOf.get(event.node);
    const shapes =
      event.kind === 'violation'
        ? violationShapes(frame, event, x, axisY, bottom, room)
        : lane === undefined
          ? worldShapes(event, x, axisY)
          : laneShapes(frame, event, x, lane, room);
    const text = eventSentence(frame.model, event);
    const name = `event ${event.kind}${highlight(frame, [event.id])}`;
    return { class: name, at: event.at, text, events: [event.id], shapes };
  });
}

function violationShapes(
  frame: Frame,
  event: TraceEvent,
  x: number,
  top: number,
  bottom: number,
  room: Room,
): Shape[] {
  const label = `✗ ${oneLine(event.label)}`;
  const width = textWidth(label);
  const onLeft = x + width + 8 > frame.scale.right;
  const at: Point = { x: onLeft ? x - 6 : x + 6, y: bottom - 3 };
  room.block(onLeft ? x - width - 8 : x, onLeft ? x : x + width + 8, bottom - 15, bottom);
  return [
    { kind: 'line', from: { x, y: top }, to: { x, y: bottom } },
    { kind: 'text', at, text: label, anchor: onLeft ? 'end' : 'start' },
  ];
}

function worldShapes(event: TraceEvent, x: number, y: number): Shape[] {
  const up = event.kind === 'heal';
  const tip = up ? y - 7 : y + 2;
  const base = up ? y + 2 : y - 7;
  return [
    {
      kind: 'path',
      points: [
        { x, y: tip },
        { x: x - 5, y: base },
        { x: x + 5, y: base },
      ],
      closed: true,
    },
  ];
}

function laneShapes(frame: Frame, event: TraceEvent, x: number, lane: Lane, room: Room): Shape[] {
  const y = lane.bottom;
  const middle = (lane.top + lane.bottom) / 2;
  const hit: Shape = { kind: 'rect', class: 'hit', x: x - 5, y: y - 1, width: 10, height: 16 };
  switch (event.kind) {
    case 'timer':
      return [
        hit,
        { kind: 'line', from: { x, y }, to: { x, y: y + 7 } },
        { kind: 'circle', center: { x, y: y + 9.5 }, radius: 2.5 },
        ...caption(frame, event.label, { x: x + 6, y: y + 13 }, room),
      ];
    case 'store':
    case 'stored':
      return [hit, { kind: 'rect', x: x - 3, y: y + 3, width: 6, height: 6 }];
    case 'crash':
      return [
        { kind: 'line', from: { x: x - 6, y: middle - 6 }, to: { x: x + 6, y: middle + 6 } },
        { kind: 'line', from: { x: x - 6, y: middle + 6 }, to: { x: x + 6, y: middle - 6 } },
      ];
    case 'boot':
    case 'restart':
    case 'resume':
      return [{ kind: 'path', points: triangle(x, middle), closed: true }];
    case 'pause':
      return [-2.5, 2.5].map(
        (by): Shape => ({
          kind: 'line',
          from: { x: x + by, y: middle - 6 },
          to: { x: x + by, y: middle + 6 },
        }),
      );
    case 'state':
      return [{ kind: 'line', from: { x, y: lane.bottom - 5 }, to: { x, y: lane.bottom } }];
    case 'note':
      return [
        hit,
        {
          kind: 'path',
          points: [
            { x, y: y + 10 },
            { x, y },
            { x: x + 6, y: y + 3 },
            { x, y: y + 6 },
          ],
        },
        ...caption(frame, event.label, { x: x + 8, y: y + 11 }, room),
      ];
    default:
      return [hit, { kind: 'path', points: diamond(x, y + 6), closed: true }];
  }
}

function triangle(x: number, y: number): Point[] {
  return [
    { x: x - 3, y: y - 6 },
    { x: x + 6, y },
    { x: x - 3, y: y + 6 },
  ];
}

function diamond(x: number, y: number): Point[] {
  return [
    { x, y: y - 5 },
    { x: x + 5, y },
    { x, y: y + 5 },
    { x: x - 5, y },
  ];
}

function caption(frame: Frame, label: string, at: Point, room: Room): Shape[] {
  const text = oneLine(label);
  const width = textWidth(text, 10);
  if (text === '' || at.x + width > frame.scale.right) return [];
  return room.take(at.x - 1, at.x + width + 2, at.y - 9, at.y + 2) ? [{ kind: 'text', at, text }] : [];
}

/** The operations of client lanes as bars on the lane, from invocation to completion. */
export function clientBars(frame: Frame, lanes: readonly Lane[]): readonly Mark[] {
  const { model, scale } = frame;
  const laneOf = new Map(lanes.map((lane) => [lane.node, lane]));
  const completion = new Map<number, TraceEvent>();
  for (const event of model.trace.events) {
    if (event.kind !== 'invoke' && isOperation(event) && !completion.has(event.operation))
      completion.set(event.operation, event);
  }
  const marks: Mark[] = [];
  for (const event of model.trace.events) {
    if (event.kind !== 'invoke') continue;
    const lane = laneOf.get(event.node);
    const done = completion.get(event.operation);
    if (lane === undefined || event.at > scale.until || (done !== undefined && done.at < scale.from))
      continue;
    marks.push(barMark(frame, lane, event, done));
  }
  return [...marks, ...strayCompletions(frame, completion, laneOf)];
}

function barMark(frame: Frame, lane: Lane, invoke: TraceEvent, done: TraceEvent | undefined): Mark {
  const { model, scale } = frame;
  const operation = model.operations.get(invoke.operation);
  const outcome = done === undefined ? 'unknown' : done.kind;
  const x1 = Math.max(scale.left, scale.x(invoke.at));
  const x2 = Math.max(x1 + 2, Math.min(scale.right, done === undefined ? scale.right : scale.x(done.at)));
  const height = lane.bottom - lane.top;
  const shapes: Shape[] = [{ kind: 'rect', x: x1, y: lane.top, width: x2 - x1, height, radius: 3 }];
  const options = operation === undefined ? [invoke.label] : [operationText(operation), callText(operation)];
  const label =
    options.find((text) => textWidth(text) + 8 <= x2 - x1) ?? fit(options.at(-1) ?? '', x2 - x1 - 8);
  if (label !== '') shapes.push({ kind: 'text', at: { x: x1 + 4, y: lane.bottom - 4.5 }, text: label });
  const events = done === undefined ? [invoke.id] : [invoke.id, done.id];
  const who = eventSentence(model, invoke);
  return {
    class: `operation ${outcome}${highlight(frame, events, invoke.operation)}`,
    at: invoke.at,
    text:
      done === undefined
        ? `${who} and has no answer when the run ends`
        : `${who}; ${eventSentence(model, done)}`,
    events,
    operation: invoke.operation,
    shapes,
  };
}

/** Completions whose invocation is not in the trace. */
function strayCompletions(
  frame: Frame,
  completion: ReadonlyMap<number, TraceEvent>,
  laneOf: ReadonlyMap<number, Lane>,
): readonly Mark[] {
  const { model, scale } = frame;
  const invoked = new Set(model.trace.events.filter((e) => e.kind === 'invoke').map((e) => e.operation));
  const marks: Mark[] = [];
  for (const [operation, event] of completion) {
    const lane = laneOf.get(event.node);
    if (invoked.has(operation) || lane === undefined || event.at < scale.from || event.at > scale.until)
      continue;
    const x = scale.x(event.at);
    const shapes: Shape[] = [
      { kind: 'rect', x: x - 2, y: lane.top, width: 4, height: lane.bottom - lane.top },
    ];
    const text = eventSentence(model, event);
    marks.push({
      class: `operation ${event.kind}${highlight(frame, [event.id])}`,
      at: event.at,
      text,
      events: [event.id],
      operation,
      shapes,
    });
  }
  return marks;
}
