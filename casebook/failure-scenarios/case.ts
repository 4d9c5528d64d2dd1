import {
  type CasePair,
  caseStudy,
  FAILURE_SCENARIOS,
  type FailureScenario,
  scenarioAnswers,
  scenarioPromise,
} from 'holdfast';
import experiments, { SERVICES } from './experiment.ts';

const AS_HOPED = 'seeds answered as hoped, of 3';
const OK = 'operations that succeeded, %';
const MESSAGES = 'messages between servers per operation';
const SEEDS = [1, 2, 3];

const keyOf = ({ id }: FailureScenario): string => id.toLowerCase();

function pair(scenario: FailureScenario): CasePair {
  const [right, twin] = SERVICES[scenario.id];
  return {
    name: scenario.id,
    approach: twin.name,
    trouble: scenario.happens,
    defence: right.name,
    breaks: scenarioPromise(scenario),
    wrong: `${keyOf(scenario)}-twin`,
    better: keyOf(scenario),
  };
}

const named = ({ id }: FailureScenario, which: 0 | 1): string => `${id}: ${SERVICES[id][which].name}`;

export default caseStudy({
  name: 'failure-scenarios',
  title: 'Ten failures, ten questions',
  scenario:
    'Ten things that go wrong in every system sooner or later, each with one question that a design review should ask, and that a run can answer. ' +
    'Of each there is a service that is right, and a twin that is one decision away from it.',
  anchor: 'partial-failure',
  capstone: 'accepted-or-committed',
  failureModel: [
    'One thing at a time, from two to five seconds after the start: lost answers, a crash, a cut, a clock set back, half an upgrade, more work than can be done, an operator.',
    'Nobody lies; what was kept is kept through crashes; at last everything heals.',
  ],
  picture:
    'A leader has an entry and is gone before it answers; the other takes over and hears the same call again.',
  mechanisms: ['idempotency key', 'timeout', 'fencing token'],
  guaranteed: FAILURE_SCENARIOS.map(
    ({ happens, question, hoped }) => `When ${happens}: ${question} ${hoped}.`,
  ),
  bestEffort: [
    'Operations that need what cannot be reached are refused or get no answer while it lasts.',
    'A call without an answer may have been done: the caller asks again under the same name.',
  ],
  wrong: {
    belief: 'No answer means that it was not done, so whoever asks again asks for something new.',
    breaks: scenarioPromise(FAILURE_SCENARIOS[1] as FailureScenario),
  },
  better: 'Everything that can be asked for twice has a name, and the name is kept where the effect is.',
  experiments,
  seeds: { first: 1, count: 6 },
  pairs: FAILURE_SCENARIOS.map(pair),
  tradeoffs: {
    columns: [
      { name: AS_HOPED, combine: 'sum' },
      { name: OK, combine: 'mean', digits: 1 },
      { name: MESSAGES, combine: 'mean', digits: 1 },
    ],
    choices: FAILURE_SCENARIOS.flatMap((scenario) => [
      {
        name: named(scenario, 0),
        experiment: keyOf(scenario),
        gain: `${scenario.question} ${scenario.hoped}`,
        cost: 'what the columns say',
      },
      {
        name: named(scenario, 1),
        experiment: `${keyOf(scenario)}-twin`,
        gain: 'less to build',
        cost: `when ${scenario.happens}`,
      },
    ]),
    seeds: SEEDS,
    measure: ({ metrics, status }) => {
      const operations = metrics['operations'] ?? Number.NaN;
      return {
        [AS_HOPED]: status === 'holds' ? 1 : 0,
        [OK]: (100 * (metrics['operations_ok'] ?? 0)) / operations,
        [MESSAGES]: (metrics['messages'] ?? Number.NaN) / operations,
      };
    },
    claims: [
      {
        sentence: 'every right service answers as hoped in every seed, and no twin in any',
        holds: (rows) =>
          FAILURE_SCENARIOS.every(
            (scenario) =>
              rows[named(scenario, 0)]?.[AS_HOPED] === SEEDS.length &&
              rows[named(scenario, 1)]?.[AS_HOPED] === 0,
          ),
      },
      {
        sentence: 'to keep the name of a request costs no message',
        holds: (rows) =>
          ['SC1', 'SC2', 'SC4', 'SC5'].every((id) => {
            const scenario = FAILURE_SCENARIOS.find((each) => each.id === id);
            if (scenario === undefined) return false;
            const [right = Number.NaN, twin = Number.NaN] = ([0, 1] as const).map(
              (which) => rows[named(scenario, which)]?.[MESSAGES],
            );
            return right <= twin * 1.01;
          }),
      },
      {
        sentence:
          'freshness, an invariant of all regions, a bounded queue, and one primary are paid for with refusals',
        holds: (rows) =>
          (['SC3', 'SC6', 'SC9', 'SC10'] as const).every((id) => {
            const scenario = FAILURE_SCENARIOS.find((each) => each.id === id);
            if (scenario === undefined) return false;
            return (rows[named(scenario, 0)]?.[OK] ?? 100) < (rows[named(scenario, 1)]?.[OK] ?? 0);
          }),
      },
    ],
  },
  documents: [
    scenarioAnswers(
      FAILURE_SCENARIOS.map((scenario) => {
        const key = keyOf(scenario);
        return { scenario, right: key, twin: `${key}-twin` };
      }),
    ),
  ],
});
