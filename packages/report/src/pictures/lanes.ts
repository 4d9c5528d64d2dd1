import type { Plain } from '@holdfast/plain';
import { nodeName, type RunModel } from '../model/model.ts';
import { decoration, type Mark, type Shape, textWidth } from '../scene/scene.ts';
import { formatTime, plainText } from '../text/format.ts';
import { highlight, type Frame, touching } from './view.ts';

/** Where one node's lane lies. */
export interface Lane {
  readonly node: number;
  /** Upper and lower edge of its ribbon. */
  readonly top: number;
  readonly bottom: number;
}

const RIBBON = 18;
const CLIENT_RIBBON = 16;
/** Below a ribbon: its small marks, and air for arrows. */
const SERVER_AIR = 40;
const CLIENT_AIR = 26;

/** The lanes of a view from top to bottom, the first one's box starting at `top`; `rows` says whose ribbon is taller. */
export function placeLanes(
  frame: Frame,
  nodes: readonly number[],
  rows: ReadonlyMap<number, number>,
  top: number,
): { readonly lanes: readonly Lane[]; readonly bottom: number } {
  const { model, narrow } = frame;
  let next = top;
  const lanes = nodes.map((node): Lane => {
    const client = model.trace.nodes[node]?.role === 'client';
    const at = next + (narrow ? 20 : 10);
    const height = (client ? CLIENT_RIBBON : RIBBON) * (rows.get(node) ?? 1);
    next += height + (client ? CLIENT_AIR : SERVER_AIR) + (narrow ? 12 : 0);
    return { node, top: at, bottom: at + height };
  });
  return { lanes, bottom: next };
}

/** Names, base lines, role ribbons and down spans of all lanes. */
export function laneMarks(frame: Frame, lanes: readonly Lane[]): readonly Mark[] {
  return lanes.flatMap((lane) => [
    nameMark(frame, lane),
    ...ribbonMarks(frame, lane),
    ...downMarks(frame, lane),
  ]);
}

function nameMark(frame: Frame, lane: Lane): Mark {
  const { scale, model, narrow } = frame;
  const name = nodeName(model, lane.node);
  const middle = (lane.top + lane.bottom) / 2;
  const at = narrow ? { x: scale.left, y: lane.top - 5 } : { x: scale.left - 12, y: middle + 4 };
  return decoration('lane', [
    { kind: 'line', from: { x: scale.left, y: middle }, to: { x: scale.right, y: middle } },
    { kind: 'text', class: 'name', at, text: fitName(name, narrow), anchor: narrow ? 'start' : 'end' },
  ]);
}

function fitName(name: string, narrow: boolean): string {
  return narrow || name.length <= 14 ? name : `${name.slice(0, 13)}…`;
}

/** The view keys that count elections, in order of preference. */
const ROUND_KEYS: readonly string[] = ['term', 'ballot', 'view', 'epoch', 'round'];

interface Segment {
  readonly role: string;
  readonly round: string;
  readonly roundKey: string;
  readonly from: number;
  readonly until: number;
  readonly event: number;
}

const known = new WeakMap<RunModel, Map<number, readonly Segment[]>>();

/** Role and round of a node over time, one segment for each change. */
export function segmentsOf({ model }: Frame, node: number): readonly Segment[] {
  let segments = known.get(model);
  if (segments === undefined) {
    segments = new Map();
    known.set(model, segments);
  }
  const found = segments.get(node) ?? collectSegments(model, node);
  segments.set(node, found);
  return found;
}

function collectSegments(model: RunModel, node: number): readonly Segment[] {
  const segments: Segment[] = [];
  for (const state of model.nodes[node]?.states ?? []) {
    const roundKey = ROUND_KEYS.find((key) => state.view[key] !== undefined) ?? '';
    const role = wordOf(state.view['role']);
    const round = roundKey === '' ? '' : wordOf(state.view[roundKey]);
    if (role === '' && round === '') continue;
    const last = segments.at(-1);
    if (last !== undefined && last.role === role && last.round === round) continue;
    if (last !== undefined) segments[segments.length - 1] = { ...last, until: state.at };
    segments.push({ role, round, roundKey, from: state.at, until: model.end, event: state.event });
  }
  return segments;
}

function wordOf(value: Plain | undefined): string {
  return value === undefined || value === null ? '' : plainText(value, 24);
}

/** How a role is drawn: by pattern, the letter says the rest. */
export function roleClass(role: string): string {
  if (/lead|primary|master|coordinator/i.test(role)) return 'lead';
  if (/cand|elect|proposer|prepar|view.?change/i.test(role)) return 'candidate';
  if (/learner|observer|witness|recover/i.test(role)) return 'other';
  return 'follow';
}

function ribbonMarks(frame: Frame, lane: Lane): readonly Mark[] {
  const { scale, model } = frame;
  const name = nodeName(model, lane.node);
  const height = lane.bottom - lane.top;
  const marks: Mark[] = [];
  for (const segment of touching(segmentsOf(frame, lane.node), scale.from, scale.until)) {
    const x1 = Math.max(scale.left, scale.x(segment.from));
    const x2 = Math.max(x1 + 1, Math.min(scale.right, scale.x(segment.until)));
    const shapes: Shape[] = [{ kind: 'rect', x: x1, y: lane.top, width: x2 - x1, height }];
    const text = ribbonText(segment, x2 - x1 - 8);
    const plate = textWidth(text, 11, true) + 6;
    if (text !== '') {
      shapes.push({
        kind: 'rect',
        class: 'plate',
        x: x1 + 3,
        y: lane.top + 2,
        width: plate,
        height: height - 4,
      });
      shapes.push({ kind: 'text', at: { x: x1 + 6, y: lane.bottom - 5 }, text });
    }
    const said = [segment.role, segment.round === '' ? '' : `${segment.roundKey} ${segment.round}`];
    const until = segment.until >= model.end ? 'the end' : formatTime(segment.until);
    const sentence = `${name} is ${said.filter((part) => part !== '').join(', ')} until ${until}`;
    marks.push({
      class: `role ${roleClass(segment.role)}${highlight(frame, [segment.event])}`,
      at: segment.from,
      text: sentence,
      events: [segment.event],
      shapes,
    });
  }
  return marks;
}

function ribbonText(segment: Segment, width: number): string {
  const initial = (segment.role[0] ?? '').toUpperCase();
  const long = [segment.role, segment.round === '' ? '' : `${segment.roundKey} ${segment.round}`];
  const options = [
    long.filter((part) => part !== '').join(' · '),
    `${initial} ${segment.round}`.trim(),
    initial,
  ];
  return options.find((option) => option !== '' && textWidth(option, 11, true) + 2 <= width) ?? '';
}

/** Spans during which a node did not run, over its lane; `quiet` when another mark already says so in words. */
export function downMarks(frame: Frame, lane: Lane, quiet = false): readonly Mark[] {
  const { scale, model } = frame;
  const spans = (model.nodes[lane.node]?.down ?? []).filter(
    (s) => s.from <= scale.until && s.until >= scale.from,
  );
  return spans.map((span): Mark => {
    const x1 = Math.max(scale.left, scale.x(span.from));
    const x2 = Math.max(x1 + 3, Math.min(scale.right, scale.x(span.until)));
    const height = lane.bottom - lane.top;
    const word = span.kind === 'down' ? 'down' : 'paused';
    const box = { x: x1, y: lane.top - 1, width: x2 - x1, height: height + 2 };
    const shapes: Shape[] = [
      { kind: 'rect', class: 'cover', ...box },
      { kind: 'rect', class: 'gap', ...box },
    ];
    if (x2 - x1 > textWidth(word) + 14) {
      const middle = (lane.top + lane.bottom) / 2;
      const plate = { x: x1 + 8, y: middle - 7, width: textWidth(word, 11, true) + 6, height: 14 };
      shapes.push({ kind: 'rect', class: 'plate', ...plate });
      shapes.push({ kind: 'text', at: { x: x1 + 11, y: middle + 4 }, text: word });
    }
    const until = span.end < 0 ? 'to the end of the run' : `until ${formatTime(span.until)}`;
    const text = quiet ? '' : `${nodeName(model, lane.node)} is ${word} ${until}`;
    return { class: span.kind, at: span.from, text, events: [], shapes };
  });
}
