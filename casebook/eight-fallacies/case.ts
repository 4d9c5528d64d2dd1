import { beliefs, caseStudy, eightFallacies, type Measured, type RunResult } from 'holdfast';
import experiments from './experiment.ts';
import { FALLACIES } from './fallacies.ts';

const BROKEN = 'seeds in which it broke its promise, of 3';
const MESSAGES = 'messages between nodes per operation';
const BYTES = 'kB between nodes per operation';
const LATENCY = 'median latency of answers, ms';
const SEEDS = [1, 2, 3];

function median({ history }: RunResult): number {
  const took = history.operations
    .filter(({ outcome }) => outcome === 'ok')
    .map(({ invokedAt, completedAt }) => (completedAt - invokedAt) / 1_000)
    .toSorted((a, b) => a - b);
  return took[took.length >> 1] ?? Number.POSITIVE_INFINITY;
}

const naive = (name: string): string => `${name}: believed`;
const defended = (name: string): string => `${name}: not believed`;

function both(rows: Measured, name: string, column: string): readonly [number, number] {
  return [rows[naive(name)]?.[column] ?? Number.NaN, rows[defended(name)]?.[column] ?? Number.NaN];
}

export default caseStudy({
  name: 'eight-fallacies',
  title: 'The eight fallacies, believed and not',
  scenario:
    'Eight small programs work on a developer’s machine, where the network between two processes is reliable, fast, wide, private, fixed, ' +
    'owned by one person, free of charge, and made of one kind of machine. Then each of these is taken away.',
  anchor: 'fallacies',
  capstone: 'retry-contract',
  failureModel: [
    'One thing at a time: loss and doubling, distance, a narrow link, a relay that lies, a server that moves, a second administrator, messages that cost, another kind of machine.',
    'Nothing else goes wrong, and what is wrong heals at last.',
  ],
  picture: 'An order is accepted; the message that tells the warehouse is lost, or comes twice.',
  mechanisms: ['timeout', 'idempotency key', 'backoff'],
  guaranteed: FALLACIES.map(({ name, breaks }) => `${name}, or does not: ${breaks}.`),
  bestEffort: [
    'While a relay lies, nothing sealed is paid; it is paid once the relay is honest.',
    'Calls that were on their way to the server that went away are lost: their callers do not know.',
  ],
  wrong: {
    belief: 'It worked when I tried it, and the network is not my department.',
    breaks: FALLACIES[0]?.breaks ?? '',
  },
  better:
    'Each message is named, bounded, sealed and numbered as if somebody would lose, repeat, delay, read or rewrite it.',
  experiments,
  seeds: { first: 1, count: 8 },
  pairs: FALLACIES,
  tradeoffs: {
    columns: [
      { name: BROKEN, combine: 'sum' },
      { name: MESSAGES, combine: 'mean', digits: 1 },
      { name: BYTES, combine: 'mean', digits: 2 },
      { name: LATENCY, combine: 'mean', digits: 1 },
    ],
    choices: FALLACIES.flatMap(({ name, wrong, better }) => [
      { name: naive(name), experiment: wrong, gain: 'nothing to think of', cost: 'true on one machine' },
      { name: defended(name), experiment: better, gain: 'true on both', cost: 'somebody has to think of it' },
    ]),
    seeds: SEEDS,
    measure: (result) => {
      const { metrics, history, status } = result;
      const per = (what: string): number => (metrics[what] ?? Number.NaN) / history.operations.length;
      return {
        [BROKEN]: status === 'violated' ? 1 : 0,
        [MESSAGES]: per('messages'),
        [BYTES]: per('bytes') / 1_000,
        [LATENCY]: median(result),
      };
    },
    claims: [
      {
        sentence: 'every believer breaks its promise in every seed, and nobody else in any',
        holds: (rows) =>
          FALLACIES.every(({ name }) => {
            const [believer, other] = both(rows, name, BROKEN);
            return believer === SEEDS.length && other === 0;
          }),
      },
      {
        sentence: 'to be sure that a message arrives costs at least twice the messages',
        holds: (rows) => {
          const [once, again] = both(rows, 'The network is reliable', MESSAGES);
          return again >= 2 * once;
        },
      },
      {
        sentence:
          'asking for everything at once, sending changes only, and telling instead of being asked cost less than what they replace',
        holds: (rows) => {
          const [one, all] = both(rows, 'Latency is zero', MESSAGES);
          const [state, changes] = both(rows, 'Bandwidth is infinite', BYTES);
          const [asked, told] = both(rows, 'Transport cost is zero', MESSAGES);
          return all < one / 5 && changes < state / 5 && told < asked / 5;
        },
      },
      {
        sentence: 'a format with a byte order of its own costs no message',
        holds: (rows) => {
          const [asItLies, inAFormat] = both(rows, 'The network is homogeneous', MESSAGES);
          return inAFormat <= asItLies;
        },
      },
    ],
  },
  documents: [beliefs(eightFallacies, FALLACIES)],
});
