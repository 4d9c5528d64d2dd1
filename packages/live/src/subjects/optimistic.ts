import { textOf } from '../errors.ts';
import type { Action, Answer } from '../history/recorder.ts';
import { type Clock, REAL_CLOCK } from '../time.ts';
import { type Change, changeOf } from './changes.ts';
import type { ConditionalStore, Held } from './conditional.ts';

/** The first pause after somebody was faster; each next one is longer by as much. */
const PAUSE_MS = 2;

/**
 * Reads what an action reads, and commits what it makes of that if nothing has changed meanwhile; else again, until its deadline. Also what only reads is committed, so
 * that all of it was true at one moment. An attempt that was refused certainly had no effect, so the last one's outcome is the operation's. Undefined for actions that
 * are no such change. Never rejects.
 */
export async function changeOptimistically(
  store: ConditionalStore,
  action: Action,
  deadlineMs: number,
  clock: Clock = REAL_CLOCK,
): Promise<Answer | undefined> {
  const change = changeOf(action);
  if (change === undefined) return undefined;
  const endUs = clock.nowUs() + deadlineMs * 1_000;
  const leftMs = (): number => Math.max(1, (endUs - clock.nowUs()) / 1_000);
  for (let attempt = 1; ; attempt++) {
    const answer = await attemptOf(store, change, leftMs);
    if (answer !== undefined) return answer;
    const pauseMs = attempt * PAUSE_MS;
    if (leftMs() <= pauseMs)
      return { outcome: 'fail', output: `others were faster ${attempt} times in ${deadlineMs} ms` };
    await clock.sleep(pauseMs);
  }
}

/** One attempt; undefined when somebody was faster. */
async function attemptOf(
  store: ConditionalStore,
  change: Change,
  leftMs: () => number,
): Promise<Answer | undefined> {
  let read: readonly Held[];
  try {
    read = await Promise.all(change.keys.map((key) => store.get(key, leftMs())));
  } catch (error) {
    // Nothing was asked but questions.
    return { outcome: 'fail', output: textOf(error) };
  }
  const { puts, output, outcome = 'ok' } = change.of(new Map(read.map(({ key, value }) => [key, value])));
  try {
    return (await store.commit(read, puts, leftMs())) ? { outcome, output } : undefined;
  } catch (error) {
    // What changes nothing had no effect, whoever heard of it.
    return puts.length === 0 ? { outcome: 'fail', output: textOf(error) } : store.failure(error);
  }
}
