import {
  COORDINATION_CHOICES,
  type Exercise,
  exercise,
  gradeScheduler,
  quiz,
  SCHEDULER_BLANK,
} from 'holdfast';

const scheduler: Exercise = exercise({
  name: 'one-active-scheduler',
  title: 'Exactly one active scheduler',
  about:
    'Writes an election on ZooKeeper, etcd or Consul, with a fence that holds through pauses and partitions.',
  topic: 'patterns',
  answers: 'code',
  task: () => ({
    text: [
      'Three schedulers, one coordination service, one storage. Choose the service, and write the election in its primitives. While a scheduler believes to lead it sends a',
      'command to the storage every 40 ms; the harness renews its session, and begins anew when it is told that the session is over.',
      'The file elects correctly. Grade it as it is: the runs show why that is not enough. Then say what a leader shows, and what the storage checks.',
      'The design is run while nothing happens, with a crash, a pause past the session, a cut from the service alone, and several of these.',
    ].join('\n'),
    blank: SCHEDULER_BLANK,
    grade: (submitted) => gradeScheduler(submitted),
  }),
});

const choice: Exercise = quiz({
  name: 'coordination-choice',
  title: 'What a coordination service is for',
  about: 'Chooses for seven needs; each wrong choice has a run that breaks it.',
  topic: 'patterns',
  questions: COORDINATION_CHOICES.map(({ need, question, right, why, wrong }) => ({
    id: need,
    question,
    right: right[0] ?? '',
    because: why,
    wrong: wrong.map(({ answer, because }) => ({ choice: answer, belief: `${answer}: ${because}` })),
  })),
});

export default [scheduler, choice];
