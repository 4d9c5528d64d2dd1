import type { Outcome } from '@holdfast/check';
import { corners, type Mark, type Point, type Shape } from '../scene/scene.ts';
import { oneLine } from '../text/escape.ts';
import { counted } from '../text/format.ts';
import type { Frame } from './view.ts';

/** Bars closer than this, in pixels, run together. */
const JOIN = 1.5;

/** One bar of a crowded row. */
export interface BusySpan {
  readonly from: number;
  /** Infinity when it never ended. */
  readonly until: number;
  readonly outcome: Outcome;
}

/**
 * A crowded row as one mark: bars that touch run together, and a tick stands where an operation failed or never
 * learned its outcome. `who` begins the sentence that counts them.
 */
export function busyMark(
  frame: Frame,
  spans: readonly BusySpan[],
  y: number,
  height: number,
  who: string,
): Mark {
  const { scale } = frame;
  const bars: (readonly Point[])[] = [];
  const ticks: Record<'fail' | 'unknown', (readonly Point[])[]> = { fail: [], unknown: [] };
  let [start, end] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const flush = (): void => {
    if (Number.isFinite(start)) bars.push(corners(start, y, Math.max(1, end - start), height));
  };
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const x1 = Math.max(scale.left, scale.x(span.from));
    const x2 = Math.min(scale.right, Number.isFinite(span.until) ? scale.x(span.until) : scale.right);
    if (span.outcome !== 'ok') {
      ticks[span.outcome].push([
        { x: x1, y: y - 3 },
        { x: x1, y: y + height },
      ]);
    }
    if (span.outcome === 'unknown') continue;
    if (x1 <= end + JOIN) end = Math.max(end, x2);
    else {
      flush();
      [start, end] = [x1, x2];
    }
  }
  flush();
  const shapes: Shape[] = [
    { kind: 'paths', class: 'bar', parts: bars, closed: true },
    { kind: 'paths', class: 'fail', parts: ticks.fail },
    { kind: 'paths', class: 'unknown', parts: ticks.unknown },
  ];
  const count = (outcome: Outcome): number => spans.filter((span) => span.outcome === outcome).length;
  const parts = [`${count('ok')} ok`, `${count('fail')} failed`, `${count('unknown')} unknown`];
  const text = `${who}: ${counted(spans.length, 'operation')} in this window, ${parts.join(', ')}`;
  return {
    class: 'operation busy',
    at: scale.from,
    text: oneLine(text),
    events: [],
    shapes,
  };
}
