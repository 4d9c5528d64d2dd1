import type { History, Operation } from '../history/operation.ts';
import { count, FindingLog, verdictOf } from '../plain/findings.ts';
import { Narrator, show } from '../plain/words.ts';
import type { Verdict } from '../verdict.ts';
import type { Authority, Contract } from './promise.ts';

/**
 * Judges whether operations that promise to reject during a partition were rejected where whoever was asked had no authority to decide: none
 * of them may be answered `ok`, right or wrong. Undefined when none promises it, or when nobody says who has authority.
 */
export function checkRejections(
  history: History,
  contract: Contract,
  authority: ((operation: Operation) => Authority) | undefined,
): Verdict | undefined {
  if (authority === undefined) return undefined;
  if (!Object.values(contract).some(({ duringPartition }) => duringPartition === 'reject')) return undefined;
  const log = new FindingLog({ 'answered-without-authority': 'violation' });
  const narrator = new Narrator(history);
  for (const operation of history.operations) {
    if (contract[operation.f]?.duringPartition !== 'reject') continue;
    log.steps++;
    if (authority(operation) !== 'without') continue;
    log.examined++;
    if (operation.outcome !== 'ok') continue;
    log.add('answered-without-authority', () => ({
      sentence:
        `operation ${operation.id} was answered on a side of a partition without the authority to decide, and promises to be ` +
        `rejected there: ${narrator.tell(operation, `was told ${show(operation.output)} by '${operation.f}'`)}`,
      operations: [operation],
    }));
  }
  return verdictOf(log, {
    promise: 'rejected without authority',
    holds: `${count(log.examined, 'operation')} asked on a side without authority, none answered 'ok'`,
    nothing: log.examined === 0 ? 'no operation was asked on a side without authority' : undefined,
  });
}
