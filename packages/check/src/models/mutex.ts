import type { Operation } from '../history/operation.ts';
import { illegal, type Model, UnsupportedOperationError } from './model.ts';
import { keyOf } from './register.ts';

const EXPECTED = "use f 'acquire' or 'release'";

/** Who holds a lock: a process, or nobody. */
export type Holder = number | null;

// Where it does not matter who does.
const SOMEBODY = 0;

/** What a lock checks. */
export interface MutexOptions {
  /** True: only the process that acquired the lock may release it. False, the default: anybody may. */
  readonly owners?: boolean;
}

/**
 * One mutual exclusion lock per `key`, free at first.
 *
 * - `acquire` (or `lock`): input and output ignored; only a free lock can be acquired.
 * - `release` (or `unlock`): only a held lock can be released; with `owners`, by its holder.
 *
 * A `fail` says nothing. An `acquire` of unknown outcome may hold the lock for ever; its client goes on as another process.
 */
export function mutexModel(options: MutexOptions = {}): Model<Holder> {
  const { owners = false } = options;
  return {
    name: 'mutex',
    init: () => null,
    step(holder, operation) {
      if (isAcquire(operation)) return holder === null ? (owners ? operation.process : SOMEBODY) : illegal;
      if (!isRelease(operation)) throw new UnsupportedOperationError('mutex', operation, EXPECTED);
      return holder === null || (owners && holder !== operation.process) ? illegal : null;
    },
    key: keyOf,
    usesProcess: () => owners,
    describe: describeLock,
  };
}

/** True for `acquire` and `lock`. */
export function isAcquire(operation: Operation): boolean {
  return operation.f === 'acquire' || operation.f === 'lock';
}

/** True for `release` and `unlock`. */
export function isRelease(operation: Operation): boolean {
  return operation.f === 'release' || operation.f === 'unlock';
}

/** A lock operation in words, with its fencing token if it has one. */
export function describeLock(operation: Operation): string {
  const lock = operation.key ?? 'the lock';
  const token = typeof operation.output === 'number' ? ` with token ${operation.output}` : '';
  return `${isAcquire(operation) ? 'acquired' : 'released'} ${lock}${token}`;
}
