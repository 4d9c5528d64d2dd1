import type { History } from '../history/operation.ts';
import { checkLinearizable, type LinearizableOptions } from '../linearizable/check.ts';
import type { Model } from '../models/model.ts';
import { checkTransactions, type TransactionCheckOptions } from '../transactions/check.ts';
import { type Verdict, worstStatus } from '../verdict.ts';
import type { Checker, CheckerVerdict } from './checker.ts';
import { PlainOptionsError } from './errors.ts';

/**
 * One checker of several: it holds when all of them do. The verdicts of the parts come along; a violated one gives the reason
 * and the evidence. A part that examined nothing is named. Throws `PlainOptionsError` without parts, and when two have one name.
 */
export function compose(checkers: readonly Checker[], name = 'composed'): Checker {
  const names = checkers.map((checker) => checker.name);
  const twice = names.find((each, i) => names.indexOf(each) !== i);
  if (checkers.length === 0) throw new PlainOptionsError('checkers', '', 'name at least one');
  if (twice !== undefined) throw new PlainOptionsError('checkers', twice, 'give each part a name of its own');
  const promise = checkers.map((checker) => checker.promise).join('; ');
  return { name, promise, check: (history) => together(promise, checkers, history) };
}

/** Linearizability as a checker among others; `undecided` when its budget is spent. */
export function linearizabilityChecker<S>(model: Model<S>, options: LinearizableOptions = {}): Checker {
  const name = `linearizable ${model.name}`;
  return asChecker(name, 'linearizability', (history) => checkLinearizable(history, model, options));
}

/** Transactions as a checker among others. */
export function transactionsChecker(options: TransactionCheckOptions): Checker {
  const name = options.model ?? 'strict-serializable';
  return asChecker(name, `${name} transactions`, (history) => checkTransactions(history, options));
}

/** Any function from history to verdict as a checker. */
export function asChecker(name: string, promise: string, judge: (history: History) => Verdict): Checker {
  return {
    name,
    promise,
    check(history) {
      const verdict = judge(history);
      const { status, reason, evidence } = verdict;
      const operations = evidence.minimal ?? [];
      const finding = { kind: 'violated', violates: true, sentence: reason, operations };
      const isViolated = status === 'violated';
      return { ...verdict, findings: isViolated ? [finding] : [], counts: { violated: isViolated ? 1 : 0 } };
    },
  };
}

function together(promise: string, checkers: readonly Checker[], history: History): CheckerVerdict {
  const parts = checkers.map((checker) => checker.check(history));
  const counts: Record<string, number> = {};
  const measures: Record<string, number> = {};
  for (const [i, part] of parts.entries()) {
    const name = checkers[i]?.name ?? '';
    for (const [kind, n] of Object.entries(part.counts)) counts[`${name}.${kind}`] = n;
    for (const [kind, n] of Object.entries(part.measures ?? {})) measures[`${name}.${kind}`] = n;
  }
  const sum = (of: (verdict: Verdict) => number): number =>
    parts.reduce((total, part) => total + of(part), 0);
  const worst = parts.find(({ status }) => status === 'violated');
  const { blocking, minimal } = worst?.evidence ?? {};
  const evidence = {
    examined: sum((part) => part.evidence.examined),
    steps: sum((part) => part.evidence.steps),
    ...(blocking === undefined ? {} : { blocking }),
    ...(minimal === undefined ? {} : { minimal }),
  };
  const findings = parts.flatMap((part) => part.findings);
  return {
    promise,
    status: worstStatus(parts),
    reason: reasonOf(parts),
    evidence,
    findings,
    counts,
    measures,
    parts,
  };
}

/** What is wrong first, then what is not known, then what holds; parts that examined nothing are named in any case. */
function reasonOf(parts: readonly CheckerVerdict[]): string {
  const say = (part: Verdict): string => `${part.promise}: ${part.reason}`;
  const wrong = parts.filter(({ status }) => status === 'violated');
  const open = parts.filter(({ status }) => status === 'undecided');
  const empty = parts.filter(({ status, evidence }) => status === 'holds' && evidence.examined === 0);
  if (empty.length === parts.length) return `nothing was examined: ${parts.map(say).join('; ')}`;
  if (wrong.length + open.length === 0) return parts.map(say).join('; ');
  return [...wrong, ...open, ...empty].map(say).join('; ');
}
