import type { TraceEvent } from '@holdfast/trace';
import type { Call } from '../model/calls.ts';
import type { Mark, Shape } from '../scene/scene.ts';
import { textWidth } from '../scene/scene.ts';
import { callText, eventSentence, operationText } from '../text/sentence.ts';
import { nodeName } from '../model/model.ts';
import { busyMark, type BusySpan } from './busy.ts';
import { fit } from './faults.ts';
import type { Lane } from './lanes.ts';
import { type Frame, highlight } from './view.ts';

/** More operations than this in a window run together on their lanes. */
export const MAX_CALLS = 400;

/** More operations open at once on a lane than this share the last row. */
const MAX_CALL_ROWS = 4;

/** The client operations of a window, each with its row on its lane. */
export interface PlacedCalls {
  readonly crowded: boolean;
  /** Node to its calls, in order of their beginning. */
  readonly byNode: ReadonlyMap<number, readonly { readonly call: Call; readonly row: number }[]>;
  /** Node to how many rows its lane needs, at least 1. */
  readonly rows: ReadonlyMap<number, number>;
}

/** Gives every operation of the window a row, so that none hides another open at the same time. */
export function placeCalls(frame: Frame): PlacedCalls {
  const calls = callsIn(frame);
  const crowded = calls.length > MAX_CALLS;
  const byNode = new Map<number, { call: Call; row: number }[]>();
  const ends = new Map<number, number[]>();
  for (const call of calls) {
    const node = (call.invoke ?? call.done)?.node ?? -1;
    const { from, until } = spanOf(call);
    const taken = ends.get(node) ?? [];
    const free = taken.findIndex((end) => end <= from);
    const row = crowded ? 0 : Math.min(MAX_CALL_ROWS - 1, free < 0 ? taken.length : free);
    taken[row] = Math.max(taken[row] ?? 0, until);
    ends.set(node, taken);
    const own = byNode.get(node) ?? [];
    own.push({ call, row });
    byNode.set(node, own);
  }
  const rows = new Map([...ends].map(([node, taken]) => [node, taken.length]));
  return { crowded, byNode, rows };
}

/** The operations of client lanes as bars on the lane, from invocation to completion; an open one runs on. */
export function callBars(frame: Frame, lanes: readonly Lane[], placed: PlacedCalls): readonly Mark[] {
  return lanes.flatMap((lane): readonly Mark[] => {
    const own = placed.byNode.get(lane.node) ?? [];
    if (own.length === 0) return [];
    const name = nodeName(frame.model, lane.node);
    const height = (lane.bottom - lane.top) / (placed.rows.get(lane.node) ?? 1);
    if (placed.crowded)
      return [
        busyMark(
          frame,
          own.map(({ call }) => spanOf(call)),
          lane.top,
          height,
          name,
        ),
      ];
    return own.map(({ call, row }) => barMark(frame, lane.top + row * height, height, call));
  });
}

/** The client operations that touch the window. */
export function callsIn({ model, scale }: Frame): readonly Call[] {
  return model.calls.filter((call) => {
    const from = (call.invoke ?? call.done)?.at ?? 0;
    return from <= scale.until && (call.done?.at ?? Number.POSITIVE_INFINITY) >= scale.from;
  });
}

function spanOf({ invoke, done }: Call): BusySpan {
  const from = (invoke ?? done)?.at ?? 0;
  const outcome =
    done === undefined || done.kind === 'unknown' ? 'unknown' : done.kind === 'fail' ? 'fail' : 'ok';
  return { from, until: done?.at ?? Number.POSITIVE_INFINITY, outcome };
}

function barMark(frame: Frame, top: number, height: number, call: Call): Mark {
  const { scale } = frame;
  const { invoke, done, operation } = call;
  const start = invoke ?? done;
  const startX = start === undefined ? scale.left : scale.x(start.at);
  const x1 = Math.max(scale.left, invoke === undefined ? startX - 4 : startX);
  const x2 = Math.max(x1 + 2, Math.min(scale.right, done === undefined ? scale.right : scale.x(done.at)));
  const shapes: Shape[] = [{ kind: 'rect', x: x1, y: top, width: x2 - x1, height, radius: 3 }];
  const label = labelOf(frame, call, x2 - x1 - 8);
  if (label !== '') shapes.push({ kind: 'text', at: { x: x1 + 4, y: top + height - 4.5 }, text: label });
  const ends = [invoke, done].filter((event): event is TraceEvent => event !== undefined);
  const events = ends.map((event) => event.id);
  return {
    class: `operation ${done?.kind ?? 'unknown'}${blame(frame, operation)}${highlight(frame, events, operation)}`,
    at: start?.at ?? 0,
    text: callSentence(frame, call),
    events,
    operation,
    shapes,
  };
}

function labelOf(frame: Frame, call: Call, width: number): string {
  const operation = frame.model.operations.get(call.operation);
  if (operation === undefined) return fit(call.invoke?.label ?? '', width);
  const options = [operationText(operation), callText(operation)];
  return options.find((text) => textWidth(text) <= width) ?? fit(callText(operation), width);
}

function callSentence(frame: Frame, { invoke, done }: Call): string {
  const { model } = frame;
  if (invoke === undefined) return done === undefined ? '' : eventSentence(model, done);
  const asked = eventSentence(model, invoke);
  return done === undefined
    ? `${asked} and has no answer when the run ends`
    : `${asked}; ${eventSentence(model, done)}`;
}

/** Extra classes of an operation a violated verdict points at. */
export function blame(frame: Frame, operation: number): string {
  const violated = frame.model.verdicts.filter((verdict) => verdict.status === 'violated');
  if (violated.some((verdict) => verdict.blocking === operation)) return ' blocking';
  return violated.some((verdict) => verdict.minimal.includes(operation)) ? ' minimal' : '';
}
