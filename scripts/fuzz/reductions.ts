import type { Model, Operation } from '@holdfast/check';
import { judgeFast } from '../../packages/check/src/linearizable/fast.ts';
import { PartJudge } from '../../packages/check/src/linearizable/judge.ts';
import { areOfOneObject, splitParts } from '../../packages/check/src/linearizable/parts.ts';
import { ALL_REDUCTIONS } from '../../packages/check/src/linearizable/rules.ts';
import { randomHistory, type Subject } from '../../packages/check/test/linearizable/generate.ts';
import { Random } from '../../packages/check/test/linearizable/random.ts';
import { subjects } from '../../packages/check/test/linearizable/subjects.ts';
import { Disagreement, type Fuzz, type FuzzRun } from './fuzz.ts';

const SUBJECTS = Object.entries(subjects) as [string, Subject][];
const NO_REDUCTIONS = {
  eager: false,
  dominance: false,
  symmetry: false,
  purpose: false,
  idle: false,
  foresight: false,
};
const PLAIN_STEPS = 50_000;

/** Histories of 12 to 25 operations: the search with each of its reductions, and with all, against the search with none. */
export const reductions: Fuzz = {
  about:
    'the search with each reduction, and with all of them, against the search with none, on longer histories',
  begin: () => new Run(),
};

function judgeWithoutSearch(operations: readonly Operation[], model: Model): string | undefined {
  return areOfOneObject(operations, model) ? judgeFast(operations, model)?.status : undefined;
}

class Run implements FuzzRun {
  private compared = 0;
  private skipped = 0;
  private violated = 0;
  private fast = 0;

  judge(seed: number): void {
    const [name, { model, call }] = SUBJECTS[seed % SUBJECTS.length] as [string, Subject];
    const random = new Random(seed + 0x4000_0000);
    const shape = {
      operations: 12 + random.below(14),
      processes: 2 + random.below(5),
      unknown: random.below(35),
      wrong: random.below(8),
      ticks: 1 + random.below(6),
    };
    const history = randomHistory({ model, call }, shape, random);
    // Key by key, and now and then all keys together.
    for (const { operations } of splitParts(history, model, seed % 4 !== 0)) {
      const plain = new PartJudge(operations, model, NO_REDUCTIONS).goOn(PLAIN_STEPS);
      if (plain === 'paused') {
        this.skipped++;
        continue;
      }
      this.compared++;
      if (plain === 'violated') this.violated++;
      const fast = judgeWithoutSearch(operations, model);
      if (fast !== undefined && fast !== plain)
        throw new Disagreement(`${name}: ${fast} without search, ${plain} by search`, {
          ...history,
          operations,
        });
      if (fast !== undefined) this.fast++;
      const single = Object.keys(ALL_REDUCTIONS).map((reduction) => ({
        ...NO_REDUCTIONS,
        [reduction]: true,
        manyUnknown: 0,
      }));
      for (const reductions of [
        ALL_REDUCTIONS,
        { ...ALL_REDUCTIONS, patience: 0, manyUnknown: 0 },
        ...single,
      ]) {
        const status = new PartJudge(operations, model, reductions).goOn(10 * PLAIN_STEPS);
        if (status === plain) continue;
        const what = `${name}: ${status} with ${JSON.stringify(reductions)}, ${plain} without any`;
        throw new Disagreement(what, { ...history, operations });
      }
    }
  }

  summary(): string[] {
    return [
      `${this.compared} objects (${this.violated} violated) are judged alike with and without reductions, ${this.fast} of them without search too`,
      `${this.skipped} were too hard without any`,
    ];
  }
}
