import { type Exercise, exercise, markRaft, raftTask, recordOf, simulate } from 'holdfast';
import { fence, paxosByHand } from './byHand.ts';
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

export default [override, duel, predict, fence];
