import { decoration, type Mark, type Scene, type Shape, textWidth } from '../scene/scene.ts';
import { counted } from '../text/format.ts';
import { oneLine } from '../text/escape.ts';
import type { MessageDrawing } from './drawing.ts';
import { orderOf } from './order.ts';

const LEFT = 70;
const TOP = 56;
const LANE = 74;
/** Part of a step by which odd lanes stand aside. */
const ASIDE = 0.35;
/** Room for a stamp beside the next one. */
const LEAST_STEP = 34;
const STAMP_FONT = 9.5;

/**
 * A message trace as a picture: a lane for each node, events in an order that respects every message, Lamport stamps above and vectors below
 * their events, messages as arrows. Its arrows must be in order (`arrowProblems`). It has order, not time.
 */
export function layoutMessageDrawing(drawing: MessageDrawing): Scene {
  const { nodes, events, concurrent = [] } = drawing;
  const { sorted, causes } = orderOf(drawing);
  const rank = new Map(sorted.map((event, at) => [event, at]));
  const widest = Math.max(
    LEAST_STEP,
    ...events.map(({ vector }) => textWidth(vector === undefined ? '' : vectorText(vector), STAMP_FONT) + 10),
  );
  const place = (i: number): { readonly x: number; readonly y: number } => {
    const lane = nodes.indexOf(events[i]?.node ?? '');
    // Odd lanes stand a little to the right: no arrow leads through an event that it has nothing to do with.
    const aside = (lane % 2) * widest * ASIDE;
    return { x: LEFT + 20 + (rank.get(i) ?? 0) * widest + aside, y: TOP + lane * LANE };
  };
  const right = LEFT + 20 + events.length * widest;
  const lanes = nodes.map((node, lane): Mark => {
    const y = TOP + lane * LANE;
    return decoration('lane node', [
      { kind: 'line', from: { x: LEFT, y }, to: { x: right, y } },
      { kind: 'text', class: 'name', at: { x: 10, y: y + 4 }, text: node },
    ]);
  });
  const arrows = causes.flatMap(({ sent }, i): Mark[] => {
    if (sent < 0) return [];
    const [from, to] = [place(sent), place(i)];
    const says = `${events[sent]?.name} sends ${events[i]?.message} to ${events[i]?.name}`;
    const shapes: Shape[] = [
      { kind: 'line', class: 'shaft', from, to },
      { kind: 'path', class: 'head', points: headOf(from, to), closed: true },
    ];
    return [{ class: 'message delivered', at: rank.get(i) ?? 0, text: oneLine(says), events: [], shapes }];
  });
  const marks = sorted.map((i): Mark => eventMark(drawing, i, rank.get(i) ?? 0, place(i)));
  const listed = concurrent.map(([a, b]) => `${a} and ${b}`).join(', ');
  return {
    id: 'message-trace',
    title: 'Message trace',
    description: `${counted(events.length, 'event')} of ${nodes.join(', ')}; Lamport stamps above, vectors in the order of the nodes below; order, not time`,
    width: Math.max(360, right + 20),
    height: TOP + (nodes.length - 1) * LANE + 44,
    marks: [...lanes, ...arrows, ...marks],
    notes: [listed === '' ? 'No pair is concurrent.' : `Concurrent pairs: ${listed}.`],
  };
}

function eventMark(
  { events }: MessageDrawing,
  i: number,
  at: number,
  { x, y }: { readonly x: number; readonly y: number },
): Mark {
  const event = events[i];
  const { name = '', node = '', kind = 'local', message, what, lamport, vector } = event ?? {};
  const stamps = [
    ...(lamport === undefined ? [] : [`Lamport ${lamport}`]),
    ...(vector === undefined ? [] : [`vector ${vectorText(vector)}`]),
  ].join(', ');
  const does = what ?? (kind === 'local' ? 'does something' : `${kind}s ${message}`);
  const shapes: Shape[] = [
    { kind: 'circle', class: 'hf-fill-accent', center: { x, y }, radius: 4 },
    { kind: 'text', class: 'name', at: { x, y: y - 22 }, text: name, anchor: 'middle' },
  ];
  if (lamport !== undefined)
    shapes.push({
      kind: 'text',
      class: 'stamp',
      at: { x, y: y - 10 },
      text: String(lamport),
      anchor: 'middle',
    });
  if (vector !== undefined)
    shapes.push({
      kind: 'text',
      class: 'stamp',
      at: { x, y: y + 18 },
      text: vectorText(vector),
      anchor: 'middle',
    });
  return { class: 'stamp', at, text: oneLine(`${name} at ${node} ${does}: ${stamps}`), events: [], shapes };
}

/** `[3 0 5]`, in the order of the nodes. */
export function vectorText(vector: readonly number[]): string {
  return `[${vector.join(' ')}]`;
}

type Corner = { readonly x: number; readonly y: number };

function headOf(from: Corner, to: Corner): readonly Corner[] {
  const length = Math.max(1, Math.hypot(to.x - from.x, to.y - from.y));
  const [dx, dy] = [(to.x - from.x) / length, (to.y - from.y) / length];
  const tip = { x: to.x - dx * 5, y: to.y - dy * 5 };
  const back = { x: tip.x - dx * 8, y: tip.y - dy * 8 };
  return [
    tip,
    { x: back.x - dy * 3.5, y: back.y + dx * 3.5 },
    { x: back.x + dy * 3.5, y: back.y - dx * 3.5 },
  ];
}
