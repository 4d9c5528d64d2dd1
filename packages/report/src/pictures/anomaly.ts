import type { Operation, TransactionAnomaly } from '@holdfast/check';
import { type Mark, type Point, type Scene, type Shape, textWidth } from '../scene/scene.ts';
import { oneLine } from '../text/escape.ts';
import { clip, plainText } from '../text/format.ts';

/** Transactions drawn at once; of longer cycles only the sentences are given. */
const MOST_NODES = 14;
const BOX_HEIGHT = 40;

/**
 * An anomaly of transactions: those involved around a ring, each with what it read and wrote, and an arrow for every dependency with
 * its kind. The text twin explains every edge in a sentence.
 */
export function layoutAnomaly(
  anomaly: TransactionAnomaly,
  operations: readonly Operation[],
  width: number,
): Scene {
  const { transactions, cycle, title, name, sentence } = anomaly;
  const shown = transactions.slice(0, MOST_NODES);
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  const box = Math.min(230, width / 2 - 24);
  const places = ring(shown.length, width, box);
  const at = new Map(shown.map((id, i) => [id, places[i] ?? { x: 0, y: 0 }]));
  const edges = cycle.flatMap((edge): readonly Mark[] => {
    const from = at.get(edge.from);
    const to = at.get(edge.to);
    const shapes = from === undefined || to === undefined ? [] : arrow(from, to, edge.kind, box);
    return [{ class: `dependency ${edge.kind}`, at: 0, text: oneLine(edge.sentence), events: [], shapes }];
  });
  const boxes = shown.map((id) => boxMark(id, byId.get(id), at.get(id) ?? { x: 0, y: 0 }, box));
  const rest = transactions.length - shown.length;
  return {
    id: 'anomaly',
    title: `${title} (${name})`,
    description: oneLine(sentence),
    width,
    height: places.reduce((most, { y }) => Math.max(most, y), 0) + BOX_HEIGHT / 2 + 14,
    marks: [...edges, ...boxes],
    notes:
      rest > 0 ? [`${rest} more transactions of this cycle are not drawn; every edge is in the text.`] : [],
  };
}

/** Middles of boxes: two columns, down the right and back up the left, so that a cycle is a cycle also to the eye. */
function ring(count: number, width: number, box: number): readonly Point[] {
  const rows = Math.ceil(count / 2);
  const row = (i: number): number => 30 + i * 92;
  return Array.from({ length: count }, (_, i) =>
    i < count - rows
      ? { x: width - box / 2 - 10, y: row(i) + (count % 2 === 1 ? 46 : 0) }
      : { x: box / 2 + 10, y: row(count - 1 - i) },
  );
}

function boxMark(id: number, operation: Operation | undefined, { x, y }: Point, box: number): Mark {
  const said = operation === undefined ? '' : plainText(operation.output ?? operation.input, 400);
  const limit = Math.max(8, Math.floor(box / 6.6));
  const shapes: Shape[] = [
    { kind: 'rect', x: x - box / 2, y: y - BOX_HEIGHT / 2, width: box, height: BOX_HEIGHT, radius: 6 },
    {
      kind: 'text',
      class: 'name',
      at: { x: x - box / 2 + 8, y: y - 4 },
      text: `T${id}${operation === undefined ? '' : ` · process ${operation.process}`}`,
    },
    { kind: 'text', at: { x: x - box / 2 + 8, y: y + 12 }, text: clip(said, limit) },
  ];
  return { class: 'transaction', at: 0, text: oneLine(`T${id}: ${said}`), events: [], operation: id, shapes };
}

/** From the edge of one box to the edge of another, with its kind in the middle. */
function arrow(from: Point, to: Point, kind: string, box: number): readonly Shape[] {
  const start = edgeOf(from, to, box);
  const tip = edgeOf(to, from, box);
  const length = Math.hypot(tip.x - start.x, tip.y - start.y) || 1;
  const ux = (tip.x - start.x) / length;
  const uy = (tip.y - start.y) / length;
  // Two edges between the same boxes run beside one another.
  const side = 9;
  const move = (p: Point): Point => ({ x: p.x - uy * side, y: p.y + ux * side });
  const [a, b] = [move(start), move(tip)];
  const corner = (along: number, across: number): Point => ({
    x: b.x + ux * along - uy * across,
    y: b.y + uy * along + ux * across,
  });
  const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  const wide = textWidth(kind, 11, true) + 8;
  return [
    { kind: 'line', class: 'shaft', from: a, to: b },
    { kind: 'path', class: 'head', points: [corner(0, 0), corner(-9, -4), corner(-9, 4)], closed: true },
    { kind: 'rect', class: 'plate', x: middle.x - wide / 2, y: middle.y - 8, width: wide, height: 16 },
    { kind: 'text', class: 'name', at: { x: middle.x, y: middle.y + 4 }, text: kind, anchor: 'middle' },
  ];
}

function edgeOf(from: Point, to: Point, box: number): Point {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  if (dx === 0 && dy === 0) return from;
  const scale = Math.min(
    dx === 0 ? Infinity : box / 2 / Math.abs(dx),
    dy === 0 ? Infinity : BOX_HEIGHT / 2 / Math.abs(dy),
  );
  return { x: from.x + dx * Math.min(1, scale), y: from.y + dy * Math.min(1, scale) };
}
