import { equalPlain, type Plain } from '@holdfast/plain';
import type { Verdict } from '@holdfast/check';
import type { Operation } from '@holdfast/check';
import { type Asked, fieldOf, type Load, type WorkloadKind } from './workload.ts';

/** Answers repeat what was asked. */
export const echo: WorkloadKind = {
  name: 'echo',
  about: 'a node answers what it was asked',
  keys: 10,
  begin(): Load {
    let count = 0;
    return {
      next(): Asked {
        const text = `please echo ${++count}`;
        return { f: 'echo', input: text, body: { type: 'echo', echo: text } };
      },
      output: (_asked, reply): Plain => fieldOf(reply, 'echo'),
      isIdempotent: () => true,
      judged: () => [{ checker: ECHO, settings: {} }],
    };
  },
};

/** Not one of the checkers of histories: only this workload has such a promise. */
export const ECHO = 'echo';

/** Every answer is what was asked. */
export function judgeEcho(operations: readonly Operation[]): Verdict {
  const answered = operations.filter(({ outcome }) => outcome === 'ok');
  const wrong = answered.find(({ input, output }) => !equalPlain(input, output));
  const evidence = { examined: answered.length, steps: answered.length };
  if (wrong === undefined)
    return {
      promise: ECHO,
      status: 'holds',
      reason: `${answered.length} answers repeat what was asked`,
      evidence,
    };
  return {
    promise: ECHO,
    status: 'violated',
    reason: `process ${wrong.process} asked ${JSON.stringify(wrong.input)} and was answered ${JSON.stringify(wrong.output)}`,
    evidence,
  };
}
