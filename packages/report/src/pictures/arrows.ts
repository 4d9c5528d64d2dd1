import type { Message, MessageEnd } from '../model/messages.ts';
import { nodeName } from '../model/model.ts';
import type { Mark, Point, Shape } from '../scene/scene.ts';
import { textWidth } from '../scene/scene.ts';
import { oneLine } from '../text/escape.ts';
import { formatTime, type TimeUnit } from '../text/format.ts';
import type { Lane } from './lanes.ts';
import { type Frame, highlight } from './view.ts';
import type { Room } from './room.ts';

/** One arrow to draw: a message and one of its ends. */
export interface Arrow {
  readonly message: Message;
  readonly end: MessageEnd;
}

/** The arrows that touch the window, in the order they were sent. */
export function arrowsIn(frame: Frame): readonly Arrow[] {
  const { from, until } = frame.scale;
  const arrows: Arrow[] = [];
  for (const message of frame.model.messages) {
    if (message.sentAt > until) continue;
    for (const end of message.ends) if (end.at >= from) arrows.push({ message, end });
  }
  return arrows;
}

interface Placed {
  readonly arrow: Arrow;
  readonly start: Point;
  readonly tip: Point;
  /** False where the window cuts it. */
  readonly startShown: boolean;
  readonly tipShown: boolean;
}

/** Arrows as marks, and what their names became. */
export interface DrawnArrows {
  readonly marks: readonly Mark[];
  /** Labels that found no room. */
  readonly unlabelled: number;
  /** Message types drawn by their short form. */
  readonly shortened: readonly string[];
}

/** More arrows than this in a window carry the short form of their message type. */
const MAX_LONG_NAMES = 24;

/** Draws arrows; labels go where `room` is, the rare kinds first. Returns how many labels found none. */
export function arrowMarks(
  frame: Frame,
  lanes: readonly Lane[],
  arrows: readonly Arrow[],
  room: Room,
): DrawnArrows {
  const laneOf = new Map(lanes.map((lane) => [lane.node, lane]));
  const placed: Placed[] = [];
  for (const arrow of arrows) {
    const from = laneOf.get(arrow.message.from);
    const to = laneOf.get(arrow.message.to);
    if (from === undefined || to === undefined) continue;
    const spot = place(frame, arrow, from, to);
    if (spot !== undefined) placed.push(spot);
  }
  const labels = new Map<Placed, Shape>();
  const shortened = new Set<string>();
  const long = placed.length <= MAX_LONG_NAMES;
  let unlabelled = 0;
  for (const spot of placed.toSorted((a, b) => rank(a.arrow) - rank(b.arrow))) {
    const label = labelShape(frame, spot, room, long);
    if (label === undefined) unlabelled++;
    else labels.set(spot, label);
    if (label !== undefined && isShort(frame, spot, label)) shortened.add(spot.arrow.message.label);
  }
  const marks = placed.map((spot) => arrowMark(frame, spot, labels.get(spot)));
  return { marks, unlabelled, shortened: [...shortened].sort() };
}

function rank({ end }: Arrow): number {
  if (end.corrupt) return 0;
  if (end.kind === 'drop') return 1;
  if (end.duplicate || end.late || end.kind === 'flight') return 2;
  return 3;
}

function place(frame: Frame, arrow: Arrow, from: Lane, to: Lane): Placed | undefined {
  const { scale } = frame;
  const { message, end } = arrow;
  const own = message.from === message.to;
  const down = own || to.top > from.top;
  const y1 = down ? from.bottom : from.top;
  const y2 = own ? from.bottom + 14 : down ? to.top : to.bottom;
  const share = reachOf(arrow);
  const x1 = scale.x(message.sentAt);
  // A message lost the moment it was sent keeps a stub long enough to carry its cross.
  const x2 = Math.max(scale.x(end.at), end.kind === 'drop' ? x1 + 7 : x1);
  return cut({ x: x1, y: y1 }, { x: x2, y: y1 + (y2 - y1) * share }, arrow, scale.left, scale.right);
}

/** How far towards its target an arrow goes. */
function reachOf({ message, end }: Arrow): number {
  if (end.kind === 'deliver') return 1;
  if (end.kind === 'flight') return 0.7;
  return end.at === message.sentAt ? 0.4 : 0.8;
}

function cut(start: Point, tip: Point, arrow: Arrow, left: number, right: number): Placed | undefined {
  const far = right + 12;
  if (start.x > far || tip.x < left) return undefined;
  const yAt = (x: number): number =>
    tip.x === start.x ? start.y : start.y + ((x - start.x) / (tip.x - start.x)) * (tip.y - start.y);
  const startShown = start.x >= left;
  const tipShown = tip.x <= far;
  return {
    arrow,
    start: startShown ? start : { x: left, y: yAt(left) },
    tip: tipShown ? tip : { x: far, y: yAt(far) },
    startShown,
    tipShown,
  };
}

function arrowMark(frame: Frame, spot: Placed, label: Shape | undefined): Mark {
  const { message, end } = spot.arrow;
  const events = [message.send, end.event].filter((id, i, all) => id >= 0 && all.indexOf(id) === i);
  const shapes: Shape[] = [{ kind: 'line', class: 'hit', from: spot.start, to: spot.tip }];
  shapes.push(...shaft(spot), ...(spot.tipShown ? head(spot) : []));
  if (!spot.startShown || message.send < 0)
    shapes.push({ kind: 'circle', class: 'open', center: spot.start, radius: 2.5 });
  if (label !== undefined) shapes.push(label);
  return {
    class: `message ${kindClasses(spot.arrow)}${highlight(frame, events)}`,
    at: message.sentAt,
    text: arrowSentence(frame, spot.arrow),
    events: end.duplicate ? [end.event] : events,
    shapes,
  };
}

/** Class names of an arrow's kind; the style gives each its own dash. */
export function kindClasses({ message, end }: Arrow): string {
  const kinds = [
    end.kind === 'drop' ? 'lost' : end.kind === 'flight' ? 'flight' : 'delivered',
    end.duplicate ? 'duplicate' : '',
    end.late ? 'late' : '',
    end.corrupt ? 'corrupt' : '',
    message.send < 0 ? 'inferred' : '',
  ];
  return kinds.filter((kind) => kind !== '').join(' ');
}

/** Unit vector of an arrow, and its normal. */
function direction({ start, tip }: Placed): { readonly ux: number; readonly uy: number } {
  const length = Math.hypot(tip.x - start.x, tip.y - start.y) || 1;
  return { ux: (tip.x - start.x) / length, uy: (tip.y - start.y) / length };
}

function shaft(spot: Placed): readonly Shape[] {
  const { start, tip, arrow } = spot;
  if (!arrow.end.duplicate) return [{ kind: 'line', class: 'shaft', from: start, to: tip }];
  const { ux, uy } = direction(spot);
  const shift = (p: Point, by: number): Point => ({ x: p.x - uy * by, y: p.y + ux * by });
  return [-2, 2].map(
    (by) => ({ kind: 'line', class: 'shaft', from: shift(start, by), to: shift(tip, by) }) as const,
  );
}

function head(spot: Placed): readonly Shape[] {
  const { tip, arrow } = spot;
  const { ux, uy } = direction(spot);
  const at = (along: number, across: number): Point => ({
    x: tip.x + ux * along - uy * across,
    y: tip.y + uy * along + ux * across,
  });
  if (arrow.end.kind === 'drop') {
    const r = 4.5;
    const { x, y } = tip;
    return [
      { kind: 'line', class: 'cross', from: { x: x - r, y: y - r }, to: { x: x + r, y: y + r } },
      { kind: 'line', class: 'cross', from: { x: x - r, y: y + r }, to: { x: x + r, y: y - r } },
    ];
  }
  if (arrow.end.kind === 'flight') return [{ kind: 'circle', class: 'open', center: tip, radius: 3.5 }];
  const tipShape: Shape = {
    kind: 'path',
    class: 'head',
    points: [at(0, 0), at(-8, -3.6), at(-8, 3.6)],
    closed: true,
  };
  if (!arrow.end.corrupt) return [tipShape];
  const middle: Point = { x: (spot.start.x + tip.x) / 2, y: (spot.start.y + tip.y) / 2 };
  const diamond = [
    { x: middle.x, y: middle.y - 6 },
    { x: middle.x + 6, y: middle.y },
    { x: middle.x, y: middle.y + 6 },
    { x: middle.x - 6, y: middle.y },
  ];
  return [tipShape, { kind: 'path', class: 'flaw', points: diamond, closed: true }];
}

const SPOTS: readonly number[] = [0.5, 0.36, 0.64, 0.24, 0.76];

function isShort(frame: Frame, spot: Placed, label: Shape): boolean {
  const { label: name } = spot.arrow.message;
  return (
    label.kind === 'text' && frame.model.short.get(name) !== name && !label.text.startsWith(oneLine(name))
  );
}

function labelShape(frame: Frame, spot: Placed, room: Room, long: boolean): Shape | undefined {
  const { message, end } = spot.arrow;
  const tags = [
    end.duplicate && 'dup',
    end.late && 'late',
    end.corrupt && 'corrupt',
    end.kind === 'drop' && 'lost',
  ];
  const tag = tags.filter((word) => typeof word === 'string').join(' ');
  const suffix = tag === '' ? '' : ` ${tag}`;
  const short = frame.model.short.get(message.label) ?? message.label;
  const names = long ? [message.label, short] : [short];
  for (const text of names.map((name) => `${oneLine(name)}${suffix}`)) {
    const width = textWidth(text, 10.5);
    for (const share of SPOTS) {
      const x = spot.start.x + (spot.tip.x - spot.start.x) * share + 6;
      const y = spot.start.y + (spot.tip.y - spot.start.y) * share + 4;
      if (x + width > frame.scale.right) continue;
      if (room.take(x - 3, x + width + 3, y - 10, y + 3)) return { kind: 'text', at: { x, y }, text };
    }
  }
  return undefined;
}

function arrowSentence(frame: Frame, { message, end }: Arrow): string {
  const { model } = frame;
  const from = nodeName(model, message.from);
  const to = nodeName(model, message.to);
  const sent =
    message.send < 0 ? `${to} receives ${message.label} from ${from} (its sending is not recorded)` : '';
  const head = sent === '' ? `${from} sends ${message.label} to ${to}` : sent;
  return oneLine(`${head}${endSentence(message, end, model.unit)}`);
}

function endSentence(message: Message, end: MessageEnd, unit: TimeUnit): string {
  const when = formatTime(end.at, unit);
  if (end.kind === 'flight') return ', still on its way when the run ends';
  if (end.kind === 'drop') {
    const why = end.reason === '' ? '' : ` (${end.reason})`;
    return `, lost at ${when}${why}`;
  }
  const how = [
    end.duplicate ? 'again (duplicate)' : '',
    end.corrupt ? 'corrupted' : '',
    end.late ? 'late' : '',
  ];
  const said = how.filter((word) => word !== '').join(', ');
  if (message.send < 0) return said === '' ? '' : `, ${said}`;
  return `, received ${said === '' ? '' : `${said} `}at ${when}`;
}
