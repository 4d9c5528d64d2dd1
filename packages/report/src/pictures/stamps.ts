import { causalityOf, relationOf, STAMP_RULES, stampText } from '../model/causality.ts';
import { eventsBetween } from '../model/calls.ts';
import { nodeName } from '../model/model.ts';
import { type Mark, type Shape, textWidth } from '../scene/scene.ts';
import { counted } from '../text/format.ts';
import type { Lane } from './lanes.ts';
import type { Room } from './room.ts';
import type { Frame } from './view.ts';

/** More stamps than this in a window are left to the details of each event. */
const MAX_STAMPS = 300;

/** The stamps of a window, and what to say of them. */
export interface DrawnStamps {
  readonly marks: readonly Mark[];
  readonly notes: readonly string[];
}

/** The stamp of every event that counts, above its lane; none when the view asks for none. */
export function stampMarks(frame: Frame, lanes: readonly Lane[], room: Room): DrawnStamps {
  const { model, view, scale } = frame;
  const kind = view.stamps;
  if (kind === undefined) return { marks: [], notes: [] };
  const causality = causalityOf(model);
  if (causality === undefined) {
    return { marks: [], notes: ['This run is too large for stamps of every event.'] };
  }
  const laneOf = new Map(lanes.map((lane) => [lane.node, lane]));
  const stamped = eventsBetween(model.trace, scale.from, scale.until).filter(
    (event) => causality.ticks[event.id] === 1 && laneOf.has(event.node),
  );
  if (stamped.length > MAX_STAMPS) {
    const note = `${counted(stamped.length, 'stamp')} in this window are not drawn; zoom in (+) below ${MAX_STAMPS}.`;
    return { marks: [], notes: [STAMP_RULES[kind], note] };
  }
  let crowded = 0;
  const marks = stamped.map((event): Mark => {
    const text = stampText(causality, kind, event);
    const lane = laneOf.get(event.node);
    const x = scale.x(event.at);
    const y = (lane?.top ?? 0) - 4;
    const width = textWidth(text, 9.5);
    const fits = x + width <= scale.right + 16 && room.take(x - 1, x + width + 2, y - 9, y + 1);
    if (!fits) crowded++;
    const said = `${nodeName(model, event.node)} ${event.kind} ${event.label}: stamp ${text}`;
    const shapes = fits ? [{ kind: 'text' as const, at: { x, y }, text }] : [];
    return { class: 'stamp', at: event.at, text: said, events: [event.id], shapes };
  });
  const notes = [STAMP_RULES[kind]];
  if (crowded > 0) notes.push(`${counted(crowded, 'stamp')} found no room; zoom in (+), or read the text.`);
  return { marks, notes };
}

const WORDS = { past: 'before it', future: 'after it', concurrent: 'concurrent with it' } as const;

/** Rings around what is behind the violation, and the words for it. */
export function sliceMarks(frame: Frame, marks: readonly Mark[]): readonly Mark[] {
  if (frame.slice.size === 0) return marks;
  const turn = frame.model.slice?.pointOfNoReturn ?? -1;
  return marks.map((mark) => {
    const ids = mark.events.filter((id) => frame.slice.has(id));
    if (ids.length === 0 || mark.shapes.length === 0) return mark;
    const says = ids.includes(turn) ? 'point of no return' : 'part of why';
    const rings = mark.shapes.flatMap((shape): readonly Shape[] => {
      const bar = mark.class.startsWith('operation') && shape.class === undefined;
      if (shape.class !== 'hit' && shape.class !== 'shaft' && !bar) return [];
      if (shape.kind === 'line') return [{ kind: 'circle', class: 'ring', center: shape.to, radius: 6 }];
      if (shape.kind !== 'rect') return [];
      const center = { x: bar ? shape.x : shape.x + shape.width / 2, y: shape.y + shape.height / 2 };
      return [{ kind: 'circle', class: 'ring', center, radius: 8 }];
    });
    const text = mark.text === '' ? '' : `${mark.text} (${says})`;
    return { ...mark, text, shapes: [...mark.shapes, ...rings.slice(0, 1)] };
  });
}

/** Marks the past, the future and what is concurrent with the selected event, in class and in words. */
export function coneMarks(frame: Frame, marks: readonly Mark[]): readonly Mark[] {
  const { view, model } = frame;
  if (view.cone !== true || view.event < 0) return marks;
  const causality = causalityOf(model);
  if (causality === undefined) return marks;
  return marks.map((mark) => {
    const first = mark.events[0];
    const last = mark.events.at(-1);
    if (first === undefined || last === undefined || mark.events.includes(view.event)) return mark;
    // What ends before is before; what begins after is after; a message under way between is neither.
    const end = relationOf(model, causality, view.event, last);
    const start = relationOf(model, causality, view.event, first);
    const relation =
      end === 'past' ? end : start === 'future' ? start : start === undefined ? undefined : 'concurrent';
    if (relation === undefined) return mark;
    const text = mark.text === '' ? '' : `${mark.text} (${WORDS[relation]})`;
    return { ...mark, class: `${mark.class} ${relation}`, text };
  });
}
