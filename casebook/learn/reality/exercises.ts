import {
  choiceOf,
  type Exercise,
  exercise,
  type Mark,
  markCauses,
  markText,
  numberIn,
  quiz,
  recordOf,
  simulate,
  wordsIn,
} from 'holdfast';
import experiments from '../../silence/experiment.ts';
import { seenByShop } from '../../silence/seen.ts';
import { EXPLANATIONS } from '../../silence/service.ts';

const WANTED = 5;
const RUN = 'holdfast casebook run silence';

/** What the five runs of one seed show: what the shop saw until it gave up, as a number, and whether the customer had paid by then. */
function fiveRuns(seed: number): readonly { readonly seen: number; readonly paid: boolean }[] {
  return EXPLANATIONS.map((explanation) => {
    const result = simulate(experiments[`${explanation}: not known`], seed, { trace: true });
    return { seen: seenByShop(result), paid: (result.metrics['paid when the shop gives up'] ?? 0) > 0 };
  });
}

const TELLS = choiceOf({
  id: 'tells',
  question: 'Which observation at the caller tells them apart while it waits?',
  right: 'none: whatever it may look at is the same in all of them',
  because: 'all that is seen here is what arrived here, and nothing arrived',
  run: RUN,
  wrong: [
    {
      choice: 'how long the silence lasts',
      belief: 'a longer silence means death: a slow one may be silent for any time',
    },
    {
      choice: 'whether the connection is still open',
      belief: 'an open connection means that the other lives: it says what this host believes',
    },
    {
      choice: 'whether a ping is answered',
      belief: 'a host that answers pings has a server that works: another program answers them',
    },
  ],
});

const silence: Exercise = exercise({
  name: 'two-seconds-of-silence',
  title: 'No answer for two seconds',
  about:
    'Names what may have happened behind a silence, and says why nothing seen at the caller tells which.',
  topic: 'reality',
  answers: 'file',
  task: (seed) => ({
    text: [
      'A remote call has had no answer for two seconds. Under "causes", name at least five things that may have happened, each in a few words of your own.',
      '',
      `Five of them have been run (${RUN}; seed ${seed} here): ${EXPLANATIONS.join('; ')}.`,
      'Under "sights", in how many different ways did the five runs look to the caller until it gave up?',
      'Under "paid", in how many of the five had the customer paid by then?',
      '',
      TELLS.text,
    ].join('\n'),
    blank: { causes: [null, null, null, null, null], sights: null, paid: null, tells: null },
    grade: (answers) => {
      const given = recordOf(answers);
      return {
        marks: [...markCauses(wordsIn(given, 'causes'), WANTED), ...runMarks(seed, given), TELLS.mark(given)],
      };
    },
  }),
});

function runMarks(seed: number, given: Readonly<Record<string, unknown>>): Mark[] {
  const runs = fiveRuns(seed);
  const text = (key: string): string => String(numberIn(given, key) ?? '');
  return [
    markText('ways it looked to the caller', text('sights'), {
      expected: String(new Set(runs.map(({ seen }) => seen)).size),
      because: 'everything that happened at the caller, to the microsecond, is the same in all five runs',
      beliefs: [{ answer: '5', belief: 'another cause looks different: silence has one look' }],
    }),
    markText('paid by then', text('paid'), {
      expected: String(runs.filter(({ paid }) => paid).length),
      because: EXPLANATIONS.filter((_, i) => runs[i]?.paid).join(', and '),
      beliefs: [
        {
          answer: '0',
          belief: 'no answer means that nothing happened: it may have been done, and the answer lost',
        },
        { answer: '5', belief: 'no answer means that it will have gone through: it may never have arrived' },
      ],
    }),
  ];
}

const partial: Exercise = quiz({
  name: 'partial-failure',
  title: 'Partial failure',
  about: 'Says what partial failure is, and why what one node sees is not enough.',
  topic: 'reality',
  intro: `The runs are those of the five explanations: ${RUN}.`,
  questions: [
    {
      id: 'definition',
      question: 'What is partial failure?',
      right:
        'some parts of a system have failed while others go on, and those that go on cannot know which parts have',
      because: 'on one machine all of it stops together; here each goes on with what it believes',
      run: RUN,
      wrong: [
        {
          choice: 'a failure that is less bad than a total one',
          belief: 'partial failure is the milder one: whoever goes on does so on wrong beliefs',
        },
        {
          choice: 'a node that answers some requests and not others',
          belief: 'partial failure is about one node: that one is a gray failure; partial is the system',
        },
      ],
    },
    {
      id: 'local',
      question:
        'The shop keeps a perfect record of all it sent and heard. What can it conclude about the payment once its timeout is over?',
      right: 'nothing: the same record goes with a payment that was taken and with one that was not',
      because: 'in two of the five runs the money was taken by then, and the record is the same in all',
      run: RUN,
      wrong: [
        {
          choice: 'that it was not taken',
          belief: 'no answer means that nothing happened: it may have been done, and the answer lost',
        },
        {
          choice: 'that it was taken, or an error would have come',
          belief: 'no answer means that it will have gone through: it may never have arrived',
        },
      ],
    },
    {
      id: 'retry',
      question:
        'The shop orders the payment anew, under a new name. In which of the five runs does the customer pay twice?',
      right: 'where it had been taken, or is taken later: crash after, lost answer, slow bank',
      because: 'the bank cannot know that both mean one payment',
      run: 'holdfast run "casebook/silence/experiment.ts#the answer was lost: not done" --seed 1',
      wrong: [
        {
          choice: 'in none: the first one failed',
          belief: 'a timeout is a failure: it is an outcome that is not known',
        },
        {
          choice: 'in all of them',
          belief: 'a retry always doubles: where the first was never done it is right',
        },
      ],
    },
    {
      id: 'mend',
      question: 'What makes asking again right in all five?',
      right: 'the name of the first request, kept by the bank in the step in which it takes the money',
      because: 'then asking again changes nothing that was done',
      run: 'holdfast run "casebook/silence/experiment.ts#the answer was lost: not known" --seed 1',
      wrong: [
        {
          choice: 'a longer timeout',
          belief: 'a longer timeout tells dead from slow: it only waits for longer',
        },
        {
          choice: 'asking whether the bank is up first',
          belief: 'a health check tells of the past request: it tells that somebody answers now',
        },
      ],
    },
  ],
});

export default [silence, partial];
