import {
  checkCommitLog,
  type CommitLogModel,
  checkTransactions,
  type TransactionWorkload,
} from '@holdfast/check';
import { TestRandom } from '../../packages/check/test/transactions/support/random.ts';
import { simulateStore } from '../../packages/check/test/transactions/support/simulatedStore.ts';
import { Disagreement, type Fuzz, type FuzzRun } from './fuzz.ts';

const WORKLOADS: readonly TransactionWorkload[] = ['list-append', 'rw-register'];
const ISOLATIONS = ['serial', 'snapshot'] as const;
const DEFECTS = ['none', 'stale', 'unchecked'] as const;
const MODELS: Readonly<Record<(typeof ISOLATIONS)[number], CommitLogModel>> = {
  serial: 'strict-serializable',
  snapshot: 'strong-snapshot-isolation',
};

/** Runs of a simulated store, correct and broken: what its own order of commits explains, the judge of the history alone must accept. */
export const commitLog: Fuzz = {
  about:
    "transactions by a simulated store's own order of commits against the judge that sees only the history",
  begin: () => new Run(),
};

class Run implements FuzzRun {
  private readonly tally = { cases: 0, white: 0, black: 0 };

  judge(seed: number): void {
    const random = new TestRandom(seed);
    const workload = WORKLOADS[seed % 2] as TransactionWorkload;
    const isolation = random.chance(50) ? ISOLATIONS[0] : ISOLATIONS[1];
    const defect = DEFECTS[random.below(3)] ?? 'none';
    const { history, log } = simulateStore(random, { workload, isolation, defect }, 3 + random.below(8));
    const model = MODELS[isolation];
    const white = checkCommitLog(history, log, { workload, model });
    const black = checkTransactions(history, { workload, model, minimal: false });
    const { tally } = this;
    tally.cases++;
    if (white.status === 'violated') tally.white++;
    if (black.status === 'violated') tally.black++;
    if (white.status === 'holds' && black.status !== 'holds')
      throw new Disagreement(
        `${workload} ${model}: ${black.status} although the log explains it: ${black.reason}`,
        history,
      );
    if (defect === 'none' && white.status === 'violated')
      throw new Disagreement(`${workload} ${model}: a correct store is accused: ${white.reason}`, history);
  }

  summary(): string[] {
    const { cases, white, black } = this.tally;
    return [
      `${cases} runs: ${white} not explained by their log, ${black} of them not by any order; no disagreement`,
    ];
  }
}
