import type { TraceEvent } from '@holdfast/trace';
import { eventsBetween, isCallEvent } from '../model/calls.ts';
import { type Mark, type Point, type Shape, textWidth } from '../scene/scene.ts';
import { oneLine } from '../text/escape.ts';
import { eventSentence } from '../text/sentence.ts';
import type { Lane } from './lanes.ts';
import { type Frame, highlight } from './view.ts';
import type { Room } from './room.ts';

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
  const events = eventsBetween(frame.model.trace, frame.scale.from, frame.scale.until);
  return events.filter((event) => !isMessageEvent(event) && !isCallEvent(event));
}

function isMessageEvent(event: TraceEvent): boolean {
  return event.message >= 0 && (event.kind === 'send' || event.kind === 'deliver' || event.kind === 'drop');
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

/** More violations than this at nearly one instant share the last row of labels. */
const MAX_LABEL_ROWS = 4;
const LABEL_ROW = 15;

/** Height under the lanes that the labels of violations need. */
export function violationRoom(events: readonly TraceEvent[]): number {
  const count = events.filter((event) => event.kind === 'violation').length;
  return Math.min(count, MAX_LABEL_ROWS) * LABEL_ROW;
}

/** A line down to a label in the first free row under the lanes. */
function violationShapes(
  frame: Frame,
  event: TraceEvent,
  x: number,
  top: number,
  bottom: number,
  room: Room,
): Shape[] {
  const label = `✗ ${oneLine(event.label)}`;
  const width = textWidth(label, 11.5, true);
  const onLeft = x + width + 8 > frame.scale.right;
  const x1 = onLeft ? x - width - 8 : x;
  for (let row = 0; row < MAX_LABEL_ROWS; row++) {
    const y = bottom + (row + 1) * LABEL_ROW - 3;
    if (!room.take(x1, x1 + width + 8, y - 11, y + 2)) continue;
    const at: Point = { x: onLeft ? x - 5 : x + 5, y };
    return [
      { kind: 'line', from: { x, y: top }, to: { x, y: y + 2 } },
      { kind: 'text', at, text: label, anchor: onLeft ? 'end' : 'start' },
    ];
  }
  return [{ kind: 'line', from: { x, y: top }, to: { x, y: bottom } }];
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

/** Points right and ends at the instant, so that what begins there stays readable. */
function triangle(x: number, y: number): Point[] {
  return [
    { x: x - 8, y: y - 6 },
    { x, y },
    { x: x - 8, y: y + 6 },
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
