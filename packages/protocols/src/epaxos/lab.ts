import type { ClientCommand } from '../kv/clientTable.ts';
import { kv } from '../kv/kv.ts';
import type { LabAnswer, LabDefect, ProtocolLab } from '../lab/lab.ts';
import { REGISTER_OPERATIONS, registerOperation } from '../lab/operations.ts';
import { epaxos } from './core.ts';
import type { EPaxosDefect } from './defects.ts';
import type { EPaxosMessage } from './messages.ts';
import { EPAXOS_PROMISES, EPaxosMonitor } from './monitor.ts';
import type { EPaxosResult, EPaxosState } from './state.ts';

/** Conflicting commands under way at several replicas at once, over a network that disorders them. */
const CONTENTION = {
  ratePerSecond: 40,
  simulatedSeconds: 16,
  troubles: [
    { kind: 'steady', fault: 'loss', probability: 0.1 },
    { kind: 'steady', fault: 'reorder', probability: 0.3, holdMs: 40 },
  ],
} as const satisfies Partial<LabDefect>;

/** The same, with coordinators that crash and come back: recoveries. */
const RECOVERIES = {
  ...CONTENTION,
  options: { recoverMs: 40, resendMs: 30 },
  troubles: [
    ...CONTENTION.troubles,
    { kind: 'storm', fault: 'crash', on: 'any', everyMs: [150, 500], forMs: [100, 600] },
    { kind: 'storm', fault: 'isolate', on: 'any', everyMs: [300, 900], forMs: [100, 400] },
  ],
} as const satisfies Partial<LabDefect>;

/** EPaxos* on five replicas, as the laboratory takes it. */
export const epaxosLab: ProtocolLab<EPaxosState, EPaxosMessage, ClientCommand, EPaxosResult> = {
  name: 'epaxos',
  about: 'a key-value store on five replicas of EPaxos*, without a leader',
  nodes: [1, 2, 3, 4, 5],
  fewestNodes: 3,
  core: ({ nodes, defect, options }) =>
    epaxos({ ...options, nodes, defect: defect as EPaxosDefect | undefined }, kv),
  monitor: () => new EPaxosMonitor(),
  promises: EPAXOS_PROMISES,
  operations: REGISTER_OPERATIONS,
  model: 'cas-register',
  clients: { kind: 'one-at-a-time', retries: true },
  command: (call) => ({
    client: call.process + 1,
    sequence: call.sequence,
    operation: registerOperation(call) as never,
  }),
  answer: readResult,
  survives: ['crash-recovery', 'omission', 'timing'],
  troubles: [
    {
      kind: 'swarm',
      classes: [
        'crashes',
        'lostWrites',
        'pauses',
        'loss',
        'duplication',
        'reordering',
        'partitions',
        'outages',
      ],
    },
  ],
  load: { clients: 5, keys: 3, ratePerSecond: 10 },
  bounds: { simulatedSeconds: 20, recoverWithinMs: 4_000 },
  defects: [
    {
      name: 'fast-with-any-dependencies',
      about: 'commits fast though replies differ',
      breaks: 'agreement',
      ...RECOVERIES,
    },
    {
      name: 'recovers-as-nop',
      about: 'gives up a command that may have been committed fast',
      breaks: 'agreement',
      ...RECOVERIES,
    },
    {
      name: 'executes-without-dependencies',
      about: 'carries a command out before what it depends on is committed',
      breaks: 'execution order',
      ...CONTENTION,
    },
    {
      name: 'breaks-cycles-by-arrival',
      about: 'carries the commands of a cycle out in the order in which they were committed here',
      breaks: 'execution order',
      ...CONTENTION,
    },
    {
      name: 'skips-validation',
      about: 'recovers dependencies without asking for commands that rule them out',
      breaks: 'visibility',
      catalogue: 97,
      ...RECOVERIES,
    },
  ],
};

function readResult(result: EPaxosResult): LabAnswer {
  if (result.ok) return { kind: 'done', output: result.value };
  return result.error === 'too-many-open' ? { kind: 'redirect', node: 0 } : { kind: 'unclear' };
}
