import type { FaultSpan } from '@holdfast/trace';
import { faultClass, gravestFirst } from '../model/faultClass.ts';
import { nodeName } from '../model/model.ts';
import { decoration, type Mark, type Shape, textWidth } from '../scene/scene.ts';
import { oneLine } from '../text/escape.ts';
import { counted, formatTime } from '../text/format.ts';
import type { Frame } from './view.ts';

const ROW = 22;
const MAX_ROWS = 6;

/** The fault bands of a view: hatched, one row each where they overlap, with their text. */
export interface FaultBands {
  readonly marks: readonly Mark[];
  readonly height: number;
  readonly notes: readonly string[];
}

interface Placed {
  readonly span: FaultSpan;
  readonly row: number;
  readonly x1: number;
  readonly x2: number;
  /** Right end including text written beside a narrow band. */
  readonly reach: number;
}

/** Bands at `top` for every fault of the window, with a hatched shade over the lanes they touch. */
export function faultBands(frame: Frame, top: number): FaultBands {
  const { scale, model } = frame;
  const inWindow = model.trace.faults.filter((span) => span.from <= scale.until && span.until >= scale.from);
  const placed: Placed[] = [];
  let hidden = 0;
  for (const span of gathered(frame, gravestFirst(inWindow))) {
    const x1 = Math.max(scale.left, scale.x(span.from));
    const x2 = Math.max(x1 + 3, Math.min(scale.right, scale.x(span.until)));
    const width = textWidth(span.text, 11, true) + 12;
    const reach = x2 - x1 >= width ? x2 : Math.min(scale.right, x2 + width);
    let row = 0;
    while (placed.some((other) => other.row === row && x1 < other.reach + 4 && other.x1 < reach + 4)) row++;
    if (row < MAX_ROWS) placed.push({ span, row, x1, x2, reach });
    else hidden++;
  }
  const rows = placed.reduce((most, { row }) => Math.max(most, row + 1), 0);
  const marks = placed.map((place) => bandMark(frame, place, top + place.row * ROW));
  const notes =
    hidden === 0
      ? []
      : [
          `${counted(hidden, 'fault band')} found no room and ${hidden === 1 ? 'is' : 'are'} not drawn; zoom in (+) to see more.`,
        ];
  return { marks, height: rows * ROW + (rows > 0 ? 4 : 0), notes };
}

/** Lesser faults of one kind that begin and end together, such as every node's clock drifting, share a band. */
function gathered(frame: Frame, spans: readonly FaultSpan[]): readonly FaultSpan[] {
  const groups = new Map<string, FaultSpan[]>();
  for (const span of spans) {
    const alike =
      faultClass(span) === 'other' ? `${span.kind} ${span.from} ${span.until}` : `alone ${groups.size}`;
    groups.set(alike, [...(groups.get(alike) ?? []), span]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    if (group.length === 1) return [first];
    const nodes = [...new Set(group.flatMap((span) => span.nodes))];
    const names = nodes.map((node) => nodeName(frame.model, node)).join(', ');
    return [
      {
        ...first,
        nodes,
        text: `${first.kind} ×${group.length}: ${names}; ${group.map((s) => s.text).join('; ')}`,
      },
    ];
  });
}

function bandMark(frame: Frame, place: Placed, y: number): Mark {
  const { span, x1, x2 } = place;
  const inside = x2 - x1 >= textWidth(span.text, 11, true) + 12;
  const roomBeside = frame.scale.right - x2;
  const text = fit(oneLine(span.text), inside ? x2 - x1 - 12 : Math.max(roomBeside, x2 - x1 - 12), true);
  const beside = !inside && roomBeside >= x2 - x1 - 12;
  const shapes: Shape[] = [
    { kind: 'rect', class: 'hatch', x: x1, y, width: x2 - x1, height: ROW - 4 },
    { kind: 'rect', class: 'outline', x: x1, y, width: x2 - x1, height: ROW - 4 },
  ];
  if (!beside)
    shapes.push({
      kind: 'rect',
      class: 'plate',
      x: x1 + 2,
      y: y + 2,
      width: textWidth(text, 11, true) + 8,
      height: ROW - 8,
    });
  shapes.push({ kind: 'text', at: { x: beside ? x2 + 5 : x1 + 6, y: y + 13 }, text });
  return { class: 'fault', at: span.from, text: faultSentence(frame, span), events: [], shapes };
}

function faultSentence(frame: Frame, span: FaultSpan): string {
  const { model } = frame;
  const names = span.nodes.map((node) => nodeName(model, node));
  const touched = names.every((name) => span.text.includes(name)) ? '' : `, at ${names.join(', ')}`;
  const end = span.until >= model.trace.endedAt ? 'to the end of the run' : `until ${formatTime(span.until)}`;
  return oneLine(`Fault: ${span.text}${touched}, ${end}`);
}

/**
 * A light hatched shade over one horizontal strip, for every cut or lost node that touches some nodes and `node` among
 * them; with `node` -1, for every one that touches all, with dashed edges. Lesser faults have only their band.
 */
export function shadeMarks(frame: Frame, node: number, top: number, height: number): readonly Mark[] {
  const { scale, model } = frame;
  const shapes: Shape[] = [];
  for (const span of model.trace.faults) {
    if (span.from > scale.until || span.until < scale.from || faultClass(span) === 'other') continue;
    if (node < 0 ? !touchesAll(frame, span) : touchesAll(frame, span) || !span.nodes.includes(node)) continue;
    const x1 = Math.max(scale.left, scale.x(span.from));
    const x2 = Math.min(scale.right, scale.x(span.until));
    if (x2 > x1) shapes.push({ kind: 'rect', x: x1, y: top, width: x2 - x1, height });
    for (const at of node < 0 ? [span.from, span.until] : []) {
      if (at < scale.from || at > scale.until) continue;
      const x = scale.x(at);
      shapes.push({ kind: 'line', from: { x, y: top }, to: { x, y: top + height } });
    }
  }
  return shapes.length === 0 ? [] : [decoration('shade', shapes)];
}

/** Whether a fault concerns every server: then it is drawn across the whole picture. */
function touchesAll(frame: Frame, span: FaultSpan): boolean {
  const { nodes } = frame.model.trace;
  return (
    span.nodes.length === 0 || nodes.every((node, i) => node.role === 'client' || span.nodes.includes(i))
  );
}

/** Text cut to a width in pixels; an ellipsis says so. Empty when not even that fits. */
export function fit(text: string, width: number, bold = false): string {
  if (textWidth(text, 11, bold) <= width) return text;
  let cut = text;
  while (cut.length > 0 && textWidth(`${cut}…`, 11, bold) > width) cut = cut.slice(0, -1);
  return cut.length < 2 ? '' : `${cut}…`;
}
