import type { LabAnswer, LabVariant, ProtocolLab } from '../lab/lab.ts';
import { gossipConfig, type GossipOptions } from './config.ts';
import { gossip } from './core.ts';
import type { GossipDefect } from './defects.ts';
import type { GossipMessage } from './messages.ts';
import { GOSSIP_PROMISES, GossipMonitor } from './monitor.ts';
import type { GossipCommand, GossipResult, GossipState } from './state.ts';

/** Rumours among six nodes, as the laboratory takes them. */
export const gossipLab: ProtocolLab<GossipState, GossipMessage, GossipCommand, GossipResult> = {
  name: 'gossip',
  about: 'rumours among six nodes, told to a few at random and compared now and then',
  nodes: [1, 2, 3, 4, 5, 6],
  fewestNodes: 2,
  core: (variant) => gossip(optionsOf(variant)),
  monitor: (variant) => new GossipMonitor(gossipConfig(optionsOf(variant))),
  promises: GOSSIP_PROMISES,
  operations: [
    { f: 'publish', weight: 3, judged: false, input: (draw) => draw.unique() },
    { f: 'count', weight: 1, judged: false, atTheEnd: true },
  ],
  model: null,
  clients: { kind: 'one-at-a-time', retries: false },
  command: ({ f, input }): GossipCommand =>
    f === 'publish' ? { kind: 'publish', value: input } : { kind: 'count' },
  answer: ({ known }): LabAnswer => ({ kind: 'done', output: known }),
  survives: ['crash-recovery', 'omission', 'timing'],
  troubles: [
    {
      kind: 'swarm',
      classes: ['crashes', 'lostWrites', 'pauses', 'loss', 'duplication', 'reordering', 'partitions'],
    },
  ],
  load: { clients: 3, keys: 1, ratePerSecond: 3 },
  bounds: { simulatedSeconds: 24, recoverWithinMs: 5_000 },
  defects: [
    { name: 'never-cools', about: 'tells a rumour for ever', breaks: 'rumours cool' },
    {
      name: 'no-reconciliation',
      about: 'never compares what it knows with anybody',
      breaks: 'everybody hears everything at rest',
      troubles: [{ kind: 'storm', fault: 'isolate', on: 'any', everyMs: [500, 2_000], forMs: [500, 3_000] }],
    },
    {
      name: 'forgets-on-restart',
      about: 'knows nothing after a crash and numbers its rumours from 1 again',
      breaks: 'a rumour is the same for all',
      catalogue: 108,
      troubles: [{ kind: 'storm', fault: 'crash', on: 'any', everyMs: [300, 1_000], forMs: [10, 200] }],
    },
  ],
};

function optionsOf({ nodes, defect, options }: LabVariant): GossipOptions {
  return { reconcileEvery: 5, ...options, nodes, defect: defect as GossipDefect | undefined };
}
