import type { ClientCommand } from '../kv/clientTable.ts';
import { kv } from '../kv/kv.ts';
import type { LabAnswer, LabDefect, LabTrouble, ProtocolLab } from '../lab/lab.ts';
import { REGISTER_OPERATIONS, registerOperation } from '../lab/operations.ts';
import { viewstamped } from './core.ts';
import type { ViewstampedDefect } from './defects.ts';
import type { ViewstampedMessage } from './messages.ts';
import { VIEWSTAMPED_PROMISES, ViewstampedMonitor } from './monitor.ts';
import type { ViewstampedResult, ViewstampedState } from './state.ts';

/** One replica at a time, so that a crashed one can recover from the others: without disks more than f at once are the end. */
const CRASHES: LabTrouble = {
  kind: 'storm',
  fault: 'crash',
  on: 'any',
  everyMs: [1_500, 3_000],
  forMs: [20, 300],
};
const LOSS: LabTrouble = { kind: 'steady', fault: 'loss', probability: 0.1 };

/** Many views in a short time, with operations under way in each. */
const MANY_VIEWS = {
  ratePerSecond: 80,
  simulatedSeconds: 16,
  options: { viewChangeMs: 60 },
  troubles: [
    { kind: 'storm', fault: 'isolate', on: 'leader', everyMs: [200, 500], forMs: [100, 400] },
    { kind: 'steady', fault: 'loss', probability: 0.15 },
  ],
} as const satisfies Partial<LabDefect>;

/** Viewstamped Replication on five replicas, as the laboratory takes it. */
export const viewstampedLab: ProtocolLab<
  ViewstampedState,
  ViewstampedMessage,
  ClientCommand,
  ViewstampedResult
> = {
  name: 'viewstamped',
  about: 'a key-value store on five replicas of Viewstamped Replication, without stable storage',
  nodes: [1, 2, 3, 4, 5],
  fewestNodes: 3,
  core: ({ nodes, defect, options }) =>
    viewstamped({ ...options, nodes, defect: defect as ViewstampedDefect | undefined }, kv),
  monitor: () => new ViewstampedMonitor(),
  promises: VIEWSTAMPED_PROMISES,
  operations: REGISTER_OPERATIONS,
  model: 'cas-register',
  clients: { kind: 'one-at-a-time', retries: true },
  command: (call) => ({
    client: call.process + 1,
    sequence: call.sequence,
    operation: registerOperation(call) as never,
  }),
  answer: readResult,
  leads: ({ leads }) => leads,
  survives: ['crash-recovery', 'omission', 'timing'],
  troubles: [
    CRASHES,
    { kind: 'swarm', classes: ['pauses', 'loss', 'duplication', 'reordering', 'slowLinks', 'clockSkew'] },
  ],
  load: { clients: 5, keys: 3, ratePerSecond: 20 },
  bounds: { simulatedSeconds: 20, recoverWithinMs: 4_000 },
  defects: [
    {
      name: 'longest-log-wins',
      about: 'a new primary takes the longest log, whatever view it is from',
      breaks: 'view completeness',
      catalogue: 94,
      ...MANY_VIEWS,
    },
    {
      name: 'current-view-as-normal',
      about: 'reports the view it changes to as the last in which it was normal',
      breaks: 'view completeness',
      catalogue: 94,
      ...MANY_VIEWS,
    },
    {
      name: 'answers-without-state',
      about: 'takes part at once after a crash, with nothing',
      breaks: 'agreement',
      catalogue: 87,
      nodes: [1, 2, 3],
      troubles: [CRASHES, LOSS],
    },
    {
      name: 'recovers-from-anyone',
      about: 'a recovering replica takes the first state it is told',
      breaks: 'agreement',
      catalogue: 37,
      nodes: [1, 2, 3],
      ratePerSecond: 60,
      troubles: [CRASHES, LOSS],
    },
    {
      name: 'commits-at-half',
      about: 'counts half of the replicas as a quorum',
      breaks: 'view completeness',
      catalogue: 9,
      ...MANY_VIEWS,
    },
    {
      name: 'acknowledges-over-gap',
      about: 'acknowledges an operation though it lacks an earlier one',
      breaks: 'view completeness',
      catalogue: 19,
      ...MANY_VIEWS,
    },
    {
      name: 'no-client-table',
      about: 'carries a command out again when it is asked for again',
      breaks: 'linearizability',
      catalogue: 58,
      ...MANY_VIEWS,
    },
  ],
};

function readResult(result: ViewstampedResult): LabAnswer {
  if (result.ok) return { kind: 'done', output: result.value };
  switch (result.error) {
    case 'not-primary':
      return { kind: 'redirect', node: result.primary };
    case 'not-normal':
    case 'too-many-open':
      return { kind: 'redirect', node: 0 };
    default:
      return { kind: 'unclear' };
  }
}
