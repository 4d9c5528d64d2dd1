import { type History, judge, type Verdict } from '@holdfast/check';
import type { MaelstromOptions } from './options.ts';
import { ECHO, judgeEcho } from './workloads/echo.ts';
import type { Judged } from './workloads/workload.ts';

/** What the history says of everything the workload promises, and of whether anything was answered at all. */
export function judgeRun(
  history: History,
  judged: readonly Judged[],
  { availability }: MaelstromOptions,
): Verdict[] {
  const promised = judged.map(({ checker, settings }): Verdict => {
    if (checker === ECHO) return judgeEcho(history.operations);
    const verdict = judge(history, checker, { settings });
    return { ...verdict, promise: checker };
  });
  const asked = availability === undefined ? [] : [available(history, availability)];
  return [...promised, ...asked, answered(history)];
}

function available(history: History, minimum: number): Verdict {
  return { ...judge(history, 'availability', { settings: { minimum } }), promise: 'availability' };
}

/** A kind of request that never succeeded shows nothing of what it promises. */
function answered({ operations }: History): Verdict {
  const promise = 'every kind of request is answered';
  const kinds = [...new Set(operations.map(({ f }) => f))];
  const evidence = { examined: operations.length, steps: operations.length };
  const never = kinds.filter((f) => !operations.some((one) => one.f === f && one.outcome === 'ok'));
  if (operations.length === 0) return { promise, status: 'undecided', reason: 'nothing was asked', evidence };
  if (never.length === 0) {
    const counts = kinds.map((f) => {
      const all = operations.filter((one) => one.f === f);
      return `${f} ${all.filter(({ outcome }) => outcome === 'ok').length} of ${all.length}`;
    });
    return { promise, status: 'holds', reason: counts.join(', '), evidence };
  }
  const why = operations.find(({ f, outcome }) => f === never[0] && outcome !== 'ok')?.output;
  return {
    promise,
    status: 'undecided',
    reason: `no '${never.join("', no '")}' succeeded (${JSON.stringify(why ?? null)})`,
    evidence,
  };
}
