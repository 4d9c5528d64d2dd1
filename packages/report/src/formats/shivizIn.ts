import type { Trace, TraceEvent } from '@holdfast/trace';
import { TraceFormatError } from './errors.ts';

/** One entry of a log. */
interface Entry {
  readonly host: string;
  readonly clock: ReadonlyMap<string, number>;
  readonly event: string;
  readonly line: number;
}

/** What was read, and what a person should know of it. */
export interface ReadLog {
  readonly trace: Trace;
  readonly warnings: readonly string[];
}

const DEFAULT_HEADER = '(?<host>\\S*) (?<clock>{.*})\\n(?<event>.*)';
const GROUPS = ['host', 'clock', 'event'] as const;

/**
 * Reads a ShiViz log: a first line with the expression of an entry (groups `host`, `clock`, `event`), a second line that parts
 * executions (only the first is read), then the entries. A log without such lines is read by the usual expression. Messages are
 * inferred: an entry that knows more of another host than the one before it on its own has heard from that host. Times are only an
 * order. Holes in a clock are allowed and said. Throws `TraceFormatError` naming the line.
 */
export function readShiviz(text: string): ReadLog {
  const { expression, body, firstLine, warnings } = splitHeader(text);
  const entries = entriesIn(expression, body, firstLine);
  if (entries.length === 0) throw new TraceFormatError('a ShiViz log', 0, 'entries', 'none that match');
  const ordered = inOrder(entries);
  const holes = checkClocks(ordered);
  const hosts = [...new Set(ordered.map(({ host }) => host))].sort((a, b) => (a < b ? -1 : 1));
  return { trace: buildTrace(ordered, hosts), warnings: [...warnings, ...holes] };
}

interface Split {
  readonly expression: RegExp;
  readonly body: string;
  readonly firstLine: number;
  readonly warnings: readonly string[];
}

function splitHeader(text: string): Split {
  const clean = text.replaceAll('\r\n', '\n');
  const [first = '', second = ''] = clean.split('\n', 2);
  if (!/\(\?<(host|clock|event)>/.test(first)) {
    return { expression: compile(DEFAULT_HEADER), body: clean, firstLine: 1, warnings: [] };
  }
  const rest = clean.slice(first.length + 1 + second.length + 1);
  if (second.trim() === '') return { expression: compile(first), body: rest, firstLine: 3, warnings: [] };
  const [one = '', ...others] = rest
    .split(new RegExp(second.trim(), 'm'))
    .filter((part) => part.trim() !== '');
  const warnings = others.length === 0 ? [] : [`${others.length} more executions in this log are not read`];
  return { expression: compile(first), body: one, firstLine: 3, warnings };
}

function compile(source: string): RegExp {
  for (const group of GROUPS) {
    if (source.includes(`(?<${group}>`)) continue;
    throw new TraceFormatError('a ShiViz log', 1, `an expression with the group '${group}'`, source);
  }
  try {
    return new RegExp(source, 'gm');
  } catch (error) {
    throw new TraceFormatError('a ShiViz log', 1, 'a regular expression', (error as Error).message);
  }
}

function entriesIn(expression: RegExp, body: string, firstLine: number): readonly Entry[] {
  const found: Entry[] = [];
  let line = firstLine;
  let at = 0;
  for (const match of body.matchAll(expression)) {
    if (match[0] === '') continue;
    line += countLines(body, at, match.index);
    at = match.index;
    const { host = '', clock = '', event = '' } = match.groups ?? {};
    found.push({ host, clock: clockOf(clock, host, line), event, line });
  }
  return found;
}

function countLines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let i = from; i < to; i++) if (text.charCodeAt(i) === 10) lines++;
  return lines;
}

function clockOf(text: string, host: string, line: number): ReadonlyMap<string, number> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new TraceFormatError('a ShiViz log', line, 'a vector clock as JSON', text.slice(0, 60));
  }
  const entries = Object.entries(value as Readonly<Record<string, unknown>>);
  for (const [name, count] of entries) {
    if (Number.isSafeInteger(count) && (count as number) >= 0) continue;
    throw new TraceFormatError('a ShiViz log', line, `a whole number for '${name}'`, JSON.stringify(count));
  }
  const clock = new Map(entries as [string, number][]);
  if ((clock.get(host) ?? 0) >= 1) return clock;
  throw new TraceFormatError(
    'a ShiViz log',
    line,
    `an entry of its own host '${host}', from 1 on`,
    text.slice(0, 60),
  );
}

/** Causes before effects: by how much an entry knows in all, then by its place in the log. */
function inOrder(entries: readonly Entry[]): readonly Entry[] {
  const known = new Map(
    entries.map((entry) => [entry, [...entry.clock.values()].reduce((a, b) => a + b, 0)]),
  );
  return entries.toSorted((a, b) => (known.get(a) ?? 0) - (known.get(b) ?? 0) || a.line - b.line);
}

/** Own entries must grow; where they skip, the log has a hole, which is said. */
function checkClocks(entries: readonly Entry[]): readonly string[] {
  const last = new Map<string, Entry>();
  let holes = 0;
  for (const entry of entries) {
    const before = last.get(entry.host);
    const own = entry.clock.get(entry.host) ?? 0;
    const was = before?.clock.get(entry.host) ?? 0;
    if (own === was) {
      const wanted = `a clock of '${entry.host}' above ${was}, which line ${before?.line} has`;
      throw new TraceFormatError('a ShiViz log', entry.line, wanted, String(own));
    }
    if (own > was + 1) holes++;
    for (const [name, count] of before?.clock ?? []) {
      if ((entry.clock.get(name) ?? 0) >= count) continue;
      const wanted = `at least ${count} for '${name}', which line ${before?.line} of the same host has`;
      throw new TraceFormatError('a ShiViz log', entry.line, wanted, String(entry.clock.get(name) ?? 0));
    }
    last.set(entry.host, entry);
  }
  return holes === 0
    ? []
    : [`${holes} places where a host's own clock skips numbers: entries are missing there`];
}

/** Who an entry has heard from since the one before it: other hosts' entries that no other of them already knew. */
function heardFrom(
  entry: Entry,
  before: Entry | undefined,
  byClock: ReadonlyMap<string, Entry>,
): readonly Entry[] {
  const fresh = [...entry.clock].flatMap(([host, count]) => {
    if (host === entry.host || count <= (before?.clock.get(host) ?? 0)) return [];
    const sender = byClock.get(`${host} ${count}`);
    return sender === undefined ? [] : [sender];
  });
  return fresh.filter(
    (one) =>
      !fresh.some(
        (other) => other !== one && (other.clock.get(one.host) ?? 0) >= (one.clock.get(one.host) ?? 0),
      ),
  );
}

function buildTrace(entries: readonly Entry[], hosts: readonly string[]): Trace {
  const byClock = new Map(entries.map((entry) => [`${entry.host} ${entry.clock.get(entry.host)}`, entry]));
  const last = new Map<string, Entry>();
  const hears = new Map<Entry, readonly Entry[]>();
  const tells = new Map<Entry, Entry[]>();
  for (const entry of entries) {
    const senders = heardFrom(entry, last.get(entry.host), byClock);
    hears.set(entry, senders);
    for (const sender of senders) tells.set(sender, [...(tells.get(sender) ?? []), entry]);
    last.set(entry.host, entry);
  }
  const places = new Map(entries.map((entry, i) => [entry, i]));
  const events: TraceEvent[] = [];
  const sends = new Map<string, TraceEvent>();
  let messages = 0;
  entries.forEach((entry, at) => {
    const node = hosts.indexOf(entry.host);
    const add = (kind: TraceEvent['kind'], more: Partial<TraceEvent>): TraceEvent => {
      const shared = { cause: -1, peer: -1, message: -1, operation: -1, label: entry.event, data: null };
      const event = { ...shared, id: events.length, at, node, kind, ...more };
      events.push(event);
      return event;
    };
    for (const sender of hears.get(entry) ?? []) {
      const sent = sends.get(`${places.get(sender)} ${at}`);
      const peer = hosts.indexOf(sender.host);
      add('deliver', { peer, message: sent?.message ?? -1, cause: sent?.id ?? -1 });
    }
    for (const receiver of tells.get(entry) ?? []) {
      const peer = hosts.indexOf(receiver.host);
      sends.set(`${at} ${places.get(receiver)}`, add('send', { peer, message: messages++ }));
    }
    if (!hears.get(entry)?.length && tells.get(entry) === undefined) add('note', {});
  });
  const nodes = hosts.map((name) => ({ name, role: 'server' as const }));
  return { nodes, events, faults: [], timeUnit: 'index', endedAt: entries.length };
}
