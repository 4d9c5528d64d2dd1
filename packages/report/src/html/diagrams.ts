import { layoutAnomaly } from '../pictures/anomaly.ts';
import { layoutQuorums } from '../pictures/quorums.ts';
import type { RunReport } from '../run.ts';
import type { Scene } from '../scene/scene.ts';
import { sceneToSvg } from '../scene/svg.ts';
import { escapeHtml } from '../text/escape.ts';
import { figureParts } from './figure.ts';

const WIDE = 760;
const NARROW = 360;

/** A picture of one moment, drawn for wide and for narrow windows, with its text twin; needs no script. */
export function staticFigure(
  layout: (width: number) => Scene,
  run: number,
  widths: readonly [number, number],
): string {
  const [wide, narrow] = widths.map(layout);
  if (wide === undefined || narrow === undefined) return '';
  const parts = figureParts(wide, 'us', run);
  return (
    `<figure class="picture chart" data-chart="${escapeHtml(wide.id)}"><figcaption>${escapeHtml(wide.title)}</figcaption>` +
    `<p class="muted">${escapeHtml(wide.description)}</p>` +
    `<div class="canvas"><div class="for-wide">${sceneToSvg(wide)}</div><div class="for-narrow">${sceneToSvg(narrow)}</div></div>` +
    `<div class="notes">${parts.notes}</div>` +
    `<details class="twin"><summary>${parts.summary}</summary><div class="lines">${parts.twin()}</div></details></figure>`
  );
}

/** Anomalies of transactions as graphs, and quorums as diagrams. */
export function diagramsHtml({ anomalies = [], quorums = [], history }: RunReport, run: number): string {
  const graphs = anomalies.map((anomaly) =>
    staticFigure((width) => layoutAnomaly(anomaly, history.operations, width), run, [WIDE, NARROW]),
  );
  const rules = quorums.map((diagram) =>
    staticFigure((width) => layoutQuorums(diagram, width), run, [WIDE, NARROW]),
  );
  return (
    (graphs.length === 0 ? '' : `<h3>Anomalies of transactions</h3>${graphs.join('')}`) +
    (rules.length === 0 ? '' : `<h3>Quorums</h3>${rules.join('')}`)
  );
}
