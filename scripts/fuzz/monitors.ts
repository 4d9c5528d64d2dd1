import { checkLinearizable } from '@holdfast/check';
import { checkObject } from '../../packages/check/src/monitors/checkObject.ts';
import { bruteForce } from '../../packages/check/test/linearizable/bruteForce.ts';
import { randomHistory, type Shape, smallShape } from '../../packages/check/test/linearizable/generate.ts';
import { Random } from '../../packages/check/test/linearizable/random.ts';
import { subjectOf, type Unambiguous, unambiguous } from '../../packages/check/test/monitors/subjects.ts';
import { Disagreement, type Fuzz, type FuzzRun } from './fuzz.ts';

const UNITS = Object.entries(unambiguous) as [string, Unambiguous][];
const STEPS = 100_000;

/** Histories for each specialist: its verdict against every order tried (up to 8 operations) or against the general search. */
export const monitors: Fuzz = {
  about:
    'specialists for queues, stacks, priority queues, sets and counters against brute force and the search',
  begin: () => new Run(),
};

class Run implements FuzzRun {
  private readonly tally = { holds: 0, violated: 0, undecided: 0, brute: 0, hard: 0, specialist: 0 };

  judge(seed: number): void {
    const [name, unit] = UNITS[seed % UNITS.length] as [string, Unambiguous];
    const random = new Random(seed);
    const subject = subjectOf(unit);
    const isShort = Math.floor(seed / UNITS.length) % 2 === 0;
    const history = randomHistory(subject, isShort ? smallShape(random) : longerShape(random), random);
    const { status, judgedBy } = checkObject(history, unit.model, { stepBudget: STEPS });
    const { tally } = this;
    tally[status]++;
    if (judgedBy.some(({ algorithm }) => algorithm === unit.algorithm)) tally.specialist++;
    const expected = isShort
      ? bruteForce(history, subject.model)
        ? 'holds'
        : 'violated'
      : checkLinearizable(history, subject.model, { method: 'search', explain: false, stepBudget: STEPS })
          .status;
    if (isShort) tally.brute++;
    if (expected === 'undecided') tally.hard++;
    else if (status !== expected) {
      const judge = isShort ? 'brute force' : 'the search';
      throw new Disagreement(`${name}: ${status}, ${expected} by ${judge}`, history);
    }
  }

  summary(): string[] {
    const { holds, violated, undecided, brute, hard, specialist } = this.tally;
    return [
      `${holds} hold, ${violated} are violated, ${undecided} undecided; ${specialist} went to the specialist`,
      `${brute} were tried in every order; of the others ${hard} were too hard for the search`,
    ];
  }
}

function longerShape(random: Random): Shape {
  return {
    operations: 8 + random.below(14),
    processes: 2 + random.below(4),
    unknown: random.below(2) * random.below(30),
    wrong: random.below(10),
    ticks: 1 + random.below(6),
  };
}
