import { Breaches } from '../lab/breaches.ts';
import {
  type InstanceCommand,
  type InstanceMessage,
  instances,
  type InstancesState,
} from '../lab/instances.ts';
import type { LabMonitor, LabVariant, ProtocolLab } from '../lab/lab.ts';
import { paxos } from './core.ts';
import type { PaxosDefect } from './defects.ts';
import type { PaxosMessage } from './messages.ts';
import { PaxosMonitor } from './monitor.ts';
import type { PaxosCommand, PaxosResult, PaxosState } from './state.ts';

type State = InstancesState<PaxosState>;
type Command = InstanceCommand<PaxosCommand>;

const PROMISES = ['agreement', 'validity'] as const;

/** Single-decree Paxos on five nodes, decided again and again: some clients propose to the same instance. */
export const paxosLab: ProtocolLab<State, InstanceMessage<PaxosMessage>, Command, PaxosResult> = {
  name: 'paxos',
  about: 'one decision after another by single-decree Paxos on five nodes',
  nodes: [1, 2, 3, 4, 5],
  fewestNodes: 3,
  core: ({ nodes, defect, options }) => {
    const core = paxos({ ...options, nodes, defect: defect as PaxosDefect | undefined });
    return instances('paxos', () => core);
  },
  monitor: watch,
  promises: PROMISES,
  // Three proposals an instance, at about the same time.
  operations: [{ f: 'propose', weight: 1, judged: false, input: (draw) => draw.unique() }],
  model: null,
  clients: { kind: 'one-at-a-time', retries: true },
  command: ({ input }) => ({
    instance: Math.ceil((input as number) / 3),
    command: { value: input },
  }),
  answer: (result) => (result.ok ? { kind: 'done', output: result.value } : { kind: 'redirect', node: 0 }),
  survives: ['crash-recovery', 'omission', 'timing'],
  troubles: [
    {
      kind: 'swarm',
      classes: ['crashes', 'lostWrites', 'pauses', 'loss', 'duplication', 'reordering', 'partitions'],
    },
  ],
  load: { clients: 5, keys: 1, ratePerSecond: 20 },
  bounds: { simulatedSeconds: 12, recoverWithinMs: 3_000 },
  defects: [
    {
      name: 'keeps-own-value',
      about: 'proposes its own value whatever the promises report',
      breaks: 'agreement',
      ratePerSecond: 60,
      troubles: [{ kind: 'steady', fault: 'loss', probability: 0.3 }],
    },
    {
      name: 'forgets-on-restart',
      about: 'comes back from a crash without its promises and what it accepted',
      breaks: 'agreement',
      catalogue: 87,
      nodes: [1, 2, 3],
      ratePerSecond: 60,
      troubles: [
        { kind: 'storm', fault: 'crash', on: 'any', everyMs: [20, 80], forMs: [1, 10] },
        { kind: 'steady', fault: 'loss', probability: 0.3 },
      ],
    },
    {
      name: 'ballot-not-unique',
      about: 'gives all proposers the same ballots',
      breaks: 'agreement',
      catalogue: 89,
      ratePerSecond: 100,
      troubles: [{ kind: 'steady', fault: 'reorder', probability: 0.5, holdMs: 20 }],
    },
    {
      name: 'accepts-lower-ballot',
      about: 'accepts below the ballot it has promised',
      breaks: 'agreement',
      catalogue: 89,
      ratePerSecond: 100,
      troubles: [{ kind: 'steady', fault: 'reorder', probability: 0.5, holdMs: 20 }],
    },
  ],
};

function watch({ nodes }: LabVariant): LabMonitor<State, Command, PaxosResult> {
  const monitors = new Map<number, PaxosMonitor>();
  const breaches = new Breaches();
  const of = (instance: number): PaxosMonitor => {
    const monitor = monitors.get(instance) ?? new PaxosMonitor(nodes);
    monitors.set(instance, monitor);
    return monitor;
  };
  return {
    breaches: breaches.list,
    memory: { parts: { monitors }, classes: [PaxosMonitor] },
    examined: (promise) => breaches.examined(promise),
    requested: (_node, { instance, command }) => of(instance).proposed(command.value),
    observe(node, state): void {
      for (const instance of state.touched) {
        const own = state.instances[instance];
        if (own === undefined) continue;
        const monitor = of(instance);
        const { examined } = monitor;
        monitor.observe(node, own);
        for (const promise of PROMISES) breaches.count(promise, monitor.examined - examined);
        for (const { promise, reason } of monitor.violations) {
          breaches.add(promise, node, `decision ${instance}: ${reason}`);
        }
      }
    },
  };
}
