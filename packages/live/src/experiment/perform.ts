import type { Action, Answer, Recorded, Recorder } from '../history/recorder.ts';
import type { Cluster, Member } from '../subjects/cluster.ts';
import { unguardedStore } from '../subjects/conditional.ts';
import { changeOptimistically } from '../subjects/optimistic.ts';

/** Pause between attempts that had no effect. */
const RETRY_MS = 30;

/** How one operation is asked for. */
export interface Ask {
  readonly client: string;
  readonly member: Member;
  readonly action: Action;
  readonly deadlineMs: number;
  /** Tries again for so long, but only after attempts that certainly had no effect. */
  readonly retryMs?: number | undefined;
  /** False: what it reads and what it writes may be torn apart; the broken twin. */
  readonly isAtomic?: boolean;
  /** The client stands still so long before it reads the answer. */
  readonly afterMs?: number;
}

/** One operation with its own deadline and retries, recorded as the client sees it: one interval around all attempts. */
export function ask(cluster: Cluster, recorder: Recorder, request: Ask): Promise<Recorded> {
  const { client, member, action, deadlineMs, retryMs = 0, isAtomic = true, afterMs = 0 } = request;
  const perform = (one: Action, ms: number): Promise<Answer> => cluster.perform(member, one, ms, client);
  return recorder.record(client, member, action, async () => {
    const { clock } = recorder;
    const endUs = clock.nowUs() + retryMs * 1_000;
    for (;;) {
      const torn = isAtomic
        ? undefined
        : await changeOptimistically(unguardedStore(perform), action, deadlineMs, clock);
      const answer = torn ?? (await perform(action, deadlineMs));
      if (answer.outcome !== 'fail' || clock.nowUs() >= endUs) {
        if (afterMs > 0) await clock.sleep(afterMs);
        return answer;
      }
      await clock.sleep(RETRY_MS);
    }
  });
}
