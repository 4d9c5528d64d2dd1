import type { TraceEvent } from '@holdfast/trace';
import { LATE_FACTOR } from '../model/messages.ts';
import { nodeName, type RunModel } from '../model/model.ts';
import { type Mark, type Scene } from '../scene/scene.ts';
import { oneLine } from '../text/escape.ts';
import { counted, formatTime } from '../text/format.ts';
import { type Arrow, arrowMarks, arrowsIn } from './arrows.ts';
import { AXIS_HEIGHT, axisMarks, cursorMarks, squeezeNotes } from './axis.ts';
import { callBars, MAX_CALLS, type PlacedCalls, placeCalls } from './callBars.ts';
import { crowdMarks } from './crowd.ts';
import { faultBands, shadeMarks } from './faults.ts';
import { glyphEvents, glyphMarks, isEssential, violationRoom } from './glyphs.ts';
import { type Lane, laneMarks, placeLanes } from './lanes.ts';
import { buildFrame, type Frame, type View, windowText } from './view.ts';
import { coneMarks, sliceMarks, stampMarks } from './stamps.ts';
import { Room } from './room.ts';

/** More arrows than this in a window are drawn as counts per lane. */
export const MAX_ARROWS = 400;
/** More small marks than this in a window: only crashes, pauses, faults and violations keep theirs. */
export const MAX_GLYPHS = 600;

/**
 * The space-time diagram: one lane per node, time from left to right, an arrow for every message from the instant it
 * was sent to the instant it arrived.
 */
export function layoutSpaceTime(model: RunModel, view: View): Scene {
  const frame = buildFrame(model, view);
  const bands = faultBands(frame, AXIS_HEIGHT + 2);
  const top = AXIS_HEIGHT + bands.height + 4;
  const arrows = arrowsIn(frame);
  const all = glyphEvents(frame);
  const placed = placeCalls(frame);
  const idle = idleClients(frame, arrows, all, placed);
  const { lanes, bottom } = placeLanes(
    frame,
    model.lanes.filter((node) => !idle.has(node)),
    placed.rows,
    top,
  );
  const room = new Room();
  for (const lane of lanes) {
    room.block(0, view.width, lane.top - 1, lane.bottom + 1);
    if (frame.narrow) room.block(0, frame.scale.left + 90, lane.top - 18, lane.top);
  }
  const crowded = arrows.length > MAX_ARROWS;
  const drawn = crowded
    ? { marks: crowdMarks(frame, lanes, arrows), unlabelled: 0, shortened: [] }
    : arrowMarks(frame, lanes, arrows, room);
  const seen = all.filter((event) => !idle.has(event.node));
  const small = seen.length > MAX_GLYPHS ? seen.filter(isEssential) : seen;
  const glyphs = glyphMarks(frame, lanes, small, AXIS_HEIGHT - 6, bottom, room);
  const stamps = stampMarks(frame, lanes, room);
  const calls = callBars(frame, lanes, placed);
  const laneShades = lanes.flatMap((lane) =>
    shadeMarks(frame, lane.node, lane.top - 4, lane.bottom - lane.top + 8),
  );
  const marks: Mark[] = [
    ...shadeMarks(frame, -1, top, bottom - top),
    ...laneShades,
    ...axisMarks(frame, 0, bottom),
    ...bands.marks,
    ...laneMarks(frame, lanes),
    ...calls,
    ...drawn.marks,
    ...glyphs,
    ...stamps.marks,
    ...cursorMarks(frame, AXIS_HEIGHT - 6, bottom),
  ];
  return {
    id: 'messages',
    title: 'Messages in space and time',
    description: describe(frame, lanes, arrows),
    width: view.width,
    height: bottom + 6 + violationRoom(small),
    marks: coneMarks(
      frame,
      sliceMarks(
        frame,
        marks.filter((mark) => mark.shapes.length > 0 || mark.text !== ''),
      ),
    ),
    notes: [
      ...shortNames(model, drawn.shortened),
      ...notes(crowded, arrows.length, seen.length - small.length, drawn.unlabelled),
      ...idleNotes(model, idle),
      ...stamps.notes,
      ...busyNotes(calls),
      ...bands.notes,
      ...squeezeNotes(frame),
    ],
  };
}

function describe(frame: Frame, lanes: readonly Lane[], arrows: readonly Arrow[]): string {
  const { model } = frame;
  const lost = arrows.filter((arrow) => arrow.end.kind === 'drop').length;
  return (
    `${counted(lanes.length, 'lane')}, ${windowText(model, frame.view)}, ` +
    `${counted(arrows.length, 'message')}${lost === 0 ? '' : ` of which ${lost} lost`}. ` +
    (model.medianUs === 0
      ? ''
      : `Late means over ${LATE_FACTOR} times the median latency of ${formatTime(model.medianUs)}.`)
  );
}

function notes(crowded: boolean, arrows: number, hidden: number, unlabelled: number): readonly string[] {
  const said: string[] = [];
  if (crowded) {
    said.push(
      `${counted(arrows, 'message')} in this window are drawn as counts per lane; zoom in (+) below ${MAX_ARROWS} to see each arrow.`,
    );
  }
  if (hidden > 0) {
    said.push(
      `${counted(hidden, 'timer, store, note or state mark', 'timer, store, note and state marks')} are not drawn; ` +
        `zoom in (+) below ${MAX_GLYPHS} to see them.`,
    );
  }
  if (unlabelled > 0) {
    said.push(
      `${counted(unlabelled, 'message name')} left out for room; zoom in (+), point at the arrow, or read the text.`,
    );
  }
  return said;
}

function shortNames(model: RunModel, shortened: readonly string[]): readonly string[] {
  if (shortened.length === 0) return [];
  return [oneLine(`${shortened.map((name) => `${model.short.get(name) ?? name} = ${name}`).join(', ')}.`)];
}

function busyNotes(calls: readonly Mark[]): readonly string[] {
  if (!calls.some((mark) => mark.class.includes('busy'))) return [];
  return [`Operations on client lanes run together; zoom in (+) below ${MAX_CALLS} to part them.`];
}

/** Clients to which nothing but their start happens in the window: their lanes would be empty. */
function idleClients(
  frame: Frame,
  arrows: readonly Arrow[],
  events: readonly TraceEvent[],
  placed: PlacedCalls,
): ReadonlySet<number> {
  const { model, view } = frame;
  const idle = new Set(model.lanes.filter((node) => model.trace.nodes[node]?.role === 'client'));
  for (const { message } of arrows) {
    idle.delete(message.from);
    idle.delete(message.to);
  }
  for (const event of events) if (event.kind !== 'boot' && event.kind !== 'state') idle.delete(event.node);
  for (const node of placed.byNode.keys()) idle.delete(node);
  idle.delete(model.trace.events[view.event]?.node ?? -1);
  return idle;
}

function idleNotes(model: RunModel, idle: ReadonlySet<number>): readonly string[] {
  if (idle.size === 0) return [];
  const names = [...idle].map((node) => nodeName(model, node)).join(', ');
  return [
    oneLine(
      `Nothing happens at ${names} in this window: ${idle.size === 1 ? 'its lane is' : 'their lanes are'} left out.`,
    ),
  ];
}
