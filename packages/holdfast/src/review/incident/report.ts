import type { Operation } from '@holdfast/check';
import type { Trace, TraceEvent } from '@holdfast/trace';
import { spansIn } from './spans.ts';
import { type Suspect, suspectsIn } from './suspects.ts';

/** What an investigation can be made of; each step needs one. */
export const INCIDENT_SOURCES = [
  'wall clocks',
  'ingestion times',
  'calls',
  'changes',
  'protocol state',
  'components',
  'load',
  'clocks',
  'outcomes',
] as const;

/** The name of a source. */
export type IncidentSource = (typeof INCIDENT_SOURCES)[number];

/** Something that happened: by a clock that never goes back, and beside it what the host's wall clock showed (null: nobody wrote it down). */
export interface TimelineEntry {
  readonly atMs: number;
  readonly wallMs: number | null;
  readonly host: string;
  readonly what: string;
}

/** A line of a log: when it happened, and when it reached those who read logs (null: nobody wrote it down). */
export interface LogEntry {
  readonly eventMs: number;
  readonly ingestedMs: number | null;
  readonly host: string;
  readonly what: string;
}

/** What a component shows of itself: a number before the incident, and the one furthest from it afterwards. */
export interface ComponentFigure {
  readonly component: string;
  readonly field: string;
  readonly before: number;
  readonly worst: number;
}

/** The steps of an investigation, filled from a trace. Empty where nothing of the kind was there, or its source was not. */
export interface IncidentReport {
  readonly timeline: readonly TimelineEntry[];
  readonly logs: readonly LogEntry[];
  readonly suspects: readonly Suspect[];
  readonly changes: readonly TimelineEntry[];
  readonly leadership: readonly TimelineEntry[];
  readonly components: readonly ComponentFigure[];
  readonly retries: number;
  readonly load: readonly ComponentFigure[];
  readonly clocks: readonly TimelineEntry[];
  /** Ids of operations whose outcome nobody knows. */
  readonly unknown: readonly number[];
}

/** Logs are shipped this often, by hosts that are up. */
const SHIP_US = 200_000;
/** Kinds of events that a timeline tells. */
const TOLD: ReadonlySet<TraceEvent['kind']> = new Set([
  'crash',
  'restart',
  'pause',
  'resume',
  'clock',
  'fault',
  'heal',
  'fail',
  'unknown',
  'violation',
]);
/** What hosts show of load, by the names they give it. */
const LOAD_FIELDS: ReadonlySet<string> = new Set(['queue', 'waiting', 'lag', 'backlog']);

/** Fills the steps from a trace and its history, from the sources there are. */
export function investigateIncident(
  run: { readonly trace: Trace; readonly operations: readonly Operation[] },
  sources: readonly IncidentSource[] = INCIDENT_SOURCES,
): IncidentReport {
  const { trace, operations } = run;
  const has = (source: IncidentSource): boolean => sources.includes(source);
  const told = trace.events.filter(({ kind }) => TOLD.has(kind));
  const entries = (events: readonly TraceEvent[]): TimelineEntry[] =>
    events.map((event) => entryOf(trace, event, has('wall clocks')));
  const shows = has('components') || has('load') ? figuresIn(trace) : [];
  const isLoad = ({ field }: ComponentFigure): boolean => LOAD_FIELDS.has(field);
  return {
    timeline: entries(told),
    logs: told.map((event) => logOf(trace, event, has('ingestion times'))),
    suspects: has('calls') ? suspectsIn(trace) : [],
    changes: has('changes') ? entries(changesIn(trace)) : [],
    leadership: has('protocol state') ? entries(electionsIn(trace)) : [],
    components: has('components') ? shows.filter((figure) => !isLoad(figure)) : [],
    retries: has('load') ? retriesIn(trace) : 0,
    load: has('load') ? shows.filter(isLoad) : [],
    clocks: has('clocks')
      ? entries(trace.events.filter(({ kind }) => kind === 'clock' || kind === 'pause'))
      : [],
    unknown: has('outcomes')
      ? operations.filter(({ outcome }) => outcome === 'unknown').map(({ id }) => id)
      : [],
  };
}

function nameOf({ nodes }: Trace, node: number): string {
  return nodes[node]?.name ?? 'the world';
}

function entryOf(trace: Trace, event: TraceEvent, withWall: boolean): TimelineEntry {
  const skew =
    (trace.clocks ?? []).findLast(({ node, at }) => node === event.node && at <= event.at)?.skewUs ?? 0;
  return {
    atMs: event.at / 1_000,
    wallMs: withWall ? (event.at + skew) / 1_000 : null,
    host: nameOf(trace, event.node),
    what: `${event.kind} ${event.label}`.trim(),
  };
}

function logOf(trace: Trace, event: TraceEvent, withIngestion: boolean): LogEntry {
  return {
    eventMs: event.at / 1_000,
    ingestedMs: withIngestion ? shippedUs(trace, event) / 1_000 : null,
    host: nameOf(trace, event.node),
    what: `${event.kind} ${event.label}`.trim(),
  };
}

/** The next time at which the host ships what it has: it must be up and not stand still. */
function shippedUs({ events }: Trace, { at, node }: TraceEvent): number {
  const later = events.filter((event) => event.node === node && event.at <= at);
  const last = later.findLast(
    ({ kind }) => kind === 'crash' || kind === 'pause' || kind === 'restart' || kind === 'resume',
  );
  const isUp = last === undefined || last.kind === 'restart' || last.kind === 'resume';
  const backUs = isUp
    ? at
    : (events.find(
        ({ kind, node: of, at: then }) =>
          of === node && then > at && (kind === 'restart' || kind === 'resume'),
      )?.at ?? at);
  return (Math.floor(backUs / SHIP_US) + 1) * SHIP_US;
}

/** Deploys, changes of configuration, shifts of traffic. */
function changesIn(trace: Trace): TraceEvent[] {
  const deploys = trace.events
    .filter(({ kind, data }) => kind === 'fault' && (data as { readonly kind?: unknown }).kind === 'upgrade')
    .map((event) => ({ ...event, label: `deploy: ${event.label}` }));
  return [...deploys, ...trafficShifts(trace)].toSorted((a, b) => a.at - b.at);
}

const SECOND_US = 500_000;
/** Traffic shifts when half a second brings this many times what the one before did. */
const SHIFT = 2.5;

function trafficShifts({ events }: Trace): TraceEvent[] {
  const windows: TraceEvent[][] = [];
  for (const event of events) {
    if (event.kind !== 'invoke') continue;
    const at = Math.floor(event.at / SECOND_US);
    while (windows.length <= at) windows.push([]);
    windows[at]?.push(event);
  }
  return windows.flatMap((now, i) => {
    const before = windows[i - 1]?.length ?? 0;
    const [first] = now;
    if (first === undefined || before < 3 || now.length < SHIFT * before) return [];
    return [
      {
        ...first,
        kind: 'note' as const,
        label: `traffic: ${before} calls in half a second, then ${now.length}`,
      },
    ];
  });
}

/** Who stands for election and who leads, by what members show; and when so many are down that nobody can. */
function electionsIn(trace: Trace): TraceEvent[] {
  const shown = new Map<number, string>();
  const down = new Set<number>();
  let isLost = false;
  return trace.events.flatMap((event): TraceEvent[] => {
    const { kind, node, data } = event;
    if (kind === 'crash' || kind === 'pause') down.add(node);
    else if (kind === 'restart' || kind === 'resume') down.delete(node);
    const role = kind === 'state' ? roleIn(data) : undefined;
    if (role === undefined) {
      const lost =
        shown.size > 0 && [...shown.keys()].filter((member) => down.has(member)).length * 2 >= shown.size;
      if (lost === isLost) return [];
      isLost = lost;
      return [{ ...event, kind: 'note', label: lost ? 'the quorum is lost' : 'there is a quorum again' }];
    }
    if (shown.get(node) === role) return [];
    shown.set(node, role);
    return role.startsWith('leader') || role.startsWith('candidate')
      ? [{ ...event, kind: 'note', label: role }]
      : [];
  });
}

function roleIn(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { role, term } = data as { readonly role?: unknown; readonly term?: unknown };
  return typeof role === 'string' && typeof term === 'number' ? `${role} in term ${term}` : undefined;
}

/** Calls for the same request beyond the first, by whoever calls of its own accord: what those it called do then is no retry of theirs. */
function retriesIn(trace: Trace): number {
  const spans = spansIn(trace);
  const called = new Set(spans.map(({ to }) => to));
  const seen = new Set<string>();
  let retries = 0;
  for (const { from, to, key } of spans) {
    if (called.has(from)) continue;
    const name = `${from} ${to} ${key}`;
    if (key !== '' && seen.has(name)) retries++;
    seen.add(name);
  }
  return retries;
}

function figuresIn({ events, faults, nodes }: Trace): ComponentFigure[] {
  const fromUs = Math.min(...faults.map(({ from }) => from));
  const figures = new Map<string, { component: string; field: string; before: number; worst: number }>();
  for (const { kind, node, at, data } of events) {
    if (kind !== 'state' || typeof data !== 'object' || data === null) continue;
    for (const [field, value] of Object.entries(data)) {
      if (typeof value !== 'number') continue;
      const component = nodes[node]?.name ?? '';
      const name = `${component} ${field}`;
      const figure = figures.get(name) ?? { component, field, before: value, worst: value };
      figures.set(name, figure);
      if (at < fromUs) figure.before = figure.worst = value;
      else if (Math.abs(value - figure.before) > Math.abs(figure.worst - figure.before)) figure.worst = value;
    }
  }
  return [...figures.values()];
}
