import type { Plain } from '@holdfast/plain';
import { textOf } from '../../errors.ts';
import type { Answer } from '../../history/recorder.ts';
import { ExchangeError } from '../../wire/exchange.ts';
import type { ConditionalStore } from '../conditional.ts';
import { isFailure, type RespReply } from './resp.ts';

/** A key without a value, which no text of JSON is. */
const ABSENT = '';

/** Compares the first so many keys with their texts, then sets the others: a script runs alone on its server. */
const COMMIT = `
local read = tonumber(ARGV[1])
for i = 1, read do
  if (redis.call('GET', KEYS[i]) or '') ~= ARGV[i + 1] then return 0 end
end
for i = read + 1, #KEYS do redis.call('SET', KEYS[i], ARGV[i + 1]) end
return 1`;

/** Redis' scripts: keys are set if the texts of others are those that were read, all on the asked server. */
export function redisStore(
  ask: (words: readonly string[], deadlineMs: number) => Promise<RespReply>,
): ConditionalStore {
  return {
    async get(key, deadlineMs) {
      const reply = await ask(['GET', key], deadlineMs);
      if (isFailure(reply)) throw new RefusedError(reply.error);
      const text = typeof reply === 'string' ? reply : ABSENT;
      return { key, value: text === ABSENT ? null : (JSON.parse(text) as Plain), version: text };
    },
    async commit(read, puts, deadlineMs) {
      const keys = [...read.map(({ key }) => key), ...puts.map(([key]) => key)];
      const texts = [
        ...read.map(({ version }) => String(version)),
        ...puts.map(([, value]) => JSON.stringify(value)),
      ];
      const words = ['EVAL', COMMIT, String(keys.length), ...keys, String(read.length), ...texts];
      const reply = await ask(words, deadlineMs);
      if (isFailure(reply)) throw new RefusedError(reply.error);
      return reply === 1;
    },
    failure: redisFailure,
  };
}

/** The server refused: nothing was done. */
class RefusedError extends Error {
  readonly code = 'REFUSED';
}

/** What is known after a request that did not succeed. */
export function redisFailure(error: unknown): Answer {
  const certain = error instanceof RefusedError || (error instanceof ExchangeError && !error.sent);
  return { outcome: certain ? 'fail' : 'unknown', output: textOf(error) };
}
