import { eventsBetween, firstAtOrAfter } from '../model/calls.ts';
import { type RunModel, violationEvent } from '../model/model.ts';
import { comfortableEvents, windowAround, wholeRun, type View } from '../pictures/view.ts';

/** What a reader can do with the pictures of a run. */
export type Command =
  | 'left'
  | 'right'
  | 'first'
  | 'last'
  | 'in'
  | 'out'
  | 'whole'
  | 'next'
  | 'previous'
  | 'cause'
  | 'effect'
  | 'above'
  | 'below'
  | 'fault'
  | 'violation'
  | 'squeeze'
  | 'why'
  | 'stamps'
  | 'cone'
  | 'clear'
  | 'picture'
  | 'help';

/** A command with its keys (as `KeyboardEvent.key` says them), its name on a button, and what it does. */
export interface Key {
  readonly command: Command;
  readonly keys: readonly string[];
  readonly label: string;
  readonly help: string;
}

/** All commands, in the order of the toolbar and of the help. */
export const KEYS: readonly Key[] = [
  { command: 'previous', keys: ['p'], label: '‹ Event', help: 'previous event' },
  { command: 'next', keys: ['n'], label: 'Event ›', help: 'next event' },
  { command: 'cause', keys: ['['], label: '‹ Cause', help: 'the event that caused the selected one' },
  { command: 'effect', keys: [']'], label: 'Effect ›', help: 'the first event it caused' },
  { command: 'fault', keys: ['f'], label: 'Next fault', help: 'next fault, crash or pause' },
  {
    command: 'violation',
    keys: ['v'],
    label: 'Next violation',
    help: 'next violation or unexplained operation',
  },
  { command: 'why', keys: ['w'], label: '', help: 'next event behind the violation, where they are known' },
  { command: 'above', keys: ['ArrowUp'], label: '', help: 'previous event at the same node' },
  { command: 'below', keys: ['ArrowDown'], label: '', help: 'next event at the same node' },
  { command: 'left', keys: ['ArrowLeft'], label: '←', help: 'move the window left' },
  { command: 'right', keys: ['ArrowRight'], label: '→', help: 'move the window right' },
  { command: 'in', keys: ['+', '='], label: '+', help: 'zoom in' },
  { command: 'out', keys: ['-', '_'], label: '−', help: 'zoom out' },
  { command: 'whole', keys: ['0'], label: 'Whole run', help: 'show the whole run' },
  { command: 'first', keys: ['Home'], label: '', help: 'move the window to the start' },
  { command: 'last', keys: ['End'], label: '', help: 'move the window to the end' },
  {
    command: 'squeeze',
    keys: ['t'],
    label: 'True time',
    help: 'squeeze idle time, or show time true to scale',
  },
  {
    command: 'stamps',
    keys: ['l'],
    label: 'Stamps',
    help: 'draw Lamport, vector or hybrid logical stamps, or none',
  },
  {
    command: 'cone',
    keys: ['c'],
    label: 'Cone',
    help: 'tell past, future and concurrent events of the selected one apart',
  },
  { command: 'clear', keys: ['Escape'], label: '', help: 'select nothing' },
  {
    command: 'picture',
    keys: ['s'],
    label: 'Save SVG',
    help: 'save the messages of this window as a picture',
  },
  { command: 'help', keys: ['?'], label: 'Keys ?', help: 'show these keys' },
];

/** The command of a key, if it has one. */
export function commandOf(key: string): Command | undefined {
  return KEYS.find((entry) => entry.keys.includes(key))?.command;
}

/** What the stamps key goes through. */
const NEXT_STAMPS = { none: 'lamport', lamport: 'vector', vector: 'hybrid', hybrid: undefined } as const;

/** The narrowest window, in units of the axis. */
const NARROWEST = 20;
/** A window with this many times the comfortable number of events is made smaller when the reader jumps there. */
const CROWDED = 3;

/** The view after a command. A pure function of the run, the view and the command. */
export function step(model: RunModel, view: View, command: Command): View {
  const span = view.until - view.from;
  switch (command) {
    case 'left':
      return moved(model, view, view.from - span / 4);
    case 'right':
      return moved(model, view, view.from + span / 4);
    case 'first':
      return moved(model, view, Number.NEGATIVE_INFINITY);
    case 'last':
      return moved(model, view, Number.POSITIVE_INFINITY);
    case 'in':
      return zoomed(model, view, 0.5);
    case 'out':
      return zoomed(model, view, 2);
    case 'whole':
      return { ...view, ...wholeRun(model) };
    case 'squeeze':
      return { ...view, squeeze: !view.squeeze };
    case 'stamps':
      return { ...view, stamps: NEXT_STAMPS[view.stamps ?? 'none'] };
    case 'cone':
      return { ...view, cone: view.cone !== true };
    case 'clear':
      return { ...view, event: -1, operation: -1 };
    case 'picture':
    case 'help':
      return view;
    default:
      return stepSelection(model, view, command);
  }
}

function stepSelection(model: RunModel, view: View, command: Command): View {
  const { events } = model.trace;
  const current = view.event >= 0 ? view.event : startingPoint(model, view);
  const selected = events[view.event];
  switch (command) {
    case 'next':
      return selectEvent(model, view, Math.min(events.length - 1, view.event < 0 ? current : current + 1));
    case 'previous':
      return selectEvent(model, view, Math.max(0, current - 1));
    case 'cause':
      return selected === undefined || selected.cause < 0 ? view : selectEvent(model, view, selected.cause);
    case 'effect': {
      const effect = events.findIndex((event) => event.cause === view.event && event.id > view.event);
      return view.event < 0 || effect < 0 ? view : selectEvent(model, view, effect);
    }
    case 'above':
    case 'below':
      return alongNode(model, view, command === 'below');
    case 'why': {
      const ids = (model.slice?.events ?? []).map(({ id }) => id).sort((a, b) => a - b);
      const next = ids.find((id) => id > view.event) ?? ids[0];
      return next === undefined ? view : selectEvent(model, view, next);
    }
    case 'fault':
      return nextEvent(model, view, ['fault', 'crash', 'pause', 'clock', 'disk']);
    default:
      return nextViolation(model, view);
  }
}

function alongNode(model: RunModel, view: View, forward: boolean): View {
  const { events } = model.trace;
  const selected = events[view.event];
  if (selected === undefined) return selectEvent(model, view, startingPoint(model, view));
  const found = forward
    ? events.findIndex((event) => event.id > selected.id && event.node === selected.node)
    : events.findLastIndex((event) => event.id < selected.id && event.node === selected.node);
  return found < 0 ? view : selectEvent(model, view, found);
}

function nextEvent(model: RunModel, view: View, kinds: readonly string[]): View {
  const { events } = model.trace;
  const after = events.findIndex((event) => event.id > view.event && kinds.includes(event.kind));
  const found = after >= 0 ? after : events.findIndex((event) => kinds.includes(event.kind));
  return found < 0 ? view : selectEvent(model, view, found);
}

interface Trouble {
  readonly at: number;
  readonly event: number;
  readonly operation: number;
}

/** Violations of the trace and what violated verdicts point at, in order of time. */
export function troubles(model: RunModel): readonly Trouble[] {
  const found: Trouble[] = [];
  const add = (event: number): void => {
    const at = model.trace.events[event]?.at;
    if (at !== undefined) found.push({ at, event, operation: -1 });
  };
  for (const event of model.trace.events) if (event.kind === 'violation') add(event.id);
  for (const verdict of model.verdicts) {
    if (verdict.status !== 'violated') continue;
    const operation = model.operations.get(verdict.blocking);
    if (operation !== undefined) found.push({ at: operation.invokedAt, event: -1, operation: operation.id });
    const seen = violationEvent(model.trace, verdict.promise, verdict.events, verdict.atUs);
    if (seen >= 0 && !found.some((trouble) => trouble.event === seen)) add(seen);
  }
  return found.sort((a, b) => a.at - b.at || a.event - b.event || a.operation - b.operation);
}

function nextViolation(model: RunModel, view: View): View {
  const all = troubles(model);
  const now = all.findIndex((t) => t.event === view.event && t.operation === view.operation);
  const next = all[(now + 1) % Math.max(1, all.length)];
  if (next === undefined) return view;
  return next.event >= 0
    ? selectEvent(model, view, next.event)
    : selectOperation(model, view, next.operation);
}

/** Where stepping begins when nothing is selected: the first event of the window. */
function startingPoint(model: RunModel, view: View): number {
  const chosen = model.operations.get(view.operation);
  const from = chosen === undefined ? view.from : chosen.invokedAt;
  const found = model.trace.events.findIndex((event) => event.at >= from);
  return found < 0 ? model.trace.events.length - 1 : found;
}

/** Selects an event and moves the window to it when it lies outside. */
export function selectEvent(model: RunModel, view: View, event: number): View {
  const at = model.trace.events[event]?.at;
  if (at === undefined) return view;
  return { ...reveal(model, view, at), event, operation: -1 };
}

/** Selects an operation and moves the window to it when its invocation lies outside. */
export function selectOperation(model: RunModel, view: View, operation: number): View {
  const found = model.operations.get(operation);
  if (found === undefined) return view;
  return { ...reveal(model, view, found.invokedAt), event: -1, operation };
}

/** The window moved to an instant outside it, and made smaller where it would be crowded there. */
function reveal(model: RunModel, view: View, at: number): View {
  if (at >= view.from && at <= view.until) return view;
  const there = moved(model, view, at - (view.until - view.from) / 2);
  const { events } = model.trace;
  const wanted = comfortableEvents(view.width);
  if (eventsBetween(model.trace, there.from, there.until).length <= CROWDED * wanted) return there;
  const middle = firstAtOrAfter(events, at);
  const first = events[Math.max(0, middle - Math.floor(wanted / 2))]?.at ?? at;
  const last = events[Math.min(events.length - 1, middle + Math.floor(wanted / 2))]?.at ?? at;
  return { ...view, ...windowAround(model, first, last) };
}

/** The window moved to begin at an instant, kept within the run. */
export function moved(model: RunModel, view: View, from: number): View {
  const span = view.until - view.from;
  const limits = wholeRun(model);
  const start = Math.max(limits.from, Math.min(from, limits.until - span));
  return { ...view, from: Math.round(start), until: Math.round(start + span) };
}

/** The window made smaller or larger around the selected instant, or around an instant, or its middle. */
export function zoomed(model: RunModel, view: View, factor: number, around?: number): View {
  const limits = wholeRun(model);
  const span = Math.min(limits.until - limits.from, Math.max(NARROWEST, (view.until - view.from) * factor));
  const at = around ?? focusOf(model, view);
  const share = (at - view.from) / (view.until - view.from);
  return moved(model, { ...view, from: 0, until: span }, at - span * share);
}

function focusOf(model: RunModel, view: View): number {
  const at = model.trace.events[view.event]?.at ?? model.operations.get(view.operation)?.invokedAt;
  return at !== undefined && at >= view.from && at <= view.until ? at : (view.from + view.until) / 2;
}

/** The window between two instants in either order. */
export function windowBetween(model: RunModel, view: View, a: number, b: number): View {
  const window = windowAround(model, Math.min(a, b), Math.max(a, b));
  return window.until - window.from < NARROWEST ? view : { ...view, ...window };
}
