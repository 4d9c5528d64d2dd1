import { escapeHtml } from '../text/escape.ts';
import type { Mark, Point, Scene, Shape } from './scene.ts';

/**
 * A scene as SVG text, to stand in a page that carries the pictures' style. Every mark that says something is a group with a
 * `title`, and carries `data-e` (its first trace event) or `data-o` (its operation). Equal scenes give equal text.
 */
export function sceneToSvg(scene: Scene): string {
  return writeSvg(scene, '');
}

/** As `sceneToSvg`, with trusted markup put first inside the picture. */
export function writeSvg(scene: Scene, own: string): string {
  const { width, height } = scene;
  const label = escapeHtml(`${scene.title}. ${scene.description}`);
  const head =
    `<svg xmlns="http://www.w3.org/2000/svg" class="hf hf-${escapeHtml(scene.id)}" role="img" ` +
    `aria-label="${label}" width="${round(width)}" height="${round(height)}" ` +
    `viewBox="0 0 ${round(width)} ${round(height)}">`;
  return `${head}${own}${scene.marks.map(markToSvg).join('')}</svg>`;
}

function markToSvg(mark: Mark): string {
  const first = mark.events[0];
  const event = first === undefined ? '' : ` data-e="${first}"`;
  const operation = mark.operation === undefined ? '' : ` data-o="${mark.operation}"`;
  const title = mark.text === '' ? '' : `<title>${escapeHtml(mark.text)}</title>`;
  return `<g class="${escapeHtml(mark.class)}"${event}${operation}>${title}${mark.shapes.map(shapeToSvg).join('')}</g>`;
}

function shapeToSvg(shape: Shape): string {
  const name = shape.class === undefined ? '' : ` class="${escapeHtml(shape.class)}"`;
  switch (shape.kind) {
    case 'line': {
      const { from, to } = shape;
      return `<line${name} x1="${round(from.x)}" y1="${round(from.y)}" x2="${round(to.x)}" y2="${round(to.y)}"/>`;
    }
    case 'path':
      return `<path${name} d="${pathData(shape.points)}${shape.closed === true ? 'Z' : ''}"/>`;
    case 'paths': {
      const end = shape.closed === true ? 'Z' : '';
      return `<path${name} d="${shape.parts.map((part) => `${pathData(part)}${end}`).join('')}"/>`;
    }
    case 'rect': {
      const corner = shape.radius === undefined ? '' : ` rx="${round(shape.radius)}"`;
      const size = `width="${round(shape.width)}" height="${round(shape.height)}"`;
      return `<rect${name} x="${round(shape.x)}" y="${round(shape.y)}" ${size}${corner}/>`;
    }
    case 'circle':
      return `<circle${name} cx="${round(shape.center.x)}" cy="${round(shape.center.y)}" r="${round(shape.radius)}"/>`;
    case 'text': {
      const anchor =
        shape.anchor === undefined || shape.anchor === 'start' ? '' : ` text-anchor="${shape.anchor}"`;
      return `<text${name} x="${round(shape.at.x)}" y="${round(shape.at.y)}"${anchor}>${escapeHtml(shape.text)}</text>`;
    }
  }
}

function pathData(points: readonly Point[]): string {
  return points.map((p, i) => `${i === 0 ? 'M' : 'L'}${round(p.x)} ${round(p.y)}`).join('');
}

/** One decimal is a tenth of a pixel: enough, and the same text everywhere. */
function round(value: number): string {
  const rounded = Math.round(value * 10) / 10;
  return String(rounded === 0 ? 0 : rounded);
}
