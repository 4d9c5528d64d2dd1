import { encodePlain, type Plain } from '@holdfast/plain';
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
import { formatTime, plainText } from '../text/format.ts';
import { AXIS_HEIGHT, axisMarks, cursorMarks, squeezeNotes } from './axis.ts';
import { fit, shadeMarks } from './faults.ts';
import { downMarks, roleClass } from './lanes.ts';
import { emptyScene } from './empty.ts';
import { buildFrame, type Frame, highlight, touching, type View, windowText } from './view.ts';

const ROW = 20;
const GAP = 10;
/** View keys drawn for each node; the others are named in a note. */
export const MAX_KEYS = 6;

/** More values than this of one key at one node in a window become one line. */
export const MAX_SPANS = 80;

/** Keys readers look for first, in this order; others follow by name. */
const PREFERRED: readonly string[] = [
  'role',
  'term',
  'ballot',
  'view',
  'epoch',
  'leader',
  'primary',
  'commit',
  'applied',
  'last',
  'lastIndex',
  'log',
];

/** Keys whose numbers name a node: drawn as words, never as heights; 0 is none. */
const NAMES: ReadonlySet<string> = new Set(['leader', 'primary', 'vote', 'votedFor', 'coordinator']);

/** A value of one key, from one instant to another. */
interface Span {
  readonly value: Plain;
  readonly from: number;
  readonly until: number;
  readonly event: number;
}

/** The state strips: for every server what its role, term, commit index and so on were at every instant. */
export function layoutStrips(model: RunModel, view: View): Scene {
  const title = 'State of every node';
  const keys = stripKeys(model);
  const nodes = stripNodes(model);
  if (keys.length === 0 || nodes.length === 0) {
    return emptyScene('state', title, 'No node showed its state in this run.', view.width);
  }
  const frame = buildFrame(model, view);
  const shown = keys.slice(0, MAX_KEYS);
  const pitch = shown.length * ROW + GAP + (frame.narrow ? 14 : 0);
  const top = AXIS_HEIGHT + 4;
  const bottom = top + nodes.length * pitch;
  const marks: Mark[] = [...axisMarks(frame, 0, bottom)];
  nodes.forEach((node, i) => marks.push(...nodeStrips(frame, node, shown, top + i * pitch)));
  marks.push(...cursorMarks(frame, AXIS_HEIGHT - 6, bottom));
  const rest = keys.slice(MAX_KEYS);
  const busy = marks.some((mark) => mark.text.includes(' times in this window, from '));
  const hidden =
    rest.length === 0 ? [] : [`Also recorded, and shown when an event is selected: ${rest.join(', ')}.`];
  return {
    id: 'state',
    title,
    description: `For each server its ${shown.join(', ')} from ${windowText(model, view)}.`,
    width: view.width,
    height: bottom + 4,
    marks,
    notes: [...(busy ? [BUSY] : []), ...hidden.map(oneLine), ...squeezeNotes(frame)],
  };
}

const BUSY = `Rows with over ${MAX_SPANS} values in this window are one line without numbers; zoom in (+) to read them.`;

/** The nodes with strips: servers that showed their state, or whoever did when no server did. */
export function stripNodes(model: RunModel): readonly number[] {
  const showing = model.lanes.filter((node) => (model.nodes[node]?.states.length ?? 0) > 0);
  const servers = showing.filter((node) => model.trace.nodes[node]?.role === 'server');
  return servers.length > 0 ? servers : showing;
}

/** All keys of the run's state views, the ones readers look for first. */
export function stripKeys(model: RunModel): readonly string[] {
  const keys = keyCache.get(model) ?? collectKeys(model);
  keyCache.set(model, keys);
  return keys;
}

const keyCache = new WeakMap<RunModel, readonly string[]>();

function collectKeys(model: RunModel): readonly string[] {
  const found = new Set<string>();
  for (const node of stripNodes(model)) {
    for (const { view } of model.nodes[node]?.states ?? [])
      for (const key of Object.keys(view)) found.add(key);
  }
  const place = (key: string): number => {
    const at = PREFERRED.indexOf(key);
    return at < 0 ? PREFERRED.length : at;
  };
  return [...found].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
}

function nodeStrips(frame: Frame, node: number, keys: readonly string[], top: number): readonly Mark[] {
  const { scale, narrow } = frame;
  const first = narrow ? top + 14 : top;
  const height = keys.length * ROW;
  const name = nodeName(frame.model, node);
  const nameAt = narrow ? { x: scale.left, y: top + 10 } : { x: 10, y: first + height / 2 + 4 };
  const shapes: Shape[] = [
    { kind: 'text', class: 'name', at: nameAt, text: name },
    {
      kind: 'line',
      from: { x: narrow ? scale.left : 10, y: first - 3 },
      to: { x: scale.right, y: first - 3 },
    },
  ];
  const marks: Mark[] = [decoration('lane', shapes), ...shadeMarks(frame, node, first, height)];
  keys.forEach((key, i) => {
    const y = first + i * ROW;
    const spans = spansOf(frame, node, key);
    if (!narrow) {
      const at = { x: scale.left - 8, y: y + 13 };
      marks.push(decoration('key', [{ kind: 'text', at, text: fit(oneLine(key), 66), anchor: 'end' }]));
    }
    const numeric =
      !NAMES.has(key) && spans.length > 0 && spans.every((span) => typeof span.value === 'number');
    if (spans.length > MAX_SPANS) marks.push(crowdedMark(frame, node, key, spans, y, numeric));
    else
      marks.push(
        ...(numeric ? stepMarks(frame, node, key, spans, y) : wordMarks(frame, node, key, spans, y)),
      );
  });
  return [...marks, ...downMarks(frame, { node, top: first, bottom: first + height }, true)];
}

const spanCache = new WeakMap<RunModel, Map<string, readonly Span[]>>();

/** The spans of a key that touch the window. */
function spansOf(frame: Frame, node: number, key: string): readonly Span[] {
  const { model, scale } = frame;
  let known = spanCache.get(model);
  if (known === undefined) {
    known = new Map();
    spanCache.set(model, known);
  }
  const name = `${node} ${key}`;
  const spans = known.get(name) ?? collectSpans(model, node, key);
  known.set(name, spans);
  return touching(spans, scale.from, scale.until);
}

function collectSpans(model: RunModel, node: number, key: string): readonly Span[] {
  const spans: Span[] = [];
  for (const state of model.nodes[node]?.states ?? []) {
    const value = state.view[key] ?? null;
    const last = spans.at(-1);
    if (last !== undefined && encodePlain(last.value) === encodePlain(value)) continue;
    if (last !== undefined) spans[spans.length - 1] = { ...last, until: state.at };
    spans.push({ value, from: state.at, until: model.end, event: state.event });
  }
  return spans;
}

function edges(frame: Frame, span: Span): readonly [number, number] {
  const { scale } = frame;
  const x1 = Math.max(scale.left, scale.x(span.from));
  return [x1, Math.max(x1, Math.min(scale.right, scale.x(span.until)))];
}

function spanSentence(frame: Frame, node: number, key: string, span: Span): string {
  const until = span.until >= frame.model.end ? 'the end' : formatTime(span.until);
  return oneLine(`${nodeName(frame.model, node)} ${key} is ${plainText(span.value)} until ${until}`);
}

/** Words (role, leader) as cells with their text; a role also by pattern. */
function wordMarks(
  frame: Frame,
  node: number,
  key: string,
  spans: readonly Span[],
  y: number,
): readonly Mark[] {
  return spans.map((span): Mark => {
    const [x1, x2] = edges(frame, span);
    const none = span.value === null || (span.value === 0 && NAMES.has(key));
    const word = none ? '-' : plainText(span.value, 24);
    const letter = key === 'role' ? (word[0] ?? '').toUpperCase() : '';
    const options = [frame.narrow ? `${key} ${word}` : word, word, letter];
    const text = options.find((option) => option !== '' && textWidth(option, 11, true) + 8 <= x2 - x1) ?? '';
    const shapes: Shape[] = [{ kind: 'rect', x: x1, y: y + 1, width: Math.max(1, x2 - x1), height: ROW - 4 }];
    if (text !== '') {
      if (key === 'role') {
        shapes.push({
          kind: 'rect',
          class: 'plate',
          x: x1 + 2,
          y: y + 3,
          width: textWidth(text, 11, true) + 6,
          height: ROW - 8,
        });
      }
      shapes.push({ kind: 'text', at: { x: x1 + 4, y: y + 13 }, text });
    }
    const style = key === 'role' ? `role ${roleClass(word)}` : 'word';
    const name = `${style}${highlight(frame, [span.event])}`;
    return {
      class: name,
      at: span.from,
      text: spanSentence(frame, node, key, span),
      events: [span.event],
      shapes,
    };
  });
}

/** Numbers as a stepped line with values where they fit; a value that sank is marked. */
function stepMarks(
  frame: Frame,
  node: number,
  key: string,
  spans: readonly Span[],
  y: number,
): readonly Mark[] {
  const yOf = heightOf(frame, key, y);
  let labelEnd = Number.NEGATIVE_INFINITY;
  return spans.map((span, i): Mark => {
    const [x1, x2] = edges(frame, span);
    const value = span.value as number;
    const points: Point[] = [
      { x: x1, y: yOf(value) },
      { x: x2, y: yOf(value) },
    ];
    const before = spans[i - 1]?.value;
    if (typeof before === 'number') points.unshift({ x: x1, y: yOf(before) });
    const shapes: Shape[] = [
      { kind: 'rect', class: 'hit', x: x1, y, width: Math.max(1, x2 - x1), height: ROW },
      { kind: 'path', points },
    ];
    const sunk = typeof before === 'number' && value < before ? '▼' : '';
    const label = `${sunk}${frame.narrow && i === 0 ? `${key} ` : ''}${value}`;
    const width = textWidth(label, 10);
    const wide = width + 4 <= x2 - x1 || sunk !== '' || (i === 0 && x2 - x1 > 4);
    if (wide && x1 + 3 >= labelEnd) {
      const onLeft = x1 + 3 + width > frame.scale.right;
      shapes.push({
        kind: 'text',
        at: { x: onLeft ? x1 - 3 : x1 + 3, y: y + 14 },
        text: label,
        anchor: onLeft ? 'end' : 'start',
      });
      labelEnd = x1 + width + 8;
    }
    const name = `step${sunk === '' ? '' : ' sunk'}${highlight(frame, [span.event])}`;
    return {
      class: name,
      at: span.from,
      text: spanSentence(frame, node, key, span),
      events: [span.event],
      shapes,
    };
  });
}

/** A row with very many values: one line (or a run of cells) and one sentence. */
function crowdedMark(
  frame: Frame,
  node: number,
  key: string,
  spans: readonly Span[],
  y: number,
  numeric: boolean,
): Mark {
  const shapes: Shape[] = [];
  if (numeric) {
    const yOf = heightOf(frame, key, y);
    const points = thinned(
      spans.flatMap((span): Point[] => {
        const [x1, x2] = edges(frame, span);
        const at = yOf(span.value as number);
        return [
          { x: x1, y: at },
          { x: x2, y: at },
        ];
      }),
    );
    shapes.push({ kind: 'path', points });
  } else {
    let end = Number.NEGATIVE_INFINITY;
    const cells: (readonly Point[])[] = [];
    for (const span of spans) {
      const [x1, x2] = edges(frame, span);
      if (x2 - end < 0.7) continue;
      const from = Math.max(x1, end);
      cells.push(corners(from, y + 1, x2 - from, ROW - 4));
      end = x2;
    }
    shapes.push({ kind: 'paths', class: 'cell', parts: cells, closed: true });
  }
  const first = plainText(spans[0]?.value ?? null);
  const last = plainText(spans.at(-1)?.value ?? null);
  const text = `${nodeName(frame.model, node)} ${key} changes ${spans.length - 1} times in this window, from ${first} to ${last}`;
  return { class: numeric ? 'step' : 'word', at: frame.scale.from, text: oneLine(text), events: [], shapes };
}

/** A line with at most four points for each pixel: its first, lowest, highest and last there. It looks the same. */
function thinned(points: readonly Point[]): readonly Point[] {
  const kept: Point[] = [];
  let column: Point[] = [];
  const flush = (): void => {
    const [first] = column;
    const last = column.at(-1);
    if (first === undefined || last === undefined) return;
    const low = column.reduce((a, b) => (b.y < a.y ? b : a), first);
    const high = column.reduce((a, b) => (b.y > a.y ? b : a), first);
    kept.push(...[first, low, high, last].filter((point, i, all) => all.indexOf(point) === i));
    column = [];
  };
  for (const point of points) {
    if (column[0] !== undefined && Math.floor(column[0].x) !== Math.floor(point.x)) flush();
    column.push(point);
  }
  flush();
  return kept;
}

/** Where a value of a key lies in its row. */
function heightOf(frame: Frame, key: string, y: number): (value: number) => number {
  const range = rangeOf(frame, key);
  return (value) => y + ROW - 4 - ((value - range.low) / (range.high - range.low || 1)) * (ROW - 8);
}

/** The least and the greatest value of a key in the window, over all nodes, so that the same height is the same value. */
function rangeOf(frame: Frame, key: string): { readonly low: number; readonly high: number } {
  const range = { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY };
  for (const node of frame.model.lanes) {
    for (const { value } of spansOf(frame, node, key)) {
      if (typeof value !== 'number') continue;
      range.low = Math.min(range.low, value);
      range.high = Math.max(range.high, value);
    }
  }
  return range;
}
