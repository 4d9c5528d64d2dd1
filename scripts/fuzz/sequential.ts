import { checkSequential } from '@holdfast/check';
import { randomHistory, type Subject, smallShape } from '../../packages/check/test/linearizable/generate.ts';
import { Random } from '../../packages/check/test/linearizable/random.ts';
import { subjects } from '../../packages/check/test/linearizable/subjects.ts';
import { bruteForceSequential } from '../../packages/check/test/sequential/bruteForce.ts';
import { Disagreement, type Fuzz, type FuzzRun } from './fuzz.ts';

const SUBJECTS = Object.entries(subjects) as [string, Subject][];

/** Up to 8 operations on each built-in model in turn: sequential consistency against every order tried. */
export const sequential: Fuzz = {
  about: 'sequential consistency of every model against brute force',
  begin: () => new Run(),
};

class Run implements FuzzRun {
  private cases = 0;
  private violated = 0;

  judge(seed: number): void {
    const [name, { model, call }] = SUBJECTS[seed % SUBJECTS.length] as [string, Subject];
    const random = new Random(seed);
    const history = randomHistory({ model, call }, { ...smallShape(random), wrong: 20 }, random);
    const expected = bruteForceSequential(history, model) ? 'holds' : 'violated';
    const { status } = checkSequential(history, model, { explain: false });
    if (status !== expected)
      throw new Disagreement(`${name}: ${status}, ${expected} by brute force`, history);
    this.cases++;
    if (status === 'violated') this.violated++;
  }

  summary(): string[] {
    return [`${this.cases} histories (${this.violated} violated) agree with brute force`];
  }
}
