import { checkTransactions, type TransactionWorkload } from '@holdfast/check';
import { TestRandom } from '../../packages/check/test/transactions/support/random.ts';
import {
  scanHistory,
  someOrderExplains,
} from '../../packages/check/test/transactions/support/scanHistories.ts';
import { Disagreement, type Fuzz, type FuzzRun } from './fuzz.ts';

const WORKLOADS: readonly TransactionWorkload[] = ['list-append', 'rw-register'];

/** Up to 4 transactions with scans, on lists and on registers in turn: serializability against every serial order, carried out. */
export const scans: Fuzz = {
  about: 'serializability of transactions that scan, against every serial order carried out',
  begin: () => new Run(),
};

class Run implements FuzzRun {
  private cases = 0;
  private violated = 0;

  judge(seed: number): void {
    const workload = WORKLOADS[seed % 2] as TransactionWorkload;
    const history = scanHistory(new TestRandom(seed), workload);
    const expected = someOrderExplains(history, workload) ? 'holds' : 'violated';
    const { status } = checkTransactions(history, { workload, model: 'serializable', minimal: false });
    if (status !== expected)
      throw new Disagreement(`${workload}: ${status}, ${expected} by trying every order`, history);
    this.cases++;
    if (expected === 'violated') this.violated++;
  }

  summary(): string[] {
    return [`${this.cases} histories (${this.violated} violated) agree with every order tried`];
  }
}
