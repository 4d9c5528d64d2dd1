import { layoutChart } from '../charts/chart.ts';
import { chartsOf } from '../charts/charts.ts';
import type { RunModel } from '../model/model.ts';
import { staticFigure } from './diagrams.ts';
import { STATIC_WIDTH } from './player.ts';

/** Width of the version for narrow windows; the style sheet shows one of the two. */
const NARROW_WIDTH = 360;

/** The charts of a run, each with its text twin. They need no script. */
export function chartsHtml(model: RunModel, run: number): string {
  const charts = chartsOf(model);
  if (charts.length === 0) return '';
  const figures = charts.map((spec) =>
    staticFigure((width) => layoutChart(model, spec, width), run, [STATIC_WIDTH, NARROW_WIDTH]),
  );
  return `<h3>Measured over time</h3>${figures.join('')}`;
}
