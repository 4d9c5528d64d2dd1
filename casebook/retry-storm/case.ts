import { caseStudy, idempotentApi, reasonOf, retryBudget, retryMeasures } from 'holdfast';
import budget from './budget.json' with { type: 'json' };
import experiments from './experiment.ts';

const BUDGET = 'casebook/retry-storm/budget.json';

const FAILURES = 'user failures, %';
const LOAD = 'load multiplier';
const P99 = 'p99 of good answers, ms';
const DOUBLED = 'charges made twice';
const STORED = 'memory of keys, kB';
const RECOVERY = 'recovery, ms';

export default caseStudy({
  name: 'retry-storm',
  title: 'A retry storm that outlives its cause',
  scenario:
    'A payment API slows down because a risk service behind it is overloaded. Clients time out after 500 ms and try again at once. Their retries multiply ' +
    'the load, and when the risk service is well again nothing gets better.',
  anchor: 'aws-retries',
  capstone: 'retry-contract',
  failureModel: [
    'One disk becomes slow for six seconds, one packet in fifty is lost. Nobody crashes or lies; users give up after two seconds.',
    'A timeout says that the caller has stopped waiting. The charge may have been made.',
  ],
  picture:
    'Requests queue at the risk service; each is worked on after its user has gone, and has been sent again by then.',
  mechanisms: ['timeout', 'backoff', 'idempotency key'],
  guaranteed: [
    'No call is charged twice.',
    'Nobody works on a request whose user has gone.',
    'Requests are at most 1.3 times the calls, and queues are bounded.',
    'Four seconds after the disk is well goodput is back.',
  ],
  bestEffort: [
    'How many calls succeed while the risk service is slow: those beyond what it can do are told "pending" or refused.',
    'A call told "pending" may have been charged: ask again with the same key.',
  ],
  wrong: {
    belief: 'If a call times out, try again immediately until it succeeds.',
    breaks: 'recovery after the fault',
    seen: (result) => reasonOf(result, 'bounded amplification'),
  },
  better:
    'One layer retries, within a budget for all calls, after a wait with jitter and with the key of the call; deadlines travel, queues are bounded, and what nobody ' +
    'waits for is thrown out.',
  experiments,
  seeds: { first: 1, count: 10 },
  tradeoffs: {
    columns: [
      { name: FAILURES, combine: 'mean', digits: 1 },
      { name: LOAD, combine: 'mean', digits: 2 },
      { name: P99, combine: 'mean' },
      { name: DOUBLED, combine: 'sum' },
      { name: STORED, combine: 'mean', digits: 1 },
      { name: RECOVERY, combine: 'max' },
    ],
    choices: [
      {
        name: 'no retries',
        experiment: 'no-retries',
        gain: 'no amplification',
        cost: 'transient faults become user failures',
      },
      {
        name: 'immediate retries',
        experiment: 'wrong',
        gain: 'a rare drop is made good soonest',
        cost: 'the overload keeps itself alive; double charges',
      },
      {
        name: 'backoff with jitter, within a budget',
        experiment: 'backoff-without-keys',
        gain: 'load stays near the calls',
        cost: 'a longer tail; still double charges',
      },
      {
        name: 'the same, with idempotency keys',
        experiment: 'backoff-with-keys',
        gain: 'a retry is safe',
        cost: 'a record for each call',
      },
      {
        name: 'the same, with admission control',
        experiment: 'better',
        gain: 'queues are bounded, refusals explicit',
        cost: 'some are refused who might have been served',
      },
    ],
    seeds: [1, 2, 3],
    measure: (result) => {
      const measured = retryMeasures(result);
      return {
        [FAILURES]: measured['user failures'] ?? Number.NaN,
        [LOAD]: measured['load multiplier'] ?? Number.NaN,
        [P99]: measured.p99 ?? Number.NaN,
        [DOUBLED]: measured['duplicate effects'] ?? Number.NaN,
        [STORED]: (result.metrics['keyBytes'] ?? Number.NaN) / 1_000,
        [RECOVERY]: measured.recovery ?? Number.POSITIVE_INFINITY,
      };
    },
    claims: [
      {
        sentence: 'immediate retries at least double the load, and the service does not recover',
        holds: (rows) => {
          const row = rows['immediate retries'];
          return (row?.[LOAD] ?? 0) >= 2 && row?.[RECOVERY] === Number.POSITIVE_INFINITY;
        },
      },
      {
        sentence:
          'within a budget the load stays below 1.3 times the calls, and goodput is back within four seconds',
        holds: (rows) =>
          [
            'backoff with jitter, within a budget',
            'the same, with idempotency keys',
            'the same, with admission control',
          ].every((name) => (rows[name]?.[LOAD] ?? 9) < 1.3 && (rows[name]?.[RECOVERY] ?? Infinity) <= 4_000),
      },
      {
        sentence: 'more users fail without retries, and with immediate ones, than with a budget',
        holds: (rows) => {
          const of = (name: string): number => rows[name]?.[FAILURES] ?? 0;
          const careful = of('the same, with admission control');
          return of('no retries') > careful && of('immediate retries') > careful;
        },
      },
      {
        sentence:
          'without keys there are double charges, with them none, for the price of a record for each call',
        holds: (rows) =>
          (rows['backoff with jitter, within a budget']?.[DOUBLED] ?? 0) > 0 &&
          rows['the same, with idempotency keys']?.[DOUBLED] === 0 &&
          (rows['the same, with idempotency keys']?.[STORED] ?? 0) > 0,
      },
    ],
  },
  documents: [
    retryBudget('better', budget, BUDGET),
    idempotentApi({ withKeys: 'better', withoutKeys: 'backoff-without-keys' }, budget, BUDGET),
  ],
});
