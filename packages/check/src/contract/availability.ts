import type { History, Operation } from '../history/operation.ts';
import { isAnswer } from '../plain/availability.ts';
import { count, FindingLog, verdictOf } from '../plain/findings.ts';
import { Narrator } from '../plain/words.ts';
import type { Verdict } from '../verdict.ts';
import type { ClauseVerdict } from './consistency.ts';
import type { Authority, AvailabilityClass, Contract, FaultInterval } from './promise.ts';

/** What availability is judged by, beside the history and the contract. Times have the unit of the history. */
export interface AvailabilitySituation {
  readonly faults: readonly FaultInterval[];
  /** When everything had healed; nothing is judged by it without. */
  readonly healedAt?: number | undefined;
  /** How long recovery may take after something ended to be wrong. */
  readonly recoverWithin: number;
  readonly authority?: ((operation: Operation) => Authority) | undefined;
}

const TITLES: Readonly<Record<Exclude<AvailabilityClass, 'none'>, string>> = {
  'after-healing': 'liveness after healing',
  'when-calm': 'availability when nothing is wrong',
  'with-authority': 'availability with authority',
  total: 'total availability',
};

/** Everything the contract says of answers: a verdict per class of availability promised, and one on deadlines. */
export function judgeAvailabilityClauses(
  history: History,
  contract: Contract,
  situation: AvailabilitySituation,
): ClauseVerdict[] {
  const verdicts: ClauseVerdict[] = [];
  const of = (does: (name: AvailabilityClass) => boolean): string[] =>
    Object.entries(contract).flatMap(([f, { availability = 'after-healing' }]) =>
      does(availability) ? [f] : [],
    );
  const healing = of((name) => name !== 'none');
  if (situation.healedAt !== undefined && healing.length > 0) {
    const verdict = afterHealing(history, new Set(healing), { ...situation, healedAt: situation.healedAt });
    verdicts.push({ ...verdict, operations: healing });
  }
  for (const name of ['when-calm', 'with-authority', 'total'] as const) {
    const operations = of((each) => each === name);
    if (operations.length > 0)
      verdicts.push({ ...answered(history, name, new Set(operations), situation), operations });
  }
  const inTime = Object.entries(contract).flatMap(([f, { deadline }]) => (deadline === undefined ? [] : [f]));
  if (inTime.length > 0) verdicts.push({ ...deadlines(history, contract, situation), operations: inTime });
  return verdicts;
}

/** Once everything has healed and the time for recovery is over, every operation must succeed. */
function afterHealing(
  history: History,
  names: ReadonlySet<string>,
  { healedAt, recoverWithin }: AvailabilitySituation & { readonly healedAt: number },
): Verdict {
  const due = healedAt + recoverWithin;
  const promise = TITLES['after-healing'];
  const endedAt = history.endedAt ?? Number.POSITIVE_INFINITY;
  // An operation still open when the observation ends has not been denied: it is left half of the time for recovery.
  const until = endedAt - recoverWithin / 2;
  const judged = history.operations.filter(
    ({ f, invokedAt }) => names.has(f) && invokedAt >= due && invokedAt < until,
  );
  const evidence = { examined: judged.length, steps: judged.length };
  const time = clock(history);
  if (judged.length === 0) {
    const reason = `no operation was issued between ${time(due)} and the end of the run, so nothing was examined`;
    return { promise, status: 'holds', reason, evidence };
  }
  const failed = judged.find((operation) => !isAnswer(operation));
  if (failed === undefined) {
    const reason = `all ${judged.length} operations issued from ${time(due)} on, ${time(recoverWithin)} after everything had healed, succeeded`;
    return { promise, status: 'holds', reason, evidence };
  }
  const reason =
    `${words(failed)}, issued at ${time(failed.invokedAt)}, ended as '${failed.outcome}' although everything had healed at ` +
    `${time(healedAt)} and ${time(recoverWithin)} were allowed for recovery`;
  return {
    promise,
    status: 'violated',
    reason,
    evidence: { ...evidence, blocking: failed, minimal: [failed], atUs: failed.invokedAt },
  };
}

function clock({ timeUnit }: History): (time: number) => string {
  return (time) => (timeUnit === 'us' ? `${Math.round(time / 1000)} ms` : `line ${time}`);
}

function words(operation: Operation): string {
  const input = operation.input === null ? '' : ` ${JSON.stringify(operation.input)}`;
  return `operation ${operation.id} (process ${operation.process}, ${operation.f}${input} on ${operation.key ?? 'the object'})`;
}

/** Operations of a class are answered wherever the class promises an answer. */
function answered(
  history: History,
  name: 'when-calm' | 'with-authority' | 'total',
  names: ReadonlySet<string>,
  situation: AvailabilitySituation,
): Verdict {
  const log = new FindingLog({ unanswered: 'violation' });
  const narrator = new Narrator(history);
  let excused = 0;
  for (const operation of history.operations) {
    if (!names.has(operation.f)) continue;
    log.steps++;
    if (isExcused(operation, name, history, situation)) {
      excused++;
      continue;
    }
    log.examined++;
    if (isAnswer(operation)) continue;
    const faults = overlapping(operation, history, situation.faults, 0).map((fault) => fault.name);
    const meanwhile =
      faults.length === 0 ? 'nothing was wrong then' : `in spite of ${faults.slice(0, 3).join(', ')}`;
    log.add('unanswered', () => ({
      sentence: `operation ${operation.id} had to be answered (${meanwhile}): ${narrator.tell(operation, `got '${operation.outcome}' from '${operation.f}'`)}`,
      operations: [operation],
    }));
  }
  return verdictOf(log, {
    promise: TITLES[name],
    holds: `${count(log.examined, 'operation')} had to be answered and were${excused === 0 ? '' : `; ${count(excused, 'operation')} did not have to be`}`,
    nothing: log.examined === 0 ? 'no operation had to be answered' : undefined,
  });
}

function isExcused(
  operation: Operation,
  name: 'when-calm' | 'with-authority' | 'total',
  history: History,
  { faults, recoverWithin, authority }: AvailabilitySituation,
): boolean {
  // One that was open when the observation ended was not denied an answer.
  if (
    operation.outcome === 'unknown' &&
    operation.invokedAt >= (history.endedAt ?? Number.POSITIVE_INFINITY) - recoverWithin
  ) {
    return true;
  }
  const about = overlapping(operation, history, faults, recoverWithin);
  if (about.length === 0) return false;
  if (name === 'when-calm') return true;
  if (name === 'total') {
    // Only a node that has failed itself need not answer.
    return about.some(({ kind, nodes }) => kind === 'host' && isAt(operation, nodes));
  }
  return about.some(({ kind }) => kind !== 'partition') || authority?.(operation) !== 'with';
}

function isAt({ node }: Operation, nodes: readonly number[] | undefined): boolean {
  return nodes === undefined || node === undefined || nodes.includes(node);
}

/** What was wrong while the operation was open, or up to `recovery` before. */
function overlapping(
  operation: Operation,
  history: History,
  faults: readonly FaultInterval[],
  recovery: number,
): readonly FaultInterval[] {
  const end = Math.min(operation.completedAt, history.endedAt ?? Number.POSITIVE_INFINITY);
  return faults.filter(({ from, to }) => operation.invokedAt < to + recovery && end >= from);
}

/** While nothing is wrong, operations end within their deadline, one way or the other. */
function deadlines(
  history: History,
  contract: Contract,
  { faults, recoverWithin }: AvailabilitySituation,
): Verdict {
  const log = new FindingLog({ late: 'violation' });
  const narrator = new Narrator(history);
  for (const operation of history.operations) {
    const deadline = contract[operation.f]?.deadline;
    if (deadline === undefined) continue;
    log.steps++;
    const due = operation.invokedAt + deadline;
    const isCalm = !faults.some(({ from, to }) => operation.invokedAt < to + recoverWithin && due >= from);
    if (!isCalm || due > (history.endedAt ?? Number.POSITIVE_INFINITY)) continue;
    log.examined++;
    if (operation.completedAt <= due) continue;
    log.add('late', () => ({
      sentence: `operation ${operation.id} had to end within ${narrator.span(deadline)}: ${narrator.tell(operation, `invoked '${operation.f}'`)}`,
      operations: [operation],
    }));
  }
  return verdictOf(log, {
    promise: 'deadlines',
    holds: `${count(log.examined, 'operation')} invoked while nothing was wrong ended within their deadline`,
    nothing:
      log.examined === 0 ? 'no operation with a deadline was invoked while nothing was wrong' : undefined,
  });
}
