import {
  choiceOf,
  type Exercise,
  exercise,
  type Grade,
  type Mark,
  markCauses,
  quiz,
  type QuizDefinition,
  recordOf,
  wordsIn,
} from 'holdfast';
import { type BackedQuestion, INTERVIEW, ON_CALL } from './bank.ts';

const CHOICES = [
  choiceOf({
    id: 'clocks',
    question:
      'Two clients stamp their updates with their local wall-clock time. Why can the stamps disagree about which came first although both clocks are right to the second?',
    right: 'the updates may be closer together than the clocks agree, and a clock may be set meanwhile',
    because: 'an error of a second orders nothing that is closer than a second',
    wrong: [
      {
        choice: 'they cannot, if both are right to the second',
        belief: 'synchronised clocks order events: only those further apart than the error',
      },
      { choice: 'time zones', belief: 'clocks disagree by their zones: stamps count from one instant' },
    ],
  }),
  choiceOf({
    id: 'split-brain',
    question:
      'In a cluster of five the leader is alive and cut off from three followers. What is split brain, and why does it matter?',
    right:
      'the three elect another, and both believe to lead: without terms and majorities both would accept writes',
    because: 'the old one does not know; what keeps it harmless is that it has no majority and an older term',
    wrong: [
      {
        choice: 'the cluster stops until it is mended',
        belief: 'a partition stops everything: the majority side goes on',
      },
      {
        choice: 'the leader steps down at once, so it does not matter',
        belief: 'a leader that is cut off knows it: it hears nothing, like everybody else',
      },
    ],
  }),
  choiceOf({
    id: 'exactly-once',
    question: 'Why is "at most once" trivial, "at least once" easy, and "exactly once" the hard one?',
    right:
      'not asking again and asking until answered are one-sided; for one effect both sides must know the request again after a crash',
    because: 'the effect and the memory of it must be one step at the receiver',
    wrong: [
      {
        choice: 'it is not: a good message broker delivers exactly once',
        belief: 'exactly-once delivery is a feature to buy: the end that acts must deduplicate',
      },
      {
        choice: 'because networks lose messages',
        belief: 'exactly once fails by losses: they are mended by asking again, which is what makes doubles',
      },
    ],
  }),
  choiceOf({
    id: 'two-phase-commit',
    question:
      'Three services must all commit or all abort. The coordinator crashes halfway. Why may they be stuck?',
    right: 'who has voted yes may neither commit nor abort alone: the decision may have been either',
    because: 'the others cannot know whether it was decided, and told somebody',
    wrong: [
      {
        choice: 'they are not: each aborts after a timeout',
        belief: 'a timeout may decide: another may have been told to commit',
      },
      {
        choice: 'they wait for a lock that the coordinator holds',
        belief: 'the coordinator holds the locks: the participants do, until they know',
      },
    ],
  }),
];

const BANDS = [
  '4 to 5: take the whole path; cluster 1 may be short (casebook/learn/PLAN.md, day 1).',
  '2 to 3: go on, with more time for cluster 2 (time and ordering) and cluster 4 (consensus): days 2, 4, 5, 6 and 8.',
  '0 to 1: first read again what a replicated transaction is to guarantee: casebook/cap-per-operation and casebook/stale-read; then day 1.',
];

const diagnostic: Exercise = exercise({
  name: 'diagnostic',
  title: 'Before you start',
  about: 'Five questions, closed book; says which path suits.',
  topic: 'whole',
  answers: 'file',
  passShare: 0.8,
  task: () => ({
    text: [
      'causes: You send a remote call and hear nothing for 500 ms. Name at least three distinct things that may have happened, in your own words.',
      '',
      ...CHOICES.flatMap(({ text }) => [text, '']),
    ].join('\n'),
    blank: {
      causes: [null, null, null],
      clocks: null,
      'split-brain': null,
      'exactly-once': null,
      'two-phase-commit': null,
    },
    grade: (answers) => gradeDiagnostic(recordOf(answers)),
  }),
});

function gradeDiagnostic(given: Readonly<Record<string, unknown>>): Grade {
  const words = wordsIn(given, 'causes');
  const causes = markCauses(words, 3);
  const enough = causes.filter(({ right }) => right).length >= 3;
  const first: Mark = {
    item: 'three distinct causes',
    right: enough,
    given: words.join('; '),
    expected: 'any three distinct ones',
    because: causes
      .filter(({ right }) => !right)
      .map(({ given: word, because }) => `'${word}': ${because}`)
      .join('; '),
  };
  const marks = [first, ...CHOICES.map(({ mark }) => mark(given))];
  const right = marks.filter((mark) => mark.right).length;
  const band = right >= 4 ? 0 : right >= 2 ? 1 : 2;
  return { marks, told: [`${right} of 5. ${BANDS[band] ?? ''}`] };
}

/** A quiz whose marks are followed by the runs that give the answers. */
function backed(
  definition: Omit<QuizDefinition, 'questions'> & { readonly questions: readonly BackedQuestion[] },
): Exercise {
  const plain = quiz(definition);
  return exercise({
    ...plain,
    task: (seed) => {
      const task = plain.task(seed);
      const asked = definition.questions.filter(({ id }) => id in (task.blank as object));
      return {
        ...task,
        grade: (answers) => ({
          ...task.grade(answers),
          told: asked.flatMap(({ id, evidence }) => [
            `${id}:`,
            ...evidence().lines.map((line) => `  ${line}`),
          ]),
        }),
      };
    },
  });
}

const onCall: Exercise = backed({
  name: 'on-call',
  title: 'Five questions of somebody on call',
  about: 'Answers five questions of production; runs give the answer with evidence.',
  topic: 'whole',
  questions: ON_CALL,
});

const interview: Exercise = backed({
  name: 'interview',
  title: 'Questions of an interview',
  about: 'Answers four of the questions that are asked most, each with a model answer and the run behind it.',
  topic: 'whole',
  asks: 4,
  passShare: 0.75,
  intro: 'Write your own answer down first: only the choice is marked.',
  questions: INTERVIEW,
});

const moduleQuiz: Exercise = quiz({
  name: 'module-quiz',
  title: 'Module quiz',
  about: 'Eight questions from everywhere; every seed is another quiz.',
  topic: 'whole',
  asks: 8,
  passShare: 0.75,
  questions: [
    ...new Map([...INTERVIEW, ...ON_CALL].map((question) => [question.id, question] as const)).values(),
  ],
});

export default [diagnostic, onCall, interview, moduleQuiz];
