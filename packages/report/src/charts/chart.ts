import type { RunModel } from '../model/model.ts';
import { AXIS_HEIGHT, axisMarks } from '../pictures/axis.ts';
import { faultBands, shadeMarks } from '../pictures/faults.ts';
import { buildFrame, type Frame, wholeRun } from '../pictures/view.ts';
import { decoration, type Mark, type Point, type Scene, type Shape, textWidth } from '../scene/scene.ts';

/** One line of a chart: values from one instant to another; a gap where there is none. */
export interface Series {
  readonly name: string;
  readonly values: readonly {
    readonly from: number;
    readonly until: number;
    readonly value: number | undefined;
  }[];
}

/** What a chart shows. */
export interface ChartSpec {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly series: readonly Series[];
  /** Least and greatest value to show, where the values alone do not say. */
  readonly least?: number;
  readonly most?: number;
  /** Powers of ten in place of equal steps; values must be above 0. */
  readonly log?: boolean;
  readonly format: (value: number) => string;
  /** The lines of the text twin. */
  readonly lines: readonly { readonly at: number; readonly text: string }[];
}

const HEIGHT = 120;
/** Each line has its own dash, so that colour is never needed; a chart of more lines repeats them and names each. */
const DASHES = 4;

/** A chart over the whole run, with the faults as bands and shades. A pure function, like every picture. */
export function layoutChart(model: RunModel, spec: ChartSpec, width: number): Scene {
  const frame = buildFrame(model, { ...wholeRun(model), width, squeeze: false, event: -1, operation: -1 });
  const bands = faultBands(frame, AXIS_HEIGHT + 2);
  const top = AXIS_HEIGHT + bands.height + 8;
  const bottom = top + HEIGHT;
  const scale = valueScale(spec, top, bottom);
  const marks: Mark[] = [
    ...shadeMarks(frame, -1, top, HEIGHT),
    ...axisMarks(frame, 0, bottom),
    ...bands.marks,
    decoration(
      'values',
      scale.ticks.flatMap((value) => tickShapes(frame, scale.y(value), spec.format(value))),
    ),
    ...spec.series.map((series, i) => seriesMark(frame, series, i, scale.y)),
    ...spec.lines.map(({ at, text }): Mark => ({ class: 'said', at, text, events: [], shapes: [] })),
  ];
  const legend = legendMarks(frame, spec.series, bottom + 18);
  return {
    id: spec.id,
    title: spec.title,
    description: spec.description,
    width,
    height: legend.bottom + 6,
    marks: [...marks, ...legend.marks],
    notes: bands.notes,
  };
}

interface ValueScale {
  readonly ticks: readonly number[];
  readonly y: (value: number) => number;
}

function valueScale(spec: ChartSpec, top: number, bottom: number): ValueScale {
  const values = spec.series.flatMap(({ values: all }) => all.flatMap(({ value }) => value ?? []));
  const least = Math.min(spec.least ?? Infinity, ...limits(values, Math.min));
  const most = Math.max(spec.most ?? Number.NEGATIVE_INFINITY, ...limits(values, Math.max));
  if (!Number.isFinite(least) || !Number.isFinite(most)) return { ticks: [], y: () => bottom };
  if (spec.log === true) return logScale(Math.max(least, 1e-9), Math.max(most, 1e-9), top, bottom);
  const step = niceStep((most - least || Math.abs(most) || 1) / 4);
  const low = Math.floor(least / step) * step;
  const high = Math.max(low + step, Math.ceil(most / step) * step);
  const ticks: number[] = [];
  for (let i = 0; low + i * step <= high + step / 2; i++) ticks.push(low + i * step);
  return { ticks, y: (value) => bottom - ((value - low) / (high - low)) * (bottom - top) };
}

/** The least or greatest of many; nothing of none. (A spread of a hundred thousand arguments overflows.) */
function limits(values: readonly number[], pick: (a: number, b: number) => number): readonly number[] {
  return values.length === 0 ? [] : [values.reduce((a, b) => pick(a, b))];
}

function logScale(least: number, most: number, top: number, bottom: number): ValueScale {
  const low = Math.floor(Math.log10(least) + 1e-9);
  const high = Math.max(low + 1, Math.ceil(Math.log10(most) - 1e-9));
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
  return { ticks, y: (value) => bottom - ((Math.log10(value) - low) / (high - low)) * (bottom - top) };
}

function niceStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  for (const factor of [1, 2, 5]) if (power * factor >= atLeast * 0.999) return power * factor;
  return power * 10;
}

function tickShapes(frame: Frame, y: number, text: string): readonly Shape[] {
  const { scale, narrow } = frame;
  const at = narrow ? { x: scale.left, y: y - 2 } : { x: scale.left - 6, y: y + 4 };
  return [
    { kind: 'line', from: { x: scale.left, y }, to: { x: scale.right, y } },
    { kind: 'text', at, text, anchor: narrow ? 'start' : 'end' },
  ];
}

/** Steps, because each value is one slice's; a gap breaks the line. */
function seriesMark(frame: Frame, { values }: Series, i: number, y: (value: number) => number): Mark {
  const parts: Point[][] = [];
  let part: Point[] | undefined;
  for (const { from, until, value } of values) {
    if (value === undefined) {
      part = undefined;
      continue;
    }
    if (part === undefined) {
      part = [];
      parts.push(part);
    }
    part.push({ x: frame.scale.x(from), y: y(value) }, { x: frame.scale.x(until), y: y(value) });
  }
  return decoration(`series dash${i % DASHES}`, [{ kind: 'paths', parts }]);
}

function legendMarks(
  frame: Frame,
  series: readonly Series[],
  top: number,
): { readonly marks: readonly Mark[]; readonly bottom: number } {
  let x = frame.scale.left;
  let y = top;
  const marks = series.map(({ name }, i): Mark => {
    const wide = 34 + textWidth(name) + 18;
    if (x + wide > frame.scale.right && x > frame.scale.left) {
      x = frame.scale.left;
      y += 18;
    }
    const parts = [
      [
        { x, y: y - 4 },
        { x: x + 28, y: y - 4 },
      ],
    ];
    const shapes: Shape[] = [
      { kind: 'paths', parts },
      { kind: 'text', at: { x: x + 34, y }, text: name },
    ];
    x += wide;
    return decoration(`series dash${i % DASHES}`, shapes);
  });
  return { marks, bottom: y };
}
