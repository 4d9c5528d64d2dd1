import {
  AUTHORITY_SYSTEMS,
  type AuthoritySystem,
  beliefs,
  beliefSheet,
  type CasePair,
  caseStudy,
  type RunResult,
} from 'holdfast';
import experiments, { SYSTEMS } from './experiment.ts';

const AUTHORITY = 'one authority at a time';
const TWICE = 'nothing is done twice';

const BOTH = 'both sides acted, of 3 seeds';
const HARM = 'harm was done, of 3 seeds';
const DONE = 'acts that succeeded, %';
const SEEDS = [1, 2, 3];

const titleOf = (system: AuthoritySystem): string => system.replaceAll('-', ' ');

const PAIRS: readonly CasePair[] = SYSTEMS.map((system) => {
  const { symptom, consequence } = AUTHORITY_SYSTEMS[system];
  return {
    name: titleOf(system),
    approach: 'whoever does not hear the leader any more takes its place',
    trouble: `the leader is cut off, lives, and goes on: ${symptom}; ${consequence}`,
    defence: 'votes, epochs that are checked, a switch for the power, and a leader that stops by itself',
    breaks: TWICE,
    wrong: system,
    better: `${system}-guarded`,
    calm: `${system}-whole`,
  };
});

const sheet = beliefSheet({
  name: 'split-brain-sheet',
  title: 'Split brain in five systems',
  purpose:
    'What two authorities look like in each of five systems, what they do, and what keeps it from happening.',
  fields: PAIRS.map(({ name }) => name),
});

const WAYS = [
  { key: '', name: 'nothing', gain: 'always somebody who acts', cost: 'sometimes two' },
  { key: '-votes', name: 'votes alone', gain: 'one is elected', cost: 'the old one does not know it' },
  {
    key: '-fence',
    name: 'a check where acts take effect (a database has none: its power is cut)',
    gain: 'what is late is refused',
    cost: 'something must be there that checks',
  },
  { key: '-guarded', name: 'all seven', gain: 'one authority, proved', cost: 'nobody acts for a while' },
] as const;

const named = (system: AuthoritySystem, way: string): string => `${titleOf(system)}: ${way}`;

const isBroken = ({ verdicts }: RunResult, promise: string): number =>
  verdicts.some((verdict) => verdict.promise === promise && verdict.status === 'violated') ? 1 : 0;

export default caseStudy({
  name: 'split-brain',
  title: 'Split brain in five systems',
  scenario:
    'A database primary, a job scheduler, a lock service, a cluster controller, and a storage volume have one thing in common: one of a pair has authority. A cut ' +
    'parts the pair, both sides still reach what they share and have clients, and whoever does not hear the other takes over.',
  anchor: 'github-2018',
  capstone: 'who-may-write',
  failureModel: [
    'For four seconds N1 reaches neither N2 nor the witness N3; both sides reach what they share and the power switch, and each has a client.',
    'Nobody crashes by itself or lies.',
  ],
  picture: 'Both sides of the cut give out the same position of the log.',
  mechanisms: ['quorum', 'fencing token', 'timeout'],
  guaranteed: ['Nothing that has a number is done twice, and no two act with authority at once.'],
  bestEffort: [
    'Acts while authority moves are refused; whoever lost its power stays off until somebody has looked at it.',
  ],
  wrong: { belief: 'The leader does not answer, so it is gone.', breaks: TWICE },
  better: 'A leader that is not heard is cut off from power, votes and effect before another acts.',
  experiments,
  seeds: { first: 1, count: 3 },
  pairs: PAIRS,
  tradeoffs: {
    columns: [
      { name: BOTH, combine: 'sum' },
      { name: HARM, combine: 'sum' },
      { name: DONE, combine: 'mean' },
    ],
    choices: SYSTEMS.flatMap((system) =>
      WAYS.map(({ key, name, gain, cost }) => ({
        name: named(system, name),
        experiment: `${system}${key}`,
        gain,
        cost,
      })),
    ),
    seeds: SEEDS,
    measure: (result) => ({
      [BOTH]: isBroken(result, AUTHORITY),
      [HARM]: isBroken(result, TWICE),
      [DONE]: (100 * (result.metrics['operations_ok'] ?? 0)) / (result.metrics['operations'] ?? Number.NaN),
    }),
    claims: [
      {
        sentence: 'without any prevention both sides act and do harm, in each of the five',
        holds: (rows) =>
          SYSTEMS.every((system) => {
            const row = rows[named(system, 'nothing')];
            return row?.[BOTH] === SEEDS.length && row[HARM] === SEEDS.length;
          }),
      },
      {
        sentence: 'with all seven neither happens, and fewer acts succeed',
        holds: (rows) =>
          SYSTEMS.every((system) => {
            const [none, all] = [rows[named(system, 'nothing')], rows[named(system, 'all seven')]];
            return all?.[BOTH] === 0 && all[HARM] === 0 && (all[DONE] ?? 100) < (none?.[DONE] ?? 0);
          }),
      },
      {
        sentence: 'a check where acts take effect is enough by itself where there is one',
        holds: (rows) =>
          SYSTEMS.every((system) => {
            const row = Object.entries(rows).find(([name]) => name.startsWith(named(system, 'a check')))?.[1];
            return (row?.[HARM] === 0) === (system !== 'database-primary');
          }),
      },
    ],
  },
  documents: [beliefs(sheet, PAIRS)],
});
