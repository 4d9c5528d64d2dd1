import {
  checkTransactions,
  TRANSACTION_MODEL_NAMES,
  type History,
  type TransactionModel,
  type TransactionWorkload,
  weakerThan,
} from '@holdfast/check';
import { judgeEveryModel } from '../../packages/check/src/transactions/everyModel.ts';
import { TestRandom } from '../../packages/check/test/transactions/support/random.ts';
import { readHistory, referenceHolds } from '../../packages/check/test/transactions/support/reference.ts';
import { randomHistory } from '../../packages/check/test/transactions/support/smallHistories.ts';
import { Disagreement, type Fuzz, type FuzzRun } from './fuzz.ts';

const WORKLOADS: readonly TransactionWorkload[] = ['list-append', 'rw-register'];

/**
 * Up to 6 transactions on lists and on registers in turn: every transaction model, each decided by itself, against its definition tried
 * on every order of versions; and whether what a stronger model accepts is accepted by every weaker one.
 */
export const transactions: Fuzz = {
  about: 'every transaction model, on lists and registers, against its definition; what implies what',
  begin: () => new Run(),
};

class Run implements FuzzRun {
  private cases = 0;
  private minimal = 0;
  private readonly violations = new Map<string, number>();

  judge(seed: number): void {
    const workload = WORKLOADS[seed % 2] as TransactionWorkload;
    const operations = randomHistory(new TestRandom(seed), workload);
    const history = { operations, timeUnit: 'us' } as const;
    const found = judgeEveryModel(history, workload);
    const reading = readHistory(operations, workload);
    for (const model of TRANSACTION_MODEL_NAMES) {
      const expected = referenceHolds(reading, model) ? 'holds' : 'violated';
      if (found.get(model) !== expected)
        throw new Disagreement(
          `${workload}: ${model} ${found.get(model)}, ${expected} by definition`,
          history,
        );
      if (expected === 'violated') {
        this.violations.set(model, (this.violations.get(model) ?? 0) + 1);
        continue;
      }
      const broken = weakerThan(model).find((weaker) => found.get(weaker) !== 'holds');
      if (broken !== undefined) throw new Disagreement(`${model} accepts what ${broken} rejects`, history);
    }
    this.whole(seed, history, workload, found);
    this.cases++;
  }

  /** The same through the front door, with anomalies, evidence and validation, for one model in turn. */
  private whole(
    seed: number,
    history: History,
    workload: TransactionWorkload,
    found: ReadonlyMap<TransactionModel, string>,
  ): void {
    const model = TRANSACTION_MODEL_NAMES[seed % TRANSACTION_MODEL_NAMES.length] as TransactionModel;
    const { status, evidence, ruledOut } = checkTransactions(history, {
      workload,
      model,
      minimal: seed % 20 === 0,
    });
    if (status !== found.get(model))
      throw new Disagreement(
        `${workload}: ${model} ${status} as a whole, ${found.get(model)} by itself`,
        history,
      );
    const wrong = ruledOut.find((name) => found.get(name) !== 'violated');
    if (wrong !== undefined) throw new Disagreement(`${workload}: ${wrong} is ruled out and holds`, history);
    const { minimal } = evidence;
    if (minimal === undefined) return;
    this.minimal++;
    const part = checkTransactions({ ...history, operations: minimal }, { workload, model, minimal: false });
    if (part.status !== 'violated')
      throw new Disagreement(`${workload}: the minimal part does not violate ${model}`, history);
  }

  summary(): string[] {
    const counts = [...this.violations].map(([name, times]) => `${name} ${times}`);
    return [
      `${this.cases} histories, every model of each as the definitions say; ${this.minimal} minimal parts`,
      `violated: ${counts.join(', ')}`,
    ];
  }
}
