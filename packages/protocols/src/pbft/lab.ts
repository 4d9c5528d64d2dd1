import type { ByzantineResult, SignedCommand } from '../byzantine/command.ts';
import { BYZANTINE_PROMISES, labAnswer, labCommand, labLies, labMonitor } from '../byzantine/lab.ts';
import { kv } from '../kv/kv.ts';
import type { LabDefect, LabTrouble, ProtocolLab } from '../lab/lab.ts';
import { REGISTER_OPERATIONS } from '../lab/operations.ts';
import { pbft } from './core.ts';
import type { PbftDefect } from './defects.ts';
import { PBFT_LIES } from './lies.ts';
import type { PbftMessage } from './messages.ts';
import type { PbftState } from './state.ts';

const NODES = [1, 2, 3, 4] as const;

const lying = (node: number, lie: keyof typeof PBFT_LIES): LabTrouble => ({
  kind: 'lies',
  nodes: [node],
  lie,
});

const lossy: LabTrouble = { kind: 'steady', fault: 'loss', probability: 0.1 };
const veryLossy: LabTrouble = { kind: 'steady', fault: 'loss', probability: 0.3 };
/** What is lost is not sent again soon, and nobody waits long: views change while decisions are half known. */
const HASTY = { statusMs: 1_000, viewChangeTimeoutMs: 150 };
/** What the network does to the group while a node lies: more crashes would be more faulty nodes than f. */
const rough: LabTrouble = {
  kind: 'swarm',
  classes: ['loss', 'duplication', 'reordering', 'slowLinks', 'partitions'],
};

/** The primary is cut off again and again, so that views change under load. */
const deposed: LabTrouble = {
  kind: 'storm',
  fault: 'isolate',
  on: 'leader',
  everyMs: [1_500, 3_000],
  forMs: [600, 1_500],
};

const DEFECTS: readonly (LabDefect & { readonly name: PbftDefect })[] = [
  {
    name: 'quorum-2f',
    about: 'takes 2f nodes for a quorum',
    breaks: 'agreement',
    catalogue: 100,
    troubles: [lying(1, 'equivocate')],
  },
  {
    name: 'new-view-without-proofs',
    about: 'believes a new primary whatever the view changes say',
    breaks: 'agreement',
    catalogue: 100,
    troubles: [lying(2, 'forget'), deposed, veryLossy],
    options: HASTY,
    ratePerSecond: 40,
  },
  {
    name: 'drops-prepared',
    about: 'calls for a new view without what it has prepared',
    breaks: 'agreement',
    catalogue: 100,
    troubles: [deposed, veryLossy],
    options: HASTY,
    ratePerSecond: 40,
  },
  {
    name: 'counts-messages',
    about: 'counts messages rather than the different nodes that say the same',
    breaks: 'agreement',
    troubles: [lying(1, 'equivocate')],
  },
  {
    name: 'believes-signatures',
    about: 'checks no signature',
    breaks: 'validity',
    troubles: [lying(1, 'forge')],
  },
  {
    name: 'forgets-on-restart',
    about: 'boots empty after a crash and keeps its id',
    breaks: 'agreement',
    catalogue: 38,
    troubles: [
      lying(1, 'equivocate'),
      lossy,
      { kind: 'storm', fault: 'crash', on: 'any', everyMs: [200, 900], forMs: [10, 200] },
    ],
    ratePerSecond: 60,
  },
  {
    name: 'no-dedup',
    about: 'carries out a command twice that was ordered twice',
    breaks: 'executed once',
    catalogue: 58,
    troubles: [lying(1, 'repeat')],
  },
];

/** What each lie does. */
export const PBFT_LIES_IN_WORDS: Readonly<Record<keyof typeof PBFT_LIES, string>> = {
  silence: 'says nothing to anybody',
  withhold: 'leaves one node out',
  equivocate: 'tells half of the nodes that nothing is to be carried out',
  waver: 'proposes one thing, and then another in its place',
  forge: 'votes in the names of others, and invents commands',
  repeat: 'orders commands again that were ordered before',
  replay: 'sends old messages again',
  'wrong-view': 'speaks of the next view',
  forget: 'begins a view as if nothing had been prepared',
  dawdle: 'keeps every proposal for as long as nobody calls for another primary',
};

/** PBFT on four replicas of which one lies, as the laboratory takes it. */
export const pbftLab: ProtocolLab<PbftState, PbftMessage, SignedCommand, ByzantineResult> = {
  name: 'pbft',
  about: 'a key-value store on four PBFT replicas, the first of them a liar',
  nodes: NODES,
  core: ({ nodes, defect, options }) =>
    pbft({ checkpointEvery: 20, ...options, nodes, defect: defect as PbftDefect | undefined }, kv),
  monitor: labMonitor<PbftState>,
  promises: BYZANTINE_PROMISES,
  operations: REGISTER_OPERATIONS,
  model: 'cas-register',
  clients: { kind: 'matching', equal: 2 },
  command: labCommand,
  answer: labAnswer,
  survives: ['byzantine'],
  troubles: [lying(1, 'equivocate'), rough],
  lies: labLies(PBFT_LIES, NODES, PBFT_LIES_IN_WORDS),
  load: { clients: 4, keys: 3, ratePerSecond: 20 },
  bounds: { simulatedSeconds: 20, recoverWithinMs: 5_000 },
  defects: DEFECTS,
};
