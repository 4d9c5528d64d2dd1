import type { Plain } from '@holdfast/plain';
import type { History, Operation } from '../history/operation.ts';
import { UnsupportedOperationError } from '../models/model.ts';
import type { Checker, CheckerVerdict } from './checker.ts';
import { count, FindingLog, verdictOf } from './findings.ts';
import { requireRealTime } from './time.ts';
import { Narrator, ofKey, show, valueKey } from './words.ts';

const PROMISE = 'the last read of a set has every element added';
const NAME = 'set-final';

type Kind = 'lost' | 'unexpected' | 'recovered';

/**
 * Elements are added one by one; the last `ok` read of the whole set (by invocation) tells what became of them.
 *
 * - `lost`: acknowledged before that read began, and not in it. `unexpected`: in it, and nobody had tried to add it by then.
 * - `recovered`: in it, although the outcome of adding it was unknown. Never a violation.
 *
 * Operations: `add` (or `broadcast`) with the element as input; `read` with a list as output. One set per `key`. One pass. Throws
 * as `setFullChecker` does. After Jepsen's checker `set`.
 */
export const setFinalChecker: Checker = { name: NAME, promise: PROMISE, check: checkSetFinal };

interface SetAdds {
  readonly adds: Operation[];
  last: Operation | undefined;
}

/** Judges a history by `setFinalChecker`. */
export function checkSetFinal(history: History): CheckerVerdict {
  requireRealTime(history, NAME);
  const log = new FindingLog<Kind>({ lost: 'violation', unexpected: 'violation', recovered: 'note' });
  const sets = new Map<string, SetAdds>();
  for (const operation of history.operations) {
    const { f, outcome } = operation;
    if (f !== 'read' && f !== 'add' && f !== 'broadcast') {
      log.ignored++;
      continue;
    }
    const key = operation.key ?? '';
    const set = sets.get(key) ?? { adds: [], last: undefined };
    sets.set(key, set);
    if (f !== 'read') set.adds.push(operation);
    else if (outcome === 'ok') set.last = operation;
  }
  let reads = 0;
  let there = 0;
  for (const { adds, last } of sets.values()) {
    if (last === undefined) continue;
    reads++;
    log.examined += adds.length + 1;
    there += judgeSet(adds, last, log, new Narrator(history));
  }
  return verdictOf(log, {
    promise: PROMISE,
    holds: `${count(there, 'element')} acknowledged, and all of them in the last read of ${count(reads, 'set')}`,
    nothing: reads === 0 ? 'the set was never read' : undefined,
    counts: { acknowledged: there + log.total('lost') },
  });
}

/** Judges one set; returns how many acknowledged elements are in its last read. */
function judgeSet(
  adds: readonly Operation[],
  last: Operation,
  log: FindingLog<Kind>,
  narrator: Narrator,
): number {
  const seen = elementsOf(last);
  log.steps += seen.size + adds.length;
  const acknowledged = new Map<unknown, Operation>();
  const attempted = new Map<unknown, Operation>();
  for (const add of adds) {
    if (add.outcome === 'fail' || add.invokedAt > last.completedAt) continue;
    const key = valueKey(add.input);
    attempted.set(key, add);
    if (add.outcome === 'ok' && add.completedAt < last.invokedAt) acknowledged.set(key, add);
  }
  for (const [key, add] of acknowledged) {
    if (seen.has(key)) continue;
    log.add('lost', () => ({
      sentence:
        `${narrator.tell(add, `added ${show(add.input)}${ofKey(add, 'to')}`)}, but it is not in the last read: ` +
        narrator.tell(last, 'did not see it'),
      operations: [add, last],
    }));
  }
  let there = 0;
  for (const [key, value] of seen) {
    const add = attempted.get(key);
    if (acknowledged.has(key)) there++;
    else if (add === undefined) {
      log.add('unexpected', () => ({
        sentence: `${narrator.tell(last, `read ${show(value)}${ofKey(last, 'in')}`)}, which nobody had tried to add`,
        operations: [last],
      }));
    } else if (add.outcome === 'unknown') {
      log.add('recovered', () => ({
        sentence: `${narrator.tell(add, `tried to add ${show(value)}`)}, and it is in the last read`,
        operations: [add, last],
      }));
    }
  }
  return there;
}

function elementsOf(read: Operation): Map<unknown, Plain> {
  if (!Array.isArray(read.output)) {
    throw new UnsupportedOperationError(
      NAME,
      read,
      "use f 'add' with an element, or 'read' with a list as output",
    );
  }
  return new Map((read.output as readonly Plain[]).map((value) => [valueKey(value), value]));
}
