import type { ByzantineResult, SignedCommand } from '../byzantine/command.ts';
import { BYZANTINE_PROMISES, labAnswer, labCommand, labLies, labMonitor } from '../byzantine/lab.ts';
import { kv } from '../kv/kv.ts';
import type { LabDefect, LabTrouble, ProtocolLab } from '../lab/lab.ts';
import { REGISTER_OPERATIONS } from '../lab/operations.ts';
import { hotStuff } from './core.ts';
import type { HotStuffDefect } from './defects.ts';
import { HOTSTUFF_LIES } from './lies.ts';
import type { HotStuffMessage } from './messages.ts';
import type { HotStuffState } from './state.ts';

const NODES = [1, 2, 3, 4] as const;

const lying = (lie: keyof typeof HOTSTUFF_LIES): LabTrouble => ({ kind: 'lies', nodes: [1], lie });
/** What the network does to the group while a node lies: more crashes would be more faulty nodes than f. */
const rough: LabTrouble = {
  kind: 'swarm',
  classes: ['loss', 'duplication', 'reordering', 'slowLinks', 'partitions'],
};

const DEFECTS: readonly (LabDefect & { readonly name: HotStuffDefect })[] = [
  {
    name: 'no-lock',
    about: 'votes for a block whatever it is locked on',
    breaks: 'agreement',
    catalogue: 100,
    troubles: [lying('fork')],
  },
  {
    name: 'quorum-2f',
    about: 'takes 2f nodes for a quorum',
    breaks: 'commit certificate',
    catalogue: 100,
    troubles: [lying('equivocate')],
  },
  {
    name: 'believes-certificates',
    about: 'takes for a certificate what calls itself one',
    breaks: 'commit certificate',
    troubles: [lying('certify')],
  },
  {
    name: 'believes-signatures',
    about: 'checks no signature',
    breaks: 'validity',
    troubles: [lying('forge')],
    ratePerSecond: 20,
  },
];

/** Chained HotStuff on four replicas of which one lies, as the laboratory takes it. */
export const hotStuffLab: ProtocolLab<HotStuffState, HotStuffMessage, SignedCommand, ByzantineResult> = {
  name: 'hotstuff',
  about: 'a key-value store on four replicas of chained HotStuff, the first of them a liar',
  nodes: NODES,
  core: ({ nodes, defect, options }) =>
    hotStuff({ ...options, nodes, defect: defect as HotStuffDefect | undefined }, kv),
  monitor: labMonitor<HotStuffState>,
  promises: BYZANTINE_PROMISES,
  operations: REGISTER_OPERATIONS,
  model: 'cas-register',
  clients: { kind: 'matching', equal: 2 },
  command: labCommand,
  answer: labAnswer,
  survives: ['byzantine'],
  troubles: [lying('equivocate'), rough],
  lies: labLies(HOTSTUFF_LIES, NODES, {
    silence: 'says nothing to anybody',
    withhold: 'leaves one node out',
    equivocate: 'proposes an empty block to half of the nodes',
    forge: 'votes in the names of others, and proposes what no client asked for',
    replay: 'sends old messages again',
    'wrong-view': 'speaks of the next view',
    fork: 'extends a block that others have gone past',
    split: 'shows the newest certificate to one node, and forks for the others',
    certify: 'shows certificates that hold no vote but its own',
  }),
  load: { clients: 4, keys: 3, ratePerSecond: 10 },
  bounds: { simulatedSeconds: 20, recoverWithinMs: 5_000 },
  defects: DEFECTS,
};
