import { beliefs, beliefSheet, type CasePair, caseStudy } from 'holdfast';
import experiments, { type Key } from './experiment.ts';
import { seenByShop } from './seen.ts';
import { EXPLANATIONS, type Explanation, ONCE, type Reading } from './service.ts';

const SEEN = 'what the shop saw until it gave up, as a number';
const PAID = 'paid by then';
const BROKEN = 'seeds in which a customer did not pay once, of 2';
const SEEDS = [1, 2];

/** The reading that is wrong under an explanation. */
const WRONG: Readonly<Record<Explanation, Reading>> = {
  'the request was lost': 'done',
  'the bank crashed before': 'done',
  'the bank crashed after': 'not done',
  'the answer was lost': 'not done',
  'the bank is slow': 'not done',
};

const APPROACHES: Readonly<Record<Reading, string>> = {
  'not done': 'silence means that it was not done: the shop orders the payment anew',
  done: 'silence means that it was done: the shop goes on',
  'not known': 'silence means nothing: the shop asks again under the same name',
};

function pair(explanation: Explanation): CasePair {
  const wrong: Key = `${explanation}: ${WRONG[explanation]}`;
  const better: Key = `${explanation}: not known`;
  return {
    name: explanation,
    approach: APPROACHES[WRONG[explanation]],
    trouble: `no answer comes, as ${explanation}`,
    defence: APPROACHES['not known'],
    breaks: ONCE,
    wrong,
    better,
  };
}

const PAIRS = EXPLANATIONS.map(pair);

const READINGS: readonly Reading[] = ['not known', 'not done', 'done'];

const sheet = beliefSheet({
  name: 'five-explanations',
  title: 'Five explanations of one silence',
  purpose: 'What may have happened when no answer comes, and which reading of it goes wrong.',
  fields: EXPLANATIONS,
});

export default caseStudy({
  name: 'silence',
  title: 'Five explanations of one silence',
  scenario:
    'A shop asks a bank to take a payment and hears nothing for 200 ms. The request may be lost, the bank may have crashed before or after it took the ' +
    'money, the answer may be lost, or the bank may be slow. The shop has to do something.',
  anchor: 'partial-failure',
  capstone: 'retry-contract',
  failureModel: [
    'One of five things happens to one payment: its request or its answer is lost, the bank crashes before or after it took the money, or it pauses.',
    'A crashed bank comes back with all that it kept; nobody lies.',
  ],
  picture:
    'The answer of the bank is lost; the shop orders the payment anew, and the bank takes the money again.',
  mechanisms: ['timeout', 'idempotency key'],
  guaranteed: ['Each customer who is told that they paid has paid once, whatever the silence was.'],
  bestEffort: ['How soon the shop knows: not before somebody answers.'],
  wrong: { belief: 'No answer means that nothing happened.', breaks: ONCE },
  better:
    'Silence is no answer: the shop asks again, under the name of the first request, until there is one.',
  experiments,
  seeds: { first: 1, count: 4 },
  pairs: PAIRS,
  tradeoffs: {
    columns: [
      { name: SEEN, combine: 'max' },
      { name: PAID, combine: 'max' },
      { name: BROKEN, combine: 'sum' },
    ],
    choices: EXPLANATIONS.flatMap((explanation) =>
      READINGS.map((reading) => {
        const key: Key = `${explanation}: ${reading}`;
        return {
          name: `${explanation}; silence read as ${reading}`,
          experiment: key,
          gain: reading === 'not known' ? 'right whatever it was' : 'over at once',
          cost: reading === 'not known' ? 'a wait, and a name' : 'right for some of the five',
        };
      }),
    ),
    seeds: SEEDS,
    trace: true,
    measure: (result) => ({
      [SEEN]: seenByShop(result),
      [PAID]: result.metrics['paid when the shop gives up'] ?? Number.NaN,
      [BROKEN]: result.status === 'violated' ? 1 : 0,
    }),
    claims: [
      {
        sentence: 'what the shop saw until it gave up is the same in all five',
        holds: (rows) => new Set(Object.values(rows).map((row) => row[SEEN])).size === 1,
      },
      {
        sentence: 'by then the customer had paid in some of them and not in others',
        holds: (rows) => new Set(Object.values(rows).map((row) => row[PAID])).size === 2,
      },
      {
        sentence:
          'either reading of silence goes wrong under some explanation, and asking again under the same name under none',
        holds: (rows) =>
          READINGS.every((reading) => {
            const broken = EXPLANATIONS.some(
              (explanation) => (rows[`${explanation}; silence read as ${reading}`]?.[BROKEN] ?? 0) > 0,
            );
            return broken === (reading !== 'not known');
          }),
      },
    ],
  },
  documents: [beliefs(sheet, PAIRS)],
});
