import { beliefs, beliefSheet, type CasePair, caseStudy } from 'holdfast';
import experiments from './experiment.ts';
import { NONE_LOST, ONCE, SAME, STABLE } from './promises.ts';

const DOUBLED = 'captures too many';
const DIFFER = 'payments that differ from the provider';
const LOST = 'side effects lost or doubled';
const CHANGED = 'statuses that changed';
const SEEDS = [4, 5, 6, 7];

const PAIRS: readonly CasePair[] = [
  {
    name: 'A request is a payment',
    approach: 'the provider is asked to capture an order, without a key',
    trouble: 'a request is sent again because its answer was lost, or the network copies it',
    defence: 'a key per attempt to pay, which every repetition carries',
    breaks: ONCE,
    wrong: 'no-key',
    better: 'better',
  },
  {
    name: 'A new try is a new request',
    approach: 'after a timeout the provider is asked again under a new key',
    trouble: 'the first request was captured, and only its answer was lost',
    defence: 'never a new key for the same payment: the same is asked again, or looked up',
    breaks: ONCE,
    wrong: 'new-key',
    better: 'better',
    calm: 'new-key-calm',
  },
  {
    name: 'An order is paid once because nobody asks twice',
    approach: 'the service looks whether an order has a payment, and makes one if not',
    trouble: 'a user presses twice, and two servers look before either writes',
    defence: 'a unique constraint on the order: the second insert finds the first',
    breaks: ONCE,
    wrong: 'no-constraint',
    better: 'better',
  },
  {
    name: 'What is written will be sent',
    approach: 'the state of a payment is committed, and then the message that follows from it',
    trouble: 'the process dies between the two',
    defence: 'state and outbox in one transaction',
    breaks: NONE_LOST,
    wrong: 'two-transactions',
    better: 'better',
    calm: 'two-transactions-calm',
  },
  {
    name: 'No answer is a no',
    approach: 'a payment of which the provider says nothing in time has failed',
    trouble: 'the provider captured it, late or without an answer',
    defence: 'a timeout is unknown: a state of its own, which the provider alone ends',
    breaks: SAME,
    wrong: 'timeout-is-failure',
    better: 'better',
    calm: 'timeout-is-failure-calm',
  },
  {
    name: 'The provider will tell',
    approach: 'a payment of unknown outcome waits for an answer',
    trouble: 'the answer was lost, and nobody will say it again unless asked',
    defence: 'reconciliation: the provider is asked about the payment by its id',
    breaks: SAME,
    wrong: 'no-reconciliation',
    better: 'better',
    calm: 'no-reconciliation-calm',
  },
  {
    name: 'A user wants an end',
    approach: 'a payment of unknown outcome is shown as failed',
    trouble: 'it turns out to be captured, and the user, who was told otherwise, sees it change',
    defence: 'shown as pending until it has an end',
    breaks: STABLE,
    wrong: 'shown-as-failed',
    better: 'better',
    calm: 'shown-as-failed-calm',
  },
  {
    name: 'A message comes once',
    approach: 'the shop sends a parcel for each message that an order is paid',
    trouble: 'the relay publishes, dies before it has written that down, and publishes again',
    defence: 'an inbox: the effect of a message and the memory of it are one step',
    breaks: NONE_LOST,
    wrong: 'no-inbox',
    better: 'better',
    calm: 'no-inbox-calm',
  },
];

const sheet = beliefSheet({
  name: 'payment-capture-sheet',
  title: 'Payment capture: what each part is for',
  purpose:
    'For each part of the design: what is built without it, what the world does then, what breaks, and that the whole design keeps it.',
  fields: PAIRS.map(({ name }) => name),
});

export default caseStudy({
  name: 'payment-capture',
  title: 'A payment is captured once',
  scenario:
    'A shop captures payments through a provider that belongs to somebody else. Servers crash, messages are lost and copied, the provider is slow, refuses, or ' +
    'captures and does not say so. A second capture is worse than a late one.',
  anchor: 'aws-idempotency',
  capstone: 'retry-contract',
  failureModel: [
    'Every server crashes again and again, the database, the provider and the shop as well; what they have written stays.',
    'Messages are lost, copied, overtaken, late; hosts pause; groups of servers are cut off.',
    'The provider refuses, declines, is slower than anybody waits, or captures without an answer. It keeps to its own word: one key, one capture.',
  ],
  picture: 'One order, two keys, two captures.',
  mechanisms: ['idempotency key', 'timeout'],
  guaranteed: [
    'A payment is captured at most once, whatever fails.',
    'Once all is well and reconciled, the service and the provider say the same, and each captured order has one parcel.',
    'A status that a user was shown as final stays.',
  ],
  bestEffort: [
    'How soon: a payment is pending for as long as the provider, or whoever asks it, cannot be reached.',
  ],
  wrong: { belief: 'It timed out, so ask again: a new request gets a new key.', breaks: ONCE },
  better: 'One key for each attempt to pay, and the provider is asked what became of it.',
  experiments,
  seeds: { first: 4, count: 20 },
  pairs: PAIRS,
  tradeoffs: {
    columns: [
      { name: DOUBLED, combine: 'sum' },
      { name: DIFFER, combine: 'sum' },
      { name: LOST, combine: 'sum' },
      { name: CHANGED, combine: 'sum' },
      { name: 'messages between servers per payment', combine: 'mean' },
    ],
    choices: [
      {
        name: 'the whole design',
        experiment: 'better',
        gain: 'one capture, one parcel, one truth',
        cost: 'a payment may be pending for a while',
      },
      ...PAIRS.map(({ wrong, approach, trouble }) => ({
        name: approach,
        experiment: wrong,
        gain: 'one part less to build',
        cost: `when ${trouble}`,
      })),
    ],
    seeds: SEEDS,
    measure: ({ metrics }) => ({
      [DOUBLED]: metrics['captured twice'] ?? Number.NaN,
      [DIFFER]: metrics['differ from the provider'] ?? Number.NaN,
      [LOST]: metrics['side effects lost or doubled'] ?? Number.NaN,
      [CHANGED]: metrics['statuses that changed'] ?? Number.NaN,
      'messages between servers per payment': metrics['messages per payment'] ?? Number.NaN,
    }),
    claims: [
      {
        sentence: 'the whole design does none of the four harms, and without any part of it some are done',
        holds: (rows) =>
          Object.entries(rows).every(([name, row]) => {
            const harm = [DOUBLED, DIFFER, LOST, CHANGED].reduce(
              (sum, column) => sum + (row[column] ?? 1),
              0,
            );
            return (harm === 0) === (name === 'the whole design');
          }),
      },
    ],
  },
  documents: [beliefs(sheet, PAIRS)],
});
