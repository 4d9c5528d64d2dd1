import type { Plain } from '@holdfast/plain';
import type { FaultSpan, Trace, TraceEvent } from '@holdfast/trace';
import { TraceFormatError } from './errors.ts';
import type { ReadLog } from './shivizIn.ts';

/** The parts of an entry that are read. */
interface Entry {
  readonly ph: string;
  readonly ts: number;
  readonly dur: number;
  readonly name: string;
  readonly cat: string;
  readonly thread: string;
  readonly id: string;
  readonly args: Plain;
}

/** Whether a JSON value looks like a Chrome trace: a list of entries with phases, or an object that holds one. */
export function isChromeTrace(value: unknown): boolean {
  const list = listOf(value);
  return (
    list !== undefined && list.some((entry) => typeof (entry as { ph?: unknown } | null)?.ph === 'string')
  );
}

function listOf(value: unknown): readonly unknown[] | undefined {
  const list = Array.isArray(value) ? value : (value as { traceEvents?: unknown } | null)?.traceEvents;
  return Array.isArray(list) ? (list as unknown[]) : undefined;
}

/**
 * Reads a Chrome trace. Every thread becomes a node; flows become messages, slices and instants become notes where they begin,
 * asynchronous spans become bands. Other phases (counters, snapshots) are counted and left out.
 */
export function readChromeTrace(value: unknown): ReadLog {
  const list = listOf(value);
  if (list === undefined)
    throw new TraceFormatError('a Chrome trace', 0, 'a list of traceEvents', typeof value);
  const names = new Map<string, string>();
  const entries: Entry[] = [];
  const skipped = new Map<string, number>();
  list.forEach((item, i) => {
    const raw = (item ?? {}) as Readonly<Record<string, unknown>>;
    const ph = text(raw['ph']);
    const thread = `${text(raw['pid'])}/${text(raw['tid'])}`;
    if (ph === 'M') {
      const { name } = (raw['args'] ?? {}) as { readonly name?: unknown };
      if (raw['name'] === 'thread_name') names.set(thread, text(name));
      return;
    }
    if (!'XBEibenstf'.includes(ph) || ph === '') {
      skipped.set(ph, (skipped.get(ph) ?? 0) + 1);
      return;
    }
    if (typeof raw['ts'] !== 'number' || !Number.isFinite(raw['ts'])) {
      throw new TraceFormatError(
        'a Chrome trace',
        0,
        `a number as ts of entry ${i}`,
        JSON.stringify(raw['ts']),
      );
    }
    entries.push({
      ph,
      ts: raw['ts'],
      dur: typeof raw['dur'] === 'number' ? raw['dur'] : 0,
      name: text(raw['name']),
      cat: text(raw['cat']),
      thread,
      id: `${text(raw['cat'])} ${text(raw['id'])}`,
      args: (raw['args'] ?? null) as Plain,
    });
  });
  const warnings = [...skipped].map(([ph, count]) => `${count} entries of phase '${ph}' are left out`);
  return { trace: buildTrace(entries, names), warnings };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function buildTrace(entries: readonly Entry[], names: ReadonlyMap<string, string>): Trace {
  const ordered = entries.toSorted((a, b) => a.ts - b.ts);
  const threads = [...new Set(ordered.map(({ thread }) => thread))].sort((a, b) => (a < b ? -1 : 1));
  const start = Math.floor(ordered[0]?.ts ?? 0);
  const events: TraceEvent[] = [];
  const spans = new Map<string, { from: number; text: string; node: number }>();
  const faults: FaultSpan[] = [];
  const flows = new Map<string, TraceEvent>();
  const targets = targetsOf(ordered, threads);
  let messages = 0;
  let endedAt = 0;
  for (const entry of ordered) {
    const { ph, name, id, args } = entry;
    const at = Math.round(entry.ts - start);
    const node = threads.indexOf(entry.thread);
    endedAt = Math.max(endedAt, at + Math.round(entry.dur));
    const add = (kind: TraceEvent['kind'], more: Partial<TraceEvent> = {}): TraceEvent => {
      const shared = { cause: -1, peer: -1, message: -1, operation: -1, label: name, data: args };
      const event = { ...shared, id: events.length, at, node, kind, ...more };
      events.push(event);
      return event;
    };
    if (ph === 's') flows.set(id, add('send', { message: messages++, peer: targets.get(id) ?? -1 }));
    else if (ph === 't' || ph === 'f') {
      const sent = flows.get(id);
      add('deliver', { message: sent?.message ?? -1, cause: sent?.id ?? -1, peer: sent?.node ?? -1 });
    } else if (ph === 'b') spans.set(id, { from: at, text: name, node });
    else if (ph === 'e') {
      const open = spans.get(id);
      if (open === undefined) continue;
      spans.delete(id);
      const { from, node: where } = open;
      faults.push({ kind: entry.cat, from, until: at, nodes: [where], text: open.text });
    } else if (ph !== 'E') add('note');
  }
  for (const { from, text: said, node } of spans.values()) {
    faults.push({ kind: 'open', from, until: endedAt, nodes: [node], text: said });
  }
  const nodes = threads.map((thread) => ({ name: names.get(thread) ?? thread, role: 'server' as const }));
  return { nodes, events, faults, endedAt };
}

/** Where each flow first arrives. */
function targetsOf(entries: readonly Entry[], threads: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { ph, id, thread } of entries) {
    if ((ph === 't' || ph === 'f') && !found.has(id)) found.set(id, threads.indexOf(thread));
  }
  return found;
}
