import type { Plain } from '@holdfast/plain';
import { textOf } from '../../errors.ts';
import type { Answer } from '../../history/recorder.ts';
import { ExchangeError } from '../../wire/exchange.ts';
import type { ConditionalStore } from '../conditional.ts';

/** The last message of a key. */
export interface Stored {
  readonly value: Plain;
  readonly sequence: number;
}

/** What the bucket is asked. */
export interface Bucket {
  /** The last value of a key by the stream's leader; undefined when it has none. */
  stored(key: string, deadlineMs: number): Promise<Stored | undefined>;
  /** Stores a value if the key's last sequence is the one expected. */
  publish(key: string, value: Plain, deadlineMs: number, expected: number): Promise<Answer>;
}

/**
 * JetStream's expected sequences: one key is changed if its last message is the one that was read. What only reads stores the value anew, since a leader that was
 * deposed answers reads, too. Keys cannot be changed together.
 */
export function natsStore(bucket: Bucket): ConditionalStore {
  return {
    async get(key, deadlineMs) {
      const { value, sequence } = (await bucket.stored(key, deadlineMs)) ?? { value: null, sequence: 0 };
      return { key, value, version: sequence };
    },
    async commit([held], puts, deadlineMs) {
      if (held === undefined) return true;
      const [[, value] = [held.key, held.value]] = puts;
      const { outcome, output } = await bucket.publish(held.key, value, deadlineMs, Number(held.version));
      if (outcome === 'unknown') throw new UnknownError(JSON.stringify(output));
      return outcome === 'ok';
    },
    failure: natsFailure,
  };
}

/** The server answered, and did not say whether it stored the message. */
class UnknownError extends Error {
  readonly code = 'UNKNOWN_OUTCOME';
}

/** What is known after a request that was to store something. */
export function natsFailure(error: unknown): Answer {
  const isUnknown = error instanceof UnknownError || (error instanceof ExchangeError && error.sent);
  return { outcome: isUnknown ? 'unknown' : 'fail', output: textOf(error) };
}
