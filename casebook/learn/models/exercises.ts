import {
  AnswerError,
  choiceOf,
  Draws,
  type Exercise,
  exercise,
  type Mark,
  markText,
  recordOf,
  textIn,
  wordsIn,
} from 'holdfast';
import { FALLACIES } from '../../eight-fallacies/fallacies.ts';
import { type DescribedFault, type Model, MODELS, UNSEEN, WORKSHOP } from './faults.ts';

const ABOUT = [
  'crash-stop: it stops, and says nothing more',
  'omission: some messages are not sent, lost or not received; what arrives is right',
  'timing: it does the right thing outside its bounds of time, or its clock is outside its bounds',
  'byzantine: it may do and say anything, whether by malice or by a bug',
];

const BELIEFS: Readonly<Record<Model, string>> = {
  'crash-stop': 'what does not answer has crashed: it may go on, unheard or late',
  omission: 'what is wrong is missing: late is not lost, and a wrong message is worse than none',
  timing: 'whatever recovers was only late: what was lost in between is not made up for',
  byzantine: 'a bad fault is a Byzantine one: Byzantine is what says something wrong',
};

/** Marks one fault: every model given must be one that describes it, and at least one must be given. */
function markFault(
  { id, fault, models, because }: DescribedFault,
  given: Readonly<Record<string, unknown>>,
): Mark {
  const value = given[id];
  const answers = (Array.isArray(value) ? wordsIn(given, id) : [textIn(given, id)]).filter(
    (each) => each !== '',
  );
  const unknown = answers.find((answer) => !MODELS.some((model) => model === answer));
  if (unknown !== undefined) throw new AnswerError(`'${id}'`, MODELS.join(', '), unknown);
  const wrong = answers.find((answer) => !models.some((model) => model === answer)) as Model | undefined;
  const right = answers.length > 0 && wrong === undefined;
  const mark = {
    item: `${id} (${fault})`,
    right,
    given: answers.join(', '),
    expected: models.join(' or '),
    because,
  };
  return wrong === undefined ? mark : { ...mark, belief: BELIEFS[wrong] };
}

const workshop: Exercise = exercise({
  name: 'failure-model-workshop',
  title: 'Failure model workshop',
  about: `Sorts ${WORKSHOP.length} faults into crash-stop, omission, timing and Byzantine, with an answer key that gives reasons.`,
  topic: 'detection',
  answers: 'file',
  passShare: 0.8,
  task: (seed) => {
    const faults = new Draws(seed, 'workshop').shuffled(WORKSHOP);
    return {
      text: [
        'Which model describes each fault? Where it depends, one that does is enough, and a list of several that do is right as well.',
        ...ABOUT.map((line) => `  ${line}`),
        '',
        ...faults.map(({ id, fault }) => `${id}: ${fault}`),
      ].join('\n'),
      blank: Object.fromEntries(faults.map(({ id }) => [id, null])),
      grade: (answers) => {
        const given = recordOf(answers);
        return {
          marks: faults.map((each) => markFault(each, given)),
          told: [
            'The key:',
            ...faults.map(({ id, models, because }) => `  ${id}: ${models.join(' or ')}: ${because}`),
          ],
        };
      },
    };
  },
});

const ASKED = 10;
const WHEN = choiceOf({
  id: 'when',
  question: 'When must a design tolerate Byzantine faults?',
  right:
    'when members are run by parties that do not trust each other, or one wrong member must not be able to deceive the others',
  because:
    'it costs 3f + 1 members and signatures; under one administration checksums and authentication make omissions of most of it',
  wrong: [
    {
      choice: 'always: bugs are everywhere',
      belief: 'BFT guards against bugs: all members run the same one',
    },
    { choice: 'never: it is for currencies', belief: 'nobody lies in a datacentre: memory and firmware do' },
  ],
});

const unseen: Exercise = exercise({
  name: 'classify-failures',
  title: 'Failures you have not seen',
  about: 'Classifies ten cases that the workshop does not hold, at least 80 % of them rightly.',
  topic: 'detection',
  answers: 'file',
  passShare: 0.8,
  task: (seed) => {
    const cases = new Draws(seed, 'unseen').shuffled(UNSEEN).slice(0, ASKED);
    return {
      text: [
        `Which of ${MODELS.join(', ')} describes each?`,
        ...cases.map(({ id, fault }) => `${id}: ${fault}`),
        '',
        WHEN.text,
      ].join('\n'),
      blank: { ...Object.fromEntries(cases.map(({ id }) => [id, null])), when: null },
      grade: (answers) => {
        const given = recordOf(answers);
        return { marks: [...cases.map((each) => markFault(each, given)), WHEN.mark(given)] };
      },
    };
  },
});

/** Words by which each fallacy is known, in the order of `FALLACIES`. */
const KNOWN: readonly RegExp[] = [
  /reliab/,
  /latenc/,
  /bandwidth/,
  /secur/,
  /topolog/,
  /administrat|\badmin/,
  /transport|cost/,
  /homogen/,
];
const LETTERS = 'abcdefgh';

const fallacies: Exercise = exercise({
  name: 'eight-fallacies',
  title: 'The eight fallacies, from memory',
  about: 'Names all eight without looking them up, and the one behind each of eight programs.',
  topic: 'reality',
  answers: 'file',
  task: (seed) => {
    const programs = new Draws(seed, 'fallacies').shuffled(FALLACIES.map((pair, i) => ({ ...pair, i })));
    return {
      text: [
        'Under "names", write the eight fallacies of distributed computing, in any order and in your own words.',
        'Each of these programs believes one of them (they run: holdfast casebook run eight-fallacies). Under its letter write which.',
        '',
        ...programs.map(({ approach }, i) => `  ${LETTERS[i]}: ${approach}`),
      ].join('\n'),
      blank: { names: [], ...Object.fromEntries(programs.map((_, i) => [LETTERS[i] ?? '', null])) },
      grade: (answers) => {
        const given = recordOf(answers);
        const names = wordsIn(given, 'names').map((name) => name.toLowerCase());
        return {
          marks: [
            ...FALLACIES.map(({ name }, i) => namedMark(name, names, KNOWN[i] ?? /$^/)),
            ...programs.map((program, i) =>
              programMark(program, textIn(given, LETTERS[i] ?? ''), LETTERS[i] ?? ''),
            ),
          ],
        };
      },
    };
  },
});

function namedMark(name: string, names: readonly string[], known: RegExp): Mark {
  const found = names.find((each) => known.test(each));
  const because = 'Deutsch and Gosling count it among the eight';
  return { item: `named: ${name}`, right: found !== undefined, given: found ?? '', expected: name, because };
}

function programMark(
  { name, trouble, i, approach }: (typeof FALLACIES)[number] & { readonly i: number },
  given: string,
  letter: string,
): Mark {
  const right = KNOWN[i]?.test(given.toLowerCase()) === true;
  const other = KNOWN.findIndex((known) => known.test(given.toLowerCase()));
  const mark = markText(`${letter} (${approach})`, right ? name : given, {
    expected: name,
    because: `it fails when ${trouble}`,
  });
  return right || given === '' || other < 0
    ? mark
    : {
        ...mark,
        belief: `this program believes '${FALLACIES[other]?.name ?? ''}': look at what would have to be true for it to work`,
      };
}

export default [workshop, unseen, fallacies];
