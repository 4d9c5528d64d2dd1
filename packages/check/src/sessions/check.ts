import { checkRegisters, type RegisterCheckOptions, type RegisterPromise } from '../causal/judge.ts';
import type { History } from '../history/operation.ts';
import type { Model } from '../models/model.ts';
import type { Verdict } from '../verdict.ts';
import { judgeGuarantee } from './guarantees.ts';
import type { SessionGuarantee } from './required.ts';

const MEANINGS: Readonly<Record<SessionGuarantee, readonly [name: string, meaning: string]>> = {
  'read-your-writes': ['read your writes', 'no session read an older version than one it had written'],
  'monotonic-reads': ['monotonic reads', 'no session read an older version than one it had read'],
  'monotonic-writes': [
    'monotonic writes',
    'no session that had seen a write read an older version than one the writer had written before it',
  ],
  'writes-follow-reads': [
    'writes follow reads',
    'no session that had seen a write read an older version than one the writer had read before it',
  ],
};

/**
 * Judges a history of plain reads and writes for one session guarantee. Sessions are processes; real time plays no part. What a
 * session reads is taken to come from a state that only grows, for otherwise no client could notice the order of writes.
 * Repeated values are treated as `checkCausal` treats them.
 *
 * Throws `NotRegisterError` for a history with other operations than reads and writes.
 */
export function checkSession<S>(
  history: History,
  model: Model<S>,
  guarantee: SessionGuarantee,
  options: RegisterCheckOptions = {},
): Verdict {
  const [name, meaning] = MEANINGS[guarantee];
  const promise: RegisterPromise = {
    name,
    meaning,
    judge: (registers) => judgeGuarantee(registers, guarantee),
  };
  return checkRegisters(history, model, promise, options);
}
