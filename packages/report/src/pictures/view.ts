import { firstAtOrAfter } from '../model/calls.ts';
import type { StampKind } from '../model/causality.ts';
import { gravestFirst } from '../model/faultClass.ts';
import { causesOf, type RunModel } from '../model/model.ts';
import { formatTime } from '../text/format.ts';
import { buildScale, placeOf, type TimeScale } from './scale.ts';

/** What part of a run is drawn, how wide, and what is selected. All of it is data, so that a view can be linked to. */
export interface View {
  /** Window on the run, in units of the axis. */
  readonly from: number;
  readonly until: number;
  /** Pixels. Below `NARROW` lane names move above their lanes. */
  readonly width: number;
  /** Draw idle stretches short, marked as such. */
  readonly squeeze: boolean;
  /** Selected trace event, or -1. */
  readonly event: number;
  /** Selected operation, or -1. */
  readonly operation: number;
  /** The instant from which on this run differs from the one it is compared with. */
  readonly divergence?: number;
  /** Logical stamps to draw at every event; none when absent. */
  readonly stamps?: StampKind | undefined;
  /** Tell apart the past, the future and what is concurrent with the selected event. */
  readonly cone?: boolean;
}

/** The shared part of all pictures of one view. */
export interface Frame {
  readonly model: RunModel;
  readonly view: View;
  readonly scale: TimeScale;
  readonly narrow: boolean;
  /** The selected event and everything that led to it. */
  readonly chain: ReadonlySet<number>;
  /** The events behind the violation. */
  readonly slice: ReadonlySet<number>;
}

/** Pixels below which pictures are laid out for a narrow page. */
export const NARROW = 640;
const GUTTER = 104;
const EDGE = 18;
/** The first window of a long run holds about one event for this many pixels. */
const PIXELS_PER_EVENT = 13;
/** A run of up to this many times as many events is shown whole. */
const SHORT_RUN = 2.5;

/** Builds the frame all pictures of a view are drawn in. */
export function buildFrame(model: RunModel, view: View): Frame {
  const narrow = view.width < NARROW;
  const scale = buildScale({
    from: view.from,
    until: view.until,
    left: narrow ? EDGE : GUTTER,
    right: view.width - EDGE,
    unit: model.unit,
    squeeze: view.squeeze,
    instants: instantsOf(model),
  });
  const chain = new Set<number>();
  if (view.event >= 0) {
    chain.add(view.event);
    for (const cause of causesOf(model.trace, view.event)) chain.add(cause.id);
  }
  const slice = new Set(model.slice?.events.map(({ id }) => id));
  return { model, view, scale, narrow, chain, slice };
}

/** Extra classes of a mark: selected, or one of the causes of what is selected. */
export function highlight(frame: Frame, events: readonly number[], operation = -1): string {
  const { event: selected, operation: chosen } = frame.view;
  if (selected >= 0 && events.includes(selected)) return ' selected';
  if (operation >= 0 && chosen === operation) return ' selected';
  const last = events.at(-1);
  return last !== undefined && frame.chain.has(last) ? ' chain' : '';
}

/** Of spans that follow one another in time, those that touch a window. */
export function touching<T extends { readonly from: number; readonly until: number }>(
  spans: readonly T[],
  from: number,
  until: number,
): readonly T[] {
  return spans.slice(
    placeOf(spans, (span) => span.until >= from),
    placeOf(spans, (span) => span.from > until),
  );
}

/** How many events a picture of this width shows without crowding. */
export function comfortableEvents(width: number): number {
  return Math.max(24, Math.round(width / PIXELS_PER_EVENT));
}

/** The view a report opens with: the whole of a short run, else the window up to the first thing that went wrong. */
export function firstView(model: RunModel, width: number): View {
  const whole = wholeRun(model);
  const base = { ...whole, width, squeeze: true, event: -1, operation: -1 };
  const { events } = model.trace;
  const wanted = comfortableEvents(width);
  if (events.length <= wanted * SHORT_RUN) return base;
  const focus = firstTrouble(model);
  const first = Math.max(0, focus - Math.floor(wanted * 0.75));
  const last = Math.min(events.length - 1, first + wanted);
  return { ...base, ...windowAround(model, events[first]?.at ?? 0, events[last]?.at ?? model.end) };
}

/** A view's window in words: `0 ms to 212.5 ms`. */
export function windowText(model: RunModel, view: View): string {
  return [view.from, view.until].map((at) => formatTime(Math.round(at), model.unit)).join(' to ');
}

/** The window that shows a whole run. */
export function wholeRun(model: RunModel): { readonly from: number; readonly until: number } {
  return windowAround(model, model.start, model.end);
}

/** The window between two instants, whole units, inside the run. */
export function windowAround(
  model: RunModel,
  from: number,
  until: number,
): { readonly from: number; readonly until: number } {
  const start = Math.max(model.start, Math.floor(from));
  return { from: start, until: Math.max(start + 1, Math.min(model.end, Math.ceil(until))) };
}

/** The event a reader wants to see first: a violation, evidence of one, the first grave fault, or the start. */
function firstTrouble(model: RunModel): number {
  const { events } = model.trace;
  const violation = events.findIndex((event) => event.kind === 'violation');
  if (violation >= 0) return violation;
  for (const verdict of model.verdicts) {
    if (verdict.status !== 'violated') continue;
    const shown = verdict.events.at(-1);
    if (shown !== undefined) return shown;
    const blocked = events.findLastIndex(
      (event) => event.operation >= 0 && event.operation === verdict.blocking,
    );
    if (blocked >= 0) return blocked;
  }
  const [gravest] = gravestFirst(model.trace.faults);
  return gravest === undefined ? 0 : firstAtOrAfter(events, gravest.from);
}

/** Gives two runs one axis: idle stretches of both are squeezed, and equal windows look alike. */
export function shareInstants(a: RunModel, b: RunModel): void {
  const all = [...new Set([...instantsOf(a), ...instantsOf(b)])].sort((x, y) => x - y);
  instantsCache.set(a, all);
  instantsCache.set(b, all);
}

const instantsCache = new WeakMap<RunModel, readonly number[]>();

/** Every instant at which something happens, ascending. */
function instantsOf(model: RunModel): readonly number[] {
  const known = instantsCache.get(model);
  if (known !== undefined) return known;
  const all = new Set<number>();
  for (const event of model.trace.events) all.add(event.at);
  if (model.trace.events.length === 0) {
    for (const operation of model.history.operations) {
      all.add(operation.invokedAt);
      if (Number.isFinite(operation.completedAt)) all.add(operation.completedAt);
    }
  }
  const sorted = [...all].sort((a, b) => a - b);
  instantsCache.set(model, sorted);
  return sorted;
}
