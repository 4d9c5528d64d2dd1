import type { RetryMetric } from '@holdfast/protocols';
import type { RunResult } from '../../simulate/simulate.ts';
import type { ServiceMessage } from '../../subjects/service/messages.ts';
import { traceOf } from './raftRun.ts';

/** An attempt of a user's call as the trace shows it. Times in milliseconds. */
export interface SeenAttempt {
  readonly client: string;
  readonly call: number;
  readonly key: string;
  readonly sentMs: number;
  /** When its caller heard of it, or gave it up; undefined when the trace shows neither. */
  endedMs: number | undefined;
  end: 'answered' | 'given up' | undefined;
}

/** Every attempt that left a client, by call, in order: read from the messages of the trace, not from what the clients remember. */
export function attemptsIn(result: RunResult): Map<number, SeenAttempt[]> {
  const trace = traceOf(result);
  const byCall = new Map<number, SeenAttempt[]>();
  const open = new Map<string, SeenAttempt>();
  const end = (id: string, atUs: number, how: 'answered' | 'given up'): void => {
    const attempt = open.get(id);
    if (attempt === undefined || attempt.endedMs !== undefined) return;
    attempt.endedMs = atUs / 1_000;
    attempt.end = how;
  };
  const answers = new Map<number, string>();
  for (const { kind, node, at, data, message: number, peer } of trace.events) {
    const { name = '', role } = trace.nodes[node] ?? {};
    if (kind === 'deliver') {
      const id = answers.get(number);
      if (id !== undefined) end(id, at, 'answered');
      continue;
    }
    if (kind !== 'send') continue;
    const message = data as unknown as ServiceMessage;
    if (message.kind === 'answer') answers.set(number, `${trace.nodes[peer]?.name ?? ''}/${message.attempt}`);
    if (role !== 'client') continue;
    if (message.kind === 'cancel') end(`${name}/${message.attempt}`, at, 'given up');
    if (message.kind !== 'request') continue;
    const { call, key } = message;
    const seen: SeenAttempt = {
      client: name,
      call,
      key,
      sentMs: at / 1_000,
      endedMs: undefined,
      end: undefined,
    };
    open.set(`${name}/${message.attempt}`, seen);
    byCall.set(call, [...(byCall.get(call) ?? []), seen]);
  }
  return byCall;
}

/** What a retry budget bounds, as this run measured it; a service that never recovered has no time of recovery. */
export function retryMeasures({ metrics }: RunResult): Partial<Record<RetryMetric, number>> {
  const share = (name: string): number => 100 * (metrics[name] ?? Number.NaN);
  const recovery = metrics['recoveryMs'];
  return {
    'load multiplier': metrics['amplification'] ?? Number.NaN,
    goodput: share('goodputAfter'),
    'user failures': share('userFailures'),
    'duplicate effects': metrics['doubledEffects'] ?? Number.NaN,
    p99: metrics['p99Ms'] ?? Number.NaN,
    ...(recovery === undefined ? {} : { recovery }),
  };
}
