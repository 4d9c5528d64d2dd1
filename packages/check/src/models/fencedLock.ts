import type { Operation } from '../history/operation.ts';
import { illegal, type Model, UnsupportedOperationError } from './model.ts';
import { describeLock, type Holder, isAcquire, isRelease } from './mutex.ts';
import { keyOf } from './register.ts';

const EXPECTED = "use f 'acquire' with a number as output, or 'release'";

/** A lock and the last token it gave out; null before the first. */
interface FencedLock {
  readonly holder: Holder;
  readonly token: number | null;
}

/** What a fenced lock checks. */
export interface FencedLockOptions {
  /** True: holders may lose the lock without releasing it (an expired lease), so only the tokens are held to an order. */
  readonly leases?: boolean;
}

/**
 * One lock with fencing tokens per `key`, free at first.
 *
 * - `acquire` (or `lock`): output the token, a number above every token given out before.
 * - `release` (or `unlock`): by the holder. With `leases` also by a process that has lost the lock, which changes nothing.
 *
 * A `fail` says nothing. An `acquire` of unknown outcome took some token above the last one known.
 */
export function fencedLockModel(options: FencedLockOptions = {}): Model<FencedLock> {
  const { leases = false } = options;
  return {
    name: 'fenced-lock',
    init: () => ({ holder: null, token: null }),
    step(lock, operation) {
      if (isAcquire(operation)) return leases || lock.holder === null ? acquired(lock, operation) : illegal;
      if (!isRelease(operation)) throw new UnsupportedOperationError('fenced-lock', operation, EXPECTED);
      if (lock.holder === operation.process) return { holder: null, token: lock.token };
      return leases ? lock : illegal;
    },
    key: keyOf,
    usesProcess: () => true,
    describe: describeLock,
  };
}

function acquired(lock: FencedLock, operation: Operation): FencedLock | typeof illegal {
  const { outcome, output, process } = operation;
  if (outcome === 'unknown') return { holder: process, token: lock.token };
  if (typeof output !== 'number') throw new UnsupportedOperationError('fenced-lock', operation, EXPECTED);
  return lock.token === null || output > lock.token ? { holder: process, token: output } : illegal;
}
