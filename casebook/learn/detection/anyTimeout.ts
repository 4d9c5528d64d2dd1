import {
  exactly,
  type Experiment,
  experiment,
  type RunResult,
  simulate,
  sketch,
  type SketchNode,
  type SketchProgram,
  unclaimed,
  type Workload,
} from 'holdfast';

const [WATCHER, WORKER] = [0, 1];
const DEAD = 'called dead';
const ALIVE = 'called alive again';
/** The trouble begins after so many heartbeats. */
const BEATS = 5;
export const LEAST_TIMEOUT_MS = 10;
export const MOST_TIMEOUT_MS = 600_000;

/** What happens to the worker. */
export type Trouble = { readonly kind: 'crash' } | { readonly kind: 'pause'; readonly forMs: number };

/** A heartbeat every tenth of the timeout, at most one a second. */
export function beatMs(timeoutMs: number): number {
  return Math.max(1, Math.min(1_000, Math.round(timeoutMs / 10)));
}

function watcher(node: SketchNode, timeoutMs: number): SketchProgram {
  let isDead = false;
  node.timer('silence', timeoutMs);
  return {
    message: () => {
      if (isDead) node.effect(ALIVE, 'worker');
      isDead = false;
      node.timer('silence', timeoutMs);
    },
    timer: () => {
      isDead = true;
      node.effect(DEAD, 'worker');
    },
  };
}

function worker(node: SketchNode, everyMs: number): SketchProgram {
  const beat = (): void => {
    node.send(WATCHER, { type: 'beat' });
    node.timer('beat', everyMs);
  };
  beat();
  return { timer: beat };
}

const nothing: Workload = { name: 'nothing', clients: 1, operations: ['ask'], model: null, plan: () => [] };

/** When the trouble begins: just after a heartbeat was sent. */
export function troubleMs(timeoutMs: number): number {
  return BEATS * beatMs(timeoutMs) + 0.5;
}

/** A watcher with a fixed timeout, and a worker that crashes for good or only sleeps. */
export function watched(timeoutMs: number, trouble: Trouble): Experiment {
  const atMs = troubleMs(timeoutMs);
  const sleptMs = trouble.kind === 'pause' ? trouble.forMs : 0;
  const endMs = atMs + Math.max(2 * timeoutMs, sleptMs + 4 * beatMs(timeoutMs));
  const forMs = trouble.kind === 'crash' ? endMs - atMs : sleptMs;
  return experiment({
    name: `${trouble.kind}-under-${timeoutMs}-ms`,
    subject: sketch({
      name: `a timeout of ${timeoutMs} ms`,
      nodes: ['watcher', 'worker'],
      operations: ['ask'],
      survives: ['crash-recovery', 'timing'],
      clients: { timeoutMs: 1_000 },
      latency: { kind: 'constant', us: 200 },
      program: (node) => (node.index === WORKER ? worker(node, beatMs(timeoutMs)) : watcher(node, timeoutMs)),
      promises: ['nothing is promised'],
      judge: () => [
        { promise: 'nothing is promised', kept: true, reason: 'a timeout is a guess', examined: 1 },
      ],
      metrics: ({ effects }) => {
        const at = (what: string): number => {
          const found = effects.find((effect) => effect.what === what);
          return found === undefined ? -1 : found.atUs / 1_000;
        };
        return { [DEAD]: at(DEAD), [ALIVE]: at(ALIVE) };
      },
    }),
    workload: nothing,
    faults: [
      exactly([
        {
          kind: trouble.kind,
          host: 'worker',
          atUs: Math.round(atMs * 1_000),
          forUs: Math.max(1, Math.round(forMs * 1_000)),
        },
      ]),
    ],
    contract: { ask: unclaimed({ duringPartition: 'reject', availability: 'none' }) },
    bounds: { simulatedSeconds: Math.ceil(endMs / 1_000) + 1, recoverWithinMs: 250 },
  });
}

/** What a timeout makes of a trouble. */
export interface Misjudged {
  /** How long after the trouble began the worker was still called alive; -1 when it never was called dead. */
  readonly calledDeadAfterMs: number;
  /** How long a living worker was called dead. */
  readonly wronglyDeadMs: number;
  /** Everything the watcher saw until it called the worker dead. */
  readonly seen: string;
}

/** Runs it. */
export function judged(timeoutMs: number, trouble: Trouble): Misjudged {
  const result = simulate(watched(timeoutMs, trouble), 1, { trace: true });
  const dead = result.metrics[DEAD] ?? -1;
  const alive = result.metrics[ALIVE] ?? -1;
  return {
    calledDeadAfterMs: dead < 0 ? -1 : dead - troubleMs(timeoutMs),
    wronglyDeadMs: trouble.kind === 'pause' && dead >= 0 ? Math.max(0, alive - dead) : 0,
    seen: seenUntil(result, dead),
  };
}

function seenUntil({ trace }: RunResult, untilMs: number): string {
  return (trace?.events ?? [])
    .filter(({ node, at, kind }) => node === WATCHER && at <= untilMs * 1_000 && kind !== 'drop')
    .map(({ at, kind, label }) => `${at} ${kind} ${label}`)
    .join('\n');
}
