import { type Exercise, exercise, markRaft, raftTask, recordOf, simulate } from 'holdfast';
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

export default [predict];
