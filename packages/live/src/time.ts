/** Time as a run has it: the machine's, or that of a simulated world. */
export interface Clock {
  /** Microseconds of a clock that never jumps, as histories count them. */
  nowUs(): number;
  /** Waits; an abort ends the wait early and quietly. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** This machine's time. */
export const REAL_CLOCK: Clock = {
  nowUs: () => Math.round(performance.now() * 1_000),
  sleep,
};

/** Waits; an abort ends the wait early and quietly. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end, { once: true });
  });
}

/** How often and how long `eventually` asks. */
export interface Patience {
  readonly withinMs: number;
  readonly everyMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** The machine's time unless told otherwise. */
  readonly clock?: Clock | undefined;
}

/** Asks until the answer is neither undefined nor false; undefined when it never was in time. Questions that throw count as no. */
export async function eventually<T>(
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  patience: Patience,
): Promise<T | undefined> {
  const { withinMs, everyMs = 20, signal, clock = REAL_CLOCK } = patience;
  const endUs = clock.nowUs() + withinMs * 1_000;
  for (;;) {
    const answer = await Promise.resolve()
      .then(ask)
      .catch(() => undefined);
    if (answer !== undefined && answer !== false) return answer;
    if (clock.nowUs() >= endUs || signal?.aborted === true) return undefined;
    await clock.sleep(everyMs, signal);
  }
}
