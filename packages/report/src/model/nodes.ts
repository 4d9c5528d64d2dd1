import type { Plain } from '@holdfast/plain';
import type { Trace, TraceEvent } from '@holdfast/trace';

/** What observers knew of a node from one instant on. */
export interface NodeState {
  readonly at: number;
  readonly event: number;
  readonly view: Readonly<Record<string, Plain | undefined>>;
}

/** A span during which a node did not run. */
export interface DownSpan {
  readonly kind: 'down' | 'paused';
  readonly from: number;
  /** The end of the run when it never came back. */
  readonly until: number;
  /** The event that began it, and the one that ended it or -1. */
  readonly begin: number;
  readonly end: number;
}

/** One node over the whole run. */
export interface NodeTimeline {
  /** In order of time; empty when the node never showed its state. */
  readonly states: readonly NodeState[];
  readonly down: readonly DownSpan[];
}

/** The state views and the down spans of every node, by node index. */
export function collectNodes(trace: Trace): readonly NodeTimeline[] {
  const states: NodeState[][] = trace.nodes.map(() => []);
  const down: DownSpan[][] = trace.nodes.map(() => []);
  const open = new Map<string, TraceEvent>();
  for (const event of trace.events) {
    if (event.kind === 'state') {
      const view = asView(event.data);
      if (view !== undefined) states[event.node]?.push({ at: event.at, event: event.id, view });
    } else if (event.kind === 'crash' || event.kind === 'pause') {
      const key = `${event.kind} ${event.node}`;
      if (!open.has(key)) open.set(key, event);
    } else if (event.kind === 'restart' || event.kind === 'resume') {
      closeSpan(open, down, event);
    }
  }
  for (const [key, begin] of open) {
    const kind = key.startsWith('crash') ? 'down' : 'paused';
    down[begin.node]?.push({ kind, from: begin.at, until: trace.endedAt, begin: begin.id, end: -1 });
  }
  return trace.nodes.map((_, i) => ({
    states: states[i] ?? [],
    down: (down[i] ?? []).toSorted((a, b) => a.from - b.from || a.begin - b.begin),
  }));
}

function closeSpan(open: Map<string, TraceEvent>, down: DownSpan[][], event: TraceEvent): void {
  const kind = event.kind === 'restart' ? 'down' : 'paused';
  const key = `${kind === 'down' ? 'crash' : 'pause'} ${event.node}`;
  const begin = open.get(key);
  if (begin === undefined) return;
  open.delete(key);
  down[event.node]?.push({ kind, from: begin.at, until: event.at, begin: begin.id, end: event.id });
  // A crash ends a pause: what was frozen is gone.
  if (kind === 'down') {
    const paused = open.get(`pause ${event.node}`);
    if (paused !== undefined && paused.id < begin.id) {
      open.delete(`pause ${event.node}`);
      down[event.node]?.push({
        kind: 'paused',
        from: paused.at,
        until: begin.at,
        begin: paused.id,
        end: begin.id,
      });
    }
  }
}

/** What was known of the node once the given event had happened; undefined before its first state. */
export function stateAt(timeline: NodeTimeline, event: number): NodeState | undefined {
  let low = 0;
  let high = timeline.states.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((timeline.states[middle]?.event ?? 0) <= event) low = middle + 1;
    else high = middle;
  }
  return timeline.states[low - 1];
}

/** Whether the node was down or paused once the given event had happened. */
export function downAt(timeline: NodeTimeline, event: number): DownSpan | undefined {
  return timeline.down.findLast((span) => span.begin <= event && (span.end === -1 || event < span.end));
}

function asView(data: Plain): NodeState['view'] | undefined {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined;
  return data as NodeState['view'];
}
