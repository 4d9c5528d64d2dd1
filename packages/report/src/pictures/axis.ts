import { decoration, type Mark, type Shape } from '../scene/scene.ts';
import { formatDuration } from '../text/format.ts';
import type { Frame } from './view.ts';

/** Height of the axis with its labels. */
export const AXIS_HEIGHT = 24;

/** The shared axis: labels at `top`, grid lines down to `bottom`, squeezed stretches marked with what they skip. */
export function axisMarks(frame: Frame, top: number, bottom: number): readonly Mark[] {
  const { scale } = frame;
  const grid: Shape[] = [];
  const labels: Shape[] = [];
  const base = top + AXIS_HEIGHT - 6;
  for (const tick of scale.ticks) {
    grid.push({ kind: 'line', from: { x: tick.x, y: base }, to: { x: tick.x, y: bottom } });
    const anchor = tick.x - scale.left < 30 ? 'start' : scale.right - tick.x < 30 ? 'end' : 'middle';
    labels.push({ kind: 'text', at: { x: tick.x, y: base - 6 }, text: tick.label, anchor });
  }
  labels.push({
    kind: 'line',
    class: 'base',
    from: { x: scale.left, y: base },
    to: { x: scale.right, y: base },
  });
  return [decoration('grid', grid), decoration('axis', labels), ...breakMarks(frame, base, bottom)];
}

function breakMarks(frame: Frame, base: number, bottom: number): readonly Mark[] {
  const { scale } = frame;
  return scale.breaks.map((gap): Mark => {
    const x1 = scale.x(gap.from);
    const x2 = scale.x(gap.until);
    const middle = (x1 + x2) / 2;
    const skipped = formatDuration(gap.until - gap.from);
    return decoration('break', [
      { kind: 'rect', x: x1, y: base, width: x2 - x1, height: bottom - base },
      {
        kind: 'line',
        class: 'slash',
        from: { x: middle - 5, y: base + 5 },
        to: { x: middle + 1, y: base - 5 },
      },
      {
        kind: 'line',
        class: 'slash',
        from: { x: middle - 1, y: base + 5 },
        to: { x: middle + 5, y: base - 5 },
      },
      { kind: 'text', at: { x: middle, y: base - 8 }, text: skipped, anchor: 'middle' },
    ]);
  });
}

/** The vertical line through the selected instant. */
export function cursorMarks(frame: Frame, top: number, bottom: number): readonly Mark[] {
  const at = selectedInstant(frame);
  const marks = divergenceMarks(frame, top, bottom);
  if (at === undefined || at < frame.scale.from || at > frame.scale.until) return marks;
  const x = frame.scale.x(at);
  return [...marks, decoration('cursor', [{ kind: 'line', from: { x, y: top }, to: { x, y: bottom } }])];
}

/** Where two runs part: all before it is the same in both. */
function divergenceMarks(frame: Frame, top: number, bottom: number): readonly Mark[] {
  const { scale, view } = frame;
  const at = view.divergence;
  if (at === undefined || at < scale.from || at > scale.until) return [];
  const x = scale.x(at);
  const anchor = x > (scale.left + scale.right) / 2 ? 'end' : 'start';
  const shapes: Shape[] = [
    { kind: 'line', from: { x, y: top }, to: { x, y: bottom } },
    { kind: 'text', at: { x: anchor === 'end' ? x - 4 : x + 4, y: bottom - 3 }, text: '≠ from here', anchor },
  ];
  const text = 'The two runs are the same up to here and differ from here on';
  return [{ class: 'divergence', at, text, events: [], shapes }];
}

function selectedInstant(frame: Frame): number | undefined {
  const { model, view } = frame;
  if (view.event >= 0) return model.trace.events[view.event]?.at;
  return view.operation >= 0 ? model.operations.get(view.operation)?.invokedAt : undefined;
}

/** What to say about squeezed stretches; empty when there are none. */
export function squeezeNotes(frame: Frame): readonly string[] {
  const { breaks } = frame.scale;
  if (breaks.length === 0) return [];
  const places = breaks.length === 1 ? 'one place' : `${breaks.length} places`;
  return [
    `Idle time is squeezed in ${places}, marked // with the time skipped; “true time” (t) shows it in full.`,
  ];
}
