import { beliefs, beliefSheet, type CasePair, caseStudy } from 'holdfast';
import experiments from './experiment.ts';
import { KEPT, ROOM } from './lifecycle/system.ts';
import { CONSERVED, NEVER } from './promises.ts';
import { answeredCutOff, answeredTogether, latencyMs } from './seen.ts';

const OVER = 'oversold';
const BACK = 'cancelled afterwards';
const MEDIAN = 'half of the answers within, ms';
const SLOWEST = '99 % of the answers within, ms';
const WEST = 'answered in the west while cut off, %';
const EAST = 'answered in the east while cut off, %';
const REST = 'answered by the others while the east is cut off, %';
const SEEDS = [1, 2, 3];

const PAIRS: readonly CasePair[] = [
  {
    name: 'There is enough for everybody',
    approach: 'every region accepts as long as it knows of something left',
    trouble: 'regions learn late, or not at all, what the others have accepted',
    defence: 'rights to sell, of which there are as many as pieces: a bounded counter',
    breaks: NEVER,
    wrong: 'optimistic',
    better: 'bounded-counter',
  },
  {
    name: 'A transfer comes once',
    approach: 'rights are numbers, and a transfer adds what it says',
    trouble: 'it is sent again because nobody said that it had come, or the network copies it',
    defence: 'transfers have names, and whoever takes them remembers which it has had',
    breaks: CONSERVED,
    wrong: 'bare-numbers',
    better: 'escrow',
    calm: 'bare-numbers-calm',
  },
  {
    name: 'The clock says that it has expired',
    approach: 'what a sweeper finds held for too long by its clock is freed',
    trouble: 'the clock is wrong, or the reservation was paid while the word was on its way',
    defence: 'a move that only a reservation that is held has, and the clock of whoever holds the stock',
    breaks: KEPT,
    wrong: 'frees-what-expired',
    better: 'reservations',
  },
  {
    name: 'Who cancels has not paid',
    approach: 'a cancellation frees the piece',
    trouble: 'it races with a payment that has begun, or is over',
    defence: 'from the moment the bank is asked a cancellation is refused until the bank has spoken',
    breaks: KEPT,
    wrong: 'frees-what-is-cancelled',
    better: 'reservations',
  },
  {
    name: 'Who pays still holds it',
    approach: 'a payment makes a reservation paid',
    trouble: 'it was cancelled or had expired, and somebody else has the piece',
    defence: 'nothing leads out of cancelled and expired',
    breaks: ROOM,
    wrong: 'pays-what-is-gone',
    better: 'reservations',
  },
];

const sheet = beliefSheet({
  name: 'inventory-sheet',
  title: 'Inventory: what a reservation rests on',
  purpose:
    'For each belief about stock: what is built upon it, what the world does instead, what breaks, and what keeps the promise.',
  fields: PAIRS.map(({ name }) => name),
});

const DESIGNS = [
  [
    'one region decides',
    'single',
    'the simplest to get right',
    'far from most users; nothing without that region',
  ],
  [
    'a majority decides',
    'consensus',
    'no region alone is needed',
    'every reservation waits for another region',
  ],
  [
    'escrow, named transfers',
    'escrow',
    'at once, while it has rights',
    'rights are in the wrong place at the end',
  ],
  [
    'escrow, bounded counter',
    'bounded-counter',
    'the same, and copies and order of messages do not matter',
    'a state that names every region',
  ],
  [
    'accept, and cancel afterwards',
    'optimistic',
    'always, at once',
    'users are told that what they have they do not have',
  ],
] as const;

export default caseStudy({
  name: 'inventory',
  title: 'Four ways not to sell what is not there',
  scenario:
    'A shop sells scarce goods in three regions that are tens of milliseconds apart, and now and then cannot reach each other. Reservations are paid, cancelled, ' +
    'or expire by clocks that are wrong. What is reserved must be there.',
  anchor: 'gilbert-lynch',
  capstone: 'who-may-write',
  failureModel: [
    'The west is cut off for three seconds, and later the east for two; users reach their own region only.',
    'Messages are lost, copied and overtaken; regions crash and pause; what they have written stays.',
    'Where reservations live: a sweeper whose clock is two seconds ahead, clocks that jump, and a shop and a bank that crash.',
  ],
  picture: 'Two regions accept the last one.',
  mechanisms: ['quorum', 'consensus', 'timeout'],
  guaranteed: [
    'With one region, a majority, or escrow: never more than there is, at any instant.',
    'Rights that move between regions are neither lost nor made.',
    'A reservation that is paid, or being paid, is never freed, whatever clocks say and whoever cancels.',
  ],
  bestEffort: [
    'Who is answered while regions are parted: that is the choice.',
    'How long a reservation is held: a crash of the shop begins its time anew.',
  ],
  wrong: { belief: 'There is enough for everybody, and if not we apologise.', breaks: NEVER },
  better: 'Every region sells from rights of its own, of which there are as many as pieces.',
  experiments,
  seeds: { first: 1, count: 6 },
  pairs: PAIRS,
  tradeoffs: {
    columns: [
      { name: OVER, combine: 'sum' },
      { name: BACK, combine: 'sum' },
      { name: MEDIAN, combine: 'mean' },
      { name: SLOWEST, combine: 'mean' },
      { name: WEST, combine: 'mean' },
      { name: EAST, combine: 'mean' },
      { name: REST, combine: 'mean' },
    ],
    choices: DESIGNS.map(([name, design, gain, cost]) => ({ name, experiment: `${design}-cut`, gain, cost })),
    seeds: SEEDS,
    measure: (result) => ({
      [OVER]: result.metrics['oversold'] ?? Number.NaN,
      [BACK]: result.metrics['compensated'] ?? Number.NaN,
      [MEDIAN]: latencyMs(result, 0.5),
      [SLOWEST]: latencyMs(result, 0.99),
      [WEST]: answeredCutOff(result, 'west'),
      [EAST]: answeredCutOff(result, 'east'),
      [REST]: answeredTogether(result, 'east'),
    }),
    claims: [
      {
        sentence: 'only accepting first sells what is not there, and it takes back as much as it has to',
        holds: (rows) =>
          Object.entries(rows).every(([name, row]) => {
            const isLast = name.startsWith('accept');
            return (row[OVER] ?? 0) > 0 === isLast && (row[BACK] ?? 0) >= (row[OVER] ?? 0);
          }),
      },
      {
        sentence:
          'accepting first answers everybody, one region nobody but itself, and a majority nobody who is cut off',
        holds: (rows) =>
          rows['accept, and cancel afterwards']?.[WEST] === 100 &&
          rows['one region decides']?.[WEST] === 0 &&
          rows['one region decides'][EAST] === 100 &&
          rows['one region decides'][REST] === 0 &&
          rows['a majority decides']?.[WEST] === 0 &&
          rows['a majority decides'][EAST] === 0 &&
          (rows['a majority decides'][REST] ?? 0) > 30,
      },
      {
        sentence: 'escrow answers some of those who are cut off, and most others at once',
        holds: (rows) =>
          ['escrow, named transfers', 'escrow, bounded counter'].every((name) => {
            const row = rows[name];
            return (
              (row?.[WEST] ?? 0) > 10 && (row?.[MEDIAN] ?? 99) < (rows['a majority decides']?.[MEDIAN] ?? 0)
            );
          }),
      },
    ],
  },
  documents: [beliefs(sheet, PAIRS)],
});
