import type { Action } from '../../history/recorder.ts';
import { leaseIn } from '../leases.ts';
import type { RedisCommand } from './commands.ts';

/** Sets a key that expires unless it is there, and counts how often that was done: a script runs alone on its server. */
const ACQUIRE = `
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return redis.call('INCR', KEYS[2]) end
return 0`;

/** Only what is still the holder's is renewed. */
const RENEW = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0`;

const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/**
 * A key that expires as a lease, all on the asked server: it begins to count when it runs the script, which is after it was asked. Undefined for other actions.
 */
export function leaseCommand({ f, input }: Action): RedisCommand | undefined {
  const { holder, ttlMs, anyOwner } = leaseIn(input);
  const script = (text: string, keys: readonly string[]): string[] => [
    'EVAL',
    text,
    String(keys.length),
    ...keys,
    holder,
    String(ttlMs),
  ];
  const made = (words: RedisCommand['words'], lost: string): RedisCommand => ({
    words,
    answer: (reply) =>
      reply === 0 ? { outcome: 'fail', output: lost } : { outcome: 'ok', output: Number(reply) },
    isRead: false,
  });
  switch (f) {
    case 'acquire-lease':
      return made((key) => script(ACQUIRE, [key, `${key}-tokens`]), 'held by another');
    case 'renew-lease':
      return made((key) => script(RENEW, [key]), 'lost');
    case 'release-lease':
      return made((key) => (anyOwner ? ['DEL', key] : script(RELEASE, [key])), 'not held');
    default:
      return undefined;
  }
}
