import {
  CONSISTENCY_IMPLIES,
  checkConsistency,
  type ConsistencyName,
  consistencyNames,
  LITMUS_BOUNDS,
  registerModel,
} from '@holdfast/check';
import { definitionHolds } from '../../packages/check/test/litmus/definitions.ts';
import { Random } from '../../packages/check/test/litmus/random.ts';
import { smallWeakShape, weakHistory } from '../../packages/check/test/litmus/weakHistories.ts';
import { Disagreement, type Fuzz, type FuzzRun } from './fuzz.ts';

const MODEL = registerModel();
const OPTIONS = { ...LITMUS_BOUNDS, explain: false, measure: false };

/**
 * Up to 10 reads and writes: every model of the spectrum against its definition read out loud, and whether what a stronger model
 * accepts is accepted by every weaker one.
 */
export const weak: Fuzz = {
  about: 'every consistency model of reads and writes against its definition; what implies what',
  begin: () => new Run(),
};

class Run implements FuzzRun {
  private cases = 0;
  private readonly violations = new Map<ConsistencyName, number>(consistencyNames.map((name) => [name, 0]));

  judge(seed: number): void {
    const random = new Random(seed);
    const history = weakHistory(random, smallWeakShape(random));
    const accepted = new Set<ConsistencyName>();
    for (const name of consistencyNames) {
      const expected = definitionHolds(history, name, MODEL) ? 'holds' : 'violated';
      const { status } = checkConsistency(history, name, MODEL, OPTIONS);
      if (status !== expected)
        throw new Disagreement(`${name}: ${status}, ${expected} by definition`, history);
      if (status === 'holds') accepted.add(name);
      else this.violations.set(name, (this.violations.get(name) ?? 0) + 1);
    }
    for (const name of accepted) {
      const broken = CONSISTENCY_IMPLIES[name].find((weaker) => !accepted.has(weaker));
      if (broken !== undefined) throw new Disagreement(`${name} accepts what ${broken} rejects`, history);
    }
    this.cases++;
  }

  summary(): string[] {
    const counts = [...this.violations].map(([name, times]) => `${name} ${times}`);
    return [
      `${this.cases} histories, every model of each as its definition says and as the stronger ones imply`,
      `violated: ${counts.join(', ')}`,
    ];
  }
}
