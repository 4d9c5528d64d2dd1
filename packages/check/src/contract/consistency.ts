import type { History, Operation } from '../history/operation.ts';
import { checkConsistency } from '../litmus/consistency.ts';
import type { Model } from '../models/model.ts';
import { count } from '../plain/findings.ts';
import { type Evidence, type Verdict, worstStatus } from '../verdict.ts';
import { type Claim, type ClaimedHistory, claimedHistory, claimsIn } from './groups.ts';
import type { Authority, Contract, FaultInterval } from './promise.ts';
import { checkRejections } from './rejections.ts';
import { checkIdempotency, collapseRepeats } from './repeats.ts';

/** What consistency is judged by, beside the history and the contract. */
export interface ConsistencySituation {
  readonly model: Model | null;
  readonly faults: readonly FaultInterval[];
  /** When everything had healed and recovered; without it nobody says when reads must agree. */
  readonly quietFrom?: number | undefined;
  readonly recoverWithin: number;
  readonly authority?: ((operation: Operation) => Authority) | undefined;
  readonly stepBudget?: number | undefined;
  readonly explain?: boolean | undefined;
}

/** A verdict on one clause of a contract, and the operations whose promise it is. */
export interface ClauseVerdict extends Verdict {
  readonly operations: readonly string[];
}

/** Everything the contract says of what is read and written, a verdict for each model claimed and each further clause. */
export function judgeConsistencyClauses(
  history: History,
  contract: Contract,
  situation: ConsistencySituation,
): ClauseVerdict[] {
  const { model } = situation;
  const names = [...new Set(history.operations.map(({ f }) => f))];
  const verdicts: ClauseVerdict[] = [];
  const claims = claimsIn(contract, Object.keys(contract));
  if (model !== null) {
    const once = collapseRepeats(history, contract);
    for (const claim of claims) {
      const verdict = judgeClaim(once.history, contract, model, claim, situation);
      const told = once.history === history ? verdict : restored(verdict, once.originals);
      verdicts.push({ ...told, operations: claim.operations });
    }
  }
  if (claims.length === 0) verdicts.push({ ...nothingClaimed(history), operations: names });
  const twice = checkIdempotency(history, contract);
  if (twice !== undefined)
    verdicts.push({ ...twice, operations: promising(contract, (p) => p.idempotent === true) });
  const rejections = checkRejections(history, contract, situation.authority);
  if (rejections !== undefined) {
    verdicts.push({ ...rejections, operations: promising(contract, (p) => p.duringPartition === 'reject') });
  }
  return named(verdicts);
}

function promising(contract: Contract, does: (promise: Contract[string]) => boolean): string[] {
  return Object.entries(contract).flatMap(([f, promise]) => (does(promise) ? [f] : []));
}

function judgeClaim(
  history: History,
  contract: Contract,
  model: Model,
  claim: Claim,
  situation: ConsistencySituation,
): Verdict {
  const partitions = situation.faults.filter(({ kind }) => kind === 'partition');
  const claimed = claimedHistory(history, contract, model, claim, partitions);
  const parts: readonly Part[] = claim.scope === 'key' ? byKey(claimed.history, model) : [claimed.history];
  const verdicts = parts.map((part) => restored(judgeOne(part, model, claim, situation), part.originals));
  const status = worstStatus(verdicts);
  const worst =
    verdicts.find((verdict) => verdict.status === status) ??
    judgeOne(claimed.history, model, claim, situation);
  const evidence = {
    ...worst.evidence,
    examined: verdicts.reduce((sum, verdict) => sum + verdict.evidence.examined, 0),
    steps: verdicts.reduce((sum, verdict) => sum + verdict.evidence.steps, 0),
  };
  const whole =
    verdicts.length === 1 ? worst : { ...worst, reason: reasonOf(worst, verdicts.length), evidence };
  const told = { ...whole, reason: `${whole.reason}${apart(claimed)}` };
  return claimed.history === history ? told : restored(told, claimed.originals);
}

function reasonOf({ reason, status }: Verdict, keys: number): string {
  return status === 'holds' ? `each of ${keys} objects by itself; of one of them: ${reason}` : reason;
}

/** What was not judged, and why. */
function apart({ unclaimed, others, softened }: ClaimedHistory): string {
  const parts: string[] = [];
  if (unclaimed > 0) {
    parts.push(
      `${count(unclaimed, 'operation')} ${unclaimed === 1 ? 'claims' : 'claim'} nothing about consistency and ${were(unclaimed)} not judged`,
    );
  }
  if (others > 0)
    parts.push(
      `${count(others, 'operation')} ${others === 1 ? 'claims' : 'claim'} something else and ${were(others)} left out`,
    );
  if (softened > 0)
    parts.push(`${count(softened, 'read')} during a partition may be stale and ${were(softened)} left out`);
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}

function were(n: number): string {
  return n === 1 ? 'was' : 'were';
}

/** A history, and what its operations were in the one it is a part of; absent where it is the whole of it. */
type Part = History & { readonly originals?: readonly Operation[] };

function byKey(history: History, model: Model): Part[] {
  const parts = new Map<string, Operation[]>();
  for (const operation of history.operations) {
    const key = model.key?.(operation) ?? '';
    const part = parts.get(key) ?? [];
    if (part.length === 0) parts.set(key, part);
    part.push(operation);
  }
  return [...parts.values()].map((originals) => ({
    ...history,
    operations: originals.map((operation, id) => ({ ...operation, id })),
    originals,
  }));
}

function judgeOne(history: History, model: Model, claim: Claim, situation: ConsistencySituation): Verdict {
  const { stepBudget, explain } = situation;
  const quietFrom = claim.name === 'eventual' ? agreeingFrom(history, model, claim, situation) : undefined;
  return checkConsistency(history, claim.name, model, {
    ...(stepBudget === undefined ? {} : { stepBudget }),
    ...(explain === undefined ? {} : { explain }),
    ...(claim.versions === undefined ? {} : { versions: claim.versions }),
    ...(claim.within === undefined ? {} : { within: claim.within }),
    ...(quietFrom === undefined ? {} : { quietFrom }),
  });
}

/** From when on reads must agree: everything has healed and recovered, and nothing has changed for a while. */
function agreeingFrom(
  history: History,
  model: Model,
  { agreeWithin }: Claim,
  { quietFrom, recoverWithin }: ConsistencySituation,
): number | undefined {
  if (quietFrom === undefined) return undefined;
  let last = Number.NEGATIVE_INFINITY;
  for (const operation of history.operations) {
    if (operation.outcome === 'fail' || model.observes?.(operation) === true) continue;
    last = Math.max(
      last,
      Number.isFinite(operation.completedAt) ? operation.completedAt : operation.invokedAt,
    );
  }
  return Math.max(quietFrom, last + (agreeWithin ?? recoverWithin));
}

/** Evidence in terms of the operations as they were. */
function restored(verdict: Verdict, originals: readonly Operation[] | undefined): Verdict {
  if (originals === undefined) return verdict;
  const back = (operation: Operation): Operation => originals[operation.id] ?? operation;
  const ids = (order: readonly number[]): readonly number[] => order.map((id) => originals[id]?.id ?? id);
  const { blocking, minimal, order, prefixes, ...rest } = verdict.evidence;
  const evidence: Evidence = {
    ...rest,
    ...(blocking === undefined ? {} : { blocking: back(blocking) }),
    ...(minimal === undefined ? {} : { minimal: minimal.map(back) }),
    ...(order === undefined ? {} : { order: ids(order) }),
    ...(prefixes === undefined ? {} : { prefixes: prefixes.map(ids) }),
  };
  return { ...verdict, evidence };
}

/** Where no operation claims anything about consistency: said, and not passed off as a promise kept. */
function nothingClaimed(history: History): Verdict {
  return {
    promise: 'consistency',
    status: 'holds',
    reason: `nothing was examined: none of the ${history.operations.length} operations claims anything about consistency`,
    evidence: { examined: 0, steps: 0 },
  };
}

/** Two clauses of one name are told apart by whose they are. */
function named(verdicts: readonly ClauseVerdict[]): ClauseVerdict[] {
  return verdicts.map((verdict) =>
    verdicts.some((other) => other !== verdict && other.promise === verdict.promise)
      ? { ...verdict, promise: `${verdict.promise} of ${verdict.operations.join(' and ')}` }
      : verdict,
  );
}
