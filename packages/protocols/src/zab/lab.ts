import type { ClientCommand } from '../kv/clientTable.ts';
import { kv } from '../kv/kv.ts';
import type { LabAnswer, LabDefect, ProtocolLab } from '../lab/lab.ts';
import { REGISTER_OPERATIONS, registerOperation } from '../lab/operations.ts';
import { zab } from './core.ts';
import type { ZabDefect } from './defects.ts';
import type { ZabMessage } from './messages.ts';
import { ZAB_PROMISES, ZabMonitor } from './monitor.ts';
import { isLeading, type ZabResult, type ZabState } from './state.ts';

/** Many epochs in a short time, with transactions under way in each. */
const MANY_EPOCHS = {
  ratePerSecond: 40,
  simulatedSeconds: 16,
  options: { electionMs: 60, pingMs: 30 },
  troubles: [
    { kind: 'storm', fault: 'isolate', on: 'leader', everyMs: [200, 500], forMs: [150, 400] },
    { kind: 'storm', fault: 'crash', on: 'any', everyMs: [200, 600], forMs: [10, 200] },
    { kind: 'steady', fault: 'power-failures' },
    { kind: 'steady', fault: 'loss', probability: 0.1 },
  ],
} as const satisfies Partial<LabDefect>;

/** Zab on five nodes, as the laboratory takes it. */
export const zabLab: ProtocolLab<ZabState, ZabMessage, ClientCommand, ZabResult> = {
  name: 'zab',
  about: 'a key-value store on five nodes of Zab, the atomic broadcast of ZooKeeper',
  nodes: [1, 2, 3, 4, 5],
  fewestNodes: 3,
  core: ({ nodes, defect, options }) =>
    zab({ ...options, nodes, defect: defect as ZabDefect | undefined }, kv),
  monitor: () => new ZabMonitor(),
  promises: ZAB_PROMISES,
  operations: REGISTER_OPERATIONS,
  model: 'cas-register',
  clients: { kind: 'one-at-a-time', retries: true },
  command: (call) => ({
    client: call.process + 1,
    sequence: call.sequence,
    operation: registerOperation(call) as never,
  }),
  answer: readResult,
  leads: (state) => isLeading(state) && state.phase === 'broadcast',
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
  load: { clients: 5, keys: 3, ratePerSecond: 20 },
  bounds: { simulatedSeconds: 20, recoverWithinMs: 4_000 },
  defects: [
    {
      name: 'keeps-own-suffix',
      about: 'keeps, behind the history of the leader, transactions of its own',
      breaks: 'agreement',
      catalogue: 85,
      ...MANY_EPOCHS,
    },
    {
      name: 'acknowledges-before-fsync',
      about: 'acknowledges transactions that a crash may still undo',
      breaks: 'agreement',
      catalogue: 30,
      ratePerSecond: 60,
      troubles: [
        { kind: 'storm', fault: 'crash', on: 'all', everyMs: [900, 1_600], forMs: [20, 200] },
        { kind: 'steady', fault: 'power-failures' },
        { kind: 'steady', fault: 'slow-disks', factor: 100 },
      ],
    },
    {
      name: 'delivers-over-gap',
      about: 'takes a proposal though it lacks an earlier one',
      breaks: 'primary order',
      catalogue: 91,
      ...MANY_EPOCHS,
    },
    {
      name: 'commits-at-half',
      about: 'counts half of the nodes as a quorum',
      breaks: 'agreement',
      catalogue: 9,
      ...MANY_EPOCHS,
    },
  ],
};

function readResult(result: ZabResult): LabAnswer {
  if (result.ok) return { kind: 'done', output: result.value };
  switch (result.error) {
    case 'not-leader':
      return { kind: 'redirect', node: result.leader };
    case 'too-many-open':
      return { kind: 'redirect', node: 0 };
    default:
      return { kind: 'unclear' };
  }
}
