import { beliefs, beliefSheet, type CasePair, caseStudy } from 'holdfast';
import experiments from './experiment.ts';
import { GOES_ON, ONE_HOLDER, RESULT_ONCE, STEP_ONCE, TOKENS } from './system.ts';

const BROKEN = 'seeds in which a promise is broken, of 4';
const LATE = 'late results refused';
const ASKED = 'steps asked for, per job';
const MESSAGES = 'messages between servers, per job';
const SEEDS = [5, 6, 7, 8];

const PAIRS: readonly CasePair[] = [
  {
    name: 'Whoever has the lease writes the result',
    approach: 'the storage of results takes what a worker writes that had the lease when it began',
    trouble: 'the worker stands still past its lease, another does the job, and the first one goes on',
    defence: 'a fencing token in every write: the storage refuses all below the highest it has seen',
    breaks: RESULT_ONCE,
    wrong: 'no-fence',
    better: 'better',
    calm: 'no-fence-calm',
  },
  {
    name: 'A job that was free a moment ago is free',
    approach: 'a worker takes a job that it saw in the queue',
    trouble: 'another took it between the look and the claim',
    defence: 'compare-and-swap: a claim names the version it saw',
    breaks: ONE_HOLDER,
    wrong: 'no-compare',
    better: 'better',
  },
  {
    name: 'A step is done once because it is asked for once',
    approach: 'a step is done whenever somebody asks',
    trouble: 'its answer is lost, or whoever asked is gone and the next one asks again',
    defence: 'a step has a name, job and number, by which it is recognised',
    breaks: STEP_ONCE,
    wrong: 'steps-again',
    better: 'better',
    calm: 'steps-again-calm',
  },
  {
    name: 'Leases are short, so they may live in memory',
    approach: 'owners, tokens and signs of life are kept in memory',
    trouble: 'the table crashes and gives out tokens that it has given out before',
    defence: 'all of it is on the disk before it is told',
    breaks: TOKENS,
    wrong: 'lease-in-memory',
    better: 'better',
    calm: 'lease-in-memory-calm',
  },
  {
    name: 'A job can begin anew',
    approach: 'whoever takes a job over does all of its steps',
    trouble: 'workers stand still more often than a long job bears, and the work is done again and again',
    defence: 'progress is kept with the signs of life, and the next one goes on from there',
    breaks: GOES_ON,
    wrong: 'from-the-start',
    better: 'better',
    calm: 'from-the-start-calm',
  },
];

const sheet = beliefSheet({
  name: 'job-scheduler-sheet',
  title: 'A job scheduler: what each part is for',
  purpose:
    'For each part of the scheduler: what is built without it, what the world does then, what breaks, and that the whole keeps it.',
  fields: PAIRS.map(({ name }) => name),
});

export default caseStudy({
  name: 'job-scheduler',
  title: 'A job is done once, and its worker stands still',
  scenario:
    'Three workers take jobs from a table, under leases. A worker stands still for longer than its lease, in the middle of a job, and goes on as if nothing had ' +
    'happened: another one has the job by then, or has done it.',
  anchor: 'aws-time',
  capstone: 'who-may-write',
  failureModel: [
    'Workers stand still again and again, for longer than a lease lasts.',
    'Every server crashes now and then; what it has written stays. Messages are lost, copied, overtaken, late.',
    'Clocks run at their own rates, and go on while a worker stands still: it does not look at them in between.',
  ],
  picture: 'A worker stands still, and writes a result that another has written.',
  mechanisms: ['fencing token', 'timeout', 'idempotency key'],
  guaranteed: [
    'A job has one result, written by whoever has the lease, and each step has its effect once.',
    'A job has one holder at a time, by the table; every lease has a higher token than all before.',
    'Every job that is accepted ends: done, failed or cancelled.',
  ],
  bestEffort: [
    'How soon: a job whose worker stands still waits for the end of the lease.',
    'Two workers may work on one job at one time; only one of them has an effect.',
  ],
  wrong: { belief: 'I have the lease, so I may write.', breaks: RESULT_ONCE },
  better: 'Every lease has a token, and whoever stores results refuses the old ones.',
  experiments,
  seeds: { first: 5, count: 6 },
  pairs: PAIRS,
  tradeoffs: {
    columns: [
      { name: BROKEN, combine: 'sum' },
      { name: LATE, combine: 'sum' },
      { name: ASKED, combine: 'mean', digits: 1 },
      { name: MESSAGES, combine: 'mean' },
    ],
    choices: [
      {
        name: 'the whole scheduler',
        experiment: 'better',
        gain: 'one result, one effect, whoever stands still',
        cost: 'something that checks, where results are kept',
      },
      ...PAIRS.map(({ wrong, approach, trouble }) => ({
        name: approach,
        experiment: wrong,
        gain: 'one part less to build',
        cost: `when ${trouble}`,
      })),
    ],
    seeds: SEEDS,
    measure: ({ metrics, status }) => ({
      [BROKEN]: status === 'violated' ? 1 : 0,
      [LATE]: metrics['late writes refused'] ?? Number.NaN,
      [ASKED]: (metrics['steps asked for'] ?? Number.NaN) / (metrics['jobs'] ?? Number.NaN),
      [MESSAGES]: metrics['messages per job'] ?? Number.NaN,
    }),
    claims: [
      {
        sentence: 'the whole scheduler breaks no promise, and it does without any of its parts',
        holds: (rows) =>
          Object.entries(rows).every(
            ([name, row]) => ((row[BROKEN] ?? 1) === 0) === (name === 'the whole scheduler'),
          ),
      },
      {
        sentence: 'late results do come, and are refused where tokens are looked at',
        holds: (rows) => (rows['the whole scheduler']?.[LATE] ?? 0) > 0,
      },
    ],
  },
  documents: [beliefs(sheet, PAIRS)],
});
