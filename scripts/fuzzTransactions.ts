/**
 * Compares the transaction checkers with the definitions read out loud, on random small histories.
 *
 *   npx tsx --conditions=holdfast:source scripts/fuzzTransactions.ts [count] [seed]
 *
 * Prints how many histories violated each model; ends with code 1 and the history on the first difference.
 */
import { judgeEveryModel } from '../packages/check/src/transactions/everyModel.ts';
import {
  type Operation,
  TRANSACTION_MODEL_NAMES,
  type TransactionWorkload,
} from '../packages/check/src/index.ts';
import { TestRandom } from '../packages/check/test/transactions/support/random.ts';
import { readHistory, referenceHolds } from '../packages/check/test/transactions/support/reference.ts';
import { randomHistory } from '../packages/check/test/transactions/support/smallHistories.ts';

const count = Number(process.argv[2] ?? 1_000_000);
const seed = Number(process.argv[3] ?? 1);
const violations = new Map<string, number>();
const WORKLOADS: readonly TransactionWorkload[] = ['list-append', 'rw-register'];

for (let i = 0; i < count; i++) {
  const workload = WORKLOADS[i % 2] as TransactionWorkload;
  const random = new TestRandom(seed + i);
  const operations = randomHistory(random, workload);
  const found = judgeEveryModel({ operations, timeUnit: 'us' }, workload);
  const reading = readHistory(operations, workload);
  for (const model of TRANSACTION_MODEL_NAMES) {
    const expected = referenceHolds(reading, model) ? 'holds' : 'violated';
    if (found.get(model) !== expected)
      differ(workload, operations, seed + i, model, expected, found.get(model));
    if (expected === 'violated')
      violations.set(`${workload} ${model}`, (violations.get(`${workload} ${model}`) ?? 0) + 1);
  }
}
for (const [name, times] of violations) console.log(`${name}: violated ${times} times`);
console.log(`${count} histories, every model of each as the definitions say`);

function differ(
  workload: TransactionWorkload,
  operations: readonly Operation[],
  at: number,
  model: string,
  expected: string,
  found: string | undefined,
): never {
  console.error(`${workload}, seed ${at}: ${model} ${expected}, found ${String(found)}`);
  for (const { process: by, outcome, output, input, invokedAt, completedAt, id } of operations) {
    console.error(
      `  T${id} p${by} ${outcome} [${invokedAt}, ${completedAt}] ${JSON.stringify(output ?? input)}`,
    );
  }
  process.exit(1);
}
