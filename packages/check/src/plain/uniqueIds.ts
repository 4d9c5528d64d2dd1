import type { History, Operation } from '../history/operation.ts';
import type { Checker, CheckerVerdict } from './checker.ts';
import { count, FindingLog, verdictOf } from './findings.ts';
import { Narrator, show, valueKey } from './words.ts';

const PROMISE = 'unique ids';

/**
 * No id is given out twice, whatever the keys and times.
 *
 * Operations: `generate` with the id as output of an `ok`; one that failed, or whose outcome is unknown, says nothing. Finds
 * `duplicate`. One pass.
 */
export const uniqueIdsChecker: Checker = {
  name: 'unique-ids',
  promise: PROMISE,
  check: checkUniqueIds,
};

/** Judges a history by `uniqueIdsChecker`. */
export function checkUniqueIds(history: History): CheckerVerdict {
  const log = new FindingLog({ duplicate: 'violation' });
  const narrator = new Narrator(history);
  const givenBy = new Map<unknown, Operation>();
  for (const operation of history.operations) {
    if (operation.f !== 'generate') {
      log.ignored++;
      continue;
    }
    if (operation.outcome !== 'ok') continue;
    log.examined++;
    const id = valueKey(operation.output);
    const first = givenBy.get(id);
    if (first === undefined) {
      givenBy.set(id, operation);
      continue;
    }
    log.add('duplicate', () => ({
      sentence:
        `${narrator.tell(operation, `was given the id ${show(operation.output)}`)}, which ` +
        `${narrator.tell(first, 'had been given')} too`,
      operations: [first, operation],
    }));
  }
  log.steps = log.examined;
  return verdictOf(log, {
    promise: PROMISE,
    holds: `all ${count(log.examined, 'id')} given out are different`,
    nothing: log.examined === 0 ? 'no id was given out (operations with f generate)' : undefined,
    counts: { ids: log.examined },
  });
}
