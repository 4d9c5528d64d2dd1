import {
  completed,
  concurrentPairs,
  type DrawnEvent,
  LAMPORT_MISCONCEPTIONS,
  lamportRule,
  type MessageDrawing,
  orderOf,
  stampsBy,
  VECTOR_MISCONCEPTIONS,
  vectorText,
  wide,
} from '@holdfast/report';
import { Draws } from '../draws.ts';

/** Events of a generated trace. */
export const TRACE_EVENTS = 11;
const NODES = ['A', 'B', 'C'];
const LEAST_CONCURRENT = 6;
const MOST_CONCURRENT = 20;
const MOST_TRIES = 10_000;

/**
 * A trace of three processes for a seed, stamped by the rules. It tells the wrong rules apart: each of them gives stamps of its own, and there is a
 * pair of concurrent events with different Lamport stamps.
 */
export function generatedTrace(seed: number): MessageDrawing {
  const draws = new Draws(seed, 'message trace');
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const drawing = completed({
      format: 'holdfast-message-trace',
      version: 1,
      nodes: NODES,
      events: eventsOf(draws),
    });
    if (tells(drawing)) return drawing;
  }
  throw new Error(
    `Cannot make a trace for seed ${seed}: ${MOST_TRIES} tries told the rules not apart; take another seed`,
  );
}

/** The trace as it is given to a learner: no stamps, no pairs. */
export function bareTrace({ format, version, nodes, events }: MessageDrawing): MessageDrawing {
  const bare = events.map(({ name, node, kind, message }): DrawnEvent => {
    return { name, node, kind, ...(message === undefined ? {} : { message }) };
  });
  return { format, version, nodes, events: bare };
}

/** The trace in words, a line for each process. */
export function traceText({ nodes, events }: MessageDrawing): string {
  const words = ({ name, kind, message }: DrawnEvent): string => {
    if (kind === 'local') return `${name} (works)`;
    return `${name} (${kind === 'send' ? 'sends' : 'receives'} ${message ?? ''})`;
  };
  return nodes
    .map(
      (node) =>
        `  ${node}:  ${events
          .filter((event) => event.node === node)
          .map(words)
          .join('  ')}`,
    )
    .join('\n');
}

interface Sent {
  readonly message: string;
  readonly from: string;
  readonly to: string;
}

function eventsOf(draws: Draws): DrawnEvent[] {
  const counts = new Map<string, number>();
  const open: Sent[] = [];
  let messages = 0;
  const events: DrawnEvent[] = [];
  const add = (node: string, kind: DrawnEvent['kind'], message?: string): void => {
    const count = (counts.get(node) ?? 0) + 1;
    counts.set(node, count);
    const name = `${node.toLowerCase()}${count}`;
    events.push({ name, node, kind, ...(message === undefined ? {} : { message }) });
  };
  while (events.length + open.length < TRACE_EVENTS) {
    const node = draws.pick(NODES);
    const waiting = open.find(({ to }) => to === node);
    const what = draws.below(5);
    if (waiting !== undefined && what < 2) {
      open.splice(open.indexOf(waiting), 1);
      add(node, 'receive', waiting.message);
    } else if (what < 4 && events.length + open.length + 2 <= TRACE_EVENTS) {
      const message = `m${++messages}`;
      open.push({ message, from: node, to: draws.pick(NODES.filter((other) => other !== node)) });
      add(node, 'send', message);
    } else add(node, 'local');
  }
  for (const { to, message } of draws.shuffled(open)) add(to, 'receive', message);
  return events;
}

function tells(drawing: MessageDrawing): boolean {
  const order = orderOf(drawing);
  const lamports = [lamportRule, ...LAMPORT_MISCONCEPTIONS.map(({ rule }) => rule)].map((rule) =>
    stampsBy(drawing, order, rule).join(' '),
  );
  const vectors = VECTOR_MISCONCEPTIONS.map(({ rule }) =>
    stampsBy(drawing, order, rule)
      .map((vector) => vectorText(wide(vector, NODES.length)))
      .join(' '),
  );
  const right = drawing.events.map(({ vector = [] }) => vectorText(vector)).join(' ');
  const pairs = concurrentPairs(drawing, order);
  return (
    new Set(lamports).size === lamports.length &&
    new Set([right, ...vectors]).size === vectors.length + 1 &&
    pairs.length >= LEAST_CONCURRENT &&
    pairs.length <= MOST_CONCURRENT &&
    NODES.every((node) => drawing.events.some((event) => event.node === node)) &&
    pairs.some(([a, b]) => lamportOf(drawing, a) !== lamportOf(drawing, b))
  );
}

/** The Lamport stamp of an event of a stamped trace. */
export function lamportOf({ events }: MessageDrawing, name: string): number {
  return events.find((event) => event.name === name)?.lamport ?? 0;
}
