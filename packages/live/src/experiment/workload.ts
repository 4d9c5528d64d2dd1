import type { Plain } from '@holdfast/plain';
import type { Action, Recorder } from '../history/recorder.ts';
import type { Cluster } from '../subjects/cluster.ts';
import { generator } from '../random.ts';
import type { WorkloadEntry } from './file.ts';
import { ask } from './perform.ts';

const DEFAULTS = {
  keys: 3,
  clients: 6,
  ratePerSecond: 100,
  mix: { read: 5, write: 4, cas: 1 },
  deadlineMs: 2_000,
  seed: 1,
} as const;

/**
 * Runs a workload of registers until told to stop: operations arrive at their rate whether or not earlier ones were answered, each by the next
 * client that is free, each client at its own member. Every written value is new, so that each read names its write.
 */
export async function runWorkload(
  entry: WorkloadEntry,
  cluster: Cluster,
  recorder: Recorder,
  signal: AbortSignal,
): Promise<void> {
  const { keys, clients, ratePerSecond, mix, deadlineMs, seed } = { ...DEFAULTS, ...entry };
  const random = generator(seed);
  const names = Object.entries(mix).flatMap(([f, weight]) => Array.from({ length: weight }, () => f));
  const idle = Array.from({ length: clients }, (_, i) => i);
  const last = new Map<string, Plain>();
  let next = 0;
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
    const client = idle.shift();
    // With every client busy the arrival finds nobody to carry it.
    if (client === undefined || signal.aborted) continue;
    const key = `k${Math.floor(random() * keys) + 1}`;
    const f = names[Math.floor(random() * names.length)] ?? 'read';
    const value = ++next;
    const action = actionOf(f, key, value, last.get(key) ?? null, entry.mode);
    const member = cluster.members[client % cluster.members.length];
    if (member === undefined) break;
    const operation = ask(cluster, recorder, {
      client: `w${client}`,
      member,
      action,
      deadlineMs,
      retryMs: entry.retryMs,
    }).then(({ answer }) => {
      if (answer.outcome === 'ok' && f !== 'cas') last.set(key, f === 'read' ? answer.output : value);
      idle.push(client);
      running.delete(operation);
    });
    running.add(operation);
  }
  await Promise.all(running);
}

function actionOf(f: string, key: string, value: number, expected: Plain, mode: string | undefined): Action {
  switch (f) {
    case 'read':
      return { f, key, input: null, ...(mode === undefined ? {} : { mode }) };
    case 'cas':
      return { f, key, input: [expected, value] };
    default:
      return { f, key, input: value };
  }
}
