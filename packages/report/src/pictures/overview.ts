import { type FaultClass, FAULT_CLASSES, faultClass, gravestFirst } from '../model/faultClass.ts';
import { nodeName, type RunModel } from '../model/model.ts';
import {
  corners,
  decoration,
  type Mark,
  type Point,
  type Scene,
  type Shape,
  textWidth,
} from '../scene/scene.ts';
import { oneLine } from '../text/escape.ts';
import { counted, formatTime } from '../text/format.ts';
import { AXIS_HEIGHT, axisMarks } from './axis.ts';
import { roleClass } from './lanes.ts';
import { buildFrame, type Frame, type View, wholeRun } from './view.ts';

const DENSITY = 30;
const ROW = 16;
const BIN = 3;
/** Leaders at the same instant that get a row of their own. */
const LEADER_ROWS = 3;

/**
 * The whole run in one strip: how much happened when, the faults, who led, where promises broke, and the window the
 * other pictures show.
 */
export function layoutOverview(model: RunModel, view: View): Scene {
  const base = baseOf(model, view.width);
  const frame = overviewFrame(model, view.width);
  return { ...base, marks: [...base.marks, windowMark(frame, view, base.height - 3)] };
}

const bases = new WeakMap<RunModel, Scene>();

/** Everything but the window: the same while only the window moves. */
function baseOf(model: RunModel, width: number): Scene {
  const known = bases.get(model);
  if (known !== undefined && known.width === width) return known;
  const frame = overviewFrame(model, width);
  const leaders = leaderSpans(model);
  const leaderRows = placeRows(leaders);
  const faultTop = AXIS_HEIGHT + DENSITY + 6;
  const leaderTop = faultTop + faultRows(model).length * ROW;
  const rows = Math.min(
    LEADER_ROWS,
    leaderRows.reduce((most, row) => Math.max(most, row + 1), 0),
  );
  const bottom = leaderTop + rows * ROW + 2;
  const more = 'More leaders at once than are drawn here; see the state strips.';
  const scene: Scene = {
    id: 'overview',
    title: 'The whole run',
    description:
      'How much happened when, the faults, and who led. The marked window is what the pictures below show.',
    width,
    height: bottom + 3,
    marks: [
      ...axisMarks(frame, 0, bottom),
      ...densityMarks(frame),
      ...faultMarks(frame, faultTop),
      ...leaderMarks(frame, leaders, leaderRows, leaderTop),
      ...troubleMarks(frame, bottom),
      ...rowNames(frame, faultTop, leaderTop, rows),
    ],
    notes: leaderRows.some((row) => row >= LEADER_ROWS) ? [more] : [],
  };
  bases.set(model, scene);
  return scene;
}

function overviewFrame(model: RunModel, width: number): Frame {
  return buildFrame(model, { ...wholeRun(model), width, squeeze: false, event: -1, operation: -1 });
}

/** The instant under a pixel of the overview. */
export function overviewTime(model: RunModel, width: number, x: number): number {
  return overviewFrame(model, width).scale.time(x);
}

function densityMarks(frame: Frame): readonly Mark[] {
  const { scale, model } = frame;
  const bins = new Uint32Array(Math.max(1, Math.ceil((scale.right - scale.left) / BIN)));
  const put = (at: number): void => {
    const i = Math.min(bins.length - 1, Math.max(0, Math.floor((scale.x(at) - scale.left) / BIN)));
    bins[i] = (bins[i] ?? 0) + 1;
  };
  const { events } = model.trace;
  if (events.length > 0) for (const event of events) put(event.at);
  else for (const operation of model.history.operations) put(operation.invokedAt);
  const most = bins.reduce((a, b) => Math.max(a, b), 1);
  const bars: (readonly Point[])[] = [];
  bins.forEach((count, i) => {
    if (count === 0) return;
    const height = Math.max(1.5, Math.sqrt(count / most) * DENSITY);
    bars.push(corners(scale.left + i * BIN, AXIS_HEIGHT + DENSITY - height, BIN - 0.6, height));
  });
  const shapes: Shape[] = [{ kind: 'paths', class: 'bar', parts: bars, closed: true }];
  const what =
    events.length > 0
      ? counted(events.length, 'event')
      : counted(model.history.operations.length, 'operation');
  const text = `${what} in ${formatTime(model.end, model.unit)}`;
  return [{ class: 'density', at: model.start, text, events: [], shapes }];
}

/** The classes of faults a run has: one row each. */
function faultRows(model: RunModel): readonly (readonly [FaultClass, string])[] {
  const present = new Set(model.trace.faults.map(faultClass));
  return FAULT_CLASSES.filter(([kind]) => present.has(kind));
}

function faultMarks(frame: Frame, top: number): readonly Mark[] {
  const { scale, model } = frame;
  const rows = faultRows(model).map(([kind]) => kind);
  return gravestFirst(model.trace.faults).map((span): Mark => {
    const x1 = scale.x(span.from);
    const x2 = Math.max(x1 + 2, Math.min(scale.right, scale.x(span.until)));
    const y = top + rows.indexOf(faultClass(span)) * ROW + 2;
    const box = { x: x1, y, width: x2 - x1, height: ROW - 4 };
    const shapes: Shape[] = [
      { kind: 'rect', class: 'cover', ...box },
      { kind: 'rect', class: 'hatch', ...box },
      { kind: 'rect', class: 'outline', ...box },
    ];
    const text = oneLine(`Fault: ${span.text} until ${formatTime(span.until)}`);
    return { class: 'fault', at: span.from, text, events: [], shapes };
  });
}

interface LeaderSpan {
  readonly node: number;
  readonly from: number;
  readonly until: number;
  readonly event: number;
}

/** Who believed to lead, and when; a crash ends it. In order of time. */
export function leaderSpans(model: RunModel): readonly LeaderSpan[] {
  const spans: LeaderSpan[] = [];
  model.nodes.forEach((timeline, node) => {
    timeline.states.forEach((state, i) => {
      const role = state.view['role'];
      if (typeof role !== 'string' || roleClass(role) !== 'lead') return;
      let until = timeline.states[i + 1]?.at ?? model.end;
      const crash = timeline.down.find(
        (span) => span.kind === 'down' && span.from >= state.at && span.from < until,
      );
      if (crash !== undefined) until = crash.from;
      const last = spans.at(-1);
      if (last !== undefined && last.node === node && last.until === state.at)
        spans[spans.length - 1] = { ...last, until };
      else spans.push({ node, from: state.at, until, event: state.event });
    });
  });
  return spans.sort((a, b) => a.from - b.from || a.node - b.node);
}

function placeRows(spans: readonly LeaderSpan[]): readonly number[] {
  const ends: number[] = [];
  return spans.map((span) => {
    let row = ends.findIndex((end) => end <= span.from);
    if (row < 0) row = ends.length;
    ends[row] = span.until;
    return row;
  });
}

function leaderMarks(
  frame: Frame,
  spans: readonly LeaderSpan[],
  rows: readonly number[],
  top: number,
): readonly Mark[] {
  const { scale, model } = frame;
  const marks: Mark[] = [];
  spans.forEach((span, i) => {
    const row = rows[i] ?? 0;
    if (row >= LEADER_ROWS) return;
    const x1 = scale.x(span.from);
    const x2 = Math.max(x1 + 2, Math.min(scale.right, scale.x(span.until)));
    const y = top + row * ROW;
    const name = nodeName(model, span.node);
    const shapes: Shape[] = [{ kind: 'rect', x: x1, y: y + 2, width: x2 - x1, height: ROW - 4 }];
    if (x2 - x1 > textWidth(name) + 10) {
      shapes.push({
        kind: 'rect',
        class: 'plate',
        x: x1 + 3,
        y: y + 3,
        width: textWidth(name) + 5,
        height: ROW - 6,
      });
      shapes.push({ kind: 'text', at: { x: x1 + 5, y: y + 12 }, text: name });
    }
    const text = oneLine(`${name} leads until ${formatTime(span.until)}`);
    marks.push({ class: 'leaders', at: span.from, text, events: [span.event], shapes });
  });
  return marks;
}

function troubleMarks(frame: Frame, bottom: number): readonly Mark[] {
  const { scale, model } = frame;
  const spots: { at: number; text: string; events: number[]; operation?: number }[] = [];
  for (const event of model.trace.events) {
    if (event.kind === 'violation')
      spots.push({ at: event.at, text: `Violation: ${event.label}`, events: [event.id] });
  }
  for (const verdict of model.verdicts) {
    if (verdict.status !== 'violated') continue;
    const operation = model.operations.get(verdict.blocking);
    const at = verdict.atUs >= 0 ? verdict.atUs : operation?.invokedAt;
    if (at === undefined || at > model.end) continue;
    const text = `Violated: ${verdict.promise}`;
    spots.push({ at, text, events: [], ...(operation === undefined ? {} : { operation: operation.id }) });
  }
  return spots.map((spot): Mark => {
    const x = scale.x(spot.at);
    const shapes: Shape[] = [
      { kind: 'line', from: { x, y: AXIS_HEIGHT - 6 }, to: { x, y: bottom } },
      { kind: 'text', at: { x: x + 3, y: AXIS_HEIGHT + 8 }, text: '✗' },
    ];
    return { class: 'trouble', ...spot, text: oneLine(spot.text), shapes };
  });
}

function rowNames(frame: Frame, faultTop: number, leaderTop: number, rows: number): readonly Mark[] {
  if (frame.narrow) return [];
  const x = frame.scale.left - 12;
  const shapes: Shape[] = [{ kind: 'text', at: { x, y: AXIS_HEIGHT + 20 }, text: 'activity', anchor: 'end' }];
  faultRows(frame.model).forEach(([, name], i) => {
    shapes.push({
      kind: 'text',
      at: { x, y: faultTop + i * ROW + 12 },
      text: `faults: ${name}`,
      anchor: 'end',
    });
  });
  if (rows > 0) shapes.push({ kind: 'text', at: { x, y: leaderTop + 12 }, text: 'leader', anchor: 'end' });
  return [decoration('key', shapes)];
}

function windowMark(frame: Frame, view: View, bottom: number): Mark {
  const { scale } = frame;
  const x1 = Math.max(scale.left, scale.x(view.from));
  const x2 = Math.max(x1 + 3, Math.min(scale.right, scale.x(view.until)));
  const top = AXIS_HEIGHT - 6;
  const grip = { y: top + (bottom - top) / 2 - 9, width: 4, height: 18, radius: 2 };
  return decoration('window', [
    { kind: 'rect', x: x1, y: top, width: x2 - x1, height: bottom - top },
    { kind: 'rect', class: 'grip', x: x1 - 2, ...grip },
    { kind: 'rect', class: 'grip', x: x2 - 2, ...grip },
  ]);
}
