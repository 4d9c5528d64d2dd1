import type { Plain } from '@holdfast/plain';
import type { Action, Answer } from '../history/recorder.ts';

/** What a key holds, and by what the store tells whether it still does. */
export interface Held {
  readonly key: string;
  /** Null where there is nothing. */
  readonly value: Plain;
  /** A revision, a version, a sequence or the stored text: the store's own. */
  readonly version: string | number | null;
}

/** A store that changes keys together, and only if others are as they were read. */
export interface ConditionalStore {
  /** What a key holds. Rejects when nobody says; reading changes nothing. */
  get(key: string, deadlineMs: number): Promise<Held>;
  /** Puts all if every key read is as it was; false when one is not, and then nothing was changed. Rejects as `failure` understands. */
  commit(
    read: readonly Held[],
    puts: readonly (readonly [string, Plain])[],
    deadlineMs: number,
  ): Promise<boolean>;
  /** What is known after a rejection of `commit`. */
  failure(error: unknown): Answer;
}

/** Thrown where a read inside a larger operation had no answer. */
class NoAnswerError extends Error {
  readonly code = 'NO_ANSWER';
}

/**
 * The broken twin of every store: reads, then writes each key by itself, and never looks whether somebody was faster. Made of nothing but an adapter's own
 * `read` and `write`.
 */
export function unguardedStore(
  perform: (action: Action, deadlineMs: number) => Promise<Answer>,
): ConditionalStore {
  return {
    get: async (key, deadlineMs) => {
      const { outcome, output } = await perform({ f: 'read', key, input: null }, deadlineMs);
      if (outcome !== 'ok') throw new NoAnswerError(JSON.stringify(output));
      return { key, value: output, version: null };
    },
    commit: async (_read, puts, deadlineMs) => {
      for (const [key, input] of puts) {
        const { outcome, output } = await perform({ f: 'write', key, input }, deadlineMs);
        if (outcome !== 'ok') throw new NoAnswerError(JSON.stringify(output));
      }
      return true;
    },
    // Some of the writes may have been done.
    failure: (error) => ({
      outcome: 'unknown',
      output: error instanceof Error ? error.message : String(error),
    }),
  };
}
