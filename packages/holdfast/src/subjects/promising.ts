import type { Operation, Verdict } from '@holdfast/check';
import type { RunningSubject, Subject } from '../experiment/subject.ts';

/** How a promise came out that is judged from what clients saw and what was measured. */
export interface JudgedPromise {
  /** `undecided` when nothing was there to be judged. */
  readonly status: Verdict['status'];
  /** One sentence. */
  readonly reason: string;
  readonly examined: number;
}

/** A subject that is held to one more promise, judged when its run has ended. */
export function promising(
  subject: Subject,
  promise: string,
  judge: (operations: readonly Operation[], metrics: Readonly<Record<string, number>>) => JudgedPromise,
): Subject {
  return {
    ...subject,
    promises: [...subject.promises, promise],
    start: (context): RunningSubject => {
      const running = subject.start(context);
      return {
        ...wrapped(running),
        verdicts: (operations) => {
          const before = running.verdicts(operations);
          const { status, reason, examined } = judge(operations, running.metrics());
          const at = status === 'violated' ? { atUs: context.world.nowUs } : {};
          return [...before, { promise, status, reason, evidence: { examined, steps: examined, ...at } }];
        },
      };
    },
  };
}

/** A running subject may be an object of a class: its methods need it. */
function wrapped(running: RunningSubject): RunningSubject {
  return {
    issue: (client, call, done) => running.issue(client, call, done),
    resolve: (role) => running.resolve(role),
    healed: () => running.healed(),
    verdicts: (operations) => running.verdicts(operations),
    isViolated: (promise) => running.isViolated(promise),
    metrics: () => running.metrics(),
    ...(running.versions === undefined ? {} : { versions: running.versions }),
    ...(running.authority === undefined
      ? {}
      : { authority: (asked) => running.authority?.(asked) ?? 'unknown' }),
  };
}
