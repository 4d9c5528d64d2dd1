import type { Plain } from '@holdfast/plain';
import type { Action, Recorder } from '../history/recorder.ts';
import type { Cluster } from '../subjects/cluster.ts';
import { sleep } from '../time.ts';
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
  const end = performance.now() + (entry.forMs ?? Number.POSITIVE_INFINITY);
  for (
    let due = performance.now();
    !signal.aborted && performance.now() < end;
    due += 1_000 / ratePerSecond
  ) {
    const wait = due - performance.now();
    if (wait > 0) await sleep(wait, signal);
    const client = idle.shift();
    // With every client busy the arrival finds nobody to carry it.
    if (client === undefined || signal.aborted) continue;
    const key = `k${Math.floor(random() * keys) + 1}`;
    const f = names[Math.floor(random() * names.length)] ?? 'read';
    const value = ++next;
    const action = actionOf(f, key, value, last.get(key) ?? null, entry.mode);
    const member = cluster.members[client % cluster.members.length];
    if (member === undefined) break;
    const operation = ask(cluster, recorder, { client: `w${client}`, member, action, deadlineMs }).then(
      ({ answer }) => {
        if (answer.outcome === 'ok' && f !== 'cas') last.set(key, f === 'read' ? answer.output : value);
        idle.push(client);
        running.delete(operation);
      },
    );
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

/** Numbers in [0, 1) from a seed (mulberry32, Tommy Ettinger, public domain): the same operations each time, if not the same times. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
