import type { Experiment } from '../../experiment/experiment.ts';
import type {
  HeardMessage,
  SketchAnswer,
  SketchNode,
  SketchProgram,
  SketchRequest,
} from '../sketch/options.ts';
import { incidentExperiment, regularly } from './incident.ts';

/** Ways to lose the evidence of an incident, or the service for it. */
export const TELEMETRY_DEFECTS = ['waits-for-the-sink', 'drops-without-a-word'] as const;
/** One of them. */
export type TelemetryDefect = (typeof TELEMETRY_DEFECTS)[number];

/** Two monitors of one outage. */
export const TELEMETRY_PROMISES = {
  served: 'requests do not wait for telemetry',
  told: 'what is missing of the evidence is counted',
} as const;

const SINK = 1;
/** Events that may wait for the sink. */
const BUFFER = 40;
const SHIP_MS = 100;
/** When nobody takes events in. */
const DOWN = { atUs: 2_000_000, forUs: 3_500_000 } as const;

interface Buffer {
  next: number;
  events: number[];
  dropped: number;
}

interface Received {
  readonly events: Record<string, true>;
  missing: number;
}

class Service implements SketchProgram {
  private readonly node: SketchNode;
  private readonly defect: TelemetryDefect | null;
  private readonly buffer: Buffer;
  private readonly waiting = new Map<number, (answer: SketchAnswer) => void>();

  constructor(node: SketchNode, defect: TelemetryDefect | null) {
    this.node = node;
    this.defect = defect;
    this.buffer = (node.kept['buffer'] ??= { next: 0, events: [], dropped: 0 }) as Buffer;
    node.timer('ship', SHIP_MS);
  }

  request(_request: SketchRequest, answer: (answer: SketchAnswer) => void): void {
    const { buffer, defect, node } = this;
    const event = ++buffer.next;
    node.effect('does', `${event}`);
    if (defect === 'drops-without-a-word') node.send(SINK, { type: 'events', events: [event], dropped: 0 });
    else buffer.events.push(event);
    if (buffer.events.length > BUFFER) {
      buffer.events.shift();
      buffer.dropped++;
    }
    if (defect === 'waits-for-the-sink') this.waiting.set(event, answer);
    else answer({ outcome: 'ok', output: event });
  }

  message(_from: number, message: HeardMessage): void {
    const taken = new Set(message['events'] as readonly number[]);
    this.buffer.events = this.buffer.events.filter((event) => !taken.has(event));
    for (const event of taken) {
      this.waiting.get(event)?.({ outcome: 'ok', output: event });
      this.waiting.delete(event);
    }
  }

  timer(): void {
    const { events, dropped } = this.buffer;
    if (events.length > 0) this.node.send(SINK, { type: 'events', events: [...events], dropped });
    this.node.timer('ship', SHIP_MS);
  }
}

function sink(node: SketchNode): SketchProgram {
  const received = (node.kept['received'] ??= { events: {}, missing: 0 }) as Received;
  return {
    message: (from, { type, ...words }) => {
      for (const event of words['events'] as readonly number[]) received.events[event] = true;
      received.missing = Math.max(received.missing, Number(words['dropped']));
      node.send(from, { type: `${type} taken`, events: words['events'] ?? [] });
    },
  };
}

/** A gap of observability: the telemetry sink is lost while the service has its worst time. */
export function telemetryExperiment(defect: TelemetryDefect | null): Experiment {
  const { served, told } = TELEMETRY_PROMISES;
  return incidentExperiment({
    name: `telemetry-sink-lost${defect === null ? '' : `-${defect}`}`,
    nodes: ['service', 'sink'],
    operations: ['do'],
    clients: 1,
    asks: { timeoutMs: 400 },
    program: (node) => (node.index === SINK ? sink(node) : new Service(node, defect)),
    steps: (choices) =>
      regularly(choices, { fromMs: 500, untilMs: 7_500, everyMs: 50 }, (n) => {
        return { client: 0, f: 'do', key: `${n}`, input: null };
      }),
    faults: [{ kind: 'crash', host: 'sink', ...DOWN }],
    promises: [served, told],
    judge: ({ operations, effects, kept }) => {
      const during = operations.filter(
        ({ invokedAt }) => invokedAt >= DOWN.atUs && invokedAt < DOWN.atUs + DOWN.forUs,
      );
      const answered = during.filter(({ outcome }) => outcome === 'ok').length;
      const { events, missing } = (kept[SINK]?.['received'] ?? { events: {}, missing: 0 }) as Received;
      const known = Object.keys(events).length;
      const done = effects.filter(({ what }) => what === 'does').length;
      return [
        {
          promise: served,
          kept: answered === during.length,
          reason: `${answered} of ${during.length} requests were answered while the sink was lost`,
          examined: during.length,
        },
        {
          promise: told,
          kept: known + missing === done,
          reason: `of ${done} events the sink has ${known} and knows of ${missing} that are missing`,
          examined: done,
        },
      ];
    },
  });
}
