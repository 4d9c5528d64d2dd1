import type { ByzantineResult, SignedCommand } from '../byzantine/command.ts';
import { BYZANTINE_PROMISES, labAnswer, labCommand, labLies, labMonitor } from '../byzantine/lab.ts';
import { kv } from '../kv/kv.ts';
import type { LabDefect, LabTrouble, ProtocolLab } from '../lab/lab.ts';
import { REGISTER_OPERATIONS } from '../lab/operations.ts';
import { tendermint } from './core.ts';
import type { TendermintDefect } from './defects.ts';
import { TENDERMINT_LIES } from './lies.ts';
import type { TendermintMessage } from './messages.ts';
import type { TendermintState } from './state.ts';

const NODES = [1, 2, 3, 4] as const;

const lying = (lie: keyof typeof TENDERMINT_LIES): LabTrouble => ({ kind: 'lies', nodes: [1], lie });
const veryLossy: LabTrouble = { kind: 'steady', fault: 'loss', probability: 0.3 };
/** What the network does to the group while a node lies: more crashes would be more faulty nodes than f. */
const rough: LabTrouble = {
  kind: 'swarm',
  classes: ['loss', 'duplication', 'reordering', 'slowLinks', 'partitions'],
};
/** What is lost is not sent again soon, and nobody waits long: rounds pass while a quorum is known to some. */
const HASTY = { statusMs: 500, timeoutMs: 10, timeoutDeltaMs: 5 };

const DEFECTS: readonly (LabDefect & { readonly name: TendermintDefect })[] = [
  {
    name: 'quorum-2f',
    about: 'takes 2f nodes for a quorum',
    breaks: 'agreement',
    catalogue: 100,
    troubles: [lying('equivocate')],
  },
  {
    name: 'believes-signatures',
    about: 'checks no signature',
    breaks: 'validity',
    troubles: [lying('forge')],
  },
  {
    name: 'no-valid-value',
    about: 'proposes something new where a quorum wanted another block before',
    breaks: 'liveness after healing',
    troubles: [veryLossy],
    options: HASTY,
  },
];

/** Tendermint on four nodes of which one lies, as the laboratory takes it. */
export const tendermintLab: ProtocolLab<TendermintState, TendermintMessage, SignedCommand, ByzantineResult> =
  {
    name: 'tendermint',
    about: 'a key-value store on four Tendermint nodes, the first of them a liar',
    nodes: NODES,
    core: ({ nodes, defect, options }) =>
      tendermint({ ...options, nodes, defect: defect as TendermintDefect | undefined }, kv),
    monitor: labMonitor<TendermintState>,
    promises: BYZANTINE_PROMISES,
    operations: REGISTER_OPERATIONS,
    model: 'cas-register',
    clients: { kind: 'matching', equal: 2 },
    command: labCommand,
    answer: labAnswer,
    survives: ['byzantine'],
    troubles: [lying('equivocate'), rough],
    lies: labLies(TENDERMINT_LIES, NODES, {
      silence: 'says nothing to anybody',
      withhold: 'leaves one node out',
      equivocate: 'tells half of the nodes of an empty block, and votes for both',
      forge: 'votes in the names of others, and proposes what no client asked for',
      replay: 'sends old messages again',
      'wrong-round': 'speaks of the next round',
      'claim-pol': 'claims that a quorum wanted its empty block',
      usurp: 'proposes when it is not its turn',
    }),
    load: { clients: 4, keys: 3, ratePerSecond: 20 },
    bounds: { simulatedSeconds: 20, recoverWithinMs: 5_000 },
    defects: DEFECTS,
  };
