import { layoutChart } from '../charts/chart.ts';
import { chartsOf } from '../charts/charts.ts';
import type { RunModel } from '../model/model.ts';
import { sceneToSvg } from '../scene/svg.ts';
import { escapeHtml } from '../text/escape.ts';
import { figureParts } from './figure.ts';
import { STATIC_WIDTH } from './player.ts';

/** Width of the version for narrow windows; the style sheet shows one of the two. */
const NARROW_WIDTH = 360;

/** The charts of a run, each with its text twin. They need no script. */
export function chartsHtml(model: RunModel, run: number): string {
  const charts = chartsOf(model);
  if (charts.length === 0) return '';
  const figures = charts.map((spec) => {
    const wide = layoutChart(model, spec, STATIC_WIDTH);
    const narrow = layoutChart(model, spec, NARROW_WIDTH);
    const parts = figureParts(wide, model.unit, run);
    return (
      `<figure class="picture chart" data-chart="${spec.id}"><figcaption>${escapeHtml(spec.title)}</figcaption>` +
      `<div class="canvas"><div class="for-wide">${sceneToSvg(wide)}</div><div class="for-narrow">${sceneToSvg(narrow)}</div></div>` +
      `<details class="twin"><summary>${parts.summary}</summary><div class="lines">${parts.twin()}</div></details></figure>`
    );
  });
  return `<h3>Measured over time</h3>${figures.join('')}`;
}
