import {
  CONSENSUS_USES,
  type Exercise,
  exercise,
  markRaft,
  quiz,
  raftTask,
  recordOf,
  simulate,
} from 'holdfast';
import { fence, paxosByHand } from './byHand.ts';
import { confirmations, ownRaft } from './elective.ts';
import { troubled } from './raftRuns.ts';

const predict: Exercise = exercise({
  name: 'predict-a-raft-run',
  title: 'Which entries stay, and who leads next',
  about: 'Predicts leaders and the fate of entries of five Raft servers through cuts and a crash.',
  topic: 'consensus',
  answers: 'file',
  task: (seed) => {
    const task = raftTask(simulate(troubled, seed, { trace: true }), seed);
    return {
      text: `Five servers run Raft. What each has is told at every turn; a request for votes is told when it is first made.\n\n${task.text}`,
      blank: Object.fromEntries(task.questions.map(({ id }) => [id, null])),
      grade: (answers) => ({
        marks: markRaft(task, recordOf(answers)),
        told: [
          `the whole run: holdfast run "casebook/learn/consensus/raftRuns.ts#troubled" --seed ${seed} --report out`,
        ],
      }),
    };
  },
});

const override: Exercise = paxosByHand(
  'override',
  'Paxos by hand: a value that is overridden',
  'Walks through prepare and accept on the very core, up to a proposer that must ask for a value of somebody else.',
);
const duel: Exercise = paxosByHand(
  'duel',
  'Paxos by hand: a duel',
  'Walks through two proposers that outbid each other, until one gets through.',
);

/** What is built on several nodes, and whether it needs them to agree. */
const needed: Exercise = quiz({
  name: 'consensus-needed',
  title: 'What needs consensus',
  about: 'Tells what several nodes must agree on from what they need not.',
  topic: 'consensus',
  passShare: 0.8,
  asks: 8,
  questions: CONSENSUS_USES.map(({ use, needed: isNeeded, why }) => ({
    id: use.replaceAll(/[^a-z]+/g, '-'),
    question: `Do the nodes have to agree for ${use}?`,
    right: isNeeded ? 'yes' : 'no',
    because: why,
    wrong: [
      isNeeded
        ? {
            choice: 'no',
            belief: 'it can be had without agreement: two sides of a cut then decide each for itself',
          }
        : {
            choice: 'yes',
            belief: 'agreement is the safe choice everywhere: it costs a majority for nothing',
          },
    ],
  })),
});

export default [needed, override, duel, predict, fence, ownRaft, confirmations];
