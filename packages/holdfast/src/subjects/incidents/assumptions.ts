import type { LatencyModel } from '@holdfast/world';
import type { Experiment } from '../../experiment/experiment.ts';
import type { PlanningContext } from '../../experiment/workload.ts';
import type { FaultDraft } from '../../faults/spec.ts';
import { SketchCaller } from '../sketch/caller.ts';
import type { SketchNode, SketchProgram, SketchRun } from '../sketch/options.ts';
import { incidentExperiment, regularly, type Step } from './incident.ts';

/** Layers at which a call can be cut off: each is a hop of its own. */
export const LAYERS = ['network', 'dns', 'balancer', 'mesh'] as const;
/** One of them. */
export type Layer = (typeof LAYERS)[number];

/** What an incident is assumed to be like. */
export interface Assumptions {
  /** How often a client asks, in all, before it gives up. */
  readonly attempts: number;
  readonly delays: LatencyModel;
  /** How much of all load goes to one key, 0 to 1. */
  readonly hotShare: number;
  readonly cut: readonly Layer[];
}

/** As nobody's incident is: asked once, delays with an end, keys alike, whole at every layer. */
export const MILD: Assumptions = {
  attempts: 1,
  delays: { kind: 'uniform', minUs: 500, maxUs: 2_000 },
  hotShare: 0,
  cut: [],
};

const UNBOUNDED: LatencyModel = {
  kind: 'long-tail',
  body: MILD.delays,
  tail: { kind: 'exponential', floorUs: 20_000, meanUs: 400_000, capUs: 30_000_000 },
  tailProbability: 0.05,
};

/** A preset: how it changes what is assumed, and the measured quantity that it changes. Presets are applied one after the other, in any order. */
export interface AssumptionPreset {
  readonly name: string;
  readonly about: string;
  /** Names of metrics. */
  readonly measures: readonly string[];
  readonly apply: (assumed: Assumptions) => Assumptions;
}

const GUESSED_WRONG = 'given up although nothing was lost, %';
const lostAt = (layer: Layer): string => `calls lost at the ${layer}, %`;

/** The four assumptions about incidents, as presets. */
export const ASSUMPTION_PRESETS: readonly AssumptionPreset[] = [
  {
    name: 'clients-retry',
    about: 'clients ask again, and load what is weak just then',
    measures: ['requests for each call while it is weak'],
    apply: (assumed) => ({ ...assumed, attempts: 5 }),
  },
  {
    name: 'unbounded-delays',
    about: 'delays have no end; a timeout is a guess',
    measures: [GUESSED_WRONG],
    apply: (assumed) => ({ ...assumed, delays: UNBOUNDED }),
  },
  {
    name: 'hot-keys',
    about: 'one key has most of the load',
    measures: ['load of the fullest backend for each of the mean one'],
    apply: (assumed) => ({ ...assumed, hotShare: 0.7 }),
  },
  {
    name: 'partitions-at-every-layer',
    about: 'network, names, balancer and mesh are each cut for a while',
    measures: LAYERS.map(lostAt),
    apply: (assumed) => ({ ...assumed, cut: LAYERS }),
  },
];

const ASKED_FOR = 'nothing is served more often than it is asked for';
const BACKENDS = ['backend-1', 'backend-2', 'backend-3', 'backend-4'];
const NODES = ['edge', 'dns', 'balancer', 'mesh', ...BACKENDS];
const FIRST_BACKEND = NODES.length - BACKENDS.length;
const HOP_MS = 120;
const PATIENCE_MS = 150;
const KEYS = 64;
/** All backends stand still. */
const WEAK = { fromMs: 3_000, untilMs: 3_800 } as const;

const CUTS_FROM_US = 4_200_000;

/** When each layer is cut, one after the other. */
const CUTS: Readonly<Record<Layer, FaultDraft>> = {
  dns: cutBetween('edge', 'dns', 4_200),
  balancer: cutBetween('edge', 'balancer', 4_800),
  mesh: cutBetween('balancer', 'mesh', 5_400),
  network: {
    kind: 'partition',
    groups: [['mesh'], BACKENDS],
    unlisted: 'with-all',
    atUs: 6_000_000,
    forUs: 400_000,
  },
};

function cutBetween(left: string, right: string, atMs: number): FaultDraft {
  return { kind: 'bridge', left: [left], right: [right], atUs: atMs * 1_000, forUs: 400_000 };
}

/** One request for a name, one to the balancer, who asks the mesh, who asks the backend that holds the key. Whoever waits in vain says where. */
function edge(node: SketchNode): SketchProgram {
  const caller = new SketchCaller(node, HOP_MS);
  return {
    request: ({ id, key }, answer) => {
      // Nobody is told: a client knows of silence only.
      const lost = (layer: string): void => node.effect('lost', layer, id);
      node.effect('asks', `${id}`);
      caller.call(
        1,
        { type: 'name?', key, id },
        () =>
          caller.call(
            2,
            { type: 'route', key, id },
            ({ lostAt: where }) => {
              if (typeof where === 'string') lost(where);
              else answer({ outcome: 'ok', output: null });
            },
            { afterMs: 3 * HOP_MS, instead: () => lost('balancer') },
          ),
        { afterMs: HOP_MS, instead: () => lost('dns') },
      );
    },
    message: (_from, message) => void caller.heard(message),
    timer: (name) => void caller.timer(name),
  };
}

/** A hop that passes on, and tells back what came of it. */
function hop(node: SketchNode, to: (key: string) => number, layer: Layer, waitMs: number): SketchProgram {
  const caller = new SketchCaller(node, HOP_MS);
  return {
    message: (from, message) => {
      const { key, type } = message;
      // An answer that comes too late is nobody's.
      if (caller.heard(message) || type === 'done') return;
      const back = (lostWhere: string | null): void =>
        node.send(from, { type: 'done', key, call: message['call'] ?? '', lostAt: lostWhere });
      const next = { type, key, id: message['id'] ?? 0 };
      caller.call(to(key), next, (heard) => back((heard['lostAt'] as string | null | undefined) ?? null), {
        afterMs: waitMs,
        instead: () => back(layer),
      });
    },
    timer: (name) => void caller.timer(name),
  };
}

/** Knows every name. */
function names(node: SketchNode): SketchProgram {
  return {
    message: (from, { key, ...message }) =>
      node.send(from, { type: 'done', key, call: message['call'] ?? '' }),
  };
}

function answers(node: SketchNode): SketchProgram {
  return {
    message: (from, { key, ...message }) => {
      node.effect('serves', `${Number(message['id'] ?? 0)}`);
      node.send(from, { type: 'done', key, call: message['call'] ?? '' });
    },
  };
}

function program(node: SketchNode): SketchProgram {
  if (node.name === 'edge') return edge(node);
  if (node.name === 'dns') return names(node);
  if (node.name === 'balancer') return hop(node, () => 3, 'mesh', 2 * HOP_MS);
  if (node.name === 'mesh') return hop(node, backendOf, 'network', HOP_MS);
  return answers(node);
}

/** Keys are dealt out over the backends. */
function backendOf(key: string): number {
  return FIRST_BACKEND + (Number(key.slice(1)) % BACKENDS.length);
}

/** A call path of four layers before four backends, under what is assumed. */
export function assumedExperiment(presets: readonly AssumptionPreset[]): Experiment {
  const { attempts, delays, hotShare, cut } = presets.reduce((assumed, { apply }) => apply(assumed), MILD);
  const name = presets.length === 0 ? 'mild' : presets.map((preset) => preset.name).join('-with-');
  return incidentExperiment({
    name: `assuming-${name}`,
    nodes: NODES,
    operations: ['call'],
    clients: 4,
    asks: { timeoutMs: PATIENCE_MS, attempts },
    survives: ['omission', 'timing'],
    program,
    latency: delays,
    steps: (choices) => load(choices, hotShare),
    faults: [
      ...BACKENDS.map((host): FaultDraft => {
        const { fromMs, untilMs } = WEAK;
        return { kind: 'pause', host, atUs: fromMs * 1_000, forUs: (untilMs - fromMs) * 1_000 };
      }),
      ...cut.map((layer) => CUTS[layer]),
    ],
    promises: [ASKED_FOR],
    judge: ({ effects }) => {
      const of = (what: string): Map<string, number> =>
        countBy(effects.filter((each) => each.what === what).map(({ key }) => key));
      const [asked, served] = [of('asks'), of('serves')];
      const more = [...served].filter(([id, times]) => times > (asked.get(id) ?? 0));
      const reason = `${more.length} of ${served.size} calls were served more often than they were asked for`;
      return [{ promise: ASKED_FOR, kept: more.length === 0, reason, examined: served.size }];
    },
    metrics,
  });
}

function load(choices: PlanningContext['choices'], hotShare: number): Step[] {
  return regularly(choices, { fromMs: 500, untilMs: 7_000, everyMs: 8 }, (n) => {
    const isHot = hotShare > 0 && choices.chance(hotShare, 'hot');
    return { client: n % 4, f: 'call', key: `k${isHot ? 0 : choices.below(KEYS, 'key')}`, input: null };
  });
}

/** The quantities that presets name, and none of them by more than one cause. */
function metrics({ operations, effects }: SketchRun): Record<string, number> {
  const inWeak = ({ atUs }: { readonly atUs: number }): boolean =>
    atUs >= WEAK.fromMs * 1_000 && atUs < WEAK.untilMs * 1_000;
  const weakCalls = operations.filter(({ invokedAt }) => inWeak({ atUs: invokedAt })).length;
  const served = effects.filter(({ what }) => what === 'serves');
  const perBackend = BACKENDS.map((_, i) => served.filter(({ node }) => node === FIRST_BACKEND + i).length);
  const mean = served.length / BACKENDS.length;
  // In calm times only, when whoever waits has nothing but delays to wait for.
  const calm = operations.filter(({ invokedAt }) => invokedAt < (WEAK.fromMs - PATIENCE_MS) * 1_000);
  const asked = countBy(effects.filter(({ what }) => what === 'asks').map(({ key }) => key));
  const late = calm.filter(({ outcome, id }) => outcome !== 'ok' || (asked.get(`${id + 1}`) ?? 0) > 1).length;
  return {
    'requests for each call while it is weak':
      effects.filter((each) => each.what === 'asks' && inWeak(each)).length / weakCalls,
    [GUESSED_WRONG]: (100 * late) / calm.length,
    'load of the fullest backend for each of the mean one': Math.max(...perBackend) / mean,
    ...Object.fromEntries(
      LAYERS.map((layer) => [
        lostAt(layer),
        (100 *
          effects.filter((each) => each.what === 'lost' && each.key === layer && each.atUs > CUTS_FROM_US)
            .length) /
          operations.length,
      ]),
    ),
  };
}

function countBy(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
