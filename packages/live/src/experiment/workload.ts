import type { Recorder } from '../history/recorder.ts';
import { generator } from '../random.ts';
import type { Cluster, Member } from '../subjects/cluster.ts';
import type { WorkloadEntry } from './file.ts';
import { loadOf } from './loads.ts';
import { ask } from './perform.ts';

const DEFAULTS = { clients: 6, ratePerSecond: 100, deadlineMs: 2_000, seed: 1 } as const;

/**
 * Runs a workload until told to stop: operations arrive at their rate whether or not earlier ones were answered, each by the next
 * client that is free, each client at its own member, or all at the member that `on` names.
 */
export async function runWorkload(
  entry: WorkloadEntry,
  cluster: Cluster,
  recorder: Recorder,
  signal: AbortSignal,
  on?: Member,
): Promise<void> {
  const { clients, ratePerSecond, deadlineMs, seed } = { ...DEFAULTS, ...entry };
  const { retryMs, atomic: isAtomic = true } = entry;
  const load = loadOf(entry, generator(seed), () => recorder.nowUs());
  const idle = Array.from({ length: clients }, (_, i) => i);
  const running = new Set<Promise<void>>();
  const { clock } = recorder;
  const endUs = clock.nowUs() + (entry.forMs ?? Number.POSITIVE_INFINITY) * 1_000;
  for (
    let dueUs = clock.nowUs();
    !signal.aborted && clock.nowUs() < endUs;
    dueUs += 1_000_000 / ratePerSecond
  ) {
    const waitUs = dueUs - clock.nowUs();
    if (waitUs > 0) await clock.sleep(waitUs / 1_000, signal);
    if (signal.aborted) break;
    for (const action of load.next(idle[0])) {
      // With every client busy the arrival finds nobody to carry it.
      const client = idle.shift();
      const member = on ?? cluster.members[(client ?? 0) % cluster.members.length];
      if (client === undefined || member === undefined) continue;
      const { beforeMs = 0, afterMs = 0 } = load.stands?.(action) ?? {};
      const request = { client: `w${client}`, member, action, deadlineMs, retryMs, isAtomic, afterMs };
      const standing = beforeMs > 0 ? clock.sleep(beforeMs, signal) : Promise.resolve();
      const operation = standing
        .then(() => ask(cluster, recorder, request))
        .then((recorded) => {
          load.learned?.(action, recorded.answer, client, recorded);
          idle.push(client);
          running.delete(operation);
        });
      running.add(operation);
    }
  }
  await Promise.all(running);
}
