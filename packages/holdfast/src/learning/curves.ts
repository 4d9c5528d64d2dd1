import { type Mark, type Point, type Scene, sceneToSvgFile, type Shape } from '@holdfast/report';

/** A line through points, named at its end. */
export interface Curve {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number; readonly says: string }[];
}

/** What a chart of curves shows. Both axes begin at 0 unless they are logarithmic, where values must be above 0. */
export interface CurveChart {
  readonly title: string;
  readonly description: string;
  readonly x: string;
  readonly y: string;
  readonly log?: boolean;
  readonly curves: readonly Curve[];
}

const WIDTH = 560;
const HEIGHT = 320;
const LEFT = 64;
const TOP = 40;
const RIGHT = 130;
const BOTTOM = 48;

/** A chart of curves as an SVG file: every point is a mark with its sentence, so that it can be read without being seen. */
export function curveSvg(chart: CurveChart): string {
  return sceneToSvgFile(curveScene(chart));
}

/** The same as a scene. */
export function curveScene(chart: CurveChart): Scene {
  const { title, description, curves } = chart;
  const scales = scalesOf(chart);
  return {
    id: 'curves',
    title,
    description,
    width: WIDTH,
    height: HEIGHT,
    marks: [axesMark(chart, scales), ...curves.flatMap((curve) => curveMarks(curve, scales))],
    notes: [],
  };
}

interface Scales {
  readonly across: (x: number) => number;
  readonly up: (y: number) => number;
}

function scalesOf({ log = false, curves }: CurveChart): Scales {
  const all = curves.flatMap(({ points }) => points);
  const by = (value: number): number => (log ? Math.log10(Math.max(value, 1e-9)) : value);
  const scale = (values: readonly number[], from: number, to: number): ((value: number) => number) => {
    const least = log ? Math.min(...values.map(by)) : 0;
    const most = Math.max(least + 1e-9, ...values.map(by));
    return (value) => from + ((by(value) - least) / (most - least)) * (to - from);
  };
  const xs = all.map(({ x }) => x);
  const ys = all.map(({ y }) => y);
  return { across: scale(xs, LEFT, WIDTH - RIGHT), up: scale(ys, HEIGHT - BOTTOM, TOP) };
}

function axesMark({ x, y, curves }: CurveChart, { across, up }: Scales): Mark {
  const all = curves.flatMap(({ points }) => points);
  const corner = { x: LEFT, y: HEIGHT - BOTTOM };
  const number = (value: number, at: Point, anchor: 'middle' | 'end'): Shape => {
    return { kind: 'text', at, text: String(value), anchor };
  };
  const shapes: Shape[] = [
    { kind: 'line', from: corner, to: { x: WIDTH - RIGHT, y: corner.y } },
    { kind: 'line', from: corner, to: { x: LEFT, y: TOP } },
    { kind: 'text', at: { x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 8 }, text: x, anchor: 'middle' },
    { kind: 'text', at: { x: 8, y: TOP - 14 }, text: y },
    ...ticks(all.map((point) => point.x)).map((at) =>
      number(at, { x: across(at), y: corner.y + 16 }, 'middle'),
    ),
    ...ticks(all.map((point) => point.y)).map((at) => number(at, { x: LEFT - 6, y: up(at) + 4 }, 'end')),
  ];
  return { class: 'axis', at: 0, text: '', events: [], shapes };
}

function curveMarks({ name, points }: Curve, { across, up }: Scales): Mark[] {
  const at = points.map((point) => ({ x: across(point.x), y: up(point.y) }));
  const end = at.at(-1) ?? { x: LEFT, y: TOP };
  const line: Shape[] = [
    { kind: 'path', class: 'shaft', points: at },
    { kind: 'text', class: 'name', at: { x: end.x + 8, y: end.y + 4 }, text: name },
  ];
  return [
    { class: 'curve', at: 0, text: '', events: [], shapes: line },
    ...points.map(({ x, says }, i): Mark => {
      const dot: Shape = { kind: 'circle', class: 'hf-fill-accent', center: at[i] ?? end, radius: 3 };
      return { class: 'point', at: x, text: `${name}: ${says}`, events: [], shapes: [dot] };
    }),
  ];
}

/** At most five values that occur, the least and the greatest among them. */
function ticks(values: readonly number[]): number[] {
  const all = [...new Set(values)].toSorted((a, b) => a - b);
  const step = Math.max(1, Math.ceil((all.length - 1) / 4));
  return all.filter((_, i) => i % step === 0 || i === all.length - 1);
}
