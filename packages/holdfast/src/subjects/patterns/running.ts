import type { Operation, Verdict } from '@holdfast/check';
import type { HostId } from '@holdfast/world';
import type { Call, OperationEnd, RunningSubject } from '../../experiment/subject.ts';

/** What a running pattern tells of one promise, once its run has ended. */
export interface PatternVerdict {
  readonly promise: string;
  readonly kept: boolean;
  readonly reason: string;
  readonly examined: number;
  /** Events of the trace that show it, the last one last: what a picture is of. */
  readonly events?: readonly number[];
}

/** A pattern in one world: how calls are made, and what is measured and judged at the end. */
export interface Pattern {
  issue(client: HostId, call: Call, done: (end: OperationEnd) => void): void;
  healed?(): void;
  judge(): readonly PatternVerdict[];
  metrics(): Record<string, number>;
}

/** A pattern as a running subject. It has no roles, and is judged when it is over. */
export function runPattern(pattern: Pattern, now: () => number): RunningSubject {
  let judged: readonly PatternVerdict[] = [];
  return {
    issue: (client, call, done) => pattern.issue(client, call, done),
    resolve: () => undefined,
    healed: () => pattern.healed?.(),
    verdicts: (_operations: readonly Operation[]): Verdict[] => {
      judged = pattern.judge();
      return judged.map(({ promise, kept, reason, examined, events }): Verdict => {
        const at = kept ? {} : { atUs: now(), ...(events === undefined ? {} : { events }) };
        return {
          promise,
          status: kept ? 'holds' : 'violated',
          reason,
          evidence: { examined, steps: examined, ...at },
        };
      });
    },
    isViolated: (promise) =>
      judged.some((one) => !one.kept && (promise === undefined || one.promise === promise)),
    metrics: () => pattern.metrics(),
  };
}

/** The value below which such a share of the values lies; 0 of none. */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
