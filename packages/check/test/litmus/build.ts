import { insistOnly } from '../../src/causal/shrink.ts';
import type { History, Operation } from '../../src/history/operation.ts';
import type { Model } from '../../src/models/model.ts';
import type { Verdict } from '../../src/verdict.ts';

/**
 * A history from lines such as `0 w x 1`, `1 r x -` (null) or `2 w? y 3` (unknown), process first; each operation ends before the
 * next begins, times are 10 apart.
 */
export function historyOf(...lines: readonly string[]): History {
  const operations = lines.map((line, id): Operation => {
    const [process, f, key, text] = line.split(' ');
    const isWrite = f?.startsWith('w') === true;
    const value = text === '-' || text === undefined ? null : Number(text);
    const isUnknown = f?.endsWith('?') === true;
    const isFailed = f?.endsWith('!') === true;
    return {
      id,
      process: Number(process),
      f: isWrite ? 'write' : 'read',
      key,
      input: isWrite ? value : null,
      outcome: isUnknown ? 'unknown' : isFailed ? 'fail' : 'ok',
      output: isWrite || isUnknown || isFailed ? null : value,
      invokedAt: id * 10,
      completedAt: isUnknown ? Number.POSITIVE_INFINITY : id * 10 + 5,
    };
  });
  return { operations, timeUnit: 'us' };
}

/** What is wrong with a violation's minimal sub-history; undefined when it is violated and no operation of it can be spared. */
export function minimalityFault<S>(
  history: History,
  model: Model<S>,
  verdict: Verdict,
  check: (history: History) => Verdict,
): string | undefined {
  const { minimal, blocking } = verdict.evidence;
  if (minimal === undefined) return 'there is none';
  if (blocking === undefined) return 'no operation is named as blocking';
  if (minimal.some((operation) => history.operations[operation.id] !== operation))
    return 'an operation is not of the history';
  const statusOf = (kept: readonly Operation[]): string =>
    check({ ...history, operations: insistOnly(history.operations, new Set(kept), model) }).status;
  if (statusOf(minimal) !== 'violated') return 'it is not violated';
  const spared = minimal.find((operation) => statusOf(minimal.filter((o) => o !== operation)) !== 'holds');
  return spared && `operation ${spared.id} can be spared`;
}
