import type { History, Operation } from '../history/operation.ts';
import type { Verdict } from '../verdict.ts';

/** Operations of the longest history that is judged again for its prefixes. */
const LONGEST = 5_000;

/**
 * The operations, in order of completion, of the longest beginning of a history that is still accepted: everything up to some
 * completion, what was open then counting as unknown. If the verdict on it has an order, that order. Finds it by halving, as every
 * beginning of what a consistency model accepts is accepted; so it costs a few judgements. Undefined for long histories.
 */
export function longestPrefix(
  history: History,
  judgeAgain: (beginning: History) => Verdict,
): readonly number[] | undefined {
  const { operations } = history;
  if (operations.length > LONGEST) return undefined;
  const completed = operations
    .filter(({ outcome }) => outcome !== 'unknown')
    .sort((a, b) => a.completedAt - b.completedAt || a.id - b.id);
  let accepted: Verdict | undefined;
  let low = 0;
  let high = completed.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const verdict = judgeAgain(beginningOf(history, completed.slice(0, middle)));
    if (verdict.status === 'violated') high = middle - 1;
    else {
      low = middle;
      accepted = verdict;
    }
  }
  return accepted?.evidence.order ?? completed.slice(0, low).map(({ id }) => id);
}

function beginningOf(history: History, completed: readonly Operation[]): History {
  const over = new Set(completed);
  const until = completed.at(-1)?.completedAt ?? Number.NEGATIVE_INFINITY;
  const operations = history.operations.flatMap((operation): Operation[] => {
    if (over.has(operation)) return [operation];
    if (operation.invokedAt > until) return [];
    return [{ ...operation, outcome: 'unknown', output: null, completedAt: Number.POSITIVE_INFINITY }];
  });
  return { ...history, operations };
}
