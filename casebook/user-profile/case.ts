import { beliefs, beliefSheet, type CasePair, caseStudy, type RunResult } from 'holdfast';
import experiments, { CUT } from './experiment.ts';
import { REGIONS } from './fields.ts';
import { CHOICES, GONE, LATEST, SAME_NAME, UNIQUE } from './promises.ts';

const BROKEN = 'promises broken, of 5';
const SEEDS = [1, 2, 3];

/** What is asked of each field, and what it is called in the table. */
const FIELDS = {
  name: 'display name',
  toggle: 'marketing',
  email: 'e-mail',
  delete: 'deletion',
  write: 'security',
} as const;

const column = (field: string): string => `${field}: answered while cut off, %`;

/** Clients wait for 800 ms: what is asked later than that before the cut ends may be answered after it. */
const WAITS_US = 800_000;

/** Of what the users of the east asked of a field while it was cut off, the share that was done or refused for a reason of the field, %. */
function answered({ history, plan }: RunResult, f: string): number {
  const asked = history.operations.filter(
    ({ id, f: each, invokedAt }) =>
      each === f &&
      REGIONS[plan.operations[id]?.client ?? 0] === 'east' &&
      invokedAt >= CUT[0] * 1_000 &&
      invokedAt < CUT[1] * 1_000 - WAITS_US,
  );
  return (100 * asked.filter(({ outcome }) => outcome !== 'unknown').length) / asked.length;
}

const PAIRS: readonly CasePair[] = [
  {
    name: 'Display name',
    approach: 'every region keeps the name it heard of last',
    trouble: 'an old name is told again, later than a new one',
    defence: 'the name with the last stamp, a Lamport clock and then the region',
    breaks: SAME_NAME,
    wrong: 'last-heard',
    better: 'better',
  },
  {
    name: 'E-mail address',
    approach: 'a region looks whether an address is free, among what it knows',
    trouble: 'another region gives it away at the same time, or cannot be heard',
    defence: 'one region gives addresses away, and the others ask it',
    breaks: UNIQUE,
    wrong: 'local-email',
    better: 'better',
  },
  {
    name: 'Marketing preferences',
    approach: 'all choices are one value, and the last writer wins',
    trouble: 'two choices are made in two regions, and one writer had not seen the other',
    defence: 'each choice is a value of its own, and they are merged',
    breaks: CHOICES,
    wrong: 'whole-marketing',
    better: 'better',
  },
  {
    name: 'Account deletion',
    approach: 'a deletion is a write like any other',
    trouble: 'somewhere the account is changed later, by somebody who has not heard of it',
    defence: 'a marker that dominates every write, whatever its stamp',
    breaks: GONE,
    wrong: 'deletion-is-a-write',
    better: 'better',
  },
  {
    name: 'Security settings',
    approach: 'every region reads and writes its own copy',
    trouble: 'what was changed in one region is used in another as it was before',
    defence: 'one region decides; who cannot reach it is refused',
    breaks: LATEST,
    wrong: 'local-security',
    better: 'better',
  },
];

const sheet = beliefSheet({
  name: 'user-profile-sheet',
  title: 'A policy for each field',
  purpose:
    'For each field of a profile: what is kept by the policy of another field, what the world does then, what breaks, and what keeps the promise.',
  fields: PAIRS.map(({ name }) => name),
});

export default caseStudy({
  name: 'user-profile',
  title: 'A profile in three regions, field by field',
  scenario:
    'A profile is changed in three regions. Users want it fast, and its fields do not want the same: two people may have one name and not one address, two choices can ' +
    'both stand, and what is deleted is deleted.',
  anchor: 'gilbert-lynch',
  capstone: 'operation-matrix',
  failureModel: [
    'The east is cut off for four seconds; users reach their own region only, always.',
    'Messages are lost, copied and overtaken; regions crash and pause; what they have written stays.',
  ],
  picture: 'An address is given to two accounts, in two regions.',
  mechanisms: ['logical clock', 'consensus'],
  guaranteed: [
    'An address belongs to one account, at every instant.',
    'What is deleted stays deleted, whatever is written afterwards and wherever.',
    'Security settings are read as they were changed last, or not at all.',
    'No choice about marketing is lost.',
  ],
  bestEffort: [
    'Of two names given at once one stays.',
    'Addresses, deletions and security settings wait, or are refused, where the home region cannot be reached.',
  ],
  wrong: {
    belief: 'A profile is a record: every region takes writes, and the last one wins.',
    breaks: UNIQUE,
  },
  better: 'A policy for each field, by what must hold of it.',
  experiments,
  seeds: { first: 1, count: 5 },
  pairs: PAIRS,
  tradeoffs: {
    columns: [
      { name: BROKEN, combine: 'max' },
      ...Object.values(FIELDS).map((field) => ({ name: column(field), combine: 'mean' as const })),
    ],
    choices: [
      {
        name: 'one record, last writer wins',
        experiment: 'one-record-cut',
        gain: 'everybody is answered',
        cost: 'doubled addresses, lost choices, the deleted come back',
      },
      {
        name: 'a policy for each field',
        experiment: 'by-field-cut',
        gain: 'nothing is broken, and most go on',
        cost: 'five policies to design and to test',
      },
    ],
    seeds: SEEDS,
    measure: (result) => ({
      [BROKEN]: result.verdicts.filter(({ status }) => status === 'violated').length,
      ...Object.fromEntries(Object.entries(FIELDS).map(([f, field]) => [column(field), answered(result, f)])),
    }),
    claims: [
      {
        sentence:
          'a policy for each field breaks nothing, and answers what can be merged as often as one record does',
        holds: (rows) => {
          const row = rows['a policy for each field'];
          return (
            row?.[BROKEN] === 0 && row[column('display name')] === 100 && row[column('marketing')] === 100
          );
        },
      },
      {
        sentence: 'what has one authority is not answered where that cannot be reached',
        holds: (rows) => {
          const row = rows['a policy for each field'];
          return row?.[column('e-mail')] === 0 && row[column('deletion')] === 0;
        },
      },
      {
        sentence: 'one record answers everything and breaks its promises',
        holds: (rows) => {
          const row = rows['one record, last writer wins'];
          return (row?.[BROKEN] ?? 0) >= 3 && row?.[column('e-mail')] === 100;
        },
      },
    ],
  },
  documents: [beliefs(sheet, PAIRS)],
});
