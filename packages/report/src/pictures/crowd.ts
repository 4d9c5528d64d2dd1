import { nodeName } from '../model/model.ts';
import { corners, type Mark, type Point, type Shape } from '../scene/scene.ts';
import { counted } from '../text/format.ts';
import type { Arrow } from './arrows.ts';
import type { Lane } from './lanes.ts';
import type { Frame } from './view.ts';

const BIN = 5;
const TALLEST = 22;

/** A crowded window: for every lane, how many messages it sent in each slice of time, and crosses where some were lost. */
export function crowdMarks(frame: Frame, lanes: readonly Lane[], arrows: readonly Arrow[]): readonly Mark[] {
  const { scale } = frame;
  const count = Math.max(1, Math.ceil((scale.right - scale.left) / BIN));
  const sent = new Map<number, Uint32Array>();
  const lost = new Map<number, Uint32Array>();
  for (const { message, end } of arrows) {
    const x = Math.min(scale.right, Math.max(scale.left, scale.x(message.sentAt)));
    const bin = Math.min(count - 1, Math.floor((x - scale.left) / BIN));
    add(sent, message.from, bin, count);
    if (end.kind === 'drop') add(lost, message.from, bin, count);
  }
  let most = 1;
  for (const bins of sent.values()) for (const n of bins) most = Math.max(most, n);
  return lanes.flatMap((lane): readonly Mark[] => {
    const bins = sent.get(lane.node);
    return bins === undefined ? [] : [laneCrowd(frame, lane, bins, lost.get(lane.node), most)];
  });
}

function add(into: Map<number, Uint32Array>, node: number, bin: number, count: number): void {
  let bins = into.get(node);
  if (bins === undefined) {
    bins = new Uint32Array(count);
    into.set(node, bins);
  }
  bins[bin] = (bins[bin] ?? 0) + 1;
}

function laneCrowd(
  frame: Frame,
  lane: Lane,
  bins: Uint32Array,
  lost: Uint32Array | undefined,
  most: number,
): Mark {
  const bars: (readonly Point[])[] = [];
  const crosses: (readonly Point[])[] = [];
  let total = 0;
  let losses = 0;
  bins.forEach((n, i) => {
    total += n;
    const x = frame.scale.left + i * BIN;
    const height = Math.max(1, (n / most) * TALLEST);
    if (n > 0) bars.push(corners(x, lane.bottom + 3, BIN - 1, height));
    const missing = lost?.[i] ?? 0;
    losses += missing;
    if (missing > 0) crosses.push(...cross(x + BIN / 2, lane.bottom + 8 + height));
  });
  const shapes: Shape[] = [{ kind: 'paths', class: 'bar', parts: bars, closed: true }];
  if (crosses.length > 0) shapes.push({ kind: 'paths', class: 'cross', parts: crosses });
  const tail = losses === 0 ? '' : `, ${losses} of them lost`;
  const text = `${nodeName(frame.model, lane.node)} sends ${counted(total, 'message')} in this window${tail}`;
  return { class: 'crowd', at: frame.scale.from, text, events: [], shapes };
}

function cross(x: number, y: number): readonly (readonly Point[])[] {
  return [
    [
      { x: x - 2.5, y: y - 2.5 },
      { x: x + 2.5, y: y + 2.5 },
    ],
    [
      { x: x - 2.5, y: y + 2.5 },
      { x: x + 2.5, y: y - 2.5 },
    ],
  ];
}
