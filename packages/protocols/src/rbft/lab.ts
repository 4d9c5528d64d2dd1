import type { ByzantineResult, SignedCommand } from '../byzantine/command.ts';
import { labAnswer, labCommand, labLies } from '../byzantine/lab.ts';
import { kv } from '../kv/kv.ts';
import type { LabDefect, LabTrouble, ProtocolLab } from '../lab/lab.ts';
import { REGISTER_OPERATIONS } from '../lab/operations.ts';
import { PBFT_LIES_IN_WORDS } from '../pbft/lab.ts';
import { rbft } from './core.ts';
import type { RbftDefect } from './defects.ts';
import { RBFT_LIES } from './lies.ts';
import type { RbftMessage } from './messages.ts';
import { RBFT_PROMISES, rbftMonitor } from './monitor.ts';
import type { RbftState } from './state.ts';

const NODES = [1, 2, 3, 4] as const;

const lying = (node: number, lie: keyof typeof RBFT_LIES): LabTrouble => ({
  kind: 'lies',
  nodes: [node],
  lie,
});

const DEFECTS: readonly (LabDefect & { readonly name: RbftDefect })[] = [
  {
    name: 'no-monitoring',
    about: 'compares no master with its backups, and waits for it without limit',
    breaks: 'slow masters are replaced',
    troubles: [lying(1, 'dawdle')],
  },
  {
    name: 'changes-on-one-vote',
    about: 'changes all primaries when one node wants it',
    breaks: 'changes have a quorum',
    troubles: [lying(4, 'accuse')],
  },
];

/** RBFT on four nodes, two instances, of which the master's first primary is as slow as it may be. */
export const rbftLab: ProtocolLab<RbftState, RbftMessage, SignedCommand, ByzantineResult> = {
  name: 'rbft',
  about: 'a key-value store on four RBFT nodes, whose first master lets everybody wait',
  nodes: NODES,
  core: ({ nodes, defect, options }) =>
    rbft({ checkpointEvery: 20, ...options, nodes, defect: defect as RbftDefect | undefined }, kv),
  monitor: rbftMonitor,
  promises: RBFT_PROMISES,
  operations: REGISTER_OPERATIONS,
  model: 'cas-register',
  clients: { kind: 'matching', equal: 2 },
  command: labCommand,
  answer: labAnswer,
  survives: ['byzantine'],
  troubles: [
    lying(1, 'dawdle'),
    { kind: 'swarm', classes: ['loss', 'duplication', 'reordering', 'slowLinks', 'partitions'] },
  ],
  lies: labLies(RBFT_LIES, NODES, {
    ...PBFT_LIES_IN_WORDS,
    dawdle: 'as master keeps every proposal for as long as PBFT would wait',
    accuse: 'votes against every master',
  }),
  load: { clients: 4, keys: 3, ratePerSecond: 20 },
  bounds: { simulatedSeconds: 20, recoverWithinMs: 5_000 },
  defects: DEFECTS,
};
