import { MalformedClockError } from './boundary.ts';
import { parseInterval, trueTimeAfter } from './trueTime.ts';

/**
 * Commit wait at one coordinator, as plain data changed in place by the functions here. Two rules together give
 * external consistency: start (a commit's timestamp is at least `TT.now().latest` when its request arrived, and above
 * every earlier one) and wait (nobody sees the commit before `TT.after(timestamp)`). Without the start rule waiting
 * proves nothing. Source: Corbett et al., "Spanner", OSDI 2012, sections 4.1.2 and 4.2.1.
 */
export interface CommitWait {
  /** The largest timestamp given out here. */
  lastTimestamp: number;
  /** Commits not yet visible, by ascending timestamp. */
  readonly waiting: { readonly id: string; readonly timestamp: number }[];
}

/** Most commits waiting at once. */
export const COMMIT_WAIT_LIMIT = 65_536;

/** A commit that cannot begin to wait. Nothing was changed. */
export class CommitWaitError extends Error {
  readonly code = 'COMMIT_WAIT';
  readonly id: string;
  constructor(id: string, state: string, advice: string) {
    super(`Cannot begin commit '${id}' as waiting for its timestamp: ${state}; ${advice}`);
    this.name = 'CommitWaitError';
    this.id = id;
  }
}

/**
 * A coordinator's state. After a restart pass the largest timestamp it may have given out, as its log tells.
 */
export function startCommitWait(lastTimestamp = 0): CommitWait {
  if (!Number.isSafeInteger(lastTimestamp)) {
    throw new MalformedClockError('lastTimestamp', 'a timestamp in whole microseconds', lastTimestamp);
  }
  return { lastTimestamp, waiting: [] };
}

/**
 * Gives a commit its timestamp (microseconds), with `now` read after its request arrived and its locks are held.
 * Throws `CommitWaitError` when the id already waits or too many do, `MalformedClockError` when `now` is no interval.
 */
export function beginCommit(state: CommitWait, id: string, now: unknown): number {
  const interval = parseInterval(now, 'now');
  if (state.waiting.some((commit) => commit.id === id)) {
    throw new CommitWaitError(id, 'it is already waiting', 'use one id per commit');
  }
  if (state.waiting.length >= COMMIT_WAIT_LIMIT) {
    throw new CommitWaitError(id, `${COMMIT_WAIT_LIMIT} commits are waiting`, 'release some first');
  }
  state.lastTimestamp = Math.max(interval.latest, state.lastTimestamp + 1);
  state.waiting.push({ id, timestamp: state.lastTimestamp });
  return state.lastTimestamp;
}

/** Takes out the commits whose timestamps have certainly passed: they may be made visible and answered now. */
export function releaseCommits(state: CommitWait, now: unknown): readonly string[] {
  const interval = parseInterval(now, 'now');
  const held = state.waiting.findIndex((commit) => !trueTimeAfter(interval, commit.timestamp));
  const count = held === -1 ? state.waiting.length : held;
  return state.waiting.splice(0, count).map((commit) => commit.id);
}
