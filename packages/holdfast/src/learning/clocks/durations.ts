import { HostClock } from '@holdfast/world';
import { AnswerError } from '../errors.ts';
import { markCase } from '../code.ts';
import type { Grade } from '../exercise.ts';

/** The clocks of the host that a call is timed on, in milliseconds. */
export interface CallClocks {
  /** Since 1970, as far as this host knows. */
  wallMs(): number;
  /** Since some instant. */
  monotonicMs(): number;
}

/** What is submitted: makes a call, and says how long it took, in milliseconds. */
export type TimedCall = (clocks: CallClocks, call: () => void) => number;

/** The file a learner begins with: the bug. */
export const DURATION_BLANK: string = `import type { CallClocks } from 'holdfast';

// How long a call took. Sometimes the dashboard shows -1,700 ms.
export default (clocks: CallClocks, call: () => void): number => {
  const start = clocks.wallMs();
  call();
  return clocks.wallMs() - start;
};
`;

interface Case {
  readonly name: string;
  readonly tookMs: number;
  /** What happens to the wall clock while the call lasts. */
  readonly stepMs: number;
}

const CASES: readonly Case[] = [
  { name: 'a call of 300 ms while nothing else happens', tookMs: 300, stepMs: 0 },
  { name: 'a call of 300 ms while the wall clock is set back by two seconds', tookMs: 300, stepMs: -2_000 },
  { name: 'a call of 20 ms while the wall clock is set forward by an hour', tookMs: 20, stepMs: 3_600_000 },
  { name: 'a call of 40 s while the wall clock is set back by half a second', tookMs: 40_000, stepMs: -500 },
];

/** Times calls on a host whose wall clock is set right meanwhile. Every duration must be true to a millisecond. */
export function gradeDurations(submitted: unknown): Grade {
  if (typeof submitted !== 'function')
    throw new AnswerError('the default export', 'a function', typeof submitted);
  const timed = submitted as TimedCall;
  return {
    marks: CASES.map(({ name, tookMs, stepMs }) =>
      markCase(name, () => {
        const clock = new HostClock();
        let trueUs = 1_000_000;
        const told = timed(
          {
            wallMs: () => clock.wallUs(trueUs) / 1_000,
            monotonicMs: () => clock.monotonicUs(trueUs) / 1_000,
          },
          () => {
            trueUs += tookMs * 1_000;
            clock.stepWall(stepMs * 1_000);
          },
        );
        if (Math.abs(told - tookMs) <= 1) return undefined;
        return {
          because: `it says ${told} ms; it took ${tookMs} ms`,
          belief: beliefOf(told, tookMs + stepMs),
        };
      }),
    ),
  };
}

function beliefOf(told: number, byWallMs: number): string {
  return Math.abs(told - byWallMs) <= 1
    ? 'the wall clock measures durations: it is set while one lasts, and then the difference is no duration'
    : 'an impossible duration is mended afterwards: the number that comes out is still not what was measured';
}
