import { checkOption, checkTime, type FailureDetector } from './detector.ts';

/** What a fixed timeout and a lease remember. */
export interface LastHeard {
  lastMs: number;
}

/**
 * Suspects a peer that has been silent for `timeoutMs`. Suspicion is the share of the timeout that has passed, 1 when
 * suspected. After a crash detection takes up to the timeout, and at least the timeout less one heartbeat interval.
 */
export function fixedTimeout(options: { readonly timeoutMs: number }): FailureDetector<LastHeard> {
  const timeoutMs = checkOption('timeoutMs', options.timeoutMs, Number.MIN_VALUE);
  return silenceDetector(`fixed ${timeoutMs} ms`, timeoutMs);
}

/** A detector that suspects after a constant silence. */
export function silenceDetector(name: string, silenceMs: number): FailureDetector<LastHeard> {
  return {
    name,
    start: (nowMs) => ({ lastMs: checkTime(nowMs) }),
    heartbeat: (state, nowMs) => {
      state.lastMs = checkTime(nowMs, state.lastMs);
    },
    suspicion: (state, nowMs) => Math.max(0, nowMs - state.lastMs) / silenceMs,
    suspects: (state, nowMs) => nowMs >= state.lastMs + silenceMs,
    deadlineMs: (state) => state.lastMs + silenceMs,
  };
}
