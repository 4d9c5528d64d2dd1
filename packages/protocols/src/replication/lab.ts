import { kv } from '../kv/kv.ts';
import { Breaches } from '../lab/breaches.ts';
import type { LabAnswer, LabMonitor, LabTrouble, LabVariant, ProtocolLab } from '../lab/lab.ts';
import { REGISTER_OPERATIONS, registerOperation } from '../lab/operations.ts';
import { leaderFollowerConfig, type LeaderFollowerOptions } from './config.ts';
import { leaderFollower } from './core.ts';
import type { ReplicationDefect } from './defects.ts';
import type { ReplicationMessage } from './messages.ts';
import { ReplicationMonitor } from './monitor.ts';
import type { ReplicationCommand, ReplicationResult, ReplicationState } from './state.ts';

const PROMISES = [
  'one leader an epoch',
  'acknowledged writes survive',
  'followers apply in leader order',
] as const;

/** Leaders that stop often, and a network that keeps old messages. */
const FAILOVERS: readonly LabTrouble[] = [
  { kind: 'storm', fault: 'isolate', on: 'leader', everyMs: [800, 2_000], forMs: [200, 800] },
  { kind: 'steady', fault: 'reorder', probability: 0.3, holdMs: 200 },
];

const POWER: readonly LabTrouble[] = [
  { kind: 'steady', fault: 'power-failures' },
  { kind: 'steady', fault: 'slow-disks', factor: 60 },
  { kind: 'storm', fault: 'crash', on: 'any', everyMs: [150, 600], forMs: [10, 300] },
];

/** Leader-follower replication with quorum acknowledgement: three nodes with data, one controller. */
export const leaderFollowerLab: ProtocolLab<
  ReplicationState,
  ReplicationMessage,
  ReplicationCommand,
  ReplicationResult
> = {
  name: 'leader-follower',
  about: 'a key-value store with one leader, two followers and a controller that appoints',
  nodes: [1, 2, 3, 4],
  core: (variant) => leaderFollower(optionsOf(variant), kv),
  monitor: watch,
  promises: PROMISES,
  operations: REGISTER_OPERATIONS,
  model: 'cas-register',
  clients: { kind: 'one-at-a-time', retries: true },
  command: (call) => ({
    kind: 'write',
    client: call.process + 1,
    sequence: call.sequence,
    operation: registerOperation(call) as never,
  }),
  answer: readResult,
  leads: ({ role }) => role === 'leader',
  survives: ['crash-recovery', 'omission', 'timing'],
  troubles: [
    {
      kind: 'swarm',
      classes: ['crashes', 'lostWrites', 'pauses', 'loss', 'duplication', 'reordering', 'partitions'],
    },
  ],
  load: { clients: 5, keys: 3, ratePerSecond: 20 },
  bounds: { simulatedSeconds: 20, recoverWithinMs: 4_000 },
  defects: [
    {
      name: 'acks-before-fsync',
      about: 'a follower acknowledges what only its memory holds',
      breaks: 'acknowledged writes survive',
      catalogue: 28,
      troubles: POWER,
    },
    {
      name: 'truncates-to-acknowledged',
      about: 'a restarting node cuts its log to the acknowledged index it last heard of',
      breaks: 'acknowledged writes survive',
      catalogue: 86,
      troubles: POWER,
    },
    {
      name: 'no-previous-check',
      about: 'appends without comparing the entry before',
      breaks: 'followers apply in leader order',
      catalogue: 18,
      ratePerSecond: 40,
      troubles: FAILOVERS,
    },
    {
      name: 'counts-older-epochs',
      about: 'acknowledges entries of earlier epochs by counting copies',
      breaks: 'acknowledged writes survive',
      catalogue: 1,
      ratePerSecond: 30,
      options: { maxBatch: 1 },
      troubles: [
        { kind: 'steady', fault: 'slow-disks', factor: 60 },
        { kind: 'storm', fault: 'crash', on: 'leader', everyMs: [200, 700], forMs: [100, 900] },
        { kind: 'steady', fault: 'loss', probability: 0.1 },
      ],
    },
    {
      name: 'picks-by-length',
      about: 'lets the longest log win at failover, whatever its last epoch',
      breaks: 'acknowledged writes survive',
      catalogue: 94,
      ratePerSecond: 40,
      troubles: FAILOVERS,
    },
    {
      name: 'picks-any',
      about: 'appoints the first node that answers',
      breaks: 'acknowledged writes survive',
      catalogue: 24,
      ratePerSecond: 30,
    },
    {
      name: 'stale-leader-accepted',
      about: 'takes entries of a deposed leader',
      breaks: 'acknowledged writes survive',
      catalogue: 41,
      ratePerSecond: 30,
      troubles: FAILOVERS,
    },
    {
      name: 'applies-before-acknowledged',
      about: 'shows a write to readers before it is acknowledged',
      breaks: 'acknowledged writes survive',
      ratePerSecond: 30,
      troubles: FAILOVERS,
    },
    {
      name: 'torn-snapshot',
      about: "stores a snapshot's index apart from its state",
      breaks: 'followers apply in leader order',
      catalogue: 29,
      ratePerSecond: 30,
      options: { snapshotEvery: 5 },
      troubles: POWER,
    },
    {
      name: 'no-dedup',
      about: 'carries a command out again when it is sent again',
      breaks: 'linearizability',
      catalogue: 58,
    },
  ],
};

function optionsOf({ nodes, defect, options }: LabVariant): LeaderFollowerOptions {
  const controller = nodes[nodes.length - 1] as number;
  return {
    watchMs: 150,
    heartbeatMs: 40,
    ...options,
    nodes: nodes.slice(0, -1),
    controller,
    defect: defect as ReplicationDefect | undefined,
  };
}

function readResult(result: ReplicationResult): LabAnswer {
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

function watch(variant: LabVariant): LabMonitor<ReplicationState, ReplicationCommand, ReplicationResult> {
  const monitor = new ReplicationMonitor(leaderFollowerConfig(optionsOf(variant)));
  const breaches = new Breaches();
  const hear = (): void => {
    for (const { promise, node, reason } of monitor.violations) breaches.add(promise, node, reason);
  };
  return {
    breaches: breaches.list,
    memory: { parts: { monitor } },
    examined: (promise) => monitor.examined.get(promise) ?? 0,
    noted(node, kind, data): void {
      monitor.note(node, kind, data);
      hear();
    },
    observe(node, state): void {
      monitor.observe(node, state);
      hear();
    },
  };
}
