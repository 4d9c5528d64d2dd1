import { beliefs, beliefSheet, type CasePair, caseStudy, type Experiment } from 'holdfast';
import experiments from './experiment.ts';
import { type FailurePattern, type PatternExperiment, PATTERNS } from './patterns.ts';

const BROKEN = 'seeds in which it broke its promise, of 2';
const OK = 'operations that succeeded, %';
const SEEDS = [1, 2];

/** The promise that an experiment's subject makes: each pattern has one. */
function promiseOf(name: PatternExperiment): string {
  const { subject }: Experiment = experiments[name];
  return subject.promises[0] ?? '';
}

/** The tamed twin that faces the very same load: a jittered herd comes at other times. */
function tamed({ with: twins }: FailurePattern): PatternExperiment {
  return twins.at(-1) ?? 'better';
}

const PAIRS = PATTERNS.map((pattern): CasePair => {
  const { name, about, mitigation, without } = pattern;
  return {
    name,
    approach: 'nothing is done about it',
    trouble: about,
    defence: mitigation,
    breaks: promiseOf(without),
    wrong: without,
    better: tamed(pattern),
  };
});

const sheet = beliefSheet({
  name: 'failure-patterns',
  title: 'Ten failure patterns',
  purpose: 'What each pattern does to a system that does nothing about it, and what tames it.',
  fields: PAIRS.map(({ name }) => name),
});

const CHOICES = PATTERNS.flatMap((pattern) => [
  {
    name: `${pattern.name}: left alone`,
    experiment: pattern.without,
    gain: 'nothing to build',
    cost: pattern.about,
  },
  {
    name: `${pattern.name}: tamed`,
    experiment: tamed(pattern),
    gain: pattern.mitigation,
    cost: 'somebody must build it',
  },
]);

export default caseStudy({
  name: 'failure-patterns',
  title: 'Ten failure patterns',
  scenario:
    'Ten ways in which a system that was well makes itself ill: many at once, one slow among quick ones, one message that nobody can consume. Each is shown ' +
    'without what tames it and with it, on the same load and faults.',
  anchor: 'aws-retries',
  capstone: 'retry-contract',
  failureModel: [
    'Something is slow, stands still, comes too often or at one instant, or cannot be consumed; at last it is well again.',
    'Nobody lies, nothing is lost on disks, and clocks are right but for one pattern.',
  ],
  picture: 'Payments stands still, and workers that wait for it are missing where nobody wants payments.',
  mechanisms: ['backoff', 'timeout'],
  guaranteed: PAIRS.map(({ name, breaks }) => `${name}: ${breaks}.`),
  bestEffort: ['Calls that need what stands still fail while it does.'],
  wrong: {
    belief: 'Checkout needs payments, browsing does not, so browsing cannot suffer.',
    breaks: promiseOf('cascading-failure'),
  },
  better: 'What may wait for one dependency is bounded, so that what never needed it goes on.',
  experiments,
  seeds: { first: 1, count: 2 },
  pairs: PAIRS,
  tradeoffs: {
    columns: [
      { name: BROKEN, combine: 'sum' },
      { name: OK, combine: 'mean', digits: 1 },
    ],
    choices: CHOICES,
    seeds: SEEDS,
    measure: ({ status, metrics }) => ({
      [BROKEN]: status === 'violated' ? 1 : 0,
      [OK]: (100 * (metrics['operations_ok'] ?? 0)) / (metrics['operations'] ?? Number.NaN),
    }),
    claims: [
      {
        sentence: 'each pattern left alone breaks its promise in every seed, and tamed in none',
        holds: (rows) =>
          CHOICES.every(({ name }) => rows[name]?.[BROKEN] === (name.endsWith('tamed') ? 0 : SEEDS.length)),
      },
    ],
  },
  documents: [beliefs(sheet, PAIRS)],
});
