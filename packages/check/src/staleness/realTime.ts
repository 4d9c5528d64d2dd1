import type { History } from '../history/operation.ts';

/** Thrown when a history without real time is to be judged by when things happened. */
export class RealTimeError extends Error {
  readonly code = 'NO_REAL_TIME';
  constructor(promise: string) {
    super(
      `Cannot judge the history for ${promise}: its order is 'session', so it does not say which operation of two processes came ` +
        'first in real time; judge it for sequential or causal consistency or a session guarantee instead',
    );
    this.name = 'RealTimeError';
  }
}

/** Throws `RealTimeError` for a history without real time. */
export function needRealTime(history: History, promise: string): void {
  if (history.order === 'session') throw new RealTimeError(promise);
}
