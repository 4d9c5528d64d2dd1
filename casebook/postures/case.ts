import {
  beliefs,
  beliefSheet,
  type CasePair,
  caseStudy,
  declared,
  FOUR_POSTURES,
  MINIATURES,
  PLACED,
  POSTURE_DEFECTS,
  POSTURE_SERVICES,
} from 'holdfast';
import experiments from './experiment.ts';
import { placements } from './placements.ts';

const A = 'P is A';
const C = 'P is C';
const L = 'E is L';
const EC = 'E is C';
const MINORITY = 'answered by the minority, %';
const MAJORITY = 'answered by the majority, %';
const CONFLICTS = 'keys written on both sides';
const STALE_CALM = 'stalest read in calm, ms';
const STALE_PARTED = 'stalest read while parted, ms';
const READ = 'median read, ms';
const WRITE = 'median write, ms';

const ALL = [...FOUR_POSTURES, ...MINIATURES];
const choiceName = ({ name, claims }: (typeof ALL)[number]): string => `${name}, claims ${claims}`;

const OWN: Readonly<Record<string, readonly [approach: string, trouble: string, defence: string]>> = {
  'locks-held-on-both-sides': [
    'the old primary goes on granting locks',
    'a majority has elected another, which grants them as well',
    'a lock is granted when a majority has it',
  ],
  'bank-pays-on-both-sides': [
    'an account is charged on one node',
    'both sides charge it, neither knows of the other',
    'a withdrawal waits for a majority, and is refused without one',
  ],
  'bank-shows-old-balance': [
    'a balance is shown from the nearest copy',
    'the copy is old, and older while parted',
    'a balance is confirmed by a majority, and refused without one',
  ],
  'shop-sells-on-both-sides': [
    'orders take from the stock of one node',
    'both sides sell the same stock',
    'orders wait for a majority; browsing goes on',
  ],
  'shop-pages-wait': [
    'one label for the whole shop: consistent',
    'nobody on the smaller side can even look',
    'browsing shows what there was',
  ],
  'cart-waits': [
    'what is put into a cart needs a majority',
    'the smaller side cannot put anything in',
    'carts are sets that grow, and are united afterwards',
  ],
  'timeline-waits': [
    'a timeline is read from a majority',
    'the smaller side sees nothing at all',
    'a timeline shows what has arrived, and is united afterwards',
  ],
};

const PAIRS: readonly CasePair[] = [
  {
    name: 'letters are the product’s',
    approach: 'a store that answers from one replica is called PC/EC',
    trouble: 'both sides of a cut accept writes, and reads are old even in calm',
    defence: 'the letters are those of the setting: quorums for reads and writes',
    breaks: PLACED,
    wrong: 'wrong',
    better: 'better',
  },
  {
    name: 'one primary is consistency',
    approach: 'writes are acknowledged by the primary alone, and that is called PC/EC',
    trouble: 'a primary that is cut off goes on, and a second one is elected',
    defence: 'majority write and read concern',
    breaks: PLACED,
    wrong: 'mongodb-as-a-label',
    better: 'mongodb-majority',
  },
  ...Object.entries(POSTURE_DEFECTS).map(([defect, { breaks }]): CasePair => {
    const service = POSTURE_SERVICES.find(({ name }) => defect.startsWith(`${name}-`));
    const [approach, trouble, defence] = OWN[defect] ?? ['', '', ''];
    return {
      name: defect.replaceAll('-', ' '),
      approach,
      trouble,
      defence,
      breaks: declared(breaks, service?.declares[breaks] ?? 'CP'),
      wrong: defect,
      better: service?.name ?? '',
    };
  }),
];

const sheet = beliefSheet({
  name: 'postures',
  title: 'Postures and what they cost',
  purpose: 'Settings that do not do what is said of them while a network is parted, and those that do.',
  fields: PAIRS.map(({ name }) => name),
});

export default caseStudy({
  name: 'postures',
  title: 'PACELC by setting, not by product',
  scenario:
    'One replicated store runs in three regions. Whether it is PC/EC or PA/EL is its setting: who orders writes, how many must have one before it is acknowledged, ' +
    'whom a read asks, and what a node does that reaches no majority. Product asks which letters "our database" has.',
  anchor: 'gilbert-lynch',
  capstone: 'operation-matrix',
  failureModel: [
    'For four seconds one region of three is cut off from the others, together with its clients.',
    'Regions are 20 to 90 ms from each other; clients are next to a node of their region and ask that one, always.',
    'Nobody crashes or lies.',
  ],
  picture:
    'A store that answers from one replica: both sides accept writes of the same register, and each shows its own.',
  mechanisms: ['quorum', 'logical clock', 'timeout'],
  guaranteed: [
    'PC: what is acknowledged keeps the order that calm has, and the side without a majority is refused.',
    'EC: reads are linearizable while nothing is wrong, and pay a round trip for it.',
    'Locks, accounts and orders are decided once; carts and timelines lose nothing.',
  ],
  bestEffort: [
    'PA: everybody is answered; of two values of one register one wins afterwards.',
    'EL: reads are answered next door, and may show what was replaced already.',
  ],
  wrong: { belief: 'Our database is CP, so what we read is what was written last.', breaks: PLACED },
  better: 'Letters are read off runs of the setting, operation by operation.',
  experiments,
  seeds: { first: 1, count: 10 },
  pairs: PAIRS,
  tradeoffs: {
    columns: [
      ...[A, C, L, EC].map((name) => ({ name, combine: 'min' as const })),
      { name: MINORITY, combine: 'mean' },
      { name: MAJORITY, combine: 'mean' },
      { name: CONFLICTS, combine: 'max' },
      { name: STALE_CALM, combine: 'max' },
      { name: STALE_PARTED, combine: 'max' },
      { name: READ, combine: 'mean' },
      { name: WRITE, combine: 'mean' },
    ],
    choices: ALL.map((placement) => ({
      name: choiceName(placement),
      experiment: placement.name,
      gain: placement.claims.startsWith('PA')
        ? 'everybody is answered while parted'
        : 'one order while parted',
      cost: placement.claims.endsWith('EC') ? 'a read waits for another region' : 'a read may be old',
    })),
    seeds: [1, 2],
    measure: ({ metrics }) =>
      Object.fromEntries(
        [A, C, L, EC, MINORITY, MAJORITY, CONFLICTS, STALE_CALM, STALE_PARTED, READ, WRITE].map((name) => [
          name,
          metrics[name] ?? Number.NaN,
        ]),
      ),
    claims: [
      {
        sentence: 'each setting shows the letters that are claimed of it, in every seed',
        holds: (rows) =>
          ALL.every((placement) => {
            const row = rows[choiceName(placement)];
            const [p, e] = placement.claims.split('/');
            return row?.[p === 'PA' ? A : C] === 1 && row[e === 'EL' ? L : EC] === 1;
          }),
      },
      {
        sentence: 'whoever reads next door is at least ten times as fast, and shows what was replaced',
        holds: (rows) =>
          ALL.every((placement) => {
            const row = rows[choiceName(placement)];
            const isLocal = placement.claims.endsWith('EL');
            return ((row?.[READ] ?? 0) < 5 && (row?.[STALE_CALM] ?? 0) > 0) === isLocal;
          }),
      },
      {
        sentence: 'only what is available while parted has keys that both sides wrote',
        holds: (rows) =>
          ALL.every(
            (placement) =>
              (rows[choiceName(placement)]?.[CONFLICTS] ?? 0) > 0 === placement.claims.startsWith('PA'),
          ),
      },
    ],
  },
  documents: [placements, beliefs(sheet, PAIRS)],
});
