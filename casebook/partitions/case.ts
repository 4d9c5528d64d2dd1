import { beliefs, beliefSheet, type CasePair, caseStudy, type RunResult } from 'holdfast';
import experiments from './experiment.ts';
import { SHAPES } from './shapes.ts';
import { CUT_MS } from './span.ts';

const BROKEN = 'seeds in which it broke its promise, of 3';
const ANSWERED = 'answered while it was cut, %';
const MESSAGES = 'messages per operation';
const SEEDS = [1, 2, 3];

/** Of the operations asked during the cut, those answered with success before its end. */
function answered({ history }: RunResult): number {
  const [from, until] = CUT_MS.map((ms) => ms * 1_000) as [number, number];
  const asked = history.operations.filter(({ invokedAt }) => invokedAt >= from && invokedAt < until);
  const done = asked.filter(({ outcome, completedAt }) => outcome === 'ok' && completedAt < until);
  return (100 * done.length) / asked.length;
}

const unaware = ({ name }: CasePair): string => `${name}: not expected`;
const aware = ({ name }: CasePair): string => `${name}: expected`;

const sheet = beliefSheet({
  name: 'partition-shapes',
  title: 'Eight shapes of partition',
  purpose: 'What each shape does to a system that does not expect it, and what keeps the promise.',
  fields: SHAPES.map(({ name }) => name),
});

export default caseStudy({
  name: 'partitions',
  title: 'Eight shapes of partition',
  scenario:
    'A partition is drawn as one line between two halves. Real ones pass one way only, shut one port, take away the names and leave the addresses, ' +
    'isolate a region, lose a tenth, swallow everything, or leave one server in the middle that reaches all.',
  anchor: 'partitions',
  capstone: 'who-may-write',
  failureModel: [
    'One shape at a time, for two and a half seconds (the bridge for nine), then the network is whole again.',
    'Nobody crashes or lies; messages that pass are neither altered nor doubled.',
  ],
  picture: 'Both sides of a cut give the same slot away, each with the consent of all it can reach.',
  mechanisms: ['quorum', 'timeout'],
  guaranteed: SHAPES.map(({ name, breaks }) => `${name}: ${breaks}.`),
  bestEffort: [
    'The side without a majority gives nothing away; a region refuses what is not its own; programs that never knew a name wait for it.',
    'What was asked through a black hole may have been done.',
  ],
  wrong: { belief: 'Whoever answers me is everybody there is.', breaks: SHAPES[0]?.breaks ?? '' },
  better:
    'Each decision counts all who may object, whether they can be reached or not; each wait has an end that fits what is waited for.',
  experiments,
  seeds: { first: 1, count: 5 },
  pairs: SHAPES,
  tradeoffs: {
    columns: [
      { name: BROKEN, combine: 'sum' },
      { name: ANSWERED, combine: 'mean' },
      { name: MESSAGES, combine: 'mean', digits: 1 },
    ],
    choices: [
      ...SHAPES.flatMap((pair) => [
        { name: unaware(pair), experiment: pair.wrong, gain: pair.approach, cost: 'its promise' },
        { name: aware(pair), experiment: pair.better, gain: pair.defence, cost: 'what it refuses' },
      ]),
      {
        name: 'Regional isolation: all waits',
        experiment: 'region-all-wait',
        gain: 'nothing can go wrong',
        cost: 'nothing goes on',
      },
    ],
    seeds: SEEDS,
    measure: (result) => ({
      [BROKEN]: result.status === 'violated' ? 1 : 0,
      [ANSWERED]: answered(result),
      [MESSAGES]: result.messages / result.history.operations.length,
    }),
    claims: [
      {
        sentence:
          'whoever does not expect a shape breaks its promise in every seed, and whoever does in none',
        holds: (rows) =>
          SHAPES.every(
            (pair) => rows[unaware(pair)]?.[BROKEN] === SEEDS.length && rows[aware(pair)]?.[BROKEN] === 0,
          ),
      },
      {
        sentence: 'one owner, honest health, and an invariant of all regions are paid for with refusals',
        holds: (rows) =>
          SHAPES.filter(({ name }) => /^(Clean|Partial|Regional)/.test(name)).every(
            (pair) => (rows[aware(pair)]?.[ANSWERED] ?? 100) < (rows[unaware(pair)]?.[ANSWERED] ?? 0),
          ),
      },
      {
        sentence: 'names kept beyond their time answer more, and a wait that fits sends less',
        holds: (rows) => {
          const [names, far] = ['DNS', 'Packet'].map((start) =>
            SHAPES.find(({ name }) => name.startsWith(start)),
          );
          if (names === undefined || far === undefined) return false;
          return (
            (rows[aware(names)]?.[ANSWERED] ?? 0) > (rows[unaware(names)]?.[ANSWERED] ?? 100) &&
            (rows[aware(far)]?.[MESSAGES] ?? Infinity) < (rows[unaware(far)]?.[MESSAGES] ?? 0)
          );
        },
      },
      {
        sentence: 'a region whose policy is that all waits answers least',
        holds: (rows) => {
          const least = rows['Regional isolation: all waits']?.[ANSWERED] ?? 100;
          return SHAPES.filter(({ name }) => name.startsWith('Regional')).every(
            (pair) =>
              least < (rows[aware(pair)]?.[ANSWERED] ?? 0) && least < (rows[unaware(pair)]?.[ANSWERED] ?? 0),
          );
        },
      },
    ],
  },
  documents: [beliefs(sheet, SHAPES)],
});
