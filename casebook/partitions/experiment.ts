import {
  calls,
  exactly,
  type Experiment,
  experiment,
  failureScenario,
  type FaultDraft,
  linearizable,
  type PlannedOperation,
  registers,
  scenarioExperiment,
  type Subject,
  unclaimed,
  type Workload,
} from 'holdfast';
import { regionsUnder } from '../failure-scenarios/services/regions.ts';
import { LONG_RUN_S } from './span.ts';
import { BRIDGE, bridged } from './systems/bridge.ts';
import { FAR, farCalls } from './systems/far.ts';
import { leaders, ONE_WAY } from './systems/leaders.ts';
import { names, NO_NAMES } from './systems/names.ts';
import { ONE_PORT, replicas } from './systems/replicas.ts';
import { CLEAN, slots } from './systems/slots.ts';
import { HOLE, workers } from './systems/workers.ts';

interface Setting {
  readonly subject: (defended: boolean) => Subject;
  readonly workload: Workload;
  readonly faults: readonly FaultDraft[];
}

/** The keys of a shape's three experiments. */
export type Three<Name extends string> = Name | `${Name}-defended` | `${Name}-whole`;

/** A shape of partition against a system that does not know it, one that does, and the former while the network is whole. */
function shape<Name extends string>(
  name: Name,
  { subject, workload, faults }: Setting,
): Record<Three<Name>, Experiment> {
  const any = unclaimed({ duringPartition: 'reject', availability: 'none' });
  const of = (key: string, defended: boolean, isWhole: boolean): Experiment =>
    experiment({
      name: key,
      subject: subject(defended),
      workload,
      faults: isWhole ? [] : [exactly(faults)],
      contract: Object.fromEntries(workload.operations.map((f) => [f, any])),
      bounds: { simulatedSeconds: 8, recoverWithinMs: 1_000 },
    });
  const three = {
    [name]: of(name, false, false),
    [`${name}-defended`]: of(`${name}-defended`, true, false),
    [`${name}-whole`]: of(`${name}-whole`, false, true),
  };
  return three as Record<Three<Name>, Experiment>;
}

interface Part {
  readonly f: string;
  readonly client: number;
  readonly everyMs: number;
  readonly fromMs?: number;
  readonly key: (i: number) => string;
}

/** Each part asks for the same thing again and again, at its client. */
function load(clients: number, parts: readonly Part[]): Workload {
  return {
    name: 'load',
    clients,
    operations: [...new Set(parts.map(({ f }) => f))],
    model: null,
    plan: ({ choices, fromUs, untilUs }) => {
      const planned: Omit<PlannedOperation, 'id'>[] = [];
      for (const { f, client, everyMs, fromMs = 0, key } of parts) {
        for (let i = 0, atUs = Math.max(fromUs, fromMs * 1_000); ; i++) {
          atUs += choices.between(everyMs * 500, everyMs * 1_500, 'gap');
          if (atUs >= untilUs) break;
          planned.push({ atUs, client, f, key: key(i), input: null });
        }
      }
      return planned.toSorted((a, b) => a.atUs - b.atUs).map((operation, id) => ({ ...operation, id }));
    },
  };
}

const CLAIMS = load(
  2,
  [0, 1].map((client) => ({ f: 'claim', client, everyMs: 80, key: (i: number) => `slot-${i}` })),
);
const CONFIGURATION = load(2, [
  { f: 'write', client: 0, everyMs: 80, key: (i) => `v${i}` },
  { f: 'read', client: 1, everyMs: 100, key: () => 'value' },
  { f: 'health', client: 1, everyMs: 100, key: () => 'replica' },
]);
/** C1 and C2 know the name before the cut, C2 for longer into it; C3 asks for the first time when it has begun. */
const APPS = load(
  3,
  [500, 1_600, 2_100].map((fromMs, client) => ({
    f: 'call',
    client,
    everyMs: 60,
    fromMs,
    key: (i: number) => `C${client + 1}-${i}`,
  })),
);

const seats = (name: string, policy: Parameters<typeof regionsUnder>[0]): Experiment =>
  scenarioExperiment(failureScenario('SC6'), regionsUnder(policy), name);

const flapping = (name: string, sticky: boolean, isWhole: boolean): Experiment =>
  experiment({
    name,
    subject: bridged(sticky),
    workload: registers({ keys: 2, clients: 2, ratePerSecond: 14, mix: { read: 1, write: 2, cas: 0 } }),
    faults: isWhole ? [] : [exactly(BRIDGE)],
    contract: {
      read: linearizable({ duringPartition: 'reject' }),
      write: linearizable({ duringPartition: 'reject' }),
    },
    bounds: { simulatedSeconds: LONG_RUN_S, recoverWithinMs: 1_500 },
  });

const clean = shape('clean', { subject: slots, workload: CLAIMS, faults: CLEAN });

const experiments = {
  wrong: clean.clean,
  better: clean['clean-defended'],
  ...clean,
  ...shape('one-way', {
    subject: leaders,
    workload: calls({ clients: 1, ratePerSecond: 20, mix: { ask: 1 } }),
    faults: ONE_WAY,
  }),
  ...shape('one-port', { subject: replicas, workload: CONFIGURATION, faults: ONE_PORT }),
  ...shape('names', { subject: names, workload: APPS, faults: NO_NAMES }),
  region: seats('region', 'all-go-on'),
  'region-defended': seats('region-defended', 'global-waits'),
  'region-all-wait': seats('region-all-wait', 'all-wait'),
  ...shape('far', {
    subject: farCalls,
    workload: calls({ clients: 2, ratePerSecond: 20, mix: { call: 1 } }),
    faults: FAR,
  }),
  ...shape('hole', {
    subject: workers,
    workload: calls({ clients: 2, ratePerSecond: 20, mix: { call: 1 } }),
    faults: HOLE,
  }),
  bridge: flapping('bridge', false, false),
  'bridge-defended': flapping('bridge-defended', true, false),
  'bridge-whole': flapping('bridge-whole', false, true),
};

export default experiments;
