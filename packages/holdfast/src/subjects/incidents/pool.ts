import type { Experiment } from '../../experiment/experiment.ts';
import { SketchCaller } from '../sketch/caller.ts';
import type { HeardMessage, SketchNode, SketchProgram } from '../sketch/options.ts';
import { incidentExperiment, regularly } from './incident.ts';

/** What must be so although instances come by the hundred. */
export const POOL_PROMISE = 'users are served in a surge';

const PLATFORM = 0;
const PROXY = 1;
const DATABASE = 2;
/** Connections a database bears, and those that a proxy holds. */
const MOST_CONNECTIONS = 20;
const PROXY_CONNECTIONS = 10;
const QUERY_MS = 2;
/** An instance works on one call at a time, this long beside its query, and keeps its connection for a while. */
const WORK_MS = 40;
const COLD_START_MS = 80;
const IDLE_MS = 3_000;
const AGAIN_MS = 1_000;
const SURGE = { fromMs: 2_000, untilMs: 4_000 } as const;

interface Warm {
  readonly name: string;
  connection: 'none' | 'open';
  busy: boolean;
  usedMs: number;
}

/** Starts an instance for each call that finds none free; each has a connection of its own, or asks the proxy. */
class Platform implements SketchProgram {
  private readonly node: SketchNode;
  private readonly hasProxy: boolean;
  private readonly caller: SketchCaller;
  private readonly instances: Warm[] = [];
  private readonly timers = new Map<string, () => void>();
  private started = 0;

  constructor(node: SketchNode, hasProxy: boolean) {
    this.node = node;
    this.hasProxy = hasProxy;
    this.caller = new SketchCaller(node, AGAIN_MS);
    this.later(IDLE_MS / 4, () => this.recycle());
  }

  request(
    _request: object,
    answer: (answer: { outcome: 'ok' | 'fail'; output: string | null }) => void,
  ): void {
    const free = this.instances.find(({ busy }) => !busy);
    const instance = free ?? { name: `i${++this.started}`, connection: 'none', busy: true, usedMs: 0 };
    if (free === undefined) {
      this.instances.push(instance);
      this.node.effect('cold start', instance.name);
    }
    instance.busy = true;
    const end = (output: string | null): void => {
      instance.busy = false;
      instance.usedMs = this.node.upMs();
      answer({ outcome: output === null ? 'ok' : 'fail', output });
    };
    this.later(WORK_MS + (free === undefined ? COLD_START_MS : 0), () => this.query(instance, end));
  }

  message(_from: number, message: HeardMessage): void {
    this.caller.heard(message);
  }

  timer(name: string): void {
    if (this.caller.timer(name)) return;
    this.timers.get(name)?.();
    this.timers.delete(name);
  }

  private query(instance: Warm, end: (why: string | null) => void): void {
    const to = this.hasProxy ? PROXY : DATABASE;
    const open = instance.connection === 'none' && !this.hasProxy;
    this.caller.call(to, { type: 'query', key: instance.name, open }, ({ refused }) => {
      if (refused === true) return end('too many connections');
      instance.connection = 'open';
      end(null);
    });
  }

  /** Instances that nobody used for a while are recycled, and their connections closed. */
  private recycle(): void {
    const old = this.instances.filter(({ busy, usedMs }) => !busy && this.node.upMs() - usedMs > IDLE_MS);
    for (const instance of old) {
      this.instances.splice(this.instances.indexOf(instance), 1);
      if (instance.connection === 'open' && !this.hasProxy)
        this.node.send(DATABASE, { type: 'close', key: instance.name });
    }
    this.later(IDLE_MS / 4, () => this.recycle());
  }

  private later(ms: number, run: () => void): void {
    const name = `later/${this.timers.size}/${this.node.upMs()}/${this.started}/${Math.round(ms)}`;
    this.timers.set(name, run);
    this.node.timer(name, ms);
  }
}

/** Ten connections for everybody: who finds none free waits. */
function proxy(node: SketchNode): SketchProgram {
  const caller = new SketchCaller(node, AGAIN_MS);
  const waiting: (() => void)[] = [];
  let busy = 0;
  return {
    message: (from, message) => {
      if (caller.heard(message) || message.type !== 'query') return;
      const { key } = message;
      const run = (): void => {
        busy++;
        caller.call(DATABASE, { type: 'query', key: `proxy-${busy}`, open: true }, (heard) => {
          busy--;
          node.send(from, {
            type: 'rows',
            key,
            call: message['call'] ?? '',
            refused: heard['refused'] ?? false,
          });
          waiting.shift()?.();
        });
      };
      if (busy < PROXY_CONNECTIONS) run();
      else waiting.push(run);
    },
    timer: (name) => void caller.timer(name),
  };
}

/** Refuses a connection beyond its limit. */
function database(node: SketchNode): SketchProgram {
  const open = new Set<string>();
  const due = new Map<string, () => void>();
  let queries = 0;
  return {
    message: (from, { type, key, ...words }) => {
      if (type === 'close') {
        open.delete(key);
        return;
      }
      const reply = (refused: boolean): void =>
        node.send(from, { type: 'rows', key, call: words['call'] ?? '', refused });
      if (words['open'] === true && !open.has(key) && open.size >= MOST_CONNECTIONS) return reply(true);
      open.add(key);
      node.effect('connections', key, open.size);
      const name = `query/${++queries}`;
      due.set(name, () => reply(false));
      node.timer(name, QUERY_MS);
    },
    timer: (name) => {
      due.get(name)?.();
      due.delete(name);
    },
  };
}

/** A surge of calls on a platform that starts instances as they come, with a proxy before the database or without. */
export function poolExperiment(hasProxy: boolean, surges = true): Experiment {
  return incidentExperiment({
    name: `pool-${hasProxy ? 'with' : 'without'}-proxy${surges ? '' : '-in-calm'}`,
    nodes: ['platform', 'proxy', 'database'],
    operations: ['call'],
    clients: 3,
    asks: { timeoutMs: 2_000 },
    program: (node) =>
      node.index === PLATFORM
        ? new Platform(node, hasProxy)
        : node.index === PROXY
          ? proxy(node)
          : database(node),
    steps: (choices) => [
      ...regularly(choices, { fromMs: 500, untilMs: 6_500, everyMs: 20 }, (n) => {
        return { client: n % 3, f: 'call', key: `${n}`, input: null };
      }),
      ...(surges
        ? regularly(choices, { ...SURGE, everyMs: 1.5 }, (n) => {
            return { client: n % 3, f: 'call', key: `surge-${n}`, input: null };
          })
        : []),
    ],
    faults: [],
    promises: [POOL_PROMISE],
    judge: ({ operations }) => {
      const good = operations.filter(({ outcome }) => outcome === 'ok').length;
      const refused = operations.filter(({ output }) => output === 'too many connections').length;
      return [
        {
          promise: POOL_PROMISE,
          kept: good >= 0.99 * operations.length,
          reason: `${good} of ${operations.length} calls were answered, ${refused} found no connection`,
          examined: operations.length,
        },
      ];
    },
    metrics: ({ effects, operations }) => ({
      'most connections': Math.max(
        0,
        ...effects.filter(({ what }) => what === 'connections').map(({ data }) => Number(data)),
      ),
      'cold starts': effects.filter(({ what }) => what === 'cold start').length,
      'calls without a connection': operations.filter(({ output }) => output === 'too many connections')
        .length,
    }),
  });
}
